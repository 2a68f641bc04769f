/* The hinge: the only time axis, the ring where the thread crosses, the chip of the cursor, play and step. */
(function () {
  "use strict";
  const D = (window.dip = window.dip || {});
  const CLEAR = 10, RING = 5, EDGE = 12;
  const HINT = "Play stops at each badge";

  const ICONS = {
    previous: "M2 1h2v10H2zM11 1v10L4.5 6z",
    next: "M8 1h2v10H8zM1 1v10l6.5-5z",
    play: "M2 1v10l9-5z",
    pause: "M2 1h3v10H2zM7 1h3v10H7z",
  };

  function icon(name) {
    return D.dom.svg("svg", { viewBox: "0 0 12 12", width: 12, height: 12, "aria-hidden": "true" }, D.dom.svg("path", { d: ICONS[name], fill: "currentColor" }));
  }

  function button(name, words, act, extra = "") {
    return D.dom.el(`button.dip-step${extra}`, { type: "button", "data-dip": act, "aria-label": words, title: words }, icon(name));
  }

  /** The three buttons; `playing` turns play into pause. */
  function controls(playing) {
    const play = playing ? button("pause", "Pause (space)", "play", ".dip-play") : button("play", "Play (space)", "play", ".dip-play");
    return D.dom.el("div.dip-steps", {}, [button("previous", "Previous event (←)", "previous"), play, button("next", "Next event (→)", "next")]);
  }

  function ringWords(ring, narrow) {
    if (!ring || ring.late === null) return "";
    const late = ring.late < D.time.SECOND ? "at once" : `+${D.time.duration(ring.late)}`;
    return narrow ? late : `reached the model ${late}`;
  }

  /* On a phone the outer ticks move in; `follow` hides those that lie under chip, ring or its words. */
  function tickMarks(view) {
    return view.ticks.map((tick) => {
      const at = view.x(tick.at), half = D.dom.width(tick.text, 12) / 2;
      const x = view.narrow ? Math.min(Math.max(at, half + EDGE), view.width - half - EDGE) : at;
      const outside = x - half < (view.narrow ? 0 : view.left - CLEAR) || x + half > (view.narrow ? view.width : view.right + CLEAR / 2);
      const text = outside ? "" : D.dom.el("span.dip-tick-text", { style: { "margin-left": D.dom.px(x - at) } }, tick.text);
      return D.dom.el("span.dip-tick", { "data-from": D.dom.px(x - half), "data-to": D.dom.px(x + half), style: { left: D.dom.px(at) } }, text);
    });
  }

  function ringMark(view, ring, words) {
    if (!ring) return [];
    return [
      D.dom.el("span.dip-ring", { style: { left: D.dom.px(ring.x) } }),
      D.dom.el("span.dip-ring-words", { "data-ring": ring.x.toFixed(1) }, words),
    ];
  }

  /* The hinge may stick to an edge of the screen, so it draws its own piece of the thread. */
  function threadPiece(view, threads) {
    const { hingeTop } = view.geometry;
    const lines = threads.filter((s) => s.crosses).map((s) => D.dom.svg("line", { class: "dip-thread", x1: s.x1, y1: s.y1 - hingeTop, x2: s.x2, y2: s.y2 - hingeTop }));
    return D.dom.svg("svg", { class: "dip-hinge-thread", width: view.width, height: view.geometry.hinge, "aria-hidden": "true" }, lines);
  }

  /** What changes with the frame; buttons, hint and chip stay in the element, so that a press on them is not lost. */
  function draw(view, ring, threads) {
    const words = ringWords(ring, view.narrow);
    const shown = ring && ring.x >= view.left && ring.x <= view.right ? ring : null;
    return D.dom.el("div", {}, [threadPiece(view, threads), ...tickMarks(view), ...ringMark(view, shown, words)]);
  }

  /** The hinge itself, empty of ticks. */
  function frame() {
    const chip = D.dom.el("output.dip-chip", { "aria-live": "off" });
    const marks = D.dom.el("div.dip-hinge-marks");
    const hint = D.dom.el("p.dip-hint", { role: "status" }, HINT);
    return D.dom.el("div.dip-hinge", {}, [marks, D.dom.el("div.dip-hinge-controls"), hint, D.dom.el("span.dip-hinge-cursor"), chip]);
  }

  /** Only what follows the cursor: the chip's words, and the ticks and ring words it would cover. */
  function follow(hinge, view, at) {
    const x = view.x(at);
    const chip = hinge.querySelector(".dip-chip");
    D.dom.say(chip, D.time.moment(at, view.zone, view.range));
    const half = chip.offsetWidth / 2;
    const taken = [[x - half - 3, x + half + 3]];
    const covers = (from, to) => taken.some(([a, b]) => b > from && a < to);
    const words = hinge.querySelector(".dip-ring-words");
    if (words) taken.push(...beside(words, view, covers));
    for (const tick of hinge.querySelectorAll(".dip-tick")) {
      tick.classList.toggle("dip-under", covers(parseFloat(tick.dataset.from), parseFloat(tick.dataset.to)));
    }
  }

  /* The words of the ring stand at its right, or at its left where the chip would cover them. Gives what is taken. */
  function beside(words, view, covers) {
    const ring = Number(words.dataset.ring), wide = words.offsetWidth, edge = view.narrow ? 2 : view.left;
    const at = [ring + RING + 8, ring - RING - 8 - wide].find((from) => from > edge && from + wide < view.width && !covers(from, from + wide));
    words.classList.toggle("dip-under", at === undefined);
    if (at !== undefined) words.style.left = D.dom.px(at);
    const own = [ring - RING - CLEAR / 2, ring + RING + CLEAR / 2];
    return at === undefined ? [own] : [own, [at - CLEAR / 2, at + wide + CLEAR / 2]];
  }

  function hint(hinge, text) {
    D.dom.say(hinge && hinge.querySelector(".dip-hint"), text || HINT);
  }

  D.hinge = { frame, draw, follow, hint, icon, controls };
})();
