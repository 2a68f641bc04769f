/* The lists and lanes of an incident as lines of CSV: what is on the page at T, one plain value per cell, times in UTC. */
(function () {
  "use strict";
  const D = (window.dip = window.dip || {});
  const UNITS = { share: "share, 0 to 1", score: "", 1: "" };
  const iso = (ms) => new Date(ms).toISOString().replace(".000Z", "Z");

  function onsets({ payload, view }) {
    const head = ["Order", "What", "How bad", "Left what is usual at (UTC)", "Could be known at (UTC)", "Known later by (s)"];
    const lines = D.clock.onsets(payload, view.T).map((one) => [
      one.rank, one.title, D.clock.worst(one, view.T), iso(one.happened), iso(one.known), (one.known - one.happened) / D.time.SECOND,
    ]);
    return [head, ...lines];
  }

  function evidence({ payload, view }) {
    const words = { "+": "for", "-": "against", "?": "not known yet" };
    const lines = D.clock.evidence(payload, view.T).map((one) => [words[one.sign], one.text, one.figure, iso(one.known)]);
    return [["For or against an outage", "What", "Figure", "Known since (UTC)"], ...lines];
  }

  function events({ payload, view }) {
    const head = ["Time (UTC)", "Could be known at (UTC)", "Kind", "Title", "Service", "Source", "Mark"];
    const lines = D.clock.events(payload, view.T).map((one) => [
      iso(one.ts), iso(one.known), one.kind, one.title, one.service, one.source, one.mark ? one.tag : "",
    ]);
    return [head, ...lines];
  }

  function sampled(lane, view, at) {
    const i = D.clock.sample(lane, at, view.T);
    return i < 0 || D.gutter.stale(lane, view, at, i) ? null : lane.kind === "strip" ? lane.text[i] : lane.value[i];
  }

  function bucketed(lane, view, at, state) {
    const i = Math.floor((at - lane.bucket[0]) / lane.bucketMs);
    const open = state.from >= 0 && i >= state.from && (view.T !== Infinity || i <= state.to);
    return open || !(state.predicted[i] > 0) ? null : state.value[i];
  }

  /* A column a lane that is drawn, in the order of the figure: its head, and what it was at a moment. */
  function columns({ payload, view }) {
    const found = view.geometry.rows.map(({ key }) => {
      const lane = payload.lanes.find((one) => one.key === key);
      const unit = lane && lane.kind !== "strip" && (UNITS[lane.unit] ?? lane.unit);
      if (lane) return { head: `${lane.name} ${lane.measure}${unit ? ` (${unit})` : ""}`, value: (at) => sampled(lane, view, at) };
      const model = payload.performance.find((one) => one.key === key);
      const state = model && D.clock.frame(model, view.T);
      return model && { head: `${model.name} ${model.metric}`, value: (at) => bucketed(model, view, at, state) };
    });
    return found.filter(Boolean);
  }

  function lanes(ctrl) {
    const shown = columns(ctrl);
    const lines = D.table.moments(ctrl.view).map((at) => [iso(at), ...shown.map((one) => one.value(at))]);
    return [["Time (UTC)", ...shown.map((one) => one.head)], ...lines];
  }

  /** The sheets of this page, for assets/export.js. */
  function offer(ctrl) {
    const made = { onsets, evidence, events, lanes };
    const named = Object.entries(made).map(([name, lines]) => [`incident-${name}`, () => lines(ctrl)]);
    window.diptychSheets = Object.assign(window.diptychSheets || {}, Object.fromEntries(named));
  }

  D.sheets = { offer, iso };
})();
