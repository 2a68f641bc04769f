/* The Incident page in the browser: one state (clock, cursor, range), one way to paint it, and the acts that change it.
   Needs nothing from the server after it has been given the figure and the payload. */
(function () {
  "use strict";
  const D = (window.dip = window.dip || {});
  const byId = (id) => document.getElementById(id);

  function create(root, figure, payload) {
    const over = byId("diptych-over"), gate = new AbortController(), { signal } = gate;
    const here = window.location.pathname;
    const asked = () => D.view.opening(payload, D.url.read());
    const state = {
      ...asked(), open: false, table: false, badge: null, playing: false, printing: false,
    };
    const layers = D.over.build(over);
    const ctrl = { root, figure, payload, state, view: null };
    const plot = D.plot.create(figure, payload, () => soon());
    let painted = "", due = 0;

    const snap = D.clock.second;
    const soon = () => { due = due || requestAnimationFrame(paint); };

    function paint() {
      due = 0;
      if (!root.isConnected || !over.clientWidth) return;
      const view = (ctrl.view = D.view.make(payload, state, over.clientWidth));
      const made = plot(view);
      const key = JSON.stringify([state.mode, view.T, view.range, view.width, state.open, state.table, state.badge, state.playing]);
      if (key !== painted) {
        over.parentElement.dataset.shape = view.narrow ? "phone" : "wide";
        over.parentElement.style.setProperty("--height", D.dom.px(view.geometry.height));
        D.over.draw(layers, view, payload, made, state);
        D.page.draw(ctrl, view);
      }
      painted = key;
      D.over.follow(root, layers, view, payload, state.at);
      D.page.follow(ctrl, view);
    }

    const keep = (push) => D.url.write(state, push);

    Object.assign(ctrl, {
      alive: () => root.isConnected,
      /** Moves the cursor for a look; `settle` brings it back. */
      point(ms) { state.at = snap(ctrl.view.clamp(ms)); soon(); },
      settle() { if (!state.playing && state.at !== state.set) { state.at = state.set; soon(); } },
      /** Sets the time and freezes it there. */
      set(ms, passing) {
        state.set = state.at = passing ? ms : snap(ms);
        state.frozen = true;
        soon();
        if (!passing) keep(false);
      },
      release() { state.frozen = false; },
      clock(mode) { if (mode !== state.mode) { state.mode = mode; state.at = state.set = snap(state.set); soon(); keep(true); } },
      zoom(zoom) {
        state.zoom = Array.isArray(zoom) ? zoom.map(snap) : zoom;
        if (Array.isArray(zoom) && state.zoom[1] - state.zoom[0] < 2 * D.time.SECOND) state.zoom = [state.zoom[0], state.zoom[0] + 2 * D.time.SECOND];
        soon();
        keep(false);
      },
      zoomOut() { ctrl.zoom(D.view.outward(state.zoom, payload)); },
      /** A time may lie outside the range; then the range gives way. */
      visit(ms) {
        const range = D.view.rangeOf(payload, state.zoom);
        if (ms < range[0] || ms > range[1]) state.zoom = ["onset", "incident"].find((name) => ms >= payload.zooms[name][0] && ms <= payload.zooms[name][1]) || "recording";
        ctrl.set(ms);
      },
      go(way) {
        const next = D.page.neighbour(payload, state, way);
        if (next) { ctrl.replay.pause(); ctrl.visit(next.at); }
      },
      step(way) { ctrl.replay.pause(); ctrl.visit(state.set + way * payload.stepMs); },
      badge(number) {
        const known = D.clock.onsets(payload, state.mode === "known" ? state.set : Infinity);
        const found = known[number - 1];
        if (found) ctrl.openBadge(found.lane);
      },
      openBadge(lane) {
        ctrl.replay.pause();
        const onset = payload.onsets.find((item) => item.lane === lane);
        state.badge = state.badge === lane ? null : lane;
        if (state.badge && state.mode === "hindsight") ctrl.visit(onset.happened);
        soon();
        if (state.badge) requestAnimationFrame(() => requestAnimationFrame(() => D.page.reveal(lane)));
      },
      toggle(what) { state[what] = !state[what]; soon(); },
      played(playing, words) { state.playing = playing; D.hinge.hint(layers.hinge, words); soon(); if (!playing) keep(false); },
    });
    ctrl.replay = D.replay.create(ctrl);
    ctrl.dispose = () => { ctrl.replay.stop(); gate.abort(); watch.disconnect(); };

    D.pointer.listen(over, ctrl, signal);
    D.keys.listen(ctrl, signal);
    D.page.listen(ctrl, signal);
    const print = (printing) => { state.printing = printing; paint(); };
    window.addEventListener("popstate", () => {
      if (window.location.pathname === here) { ctrl.replay.stop(); Object.assign(state, asked(), { playing: false }); soon(); }
    }, { signal });
    window.addEventListener("beforeprint", () => print(true), { signal });
    window.addEventListener("afterprint", () => print(false), { signal });
    const watch = new ResizeObserver(soon);
    watch.observe(over);
    paint();
    return ctrl;
  }

  function mount(figure, payload) {
    if (D.current) D.current.dispose();
    D.current = null;
    const token = (D.token = (D.token || 0) + 1);
    if (!figure || !payload) return window.dash_clientside.no_update;
    D.figure.adopt(figure, payload);
    D.plot.whenReady(() => {
      if (token === D.token && byId("incident")) D.current = create(byId("incident"), figure, payload);
    });
    return window.dash_clientside.no_update;
  }

  window.dash_clientside = Object.assign(window.dash_clientside || {}, { incident: { mount } });
})();
