/* The plotly figure at T: traces sliced by what was known, ranges from what is left, rows where the geometry puts them.
   Colours are tokens (see charts.css), so nothing here knows the theme. */
(function () {
  "use strict";
  const D = (window.dip = window.dip || {});
  const PAD = 0.1, GROWTH = 1.25, BARS = 14, BARS_GAP = 4, HELD_STEPS = 4;

  /** Values of the lanes are in the figure; lane by lane they join what the payload says of them. */
  function adopt(figure, payload) {
    const value = (key) => figure.data.find((trace) => trace.meta.lane === key && /^(value|bad)$/.test(trace.meta.part));
    for (const lane of payload.lanes) {
      const trace = value(lane.key);
      lane.ts = trace ? trace.x : [];
      lane.value = trace ? trace.y : [];
      const steps = lane.ts.slice(1).map((at, i) => at - lane.ts[i]).sort((a, b) => a - b);
      lane.step = steps[steps.length >> 1] || 0;
    }
  }

  const pick = (column, kept) => kept.map((i) => column[i]);

  /** Outline of a band for fill "toself", broken where an edge is missing. */
  function ring(ts, lower, upper) {
    const x = [], y = [];
    let run = [];
    const close = () => {
      if (run.length) {
        if (x.length) { x.push(null); y.push(null); }
        const back = [...run].reverse();
        x.push(...pick(ts, run), ...pick(ts, back));
        y.push(...pick(upper, run), ...pick(lower, back));
      }
      run = [];
    };
    ts.forEach((_, i) => (lower[i] === null || upper[i] === null ? close() : run.push(i)));
    close();
    return { x, y };
  }

  const none = () => ({ x: [], y: [] });

  /** Positions known at T; those far outside the range are left out, as plotly's work grows with the points. */
  function known(lane, T, range) {
    const margin = 2 * lane.step, kept = [];
    for (let i = 0; i < lane.ts.length; i += 1) {
      if (lane.known[i] <= T && lane.ts[i] >= range[0] - margin && lane.ts[i] <= range[1] + margin) kept.push(i);
    }
    return kept;
  }

  const PARTS = {
    value: (trace, lane, kept) => ({ x: pick(trace.x, kept), y: pick(trace.y, kept) }),
    band: (trace, lane, kept) => (lane.band ? ring : none)(pick(lane.ts, kept), pick(lane.lowerKnown, kept), pick(lane.upperKnown, kept)),
    limit: (trace, lane, kept, T) => ({ x: kept.length ? [trace.x[0], T] : [], y: trace.y }),
    base: held,
    bad: held,
  };

  /** A state holds until it is replaced, but not for longer than a few steps without word. */
  function held(trace, lane, kept, T) {
    const x = pick(trace.x, kept), y = pick(trace.y, kept);
    const end = kept.length ? Math.min(T, lane.known[kept[kept.length - 1]] + HELD_STEPS * lane.step) : T;
    if (kept.length && end > x[x.length - 1]) { x.push(end); y.push(y[y.length - 1]); }
    return { x, y };
  }

  function laneTrace(trace, lane, T, range) {
    if (T === Infinity) return trace;
    return { ...trace, ...PARTS[trace.meta.part](trace, lane, known(lane, T, range), T) };
  }

  /** Solid where four of five labels are in; dashed, from the last solid point on, where they are not. */
  function performanceTrace(trace, lane, state, T, range) {
    const now = Math.min(T, lane.bucket[lane.bucket.length - 1] + lane.bucketMs);
    const near = (at) => at > range[0] - 2 * lane.bucketMs && at < range[1] + lane.bucketMs;
    const seen = lane.bucket.map((_, i) => i).filter((i) => lane.bucket[i] < now && near(lane.bucket[i]) && state.predicted[i] > 0);
    const ends = seen.map((i) => Math.min(lane.bucket[i] + lane.bucketMs, now));
    const x = seen.map((i, n) => (lane.bucket[i] + ends[n]) / 2);
    const open = (i) => state.from >= 0 && i >= state.from;
    const part = trace.meta.part;
    if (part === "band") return lane.lower === null || !seen.length ? { ...trace, x: [], y: [] }
      : { ...trace, ...ring([lane.bucket[0], now], [lane.lower, lane.lower], [lane.upper, lane.upper]) };
    if (part === "value") return { ...trace, x, y: seen.map((i) => (open(i) ? null : state.value[i])) };
    if (part === "estimate") {
      const y = seen.map((i) => (open(i) ? state.estimate[i] ?? state.value[i] : i === state.from - 1 ? state.value[i] : null));
      return { ...trace, x, y };
    }
    const width = seen.map((i, n) => (ends[n] - lane.bucket[i]) * 0.93);
    return { ...trace, x, y: pick(state[part], seen), width };
  }

  function reach(values, lower, upper, limit, below, calm = 4) {
    const all = [...values, ...lower, ...upper, limit].filter((x) => x !== null && x !== undefined);
    if (!all.length) return { low: 0, high: 1, span: 1, base: 1 };
    const low = Math.min(...all), high = Math.max(...all);
    const widths = lower.map((a, i) => (a === null || upper[i] === null ? null : upper[i] - a)).filter((w) => w !== null).sort((a, b) => a - b);
    const base = Math.max(calm * (widths[widths.length >> 1] || 0), 1e-3 * Math.abs(high), 1e-9);
    return { low, high, span: Math.max(high - low, base), base, below };
  }

  /** While a story unfolds the range grows in steps, so that lanes do not breathe with every sample. */
  function stepped(found) {
    const span = found.base * GROWTH ** Math.ceil(Math.log(found.span / found.base) / Math.log(GROWTH) - 1e-9);
    return ends({ ...found, span });
  }

  function ends({ low, high, span, below = 0.2 }) {
    const spare = span - (high - low);
    return [low - below * spare - PAD * span, high + (1 - below) * spare + PAD * span];
  }

  function laneRange(lane, T) {
    if (lane.kind === "strip") return [0, 1];
    const kept = known(lane, T, [-Infinity, Infinity]);
    return stepped(reach(pick(lane.value, kept), pick(lane.lowerKnown, kept), pick(lane.upperKnown, kept), lane.limit, lane.below));
  }

  function performanceRange(lane, state) {
    const shown = [...state.value, ...state.estimate];
    const found = reach(shown, [lane.lower], [lane.upper], null, 0.8, lane.widths);
    return stepped(found);
  }

  /** {data, layout} for Plotly.react at `view` {T, range, width, geometry}. */
  function at(figure, payload, view) {
    const { T, geometry } = view;
    const rows = new Map(geometry.rows.map((row) => [row.key, row]));
    const lanes = new Map(payload.lanes.map((lane) => [lane.key, lane]));
    const frames = new Map(payload.performance.map((lane) => [lane.key, { lane, state: D.clock.frame(lane, T) }]));
    const data = figure.data.filter((trace) => rows.has(trace.meta.lane)).map((trace) => {
      const model = frames.get(trace.meta.lane);
      const lane = lanes.get(trace.meta.lane);
      const made = model ? performanceTrace(trace, model.lane, model.state, T, view.range) : lane ? laneTrace(trace, lane, T, view.range) : trace;
      return { ...made, visible: true };
    });
    return { data, layout: layout(figure, data, view, rows, lanes, frames) };
  }

  function layout(figure, data, view, rows, lanes, frames) {
    const { T, geometry, range, width } = view;
    const base = figure.layout;
    const made = Object.fromEntries(Object.entries(base).filter(([name]) => !name.startsWith("yaxis")));
    const domain = (top, height) => [1 - (top + height) / geometry.height, 1 - top / geometry.height];
    for (const trace of data) {
      const row = rows.get(trace.meta.lane);
      const name = `yaxis${trace.yaxis.slice(1)}`;
      const model = frames.get(row.key);
      const counts = trace.type === "bar";
      const top = counts ? row.top + row.height - BARS : row.top;
      const height = counts ? BARS : row.height - (model ? BARS + BARS_GAP : 0);
      const own = { domain: domain(top, height), visible: false, fixedrange: true, anchor: "x" };
      made[name] = { ...own, range: rangeOf(base[name], row, T, lanes, model, counts) };
    }
    const grid = view.ticks.map((tick) => tick.at);
    made.xaxis = { ...base.xaxis, range, tickmode: "array", tickvals: grid, showgrid: true };
    return { ...made, width, height: geometry.height, margin: { l: geometry.left, r: geometry.right, t: 0, b: 0, pad: 0 } };
  }

  function rangeOf(base, row, T, lanes, model, counts) {
    if (counts) return [0, Math.max(...model.state.predicted, 1)];
    if (model) return T === Infinity && base ? base.range : performanceRange(model.lane, model.state);
    return T === Infinity || !lanes.has(row.key) ? base.range : laneRange(lanes.get(row.key), T);
  }

  D.figure = { adopt, at };
})();
