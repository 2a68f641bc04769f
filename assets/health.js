/* The table of Health: arrow keys go from row to row; the row that has the focus is the chosen one. */
(() => {
  "use strict";
  document.addEventListener("keydown", (event) => {
    const here = event.target.closest?.(".health-table .row-pick");
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!here || !step) return;
    event.preventDefault();
    const rows = [...here.closest("table").querySelectorAll(".row-pick")];
    const next = rows[rows.indexOf(here) + step];
    if (!next) return;
    next.focus();
    next.click();
  });
})();
