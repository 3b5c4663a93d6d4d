// The answers of all reports to one question: pickers that stand in the address.
"use strict";
(function () {
  const form = document.getElementById("compare-filters");
  const rows = [...document.querySelectorAll("#compare tbody tr")];
  const heads = [...document.querySelectorAll("#compare thead th")];
  const count = document.querySelector(".result-line .count");
  const issues = [...document.querySelectorAll("[data-issue]")];
  const compared = [...document.querySelectorAll("[data-figures]")];
  const issuesOf = new Map(rows.map((row) => [row, JSON.parse(row.dataset.issues)]));
  const names = ["q", "place", "year", "contested"];
  const fold = (text) => text.normalize("NFKC").toLowerCase().replace(/([\u2e80-\u9fff])\s+|\s+(?=[\u2e80-\u9fff])/g, "$1");
  const texts = rows.map((row) => fold(row.textContent));
  const value = (name) => (form.elements[name].type === "checkbox" ? (form.elements[name].checked ? "1" : "") : form.elements[name].value);

  const part = AIF.firstPart(rows, 25, document.querySelector(".table-scroll"));

  function apply() {
    const words = fold(value("q")).split(/\s+/).filter(Boolean);
    let shown = 0;
    rows.forEach((row, index) => {
      const year = value("year");
      row.hidden = !(words.every((word) => texts[index].includes(word))
        && (!value("place") || row.dataset.place === value("place"))
        // a year also finds its months and quarters
        && (!year || row.dataset.year === year || row.dataset.year.startsWith(year + "-") && row.dataset.year.length === 7 || row.dataset.year.startsWith(year + "Q") || row.dataset.year.startsWith(year + "H"))
        && (!value("contested") || issuesOf.get(row).length > 0));
      if (!row.hidden) shown += 1;
    });
    part.apply();
    // what is said about the answers is said about those that are shown
    const fitting = rows.filter((row) => !row.hidden);
    const named = new Set(fitting.flatMap((row) => issuesOf.get(row)));
    const figures = new Set(fitting.map((row) => row.dataset.figure));
    for (const item of issues) item.hidden = !named.has(item.dataset.issue);
    for (const item of compared) item.hidden = !JSON.parse(item.dataset.figures).every((name) => figures.has(name));
    document.querySelector(".nothing").hidden = named.size > 0;
    const section = document.getElementById("compared");
    if (section) section.hidden = compared.every((item) => item.hidden);
    count.textContent = AIF.language() === "zh" ? `${shown} / ${rows.length} 个答案` : `${shown} of ${rows.length} answers`;
  }
  // on a phone each cell says what it is
  function headings() {
    const words = heads.map((head) => (head.querySelector("." + AIF.language()) || head).textContent);
    for (const row of rows) [...row.cells].forEach((cell, at) => { cell.dataset.label = words[at]; });
  }
  function write() {
    const values = new URLSearchParams();
    for (const name of names) if (value(name)) values.set(name, value(name));
    history.replaceState(null, "", values.size ? "#" + values : location.pathname + location.search);
    part.again();
    apply();
  }
  function read() {
    const values = new URLSearchParams(location.hash.slice(1));
    for (const name of names) {
      if (form.elements[name].type === "checkbox") form.elements[name].checked = values.get(name) === "1";
      else form.elements[name].value = values.get(name) || "";
    }
    apply();
  }
  read();
  headings();
  form.addEventListener("input", write);
  form.addEventListener("reset", () => setTimeout(write, 0));
  window.addEventListener("hashchange", read);
  document.addEventListener("aif:change", () => { headings(); apply(); });
})();
