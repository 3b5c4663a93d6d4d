// Draws the Vega-Lite charts of a page in the language and theme that are set; draws them again when either changes.
"use strict";
(function () {
  const specs = JSON.parse(document.getElementById("chart-specs").textContent);
  // Okabe and Ito's colours, darkened on white and lightened on black until each stands out at 3:1 or more.
  const palettes = {
    light: ["#0072b2", "#c44f00", "#00805c", "#a8487f", "#6b5a00", "#4b3fa7", "#5b6b7b", "#000000"],
    dark: ["#56b4e9", "#f39a55", "#3cc9a0", "#e59bc6", "#e8d44d", "#b3a8ff", "#aebbc8", "#ffffff"],
  };

  function css(name) { return getComputedStyle(document.documentElement).getPropertyValue(name).trim(); }

  function config() {
    const text = css("--text"), muted = css("--muted"), line = css("--line");
    const font = getComputedStyle(document.body).fontFamily;
    const axis = { labelColor: muted, titleColor: text, gridColor: line, domainColor: line, tickColor: line, labelFontSize: 12, titleFontSize: 12, titleFontWeight: "normal" };
    return {
      background: "transparent", font,
      view: { stroke: null },
      axis, axisY: { labelPadding: 6 }, axisX: { labelOverlap: true, titleAnchor: "end" },
      legend: { orient: "top", labelColor: text, titleColor: muted, labelFontSize: 12, titleFontSize: 12, titleFontWeight: "normal", symbolSize: 90, symbolBaseFillColor: text, symbolBaseStrokeColor: text, columnPadding: 14, layout: { top: { direction: "vertical", anchor: "start", bounds: "full", margin: 4 } } },
      range: { category: palettes[AIF.theme()] },
      text: { color: text, fontSize: 12 },
      bar: { color: palettes[AIF.theme()][0] }, point: { color: palettes[AIF.theme()][0] },
    };
  }

  // Width of a text in halves of a Chinese character.
  function width(text) {
    let sum = 0;
    for (const letter of text) sum += /[\u2e80-\uffef]/.test(letter) ? 2 : 1;
    return sum;
  }

  // Lines of at most `limit`; breaks at blanks, in Chinese at any character.
  function wrapped(text, limit) {
    if (width(text) <= limit) return text;
    const lines = [""];
    for (const part of text.match(/[\u2e80-\uffef][，。、；：）]*|[^\u2e80-\uffef\s]+[，。、；：）]*\s?|\s+/g) || []) {
      const last = lines[lines.length - 1];
      if (last && width(last + part.trimEnd()) > limit) lines.push(part.trimStart());
      else lines[lines.length - 1] = last + part;
    }
    return lines.map((line) => line.trim()).filter(Boolean).join("\n");
  }

  function layers(spec) { return spec.layer || [spec]; }

  // Every row of data that the chart or one of its layers holds; shared rows once.
  function rowsOf(spec) {
    const held = [spec, ...(spec.layer || [])].filter((part) => part.data && part.data.values);
    return held.flatMap((part) => part.data.values);
  }

  // Long names on the vertical axis take several lines; the chart grows with them. Returns the width they take.
  function fitNames(spec, limit) {
    let count = 0, most = 1, widest = 0;
    for (const layer of layers(spec)) {
      const y = layer.encoding && layer.encoding.y;
      if (!y || y.type !== "nominal") continue;
      const rows = new Set();
      for (const row of rowsOf(spec)) {
        if (!row[y.field]) continue;
        row[y.field] = wrapped(row[y.field], limit);
        rows.add(row[y.field]);
      }
      if (Array.isArray(y.sort)) y.sort = y.sort.map((name) => wrapped(name, limit));
      y.axis = { ...y.axis, labelExpr: "split(datum.label, '\\n')", labelLimit: 0, labelLineHeight: 13 };
      count = rows.size;
      for (const name of rows) {
        most = Math.max(most, name.split("\n").length);
        for (const part of name.split("\n")) widest = Math.max(widest, width(part) * 6.6);
      }
    }
    if (count && most > 1) spec.height = Math.max(spec.height, count * (13 * most + 6));
    return widest;
  }

  // As many columns as the widest entry leaves room for.
  function fitLegends(spec, room) {
    for (const layer of layers(spec)) {
      for (const channel of ["color", "shape"]) {
        const encoding = layer.encoding && layer.encoding[channel];
        if (!encoding || !encoding.field || encoding.legend === null) continue;
        let widest = 0;
        const entries = new Set();
        for (const row of rowsOf(spec)) if (row[encoding.field] !== undefined) entries.add(row[encoding.field]);
        for (const entry of entries) widest = Math.max(widest, width(String(entry)) * 6.6 + 34);
        const columns = Math.max(1, Math.min(entries.size, Math.floor(room / widest)));
        encoding.legend = { ...encoding.legend, columns, labelLimit: room - 40 };
      }
    }
  }

  function fitted(spec, room) {
    const copy = structuredClone(spec);
    delete copy.config;
    // the legend says the names that have no room at their lines
    if (copy.layer && room < 520) copy.layer = copy.layer.filter((layer) => !(layer.name || "").startsWith("names-"));
    for (const row of rowsOf(copy)) if (row.label && width(row.label) * 6.4 > row.label_room * (room - 70)) row.label = null;
    const names = fitNames(copy, room < 520 ? 20 : 42);
    fitLegends(copy, room - names - 30);
    copy.autosize = { type: "fit-x", contains: "padding" };
    return copy;
  }

  const views = {};

  // The drawing in a frame that says what it is: title, unit, sources and version travel with the picture.
  async function framed(node) {
    const entry = specs[node.dataset.chart], language = AIF.language();
    const drawing = new DOMParser().parseFromString(await views[node.dataset.chart].toSVG(), "image/svg+xml").documentElement;
    const inner = [Number(drawing.getAttribute("width")), Number(drawing.getAttribute("height"))];
    const limit = Math.floor(inner[0] / 7);
    const version = document.querySelector('meta[name="ai-figures-version"]').content;
    const zh = language === "zh";
    const above = [...wrapped(entry.title[language], Math.floor(inner[0] / 10)).split("\n").map((text) => [text, 17, "bold"]), [(zh ? "单位：" : "Unit: ") + entry.unit[language], 13, "normal"]];
    const below = wrapped((zh ? "来源：" : "Sources: ") + entry.sources[language] + " · AI Figures " + version, limit).split("\n").map((text) => [text, 12, "normal"]);
    const top = 16 + above.reduce((sum, [, size]) => sum + size + 7, 0);
    const height = top + inner[1] + 12 + below.length * 17 + 10;
    const make = (name, values) => { const part = document.createElementNS(drawing.namespaceURI, name); for (const [key, value] of Object.entries(values)) part.setAttribute(key, value); return part; };
    const whole = make("svg", { width: inner[0] + 32, height, viewBox: `0 0 ${inner[0] + 32} ${height}` });
    whole.append(make("rect", { width: "100%", height: "100%", fill: css("--surface") || (AIF.theme() === "dark" ? "#111" : "#fff") }));
    let at = 10;
    const write = ([text, size, weight]) => { at += size + 7; const line = make("text", { x: 16, y: at, "font-size": size, "font-weight": weight, "font-family": "sans-serif", fill: css("--text") || "#000" }); line.textContent = text; whole.append(line); };
    above.forEach(write);
    drawing.setAttribute("x", 16); drawing.setAttribute("y", top);
    whole.append(drawing);
    at = top + inner[1];
    below.forEach(write);
    return { text: new XMLSerializer().serializeToString(whole), width: inner[0] + 32, height };
  }

  function keep(blob, name) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }

  async function save(kind) {
    const node = document.querySelector(".chart[data-chart]");
    const picture = await framed(node);
    const svg = new Blob([picture.text], { type: "image/svg+xml" });
    if (kind === "svg") return keep(svg, node.dataset.chart + ".svg");
    const image = new Image(), canvas = document.createElement("canvas");
    image.src = URL.createObjectURL(svg);
    await image.decode();
    canvas.width = picture.width * 2; canvas.height = picture.height * 2;
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    canvas.toBlob((blob) => keep(blob, node.dataset.chart + ".png"));
  }
  for (const button of document.querySelectorAll("button[data-save]")) button.addEventListener("click", () => save(button.dataset.save));

  async function draw(node) {
    const entry = specs[node.dataset.chart];
    const language = AIF.language();
    const spec = fitted(entry.specs[language], node.clientWidth);
    spec.description = entry.title[language];
    const result = await vegaEmbed(node, spec, {
      ast: true, // expressions are interpreted, not compiled: the pages forbid eval
      renderer: "svg",
      config: config(),
      actions: { export: true, source: false, compiled: false, editor: false },
      i18n: language === "zh" ? { SVG_ACTION: "保存为 SVG", PNG_ACTION: "保存为 PNG", CLICK_TO_VIEW_ACTIONS: "保存图片" } : undefined,
      downloadFileName: node.dataset.chart,
      tooltip: { theme: AIF.theme() === "dark" ? "dark" : "light" },
    });
    views[node.dataset.chart] = result.view;
    result.view.addEventListener("click", (event, item) => {
      const kind = item && item.mark && item.mark.marktype;
      if ((kind === "symbol" || kind === "rect") && item.datum && item.datum.href) location.href = item.datum.href;
    });
    const menu = node.querySelector("summary");
    if (menu) menu.setAttribute("aria-label", language === "zh" ? "保存图片" : "Save this chart as a picture");
    node.dataset.drawn = language + " " + AIF.theme();
  }

  async function drawAll() {
    for (const node of document.querySelectorAll(".chart[data-chart]")) {
      await draw(node);
      // let the page breathe between charts
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
    document.documentElement.dataset.charts = "drawn";
  }

  drawAll();
  document.addEventListener("aif:change", drawAll);
  let seen = window.innerWidth;
  let timer = 0;
  window.addEventListener("resize", () => {
    if (window.innerWidth === seen) return;
    seen = window.innerWidth;
    clearTimeout(timer);
    timer = setTimeout(drawAll, 250);
  });
})();
