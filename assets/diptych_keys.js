/* Keys of the Incident page: 1-9 badge, space play, arrows events, shift + arrows a step, k clock, o onset. */
(function () {
  "use strict";
  const D = (window.dip = window.dip || {});
  const TYPING = "input, textarea, select, [contenteditable=true], dialog";

  function busy(event) {
    const at = event.target instanceof Element ? event.target : document.body;
    return event.ctrlKey || event.metaKey || event.altKey || at.closest(TYPING) || document.querySelector("dialog[open]");
  }

  /* Space on a button, a link or a summary is theirs. */
  const own = (event) => event.target instanceof Element && event.target.closest("button, a, summary");

  function actOf(event, ctrl) {
    const { key, shiftKey } = event;
    if (/^[1-9]$/.test(key)) return () => ctrl.badge(Number(key));
    if (key === " ") return own(event) ? null : () => ctrl.replay.toggle();
    if (key === "ArrowLeft" || key === "ArrowRight") {
      const way = key === "ArrowLeft" ? -1 : 1;
      return () => (shiftKey ? ctrl.step(way) : ctrl.go(way));
    }
    if (key === "k") return () => ctrl.clock(ctrl.state.mode === "known" ? "hindsight" : "known");
    if (key === "o") return () => ctrl.zoom("onset");
    return key === "Escape" ? () => ctrl.release() : null;
  }

  function listen(ctrl, signal) {
    document.addEventListener("keydown", (event) => {
      if (!ctrl.alive() || event.defaultPrevented || busy(event)) return;
      const found = actOf(event, ctrl);
      if (!found) return;
      event.preventDefault();
      found();
    }, { signal });
  }

  D.keys = { listen };
})();
