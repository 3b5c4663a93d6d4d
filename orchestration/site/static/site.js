// Language and theme: kept between pages where the browser allows it, set before the page is drawn.
"use strict";
(function () {
  const root = document.documentElement;
  function kept(name) { try { return localStorage.getItem("ai-figures-" + name); } catch { return null; } }
  function keep(name, value) { try { localStorage.setItem("ai-figures-" + name, value); } catch { /* private mode */ } }

  function theme() {
    const chosen = root.dataset.theme;
    if (chosen) return chosen;
    return window.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  }

  function setLanguage(language) {
    root.dataset.language = language;
    root.lang = language === "zh" ? "zh-Hans" : "en";
  }

  // Texts that cannot hold two spans: options, placeholders.
  function translate(scope) {
    const language = root.dataset.language;
    for (const node of scope.querySelectorAll("[data-en][data-zh]")) {
      const text = node.dataset[language];
      if (node.tagName === "INPUT") node.placeholder = text; else node.textContent = text;
    }
    const button = document.getElementById("switch-language");
    if (button) button.setAttribute("aria-label", language === "zh" ? "Switch to English" : "切换为中文 (switch to Chinese)");
  }

  setLanguage(kept("language") === "zh" ? "zh" : "en");
  const chosen = kept("theme");
  if (chosen === "dark" || chosen === "light") root.dataset.theme = chosen;

  // a chart in the page of somebody else stands alone
  if (location.hash === "#embed") root.dataset.embed = "1";

  // A long list opens with its first part, and a button behind it shows more of what the filters leave. `later` hides on
  // screens only: print has all.
  function firstPart(items, size, place) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "show-more";
    place.after(button);
    let shown = size;
    function apply() {
      const fitting = items.filter((item) => !item.hidden);
      fitting.forEach((item, at) => item.classList.toggle("later", at >= shown));
      const left = fitting.length - shown;
      button.hidden = left <= 0;
      const more = Math.min(5 * size, left);
      button.textContent = root.dataset.language === "zh" ? `再显示 ${more} 项（共 ${fitting.length} 项）` : `Show ${more} more of ${fitting.length}`;
    }
    button.addEventListener("click", () => { shown += 5 * size; apply(); });
    return {
      apply,
      again() { shown = size; },
      reach(item) { while (item.classList.contains("later")) { shown += size; apply(); } },
    };
  }

  window.AIF = { theme, language: () => root.dataset.language, translate, firstPart };

  document.addEventListener("DOMContentLoaded", () => {
    translate(document);
    const embed = document.getElementById("embed");
    if (embed) {
      const address = new URL(embed.dataset.page, location.href);
      const title = embed.dataset.title.replaceAll("&", "&amp;").replaceAll('"', "&quot;");
      embed.value = `<iframe src="${address}" title="${title}" width="100%" height="560" loading="lazy"></iframe>`;
      embed.addEventListener("focus", () => embed.select());
    }
    document.getElementById("switch-language").addEventListener("click", () => {
      setLanguage(root.dataset.language === "zh" ? "en" : "zh");
      keep("language", root.dataset.language);
      translate(document);
      document.dispatchEvent(new Event("aif:change"));
    });
    document.getElementById("switch-theme").addEventListener("click", () => {
      root.dataset.theme = theme() === "dark" ? "light" : "dark";
      keep("theme", root.dataset.theme);
      document.dispatchEvent(new Event("aif:change"));
    });
    window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
      document.dispatchEvent(new Event("aif:change"));
    });
  });
})();

// filters act while one types; there is nothing to send
document.addEventListener("submit", (event) => event.preventDefault());
