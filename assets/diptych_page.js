/* The page around the figure: it writes the title line, the verdict and the lists at T, and hears the clicks on all of it. */
(function () {
  "use strict";
  const D = (window.dip = window.dip || {});
  const byId = (id) => document.getElementById(id);
  const LONG = 90;
  const put = (id, node) => byId(id) && D.over.swap(byId(id), node);

  /** What changes with the frame. */
  function draw(ctrl, view) {
    const { payload, state } = ctrl;
    const heading = D.lists.heading(payload, view);
    D.dom.say(byId("incident-title"), heading.title);
    byId("incident-title").title = heading.title.length > LONG ? heading.title : "";
    D.dom.say(byId("incident-small"), heading.small);
    put("incident-verdict", D.lists.verdict(payload, view));
    put("incident-onsets", D.lists.onsets(payload, view, state.badge));
    put("incident-evidence", D.lists.evidence(payload, view));
    put("incident-events", D.lists.events(payload, view));
    D.dom.say(byId("incident-event-count"), D.lists.eventCount(payload, view));
    byId("diptych").setAttribute("aria-label", D.lists.sentence(payload, view, state.at));
    D.dom.say(byId("incident-step"), D.time.duration(payload.stepMs));
    put("incident-others", others(payload, view));
    pressed(state);
    foot(ctrl, view);
  }

  /** The way to the incidents near this one, as far as they were known. */
  function others(payload, view) {
    const known = (payload.others || []).filter((other) => other.known <= view.T);
    return D.dom.el("span.dip-others", {}, known.map((other) => D.dom.el("a.pill.pill-link", { href: other.href }, other.id)));
  }

  function pressed(state) {
    for (const button of document.querySelectorAll("#incident [data-dip=mode], #incident [data-dip=zoom]")) {
      const chosen = button.dataset.dip === "mode" ? state.mode : state.zoom;
      button.setAttribute("aria-pressed", button.dataset.choice === chosen ? "true" : "false");
    }
    const play = document.querySelector("#incident .dip-thumb [data-dip=play]");
    if (play) {
      play.setAttribute("aria-label", state.playing ? "Pause" : "Play");
      D.over.swap(play, D.hinge.icon(state.playing ? "pause" : "play"));
    }
  }

  /** The foot of the figure: how many lanes are folded away, and the table, which is made while it is open. */
  function foot(ctrl, view) {
    const { payload, state } = ctrl;
    const n = payload.lanes.filter((lane) => lane.quiet).length;
    const words = `${n} more lane${n === 1 ? "" : "s"}`;
    const quiet = n ? toggle("quiet", state.open ? `Hide ${words}` : words, state.open) : null;
    const notes = D.dom.el("p.dip-foot-notes", { dir: "auto" }, said(payload, view));
    put("diptych-foot", D.dom.el("div.dip-foot-line", {}, [quiet, toggle("table", "View as table", state.table), state.table ? csv() : null, notes]));
    put("diptych-table", state.table ? D.table.draw(view, payload) : D.dom.el("span"));
  }

  function csv() {
    const given = { type: "button", "data-export": "csv", "data-sheet": "incident-lanes", "data-name": "lanes", "aria-label": "Lanes as CSV" };
    return D.dom.el("button.tool.table-export", given, "CSV");
  }

  /* What the analysis has to say of the whole belongs to hindsight; that lanes are thinned is always said. */
  function said(payload, view) {
    const shown = new Set(view.geometry.rows.map((row) => row.key));
    const thinned = payload.lanes.some((lane) => lane.thinned && shown.has(lane.key)) ? ["Long lanes are drawn by their extremes."] : [];
    return [...thinned, ...(view.T === Infinity ? payload.notes : [])].join(" ");
  }

  function toggle(act, words, open) {
    return D.dom.el("button.dip-toggle", { type: "button", "data-dip": act, "aria-expanded": open ? "true" : "false" }, words);
  }

  /** What follows the cursor: the words of the clock, and what comes next. */
  function follow(ctrl, view) {
    const { payload, state } = ctrl;
    D.dom.say(byId("incident-mode-known"), `As known at ${D.time.moment(state.at, view.zone, view.range)}`);
    const next = neighbour(payload, state, 1);
    const said = next && state.mode === "hindsight" ? `Next: ${next.words} ›` : "Next ›";
    D.dom.say(byId("incident-next"), said);
  }

  /** The event or onset before or after the cursor by the clock in use. */
  function neighbour(payload, state, way) {
    const moments = D.clock.moments(payload, state.mode === "known" ? state.set : Infinity);
    return way > 0 ? moments.find(({ at }) => at > state.set) : moments.reverse().find(({ at }) => at < state.set);
  }

  /** Bring the row of a lane into sight, without a slide where motion is unwelcome. */
  function reveal(lane) {
    const row = [...document.querySelectorAll("#incident-onsets li")].find((item) => item.dataset.lane === lane);
    if (row) row.scrollIntoView({ block: "nearest", behavior: D.dom.calm() ? "auto" : "smooth" });
  }

  function actsOf(ctrl) {
    return {
      mode: ({ choice }) => ctrl.clock(choice),
      zoom: ({ choice }) => ctrl.zoom(choice),
      play: () => ctrl.replay.toggle(),
      previous: () => ctrl.go(-1),
      next: () => ctrl.go(1),
      badge: ({ lane }) => ctrl.openBadge(lane),
      onset: ({ lane }) => ctrl.openBadge(lane),
      quiet: () => ctrl.toggle("open"),
      table: () => ctrl.toggle("table"),
      copy: () => D.url.copy(words(ctrl), ctrl.state),
    };
  }

  function words(ctrl) {
    const step = D.clock.last(ctrl.payload.verdicts, ctrl.view.T);
    const heading = D.lists.heading(ctrl.payload, ctrl.view);
    return step ? `${heading.title}. ${step.headline} ${step.sentence}`.trim() : heading.title;
  }

  function listen(ctrl, signal) {
    const acts = actsOf(ctrl);
    ctrl.root.addEventListener("click", (event) => {
      const control = event.target.closest("[data-dip]");
      if (control && acts[control.dataset.dip]) acts[control.dataset.dip](control.dataset);
    }, { signal });
  }

  D.page = { draw, follow, neighbour, reveal, listen };
})();
