// Sorting of tables by a click on a heading; empty cells go last.
"use strict";
(function () {
  for (const table of document.querySelectorAll("table.sortable")) {
    const headings = [...table.tHead.rows[0].cells];
    headings.forEach((heading, column) => {
      heading.querySelector("button").addEventListener("click", () => {
        const down = heading.getAttribute("aria-sort") !== "descending" && column > 1 || heading.getAttribute("aria-sort") === "ascending";
        const key = (row) => {
          const cell = row.cells[column];
          if (cell.dataset.value !== undefined) return Number(cell.dataset.value);
          return cell.classList.contains("num") ? null : cell.innerText.trim();
        };
        const rows = [...table.tBodies[0].rows].sort((a, b) => {
          const x = key(a), y = key(b);
          if (x === null || y === null) return (x === null) - (y === null);
          const order = typeof x === "number" ? x - y : x.localeCompare(y, AIF.language());
          return down ? -order : order;
        });
        table.tBodies[0].append(...rows);
        for (const other of headings) other.setAttribute("aria-sort", "none");
        heading.setAttribute("aria-sort", down ? "descending" : "ascending");
      });
    });
  }
})();
