// The table browser: one table of the published file, with filter, sort and export; all that is chosen stands in the address.
"use strict";
(function () {
  const pick = document.getElementById("table-name");
  const search = document.getElementById("table-search");
  const about = document.getElementById("table-about");
  const say = (en, zh) => (AIF.language() === "zh" ? zh : en);
  const fold = (text) => String(text ?? "").normalize("NFKC").toLowerCase().replace(/\s+/g, "");
  let grid = null, current = "", waiting = null;

  function address() { return new URLSearchParams(location.hash.slice(1)); }
  function remember() {
    const values = new URLSearchParams({ table: current });
    if (search.value.trim()) values.set("q", search.value.trim());
    for (const { field, value } of grid ? grid.getHeaderFilters() : []) if (value) values.set("f." + field, value);
    const [sorted] = grid ? grid.getSorters() : [];
    if (sorted) values.set("sort", (sorted.dir === "desc" ? "-" : "") + sorted.field);
    history.replaceState(null, "", "#" + values);
  }

  function load(name) {
    const script = document.createElement("script");
    script.src = "data/tables/" + encodeURIComponent(name) + ".js";
    script.addEventListener("load", () => { script.remove(); if (waiting === name) show(window.AI_TABLE); });
    script.addEventListener("error", () => { about.textContent = say("This table could not be read.", "无法读取该表。"); });
    waiting = name;
    document.head.append(script);
  }

  function show(data) {
    const asked = address();
    current = data.table;
    const names = data.columns.map((column) => column[0]);
    const rows = data.rows.map((row) => Object.fromEntries(names.map((name, at) => [name, row[at]])));
    const number = (kind) => /^(double|float|real|decimal|.*int)/.test(kind);
    if (grid) grid.destroy();
    grid = new Tabulator("#table-grid", {
      data: rows,
      height: Math.max(360, window.innerHeight - 220),
      layout: "fitData",
      nestedFieldSeparator: false,
      pagination: true,
      paginationSize: 100,
      placeholder: say("No row", "无数据"),
      columns: data.columns.map(([name, kind, text]) => ({
        title: name, field: name, headerFilter: "input", headerTooltip: text || name, maxWidth: 360, tooltip: true,
        formatter: "plaintext", sorter: number(kind) ? "number" : "string", hozAlign: number(kind) ? "right" : "left",
        headerFilterFunc: (wanted, value) => fold(value).includes(fold(wanted)),
        headerFilterParams: { elementAttributes: { "aria-label": say("filter ", "筛选 ") + name } },
      })),
      initialHeaderFilter: names.filter((name) => asked.get("f." + name)).map((name) => ({ field: name, value: asked.get("f." + name) })),
      initialSort: asked.get("sort") ? [{ column: asked.get("sort").replace(/^-/, ""), dir: asked.get("sort")[0] === "-" ? "desc" : "asc" }] : [],
    });
    grid.on("tableBuilt", () => { filter(); document.documentElement.dataset.table = current; });
    grid.on("dataFiltered", (filters, found) => {
      about.textContent = say(`${found.length.toLocaleString("en")} of ${rows.length.toLocaleString("en")} rows`, `${rows.length.toLocaleString("en")} 行中的 ${found.length.toLocaleString("en")} 行`);
      setTimeout(remember, 0);
    });
    grid.on("dataSorted", () => setTimeout(remember, 0));
  }

  function filter() {
    const words = search.value.split(/\s+/).map(fold).filter(Boolean);
    grid.setFilter((row) => { const text = Object.values(row).map(fold).join("\n"); return words.every((word) => text.includes(word)); });
  }

  pick.addEventListener("change", () => { search.value = ""; history.replaceState(null, "", "#table=" + pick.value); load(pick.value); });
  let timer = 0;
  search.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(filter, 150); });
  document.getElementById("save-csv").addEventListener("click", () => grid && grid.download("csv", current + ".csv", { bom: true }));
  document.getElementById("save-json").addEventListener("click", () => grid && grid.download("json", current + ".json"));
  function start() {
    const asked = address();
    const known = [...pick.options].map((option) => option.value);
    pick.value = known.includes(asked.get("table")) ? asked.get("table") : "core.figures";
    search.value = asked.get("q") || "";
    load(pick.value);
  }
  window.addEventListener("hashchange", start);
  document.addEventListener("aif:change", () => window.AI_TABLE && show(window.AI_TABLE));
  start();
})();
