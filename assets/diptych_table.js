/* The figure as a table: one row a moment, one column a lane, with the words of the right gutter. Made when it is opened. */
(function () {
  "use strict";
  const D = (window.dip = window.dip || {});
  const MOST_ROWS = 40, STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21600, 86400];

  /** Round moments of the range, not past what is known. */
  function moments(view) {
    const end = Math.min(view.range[1], view.T);
    const span = (end - view.range[0]) / D.time.SECOND;
    const step = (STEPS.find((size) => span / size <= MOST_ROWS) || STEPS[STEPS.length - 1]) * D.time.SECOND;
    const found = [];
    for (let at = Math.ceil(view.range[0] / step) * step; at <= end; at += step) found.push(at);
    return found;
  }

  function draw(view, payload) {
    const named = new Map([...payload.lanes, ...payload.performance.map((lane) => ({ ...lane, measure: lane.metric }))].map((lane) => [lane.key, lane]));
    const rows = view.geometry.rows.filter((row) => named.has(row.key));
    const head = rows.map(({ key }) => D.dom.el("th", { scope: "col" }, [D.dom.name("span", named.get(key).name), " ", D.dom.name("span.meta", named.get(key).measure)]));
    const body = moments(view).map((at) => D.dom.el("tr", {}, [
      D.dom.el("th", { scope: "row" }, D.time.clock(at, view.zone)),
      ...rows.map(({ key }) => D.dom.el("td", {}, D.gutter.rowWords(key, view, payload, at)[0])),
    ]));
    const caption = D.dom.el("caption.sr-only", {}, "Values of each lane at the same moments");
    return D.dom.el("table.table", {}, [caption, D.dom.el("thead", {}, D.dom.el("tr", {}, [D.dom.el("th", { scope: "col" }, "Time"), ...head])), D.dom.el("tbody", {}, body)]);
  }

  D.table = { draw, moments };
})();
