/* What a person can do with the figure. Each act changes the state, asks for a new picture, and keeps the address true. */
(function () {
  "use strict";
  const D = (window.dip = window.dip || {});
  const LEAST = 2000;

  /** Moving in time: a look, a set time, a jump, a step. */
  function inTime(ctrl) {
    const { state, payload } = ctrl, snap = D.clock.second;
    return {
      /** Moves the cursor for a look; `settle` brings it back. */
      point(ms) { state.at = snap(ctrl.view.clamp(ms)); ctrl.soon(); },
      settle() { if (!state.playing && state.at !== state.set) { state.at = state.set; ctrl.soon(); } },
      /** Sets the time and freezes it there; what the replay passes through is not kept in the address. */
      set(ms, passing) {
        state.set = state.at = passing ? ms : snap(ms);
        state.frozen = true;
        ctrl.soon();
        if (!passing) ctrl.keep(false);
      },
      release() { state.frozen = false; },
      /** A time may lie outside the range; then the range gives way. */
      visit(ms) {
        state.zoom = D.view.showing(payload, state.zoom, ms);
        ctrl.set(ms);
      },
      go(way) {
        const next = D.page.neighbour(payload, state, way);
        if (next) { ctrl.replay.pause(); ctrl.visit(next.at); }
      },
      step(way) { ctrl.replay.pause(); ctrl.visit(state.set + way * payload.stepMs); },
    };
  }

  /** Clock and range. */
  function inView(ctrl) {
    const { state, payload } = ctrl;
    return {
      clock(mode) {
        if (mode === state.mode) return;
        state.mode = mode;
        state.at = state.set = D.clock.second(state.set);
        ctrl.soon();
        ctrl.keep(true);
      },
      zoom(zoom) {
        state.zoom = Array.isArray(zoom) ? wide(zoom.map(D.clock.second)) : zoom;
        ctrl.soon();
        ctrl.keep(false);
      },
      zoomOut() { ctrl.zoom(D.view.outward(state.zoom, payload)); },
      toggle(what) { state[what] = !state[what]; ctrl.soon(); },
    };
  }

  const wide = ([start, end]) => [start, Math.max(end, start + LEAST)];

  /** Badges and their evidence. */
  function inEvidence(ctrl) {
    const { state, payload } = ctrl;
    return {
      badge(number) {
        const found = D.clock.onsets(payload, state.mode === "known" ? state.set : Infinity)[number - 1];
        if (found) ctrl.openBadge(found.lane);
      },
      openBadge(lane) {
        ctrl.replay.pause();
        state.badge = state.badge === lane ? null : lane;
        ctrl.soon();
        if (!state.badge) return;
        if (state.mode === "hindsight") ctrl.visit(payload.onsets.find((onset) => onset.lane === lane).happened);
        requestAnimationFrame(() => requestAnimationFrame(() => D.page.reveal(lane)));
      },
      played(playing, words) {
        state.playing = playing;
        D.hinge.hint(ctrl.layers.hinge, words);
        ctrl.soon();
        if (!playing) ctrl.keep(false);
      },
    };
  }

  D.acts = { of: (ctrl) => ({ ...inTime(ctrl), ...inView(ctrl), ...inEvidence(ctrl) }) };
})();
