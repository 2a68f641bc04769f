/* The gutters: what each lane is at the left, its value at the cursor at the right; on a phone both stand above the lane. */
(function () {
  "use strict";
  const D = (window.dip = window.dip || {});
  const PERFORMANCE_NOTE = "at prediction time", STALE_STEPS = 4;

  /** Names and measures, written once for a geometry. */
  function labels(view, payload) {
    const named = new Map([...payload.lanes, ...payload.performance.map((lane) => ({ ...lane, measure: lane.metric }))].map((lane) => [lane.key, lane]));
    return view.geometry.rows.map((row) => {
      const lane = named.get(row.key) || { name: "Events", measure: view.narrow ? "" : "alerts, deploys, people" };
      const note = row.kind === "performance" && !view.narrow ? D.dom.el("span.dip-measure", {}, PERFORMANCE_NOTE) : null;
      const words = D.dom.el("div.dip-words", {}, [D.dom.name("span.dip-name", lane.name), D.dom.name("span.dip-measure", lane.measure), note]);
      const side = row.kind === "events" ? "dip-events" : `dip-${row.side}`;
      const top = view.narrow ? row.labelTop : row.top;
      const height = view.narrow ? view.geometry.label : row.height;
      return D.dom.el(`div.dip-label.${side}`, { style: { top: D.dom.px(top), height: D.dom.px(height) } }, words);
    });
  }

  const NONE = {
    service: "No service around this incident has been recorded.",
    model: "No model depends on these services.",
    quiet: "Nothing on this side left what is usual.",
  };

  /** Where a side shows no lane, why. */
  function bare(view, payload) {
    return view.geometry.bare.map(({ side, top, height }) => {
      const folded = payload.lanes.some((lane) => lane.side === side);
      return D.dom.el("p.dip-none", { style: { top: D.dom.px(top), height: D.dom.px(height) } }, NONE[folded ? "quiet" : side]);
    });
  }

  /** Empty cells for the values, one per row, kept in step by `follow`. */
  function cells(view) {
    return view.geometry.rows.map((row) => {
      const top = view.narrow ? row.labelTop : row.top;
      const height = view.narrow ? view.geometry.label : row.height;
      const lines = [D.dom.el("span.dip-now"), D.dom.el("span.dip-expected"), D.dom.el("span.dip-last")];
      return D.dom.el("div.dip-value", { "data-row": row.key, style: { top: D.dom.px(top), height: D.dom.px(height) } }, lines);
    });
  }

  /** Whether sample `i` is too old to tell of `at`; as known, the last one in always stands. */
  const stale = (lane, view, at, i) => view.T === Infinity && at - lane.ts[i] > STALE_STEPS * lane.step;

  /** [value, expected, last in] of a lane at `at`. */
  function laneWords(lane, view, at) {
    const i = D.clock.sample(lane, at, view.T);
    if (i < 0) return [view.T === Infinity ? "no data" : "nothing yet", "", ""];
    const hindsight = view.T === Infinity;
    if (stale(lane, view, at, i)) return ["no data", `since ${D.time.clock(lane.ts[i], view.zone)}`, ""];
    if (lane.kind === "strip") return [lane.text[i], `for ${D.time.duration(Math.max(at - D.clock.since(lane, i, view.T), 0))}`, ""];
    const expected = (hindsight ? lane.expected : lane.expectedKnown)[i];
    return [lane.text[i], expected, hindsight ? "" : `last in, ${D.time.clock(lane.ts[i], view.zone)}`];
  }

  function waiting(state, step) {
    if (step && Number.isInteger(step.labels)) return `${step.labels}\u00a0% of labels in`;
    return `n ${state.n}, ${Math.round(100 * (state.share || 0))}\u00a0% in`;
  }

  /** The bucket at the cursor; where its labels are not in, how many of the open ones are. */
  function performanceWords(lane, view, at, step) {
    const state = D.clock.frame(lane, view.T);
    const i = Math.floor((at - lane.bucket[0]) / lane.bucketMs);
    const open = state.from >= 0 && i >= state.from;
    if (open && (view.T !== Infinity || i <= state.to)) return ["not known", waiting(state, step), ""];
    if (!(state.predicted[i] > 0)) return ["no data", "", ""];
    const share = state.labelled[i] / state.predicted[i];
    const labels = share >= 1 ? "all in" : `${Math.round(100 * share)}\u00a0% in`;
    const value = state.value[i] === null ? "not known" : D.gutter.short(state.value[i]);
    return [value, `n ${state.predicted[i]}, ${labels}`, lane.usual];
  }

  /** Two sensible digits. */
  function short(x) {
    const size = Math.abs(x);
    return size >= 100 ? String(Math.round(x)) : size >= 10 ? x.toFixed(1) : size >= 0.1 ? x.toFixed(2) : String(Number(x.toPrecision(2)));
  }

  function rowWords(key, view, payload, at) {
    if (key === "events") return [...D.events.count(view, payload, at), ""];
    const lane = payload.lanes.find((found) => found.key === key);
    if (lane) return laneWords(lane, view, at);
    const place = payload.performance.findIndex((found) => found.key === key);
    /* the verdict is on the first model: while it waits for labels, both count the same ones */
    return performanceWords(payload.performance[place], view, at, place === 0 ? D.clock.last(payload.verdicts, view.T) : null);
  }

  function follow(over, view, payload, at) {
    for (const cell of over.querySelectorAll(".dip-value")) {
      const [value, expected, last] = rowWords(cell.dataset.row, view, payload, at);
      const [now, usual, arrival] = cell.children;
      D.dom.say(now, value);
      now.classList.toggle("dip-unknown", /^(not known|no data|nothing yet)$/.test(value));
      D.dom.say(usual, expected);
      D.dom.say(arrival, last);
    }
  }

  D.gutter = { labels, bare, cells, follow, rowWords, short, stale };
})();
