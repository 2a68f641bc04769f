/* The name that signs changes. A control with data-signed waits until the browser knows one: its click is held back,
   the dialog asks, and the click is made again. The name travels as a cookie, which every request carries. */
(() => {
  "use strict";
  const COOKIE = "diptych_name";
  const YEAR_S = 365 * 24 * 3600;
  const one = (selector) => document.querySelector(selector);
  const name = () => {
    const found = document.cookie.split("; ").find((part) => part.startsWith(`${COOKIE}=`));
    try { return decodeURIComponent(found?.slice(COOKIE.length + 1) ?? ""); } catch { return ""; }
  };
  let waiting = null;
  const show = () => {
    const shown = one("#own-name-shown");
    if (shown) shown.textContent = name() || "not given";
  };
  const ask = (then = null) => {
    waiting = then;
    one("#own-name").value = name();
    one("#name-dialog").showModal();
    one("#own-name").focus();
  };
  const save = () => {
    const given = one("#own-name").value.trim();
    if (!given) { one("#own-name").focus(); return; }
    document.cookie = `${COOKIE}=${encodeURIComponent(given)}; path=/; max-age=${YEAR_S}; SameSite=Strict`;
    one("#name-dialog").close();
    show();
    const then = waiting;
    waiting = null;
    then?.click();
  };
  document.addEventListener("click", (event) => {
    const control = event.target.closest("[data-signed]");
    if (!control || name()) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    ask(control);
  }, true);
  new MutationObserver((_, watcher) => {
    if (!one("#own-name-shown")) return;
    watcher.disconnect();
    show();
  }).observe(document.body, { childList: true, subtree: true });
  window.diptychName = { name, ask, save };
})();
