/* What is drawn over the lanes: drop lines of events, the thread, from ○ happened to ● known, and the numbered badges. */
(function () {
  "use strict";
  const D = (window.dip = window.dip || {});
  const DOT = 4, BADGE = 10;

  const middle = (row, payload) => row.top + (row.kind === "performance" ? (row.height - 18) / 2 : row.height / 2);

  /** Positions of the known onsets: {onset, row, x, knownX, y}. */
  function placed(view, payload) {
    const rows = new Map(view.geometry.rows.map((row) => [row.key, row]));
    return D.clock.onsets(payload, view.T).filter((onset) => rows.has(onset.lane)).map((onset) => {
      const row = rows.get(onset.lane);
      return { onset, row, x: view.x(onset.happened), knownX: view.x(onset.known), y: middle(row) };
    });
  }

  /** Thread segments between placed badges, each {x1, y1, x2, y2, crosses}. */
  function segments(view, payload, marks) {
    const by = new Map(marks.map((mark) => [mark.onset.lane, mark]));
    return payload.thread.map(([a, b]) => [by.get(a), by.get(b)]).filter(([a, b]) => a && b).map(([a, b]) => ({
      x1: a.x, y1: a.y, x2: b.x, y2: b.y, crosses: a.row.side !== b.row.side, ends: [a, b],
    }));
  }

  /** Where the first crossing meets the hinge and what it says, or null. */
  function ring(view, payload, marks, threads) {
    const crossing = threads.filter((s) => s.crosses).sort((a, b) => a.x1 + a.x2 - b.x1 - b.x2)[0];
    if (!crossing) return null;
    const y = view.geometry.hingeTop + view.geometry.hinge / 2;
    const x = crossing.x1 + ((y - crossing.y1) / (crossing.y2 - crossing.y1)) * (crossing.x2 - crossing.x1);
    return { x, late: reached(view, payload, marks) };
  }

  /* The time from the first onset of a service to the first of a model; in hindsight as the analysis stated it. */
  function reached(view, payload, marks) {
    if (view.T === Infinity) return payload.reachedMs;
    const first = (side) => Math.min(...marks.filter((m) => m.row.side === side).map((m) => m.onset.happened));
    const late = first("model") - first("service");
    return Number.isFinite(late) && late >= 0 ? late : null;
  }

  function dropLines(view, payload) {
    const { geometry } = view;
    const bottom = geometry.rows[geometry.rows.length - 1];
    const parts = [[geometry.rows[0].top, geometry.hingeTop], [geometry.hingeTop + geometry.hinge, bottom.top + bottom.height + 6]];
    const drawn = D.events.groups(view, payload).filter((group) => !["deploy", "change", "burst"].includes(group.events[0].kind));
    return drawn.flatMap(({ x }) => parts.map(([y1, y2]) => D.dom.svg("line", { class: "dip-drop", x1: x, x2: x, y1, y2 })));
  }

  function knownLine(view, { x, knownX, y, row }) {
    const end = Math.min(knownX, view.right);
    if (end < view.left) return [];
    const over = row.kind === "strip" ? "dip-known dip-known-strip" : "dip-known";
    const from = Math.max(x, view.left);
    const line = D.dom.svg("line", { class: over, x1: from, x2: end, y1: y, y2: y });
    const casing = row.kind === "strip" ? [D.dom.svg("line", { class: "dip-casing", x1: from, x2: end + (knownX <= view.right ? DOT : 0), y1: y, y2: y })] : [];
    const dot = knownX <= view.right ? [D.dom.svg("circle", { class: over, cx: end, cy: y, r: DOT })] : [];
    return [...casing, line, ...dot];
  }

  /** The svg over the lanes; lines that leave the range are cut at its edges. */
  function draw(view, payload, marks, threads) {
    const clip = D.dom.svg("clipPath", { id: "dip-clip" }, D.dom.svg("rect", { x: view.left - BADGE, y: 0, width: view.right - view.left + 2 * BADGE, height: view.geometry.height }));
    const thread = threads.map((s) => D.dom.svg("line", { class: "dip-thread", x1: s.x1, y1: s.y1, x2: s.x2, y2: s.y2 }));
    const known = marks.flatMap((mark) => knownLine(view, mark));
    const body = D.dom.svg("g", { "clip-path": "url(#dip-clip)" }, [...dropLines(view, payload), ...thread, ...known]);
    return D.dom.svg("svg", { class: "dip-marks", width: view.width, height: view.geometry.height, "aria-hidden": "true" }, [clip, body]);
  }

  /** Badges are buttons; those outside the range are left out, the list below still has them. */
  function badges(view, marks, open) {
    return marks.filter((mark) => view.inside(mark.onset.happened)).map(({ onset, x, y }) =>
      D.dom.el("button.dip-badge", {
        type: "button", "data-dip": "badge", "data-lane": onset.lane, "aria-pressed": onset.lane === open ? "true" : "false",
        "aria-label": `${onset.label} ${onset.title}, ${D.time.clock(onset.happened, view.zone)}`,
        style: { left: D.dom.px(x), top: D.dom.px(y) },
      }, D.dom.el("span", {}, onset.label)));
  }

  D.marks = { placed, segments, ring, draw, badges };
})();
