/* The lane of events: a sign for each, words in two rows where they fit, a count where they crowd. */
(function () {
  "use strict";
  const D = (window.dip = window.dip || {});
  const GLYPH = 12, NEAR = 13, SPACE = 8, ROWS = 2, LONGEST = 220, LEAST = 36;

  /** Events whose signs would touch, together: {events, x}. */
  function crowds(view, shown) {
    const found = [];
    for (const event of shown) {
      const x = view.x(event.ts);
      const last = found[found.length - 1];
      if (last && x - last.x < NEAR) last.events.push(event); else found.push({ events: [event], x });
    }
    return found.flatMap((group) => (group.events.length > ROWS ? [group] : group.events.map((event) => ({ events: [event], x: view.x(event.ts) }))));
  }

  function wordsOf(group) {
    if (group.words) return group.words;
    return group.events.length > 1 ? `${group.events.length} events` : group.events[0].title;
  }

  function width(text) {
    return Math.min(D.dom.width(text), LONGEST);
  }

  /** Each group gets the first row where its sign fits; words end at the edge or before the next sign of their row. */
  function rowsOf(groups, right) {
    const last = Array(ROWS).fill(null);
    const freeAt = (row) => (last[row] ? last[row].end : -Infinity);
    for (const group of groups) {
      const start = group.x - GLYPH / 2;
      const rows = [...last.keys()].sort((a, b) => freeAt(a) - freeAt(b));
      group.row = [...last.keys()].find((row) => start >= freeAt(row) + SPACE) ?? rows[0];
      shorten(last[group.row], start - SPACE);
      group.words = wordsOf(group);
      group.wide = Math.min(width(group.words), right - start - GLYPH - 6);
      group.end = start + GLYPH + 6 + group.wide;
      shorten(group, Infinity);
      last[group.row] = group;
    }
    return groups;
  }

  function shorten(group, end) {
    if (!group) return;
    if (group.end > end) { group.wide -= group.end - end; group.end = end; }
    if (group.wide < LEAST && group.wide < width(group.words)) { group.words = ""; group.wide = 0; }
  }

  /** What lies before the range stands at its left edge with its time; several become a count. */
  function earlier(view, before) {
    if (!before.length) return [];
    const last = before[before.length - 1];
    const one = `${last.title}, ${D.time.clock(last.ts, view.zone).slice(0, 5)}`;
    const words = before.length === 1 ? one : `${before.length} earlier`;
    return [{ events: before, x: view.left + GLYPH / 2 + 2, words, kind: last.kind }];
  }

  function draw(view, payload) {
    const row = view.geometry.rows[0];
    const known = D.clock.events(payload, view.T);
    const before = view.narrow ? [] : earlier(view, known.filter((event) => event.ts < view.range[0]));
    const groups = rowsOf([...before, ...crowds(view, known.filter((event) => view.inside(event.ts)))], view.right);
    return groups.map((group) => {
      const y = view.narrow ? row.top + row.height / 2 : row.top + (group.row + 0.5) * (row.height / ROWS) - 2;
      const kind = group.kind || (group.events.length > 1 ? "" : group.events[0].kind);
      const sign = kind ? D.dom.el(`span.glyph.glyph-${kind}`, { "aria-hidden": "true" }) : D.dom.el("span.dip-count", {}, String(group.events.length));
      const faint = group.kind ? ".dip-earlier" : "";
      const words = view.narrow ? "" : group.words;
      return D.dom.el(`div.dip-event${faint}`, { style: { left: D.dom.px(group.x), top: D.dom.px(y) } },
        [sign, words ? D.dom.el("span.dip-event-words", { dir: "auto", style: { "max-width": D.dom.px(group.wide + 4) } }, words) : null]);
    });
  }

  /** "5 events", and how many of them lie after the cursor or in view. */
  function count(view, payload, at) {
    const known = D.clock.events(payload, view.T);
    const after = known.filter((event) => event.ts > at).length;
    const inView = known.filter((event) => view.inside(event.ts)).length;
    const second = view.T === Infinity ? `${after || "none"} after ${D.time.clock(at, view.zone)}` : `${inView || "none"} in view`;
    return [`${known.length || "no"} event${known.length === 1 ? "" : "s"}`, known.length ? second : ""];
  }

  D.events = { draw, count };
})();
