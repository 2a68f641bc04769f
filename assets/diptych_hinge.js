/* The hinge: the only time axis, the ring where the thread crosses, the chip of the cursor, play and step. */
(function () {
  "use strict";
  const D = (window.diptych = window.diptych || {});
  const CHIP = 68, CLEAR = 10, RING = 5;
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
    const late = `+${D.time.duration(ring.late)}`;
    return narrow ? late : `reached the model ${late}`;
  }

  /* Ticks lie under chip and ring, so those that would touch are left out. */
  function tickMarks(view, ring, words) {
    const taken = ring ? [ring.x - RING - CLEAR, ring.x + RING + 8 + D.dom.width(words, 11, 600) + CLEAR] : [Infinity, Infinity];
    return view.ticks.map((tick) => {
      const x = view.x(tick.at), half = D.dom.width(tick.text, 12) / 2;
      const hidden = x + half > taken[0] && x - half < taken[1];
      const outside = x - half < (view.narrow ? 0 : view.left - 8) || x + half > view.right + (view.narrow ? 12 : 8);
      const text = hidden || outside ? "" : D.dom.el("span.dip-tick-text", {}, tick.text);
      return D.dom.el("span.dip-tick", { "data-half": half.toFixed(1), style: { left: D.dom.px(x) } }, text);
    });
  }

  function ringMark(view, ring, words) {
    if (!ring || ring.x < view.left || ring.x > view.right) return [];
    return [
      D.dom.el("span.dip-ring", { style: { left: D.dom.px(ring.x) } }),
      D.dom.el("span.dip-ring-words", { style: { left: D.dom.px(ring.x + RING + 8) } }, words),
    ];
  }

  /* The hinge may stick to an edge of the screen, so it draws its own piece of the thread. */
  function threadPiece(view, threads) {
    const { hingeTop } = view.geometry;
    const lines = threads.filter((s) => s.crosses).map((s) => D.dom.svg("line", { class: "dip-thread", x1: s.x1, y1: s.y1 - hingeTop, x2: s.x2, y2: s.y2 - hingeTop }));
    return D.dom.svg("svg", { class: "dip-hinge-thread", width: view.width, height: view.geometry.hinge, "aria-hidden": "true" }, lines);
  }

  function draw(view, ring, threads, playing) {
    const words = ringWords(ring, view.narrow);
    const shown = ring && ring.x >= view.left && ring.x <= view.right ? ring : null;
    const parts = [threadPiece(view, threads), ...tickMarks(view, shown, words), ...ringMark(view, ring, words)];
    const ends = view.narrow ? [] : [controls(playing), D.dom.el("p.dip-hint", {}, HINT)];
    const chip = D.dom.el("output.dip-chip", { "aria-live": "off" });
    return D.dom.el("div.dip-hinge", { style: { "--hinge": D.dom.px(view.geometry.hinge) } }, [...parts, ...ends, D.dom.el("span.dip-hinge-cursor"), chip]);
  }

  /** Only what follows the cursor: the chip's words, and the ticks and ring words it would cover. */
  function follow(hinge, view, at) {
    const x = view.x(at);
    const chip = hinge.querySelector(".dip-chip");
    D.dom.say(chip, D.time.moment(at, view.zone, view.range));
    const half = Math.max(CHIP, chip.offsetWidth) / 2;
    for (const tick of hinge.querySelectorAll(".dip-tick")) {
      const near = Math.abs(parseFloat(tick.style.left) - x) < half + Number(tick.dataset.half) + 4;
      tick.classList.toggle("dip-under", near);
    }
    const words = hinge.querySelector(".dip-ring-words");
    if (words) {
      const left = parseFloat(words.style.left);
      words.classList.toggle("dip-under", x + half > left && x - half < left + words.offsetWidth);
    }
  }

  function hint(hinge, text) {
    D.dom.say(hinge && hinge.querySelector(".dip-hint"), text || HINT);
  }

  D.hinge = { draw, follow, hint, icon, controls };
})();
