/* Labels not in: a diagonal hatch from the first bucket with under 80 % of its labels to the cursor, and words where
   they cover no line. */
(function () {
  "use strict";
  const D = (window.dip = window.dip || {});
  const STEP = 7, WORDS_HEIGHT = 18, AIR = 5, FOOT = 18, PAD = 24;

  function pattern(id) {
    const line = D.dom.svg("line", { x1: 0, y1: 0, x2: 0, y2: STEP });
    const tile = { id, width: STEP, height: STEP, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" };
    return D.dom.svg("svg", { "aria-hidden": "true" }, [
      D.dom.svg("defs", {}, D.dom.svg("pattern", tile, line)),
      D.dom.svg("rect", { width: "100%", height: "100%", fill: `url(#${id})` }),
    ]);
  }

  /** Where the lines of a lane run between two pixels: [top, bottom] of each piece, from the top of the lane. */
  function pieces(view, lane, row, figure, from, to) {
    const found = [];
    for (const trace of figure.data) {
      if (trace.meta.lane !== lane.key || !/^(value|estimate)$/.test(trace.meta.part)) continue;
      const [low, high] = figure.layout[`yaxis${trace.yaxis.slice(1)}`].range;
      const y = (i) => (row.height - FOOT) * (1 - (trace.y[i] - low) / (high - low));
      for (let i = 1; i < trace.x.length; i += 1) {
        if (trace.y[i] === null || trace.y[i - 1] === null) continue;
        if (view.x(trace.x[i]) > from && view.x(trace.x[i - 1]) < to) found.push([Math.min(y(i - 1), y(i)), Math.max(y(i - 1), y(i))]);
      }
    }
    return found;
  }

  /* The lowest of three places that no line runs through. */
  function place(row, lines) {
    const room = row.height - FOOT - WORDS_HEIGHT;
    const free = (top) => lines.every(([high, low]) => low < top - AIR || high > top + WORDS_HEIGHT + AIR);
    return [room - 2, room / 2, 2].find(free) ?? room - 2;
  }

  function one(view, lane, row, figure) {
    const state = D.clock.frame(lane, view.T);
    if (!row || state.from < 0) return null;
    const start = Math.max(view.x(lane.bucket[state.from]), view.left);
    const end = Math.min(view.T === Infinity ? view.x(lane.bucket[state.to] + lane.bucketMs) : view.x(view.T), view.right);
    if (end <= start) return null;
    const missing = view.T === Infinity ? "labels not in" : "labels not in yet";
    const words = state.estimate.some((x, i) => i >= state.from && x !== null) ? `${missing}; dashed is an estimate` : missing;
    const wide = D.dom.width(words, 11) + PAD;
    const top = place(row, pieces(view, lane, row, figure, start, start + wide));
    const style = { left: D.dom.px(start), width: D.dom.px(end - start), top: D.dom.px(row.top), height: D.dom.px(row.height) };
    const said = end - start > wide ? D.dom.el("span", { style: { top: D.dom.px(top) } }, words) : null;
    return D.dom.el("div.dip-hatch", { style }, [pattern(`dip-hatch-${view.geometry.rows.indexOf(row)}`), said]);
  }

  function draw(view, payload, figure) {
    return payload.performance.map((lane) => one(view, lane, view.geometry.rows.find((row) => row.key === lane.key), figure));
  }

  D.hatch = { draw };
})();
