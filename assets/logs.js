/* Logs: its two forms write into the address; all else on the page is links. */
(() => {
  "use strict";
  const PLACE = ["before", "after", "line", "rows", "all"]; /* a new filter begins with the newest line */
  const go = (changes) => {
    const query = new URLSearchParams(location.search);
    PLACE.forEach((name) => query.delete(name));
    Object.entries(changes).forEach(([name, value]) => (value ? query.set(name, value) : query.delete(name)));
    window.diptych.navigate(`${location.pathname}${query.size ? `?${query}` : ""}`);
  };
  const typed = (id) => document.getElementById(id)?.value.trim() ?? "";
  const forms = {
    search: () => go({ text: typed("logs-text") }),
    versus: () => go({ vs_from: typed("logs-vs-from"), vs_to: typed("logs-vs-to") }),
  };
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-logs]");
    if (!form) return;
    event.preventDefault();
    forms[form.dataset.logs]();
  });
})();
