// The findings board: filters that stand in the address, and a link to one finding.
"use strict";
(function () {
  const form = document.getElementById("finding-filters");
  const cards = [...document.querySelectorAll(".finding-grid .finding")];
  const count = document.querySelector(".result-line .count");
  const names = ["q", "severity", "scope", "rule", "code", "decision", "source"];

  const fold = (text) => text.normalize("NFKC").toLowerCase().replace(/([\u2e80-\u9fff])\s+|\s+(?=[\u2e80-\u9fff])/g, "$1");
  const texts = new Map(cards.map((card) => [card, fold(card.textContent)]));
  const groups = [...document.querySelectorAll(".finding-grid .issue")];

  const part = AIF.firstPart(groups, 10, document.querySelector(".finding-grid") || count);

  function apply() {
    let shown = 0;
    const words = fold(form.elements.q.value).split(/\s+/).filter(Boolean);
    const filtered = names.some((name) => form.elements[name].value);
    for (const card of cards) {
      const fits = names.every((name) => {
        const value = form.elements[name].value;
        if (name === "q") return words.every((word) => texts.get(card).includes(word));
        return !value || (name === "source" ? card.dataset.source.split(" ").includes(value) : card.dataset[name] === value);
      });
      card.hidden = !fits;
      if (fits) shown += 1;
    }
    for (const group of groups) {
      const own = [...group.querySelectorAll(".finding")];
      group.hidden = own.every((card) => card.hidden);
      const fold = group.querySelector(".same-cause");
      // where the gravest is filtered away, the others still say what they are about
      const cause = group.querySelector(".cause");
      if (cause) cause.hidden = !own[0].hidden;
      if (fold) { fold.hidden = own.slice(1).every((card) => card.hidden); fold.open = filtered && !fold.hidden; }
    }
    part.apply();
    count.textContent = AIF.language() === "zh" ? `${shown} / ${cards.length} 项` : `${shown} of ${cards.length} findings`;
  }

  function write() {
    const values = new URLSearchParams();
    for (const name of names) if (form.elements[name].value) values.set(name, form.elements[name].value);
    history.replaceState(null, "", values.size ? "#" + values : location.pathname + location.search);
    part.again();
    apply();
  }

  function read() {
    const hash = decodeURIComponent(location.hash.slice(1));
    const card = document.getElementById(hash);
    if (card && (card.classList.contains("finding") || card.classList.contains("issue"))) {
      form.reset();
      apply();
      part.reach(card.closest(".issue"));
      for (const old of document.querySelectorAll(".target")) old.classList.remove("target");
      card.classList.add("target");
      const around = card.closest(".same-cause");
      if (around) around.open = true;
      const details = card.querySelector("details");
      if (details) details.open = true;
      // charts above push the card down while they are drawn
      const settle = () => card.scrollIntoView({ block: "center" });
      settle();
      new MutationObserver((changes, observer) => {
        if (document.documentElement.dataset.charts === "drawn") { settle(); observer.disconnect(); }
      }).observe(document.documentElement, { attributes: true, attributeFilter: ["data-charts"] });
      return;
    }
    const values = new URLSearchParams(location.hash.slice(1));
    for (const name of names) form.elements[name].value = values.get(name) || "";
    apply();
  }

  read();
  form.addEventListener("input", write);
  form.addEventListener("reset", () => setTimeout(write, 0));
  window.addEventListener("hashchange", read);
  document.addEventListener("aif:change", apply);
})();
