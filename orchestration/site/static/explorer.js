// The figure explorer. Everything that is looked at stands in the address behind `#`, so that it can be shared.
"use strict";
(function () {
  const { columns, figures, comparisons, labels, aliases, linking_words } = window.AI_FIGURES;
  const linking = new Set(linking_words);
  const at = Object.fromEntries(columns.map((name, index) => [name, index]));
  const PAGE = 50;
  const section = document.querySelector(".explorer");
  const form = section.querySelector("form");
  const body = section.querySelector("tbody");
  const detail = document.getElementById("figure-detail");
  const fixedSource = section.dataset.source;
  const byId = new Map(figures.map((row, index) => [row[at.figure_id], index]));
  const comparisonsOf = new Map();
  const contested = new Set();
  for (const comparison of comparisons) {
    for (const index of new Set(comparison[4])) {
      if (!comparisonsOf.has(index)) comparisonsOf.set(index, []);
      comparisonsOf.get(index).push(comparison);
      if (comparison[7] === "open" && comparison[6] !== "info") contested.add(index);
    }
  }
  let shown = PAGE;
  let sort = { name: "", down: false };
  let found = [];

  const say = (en, zh) => (AIF.language() === "zh" ? zh : en);
  // what is written in two languages is a list of both
  const get = (row, name) => (Array.isArray(row[at[name]]) ? row[at[name]][AIF.language() === "zh" ? 1 : 0] : row[at[name]]);
  function word(kind, code) {
    if (code === null || code === undefined || code === "") return "";
    const pair = labels[kind] && labels[kind][code];
    return pair ? pair[AIF.language() === "zh" ? 1 : 0] : String(code).replaceAll("_", " ");
  }
  function element(tag, attributes, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (value !== null && value !== undefined && value !== false) node.setAttribute(name, value === true ? "" : value);
    }
    for (const child of children) if (child !== null && child !== undefined) node.append(child);
    return node;
  }
  const printed = (row) => element("span", { class: "printed", lang: "zh-Hans" }, get(row, "printed"));
  const about = (row) => [word("entity", get(row, "entity")), word("segment", get(row, "segment")), word("geography", get(row, "geography"))].filter(Boolean).join(say(", ", "，"));
  const place = (row) => word("source_id", get(row, "source_id")) + say(", line ", "，行 ") + get(row, "line");

  // What people type is folded: width, case, and blanks in Chinese. Both languages and the aliases of the vocabulary are
  // searched, whatever language is shown; what the number is about ranks above what is noted beside it.
  const norm = (text) => String(text).normalize("NFKC").toLowerCase().replaceAll("isation", "ization");
  const hasChinese = (text) => /[\u2e80-\u9fff]/.test(text);
  const kinds = ["entity", "segment", "indicator", "geography"];
  const haystack = figures.map((row) => {
    const names = [get(row, "printed"), get(row, "period_label")], others = [], notes = [];
    for (const kind of kinds) {
      names.push(...((labels[kind] && labels[kind][get(row, kind)]) || [get(row, kind)]));
      others.push(aliases[kind] && aliases[kind][get(row, kind)]);
    }
    others.push(...((labels.statistic || {})[get(row, "statistic")] || []), get(row, "statistic"), ...((labels.status || {})[get(row, "status")] || []), ...[row[at.shown]].flat());
    notes.push(...((labels.basis || {})[get(row, "basis")] || []));
    for (const name of ["basis", "note", "exhibit", "unit", "counted"]) notes.push(get(row, name));
    notes.push(...((labels.source_id || {})[get(row, "source_id")] || []).map((name) => name.replace(/ \([\d-]+\)$/, "")));
    return [[names, 4], [others, 2], [notes, 1]].map(([parts, weight]) => {
      const plain = norm(parts.filter(Boolean).join("\n"));
      const dense = plain.replace(/[^\S\n]+/g, "");
      return { plain, dense, names: weight > 1 ? new Set(dense.split("\n")) : null, weight };
    });
  });
  // A word is found where one begins (36 is not in 136, ai not in chain); Chinese has no such edges.
  function finder(word) {
    if (hasChinese(word)) return { word, finds: (field) => field.dense.includes(word) };
    const edge = /^[a-z0-9]/.test(word) ? "(?<![a-z0-9.,])" : "";
    const pattern = new RegExp(edge + word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    return { word, finds: (field) => pattern.test(field.plain) };
  }
  // Chinese is typed without blanks: a run that stands nowhere as a whole is cut into names of the vocabulary, the longest
  // first.
  const vocabulary = new Set(kinds.flatMap((kind) => [...Object.values(labels[kind] || {}).flat(), ...Object.values(aliases[kind] || {}).flatMap((names) => names.split("\n"))]).map((name) => norm(name).replace(/\s+/g, "")).filter((name) => name.length > 1 && hasChinese(name)));
  function cut(word) {
    if (!hasChinese(word) || haystack.some((fields) => fields.some((field) => field.dense.includes(word)))) return [word];
    const parts = [];
    let rest = "";
    for (let start = 0; start < word.length;) {
      let end = word.length;
      while (end > start && !vocabulary.has(word.slice(start, end))) end -= 1;
      if (end === start) { rest += word[start]; start += 1; continue; }
      if (rest) parts.push(rest);
      rest = "";
      parts.push(word.slice(start, end));
      start = end;
    }
    if (rest) parts.push(rest);
    return parts;
  }
  function score(index, finders) {
    let sum = 0;
    for (const { word, finds } of finders) {
      const field = haystack[index].find(finds);
      if (!field) return 0;
      // a whole name is nearer than the beginning of a longer one: AI before AI software
      sum += haystack[index].some((other) => other.names?.has(word)) ? 5 : field.weight;
    }
    return sum;
  }

  // -- the address ----------------------------------------------------------------------------------------------------

  const fields = ["q", "indicator", "geography", "source_id", "status", "statistic", "mart", "from", "to", "contested"];
  function readAddress() {
    const values = new URLSearchParams(location.hash.slice(1));
    return values;
  }
  function writeAddress(figureId) {
    const values = new URLSearchParams();
    for (const name of fields) {
      const control = form.elements[name];
      if (!control) continue;
      const value = control.type === "checkbox" ? (control.checked ? "1" : "") : control.value.trim();
      if (value) values.set(name, value);
    }
    if (figureId) values.set("figure", figureId);
    const hash = values.toString().replaceAll("%2F", "/").replaceAll("%3A", ":");
    history.replaceState(null, "", hash ? "#" + hash : location.pathname + location.search);
  }
  function fillForm(values) {
    for (const name of fields) {
      const control = form.elements[name];
      if (!control) continue;
      if (control.type === "checkbox") control.checked = values.get(name) === "1";
      else control.value = values.get(name) || "";
    }
  }

  // -- the controls ---------------------------------------------------------------------------------------------------

  function fillSelect(name) {
    const control = form.elements[name];
    if (!control) return;
    const value = control.value;
    const counts = new Map();
    for (const row of figures) {
      if (fixedSource && get(row, "source_id") !== fixedSource) continue;
      const code = get(row, name);
      if (code) counts.set(code, (counts.get(code) || 0) + 1);
    }
    const option = (code) => element("option", { value: code }, `${word(name, code)} (${counts.get(code)})`);
    const byLabel = (a, b) => word(name, a).localeCompare(word(name, b), AIF.language());
    control.replaceChildren(element("option", { value: "" }, say("all", "全部")));
    if (name === "indicator") {
      const marts = new Map();
      for (const row of figures) {
        const code = get(row, "indicator");
        if (counts.has(code)) marts.set(get(row, "mart"), (marts.get(get(row, "mart")) || new Set()).add(code));
      }
      for (const [mart, codes] of marts) control.append(element("optgroup", { label: word("mart", mart) }, ...[...codes].sort(byLabel).map(option)));
    } else {
      control.append(...[...counts.keys()].sort(byLabel).map(option));
    }
    control.value = value;
  }

  // -- finding and listing --------------------------------------------------------------------------------------------

  function matches() {
    const values = Object.fromEntries(fields.map((name) => [name, form.elements[name] ? (form.elements[name].type === "checkbox" ? form.elements[name].checked : form.elements[name].value.trim()) : ""]));
    const id = byId.get(values.q);
    const asked = norm(values.q).replace(/([\u2e80-\u9fff])(?=[a-z0-9])|([a-z0-9])(?=[\u2e80-\u9fff])/g, "$& ").split(/\s+/).filter(Boolean);
    const telling = asked.filter((word) => !linking.has(word));
    const finders = (telling.length ? telling : asked).flatMap(cut).map(finder);
    const scores = new Map();
    const equal = ["indicator", "geography", "source_id", "status", "statistic", "mart"].filter((name) => values[name]);
    const from = values.from ? Number(values.from) : null;
    const to = values.to ? Number(values.to) : null;
    const list = [];
    figures.forEach((row, index) => {
      if (fixedSource && get(row, "source_id") !== fixedSource) return;
      for (const name of equal) if (get(row, name) !== values[name]) return;
      if (values.contested && !contested.has(index)) return;
      if (from !== null || to !== null) {
        if (!get(row, "period_start")) return;
        if (from !== null && Number(get(row, "period_end").slice(0, 4)) < from) return;
        if (to !== null && Number(get(row, "period_start").slice(0, 4)) > to) return;
      }
      if (id !== undefined && index !== id) return;
      if (id === undefined && finders.length) {
        const points = score(index, finders);
        if (!points) return;
        scores.set(index, points);
      }
      list.push(index);
    });
    if (finders.length && !sort.name) list.sort((a, b) => (scores.get(b) || 0) - (scores.get(a) || 0));
    if (sort.name) {
      const key = sort.name === "source" ? (row) => get(row, "source_id") + String(get(row, "line")).padStart(7, "0") : (row) => get(row, sort.name);
      list.sort((a, b) => {
        const x = key(figures[a]), y = key(figures[b]);
        if (x === null || y === null) return (x === null) - (y === null);
        return (x < y ? -1 : x > y ? 1 : 0) * (sort.down ? -1 : 1);
      });
    }
    return list;
  }

  function line(index) {
    const row = figures[index];
    const link = element("a", { href: figureAddress(row) }, printed(row));
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      open(get(row, "figure_id"), true);
    });
    const mark = contested.has(index) ? element("span", { class: "badge badge-warn" }, say("contested", "有争议")) : null;
    const cell = (name, ...children) => element("td", { "data-label": name }, ...children);
    const value = cell(say("value", "数值"), get(row, "shown"));
    value.className = "num";
    const status = element("span", { class: "status status-" + get(row, "status") }, word("status", get(row, "status")));
    const indicator = word("indicator", get(row, "indicator")) + (get(row, "statistic") !== "level" ? " · " + word("statistic", get(row, "statistic")) : "");
    return element("tr", {}, cell(say("printed", "原文"), link, mark && " ", mark), value, cell(say("indicator", "指标"), indicator), cell(say("about", "对象"), about(row), get(row, "basis") ? element("span", { class: "muted" }, (about(row) ? "; " : "") + word("basis", get(row, "basis"))) : null), cell(say("period", "时期"), get(row, "period_label") || ""), cell(say("status", "性质"), status), cell(say("source", "来源"), place(row)));
  }

  function figureAddress(row) {
    return "#figure=" + encodeURI(get(row, "figure_id")).replaceAll("#", "%23").replaceAll("&", "%26").replaceAll("+", "%2B");
  }

  function list() {
    found = matches();
    body.replaceChildren(...found.slice(0, shown).map(line));
    section.querySelector(".count").textContent = say(`${found.length.toLocaleString("en")} ${found.length === 1 ? "figure" : "figures"}`, `${found.length.toLocaleString("en")} 个数字`);
    section.querySelector(".more").hidden = found.length <= shown;
  }

  function update() {
    shown = PAGE;
    writeAddress(new URLSearchParams(location.hash.slice(1)).get("figure"));
    list();
  }

  // -- one figure -----------------------------------------------------------------------------------------------------

  function fact(name, ...content) {
    const kept = content.filter((part) => part !== null && part !== undefined && part !== "");
    return kept.length ? element("div", {}, element("dt", {}, name), element("dd", {}, ...kept)) : null;
  }

  function conversion(row) {
    const scale = get(row, "printed_scale");
    const parts = [element("span", { class: "printed", lang: "zh-Hans" }, get(row, "printed") + (scale ? ` × ${scale}` : "")), " → ", get(row, "shown")];
    if (get(row, "value") !== null) parts.push(element("span", { class: "muted mono" }, ` (${get(row, "value")} ${get(row, "unit") || ""})`));
    return parts;
  }

  function other(index, self) {
    const row = figures[index];
    if (index === self) return element("span", {}, printed(row), say(" (this one)", "（本数字）"));
    const link = element("a", { href: "figures.html" + figureAddress(row) }, printed(row));
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      open(get(row, "figure_id"), true);
    });
    return element("span", {}, link, " ", element("span", { class: "muted" }, place(row)));
  }

  function comparisonItem(comparison, index) {
    const [id, rule, verdict, explanation, positions, findingId, severity] = comparison;
    const kind = verdict === "disagree" || verdict === "strained" ? severity || "warn" : verdict;
    const item = element("li", { class: "comparison verdict-" + verdict }, element("span", { class: "badge badge-" + kind }, word("verdict", verdict)), " ", element("strong", {}, word("rule", rule)), element("p", { lang: AIF.language() === "zh" ? "zh-Hans" : "en" }, explanation[AIF.language() === "zh" ? 1 : 0]));
    if (findingId) item.append(element("p", {}, element("a", { href: "findings.html#" + encodeURIComponent(findingId).replaceAll("%2F", "/").replaceAll("%3A", ":") }, say("See the finding", "查看该矛盾"))));
    const others = positions.slice(0, 12).map((position) => element("li", {}, other(position, index)));
    if (positions.length > 12) others.push(element("li", {}, `+ ${positions.length - 12}`));
    item.append(element("details", {}, element("summary", {}, say(`Figures compared (${positions.length})`, `所比较的数字（${positions.length}）`)), element("ul", { class: "plain" }, ...others)));
    return item;
  }

  function open(figureId, focus) {
    const index = byId.get(figureId);
    if (index === undefined) {
      detail.hidden = false;
      detail.replaceChildren(element("p", {}, say("No figure has the id ", "没有此编号的数字："), element("code", {}, figureId)));
      return;
    }
    const row = figures[index];
    const order = { disagree: 0, strained: 1, not_comparable: 2, undetermined: 3, agree: 4 };
    const own = [...(comparisonsOf.get(index) || [])].sort((a, b) => order[a[2]] - order[b[2]]);
    const close = element("button", { type: "button", class: "close" }, say("Close", "关闭"));
    close.addEventListener("click", () => { detail.hidden = true; writeAddress(null); section.querySelector("input").focus(); });
    const share = element("button", { type: "button" }, say("Copy link to this figure", "复制该数字的链接"));
    share.addEventListener("click", () => copy(location.href.split("#")[0].replace(/[^/]*$/, "figures.html") + figureAddress(row), share));
    const money = [get(row, "usd"), get(row, "cny")].filter(Boolean).join("; ");
    const rate = get(row, "fx_rate") ? say(` at ${get(row, "fx_rate")} CNY per USD`, `，汇率 ${get(row, "fx_rate")} 元/美元`) : "";
    const period = get(row, "period_label") ? `${get(row, "period_label")} (${get(row, "period_start")} … ${get(row, "period_end")})` : say("none stated", "未说明");
    const facts = [
      fact(say("Printed and converted", "原文与换算"), ...conversion(row)),
      fact(say("Interval", "区间"), get(row, "interval"), get(row, "qualifier") ? ` (${word("qualifier", get(row, "qualifier"))})` : ""),
      fact(say("In other money", "折算"), money ? money + rate : ""),
      fact(say("Indicator", "指标"), word("indicator", get(row, "indicator")), " · ", word("statistic", get(row, "statistic"))),
      fact(say("About", "对象"), about(row)),
      fact(say("Basis", "口径"), word("basis", get(row, "basis"))),
      fact(say("Counted", "计数对象"), get(row, "counted")),
      fact(say("Period", "时期"), period),
      fact(say("Status", "性质"), word("status", get(row, "status"))),
      fact(say("Source", "来源"), element("a", { href: `report-${get(row, "source_id")}.html` }, word("source_id", get(row, "source_id"))), say(`, line ${get(row, "line")}`, `，行 ${get(row, "line")}`), get(row, "exhibit") ? element("span", { lang: "zh-Hans" }, ", " + get(row, "exhibit")) : null),
      fact(say("Preference", "优先级"), word("preference", get(row, "preference"))),
      fact(say("Note", "备注"), get(row, "note")),
      fact(say("Identifier", "编号"), element("span", { class: "mono" }, figureId)),
    ].filter(Boolean);
    const heading = element("h2", { tabindex: "-1" }, printed(row), element("span", { class: "muted" }, " = " + get(row, "shown")));
    detail.replaceChildren(
      element("div", { class: "detail-head" }, heading, element("p", {}, share, " ", close)),
      element("dl", { class: "facts" }, ...facts),
      element("h3", {}, say(`Comparisons (${own.length})`, `比较（${own.length}）`)),
      own.length ? element("ul", { class: "comparisons" }, ...own.map((comparison) => comparisonItem(comparison, index))) : element("p", {}, say("This figure stands in no comparison.", "该数字未参与比较。")),
    );
    detail.dataset.figure = figureId;
    detail.hidden = false;
    writeAddress(figureId);
    if (focus) { heading.focus(); detail.scrollIntoView({ block: "start" }); }
  }

  // -- sharing --------------------------------------------------------------------------------------------------------

  async function copy(text, button) {
    const before = button.textContent;
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = say("Copied", "已复制");
    } catch {
      // no clipboard when the page is opened from a folder: the reader copies by hand
      window.prompt(say("Copy this link", "请复制此链接"), text);
    }
    setTimeout(() => { button.textContent = before; }, 1500);
  }

  function download() {
    const quote = (value) => {
      if (value === null || value === undefined) return "";
      const text = String(value);
      return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    };
    const names = columns.filter((name) => !["shown", "interval", "usd", "cny"].includes(name));
    const lines = [names.join(","), ...found.map((index) => names.map((name) => quote(get(figures[index], name))).join(","))];
    const link = element("a", { href: URL.createObjectURL(new Blob(["\ufeff" + lines.join("\n") + "\n"], { type: "text/csv" })), download: "figures.csv" });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  // -- wiring ---------------------------------------------------------------------------------------------------------

  function start() {
    for (const name of ["indicator", "geography", "source_id", "status", "statistic", "mart"]) fillSelect(name);
  }
  function fromAddress() {
    const values = readAddress();
    fillForm(values);
    shown = PAGE;
    list();
    const figure = values.get("figure");
    if (figure) open(figure, true); else detail.hidden = true;
  }
  start();
  fromAddress();
  form.addEventListener("input", update);
  form.addEventListener("reset", () => setTimeout(update, 0));
  window.addEventListener("hashchange", () => { if (location.hash.includes("=") || !location.hash) fromAddress(); });
  section.querySelector(".more").addEventListener("click", () => { shown += 5 * PAGE; list(); });
  section.querySelector(".download").addEventListener("click", download);
  section.querySelector(".copy-link").addEventListener("click", (event) => copy(location.href, event.currentTarget));
  for (const button of section.querySelectorAll("[data-sort]")) {
    button.addEventListener("click", () => {
      sort = { name: button.dataset.sort, down: sort.name === button.dataset.sort && !sort.down };
      for (const heading of section.querySelectorAll("th[aria-sort]")) heading.setAttribute("aria-sort", "none");
      button.closest("th").setAttribute("aria-sort", sort.down ? "descending" : "ascending");
      list();
    });
  }
  document.addEventListener("aif:change", () => {
    start();
    list();
    if (!detail.hidden && detail.dataset.figure) open(detail.dataset.figure, false);
  });
})();
