/* The Incident page in the browser: one state (clock, cursor, range), one way to paint it, and the acts that change it.
   Needs nothing from the server after it has been given the figure and the payload. */
(function () {
  "use strict";
  const D = (window.dip = window.dip || {});
  const byId = (id) => document.getElementById(id);

  /** The state of a page just opened: what the address asks for, and what had been opened before. */
  function opening(payload, kept) {
    const asked = D.view.opening(payload, D.url.read());
    return { ...asked, open: false, table: false, badge: null, ...kept, playing: false, printing: false };
  }

  /** A function that paints what has changed since it was last called. */
  function painter(ctrl, over) {
    const { payload, state, layers } = ctrl;
    const plot = D.plot.create(ctrl.figure, payload, () => ctrl.soon());
    let painted = "";
    return () => {
      if (!ctrl.alive() || !over.clientWidth) return;
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
      D.over.follow(ctrl.root, layers, view, payload, state.at);
      D.page.follow(ctrl, view);
    };
  }

  function create(root, figure, payload, kept) {
    const over = byId("diptych-over"), gate = new AbortController(), { signal } = gate;
    const state = opening(payload, kept);
    const ctrl = { root, figure, payload, state, view: null, layers: D.over.build(over), alive: () => root.isConnected };
    const paint = painter(ctrl, over);
    let due = 0;
    ctrl.soon = () => { due = due || requestAnimationFrame(() => { due = 0; paint(); }); };
    ctrl.keep = (push) => D.url.write(state, push);
    Object.assign(ctrl, D.acts.of(ctrl));
    ctrl.replay = D.replay.create(ctrl);
    const watch = new ResizeObserver(ctrl.soon);
    ctrl.dispose = () => { ctrl.replay.stop(); gate.abort(); watch.disconnect(); };
    D.pointer.listen(over, ctrl, signal);
    D.keys.listen(ctrl, signal);
    D.page.listen(ctrl, signal);
    D.sheets.offer(ctrl);
    outside(ctrl, paint, signal);
    watch.observe(over);
    paint();
    return ctrl;
  }

  /* Paper has a width of its own, and Back returns to the state that its address holds. */
  function outside(ctrl, paint, signal) {
    const here = window.location.pathname;
    const print = (printing) => { ctrl.state.printing = printing; paint(); };
    window.addEventListener("beforeprint", () => print(true), { signal });
    window.addEventListener("afterprint", () => print(false), { signal });
    window.addEventListener("popstate", () => {
      if (window.location.pathname !== here) return;
      ctrl.replay.stop();
      const { open, table, badge } = ctrl.state;
      Object.assign(ctrl.state, opening(ctrl.payload, { open, table, badge }));
      ctrl.soon();
    }, { signal });
  }

  /* The same incident with newer data keeps what a person had opened. */
  function choices(before, payload) {
    if (!before || before.payload.id !== payload.id) return {};
    const { open, table, badge } = before.state;
    return { open, table, badge };
  }

  function mount(figure, payload) {
    const before = D.current;
    if (before) before.dispose();
    D.current = null;
    const token = (D.token = (D.token || 0) + 1);
    if (!figure || !payload) return window.dash_clientside.no_update;
    D.time.say(payload.dated, payload.year);
    D.figure.adopt(figure, payload);
    D.plot.whenReady(() => {
      if (token === D.token && byId("incident")) D.current = create(byId("incident"), figure, payload, choices(before, payload));
    });
    return window.dash_clientside.no_update;
  }

  window.dash_clientside = Object.assign(window.dash_clientside || {}, { incident: { mount } });
})();
