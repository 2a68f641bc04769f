/* The table of Health: arrow keys go from row to row. Choosing a row builds the page anew, so that the focus has to be
   carried to the row that is then the chosen one. */
(() => {
  "use strict";
  let carried = false;
  document.addEventListener("keydown", (event) => {
    const here = event.target.closest?.(".health-table .row-pick");
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!here || !step) { carried = false; return; }
    event.preventDefault();
    const rows = [...here.closest("table").querySelectorAll(".row-pick")];
    const next = rows[rows.indexOf(here) + step];
    if (!next) return;
    carried = true;
    next.focus();
    next.click();
  });
  document.addEventListener("pointerdown", () => { carried = false; });
  new MutationObserver(() => {
    if (!carried || document.activeElement !== document.body) return;
    document.querySelector(".health-table .row-selected .row-pick")?.focus({ preventScroll: true });
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
