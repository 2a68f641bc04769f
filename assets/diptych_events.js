/* The lane of events: a sign for each, words in two rows where they fit, a count where they crowd. */
(function () {
  "use strict";
  const D = (window.dip = window.dip || {});
  const GLYPH = 12, NEAR = 44, TOUCHING = 13, SPACE = 8, ROWS = 2, LONGEST = 220, LEAST = 48, GAP = 6;
  const IMPORTANCE = ["down", "fault", "recovery", "alert", "note", "deploy", "change", "burst"];

  /** What is drawn as one: three and more of a kind close together, or two whose signs would touch. */
  function groups(view, payload) {
    const shown = D.clock.events(payload, view.T).filter((event) => view.inside(event.ts));
    const open = new Map(), found = [];
    for (const event of shown) {
      const x = view.x(event.ts), group = open.get(event.kind);
      if (group && x - group.last < NEAR) { group.events.push(event); group.last = x; continue; }
      open.set(event.kind, { events: [event], x, last: x });
      found.push(open.get(event.kind));
    }
    const one = (group) => group.events.length > 2 || (group.events.length === 2 && group.last - group.x < TOUCHING);
    return found.flatMap((group) => (one(group) ? [group] : group.events.map((event) => ({ events: [event], x: view.x(event.ts) }))));
  }

  function wordsOf(group) {
    if (group.words) return group.words;
    if (group.events.length === 1) return group.events[0].title;
    return `${group.events[0].kind}s`;
  }

  const rank = (group) => Math.min(...group.events.map((event) => IMPORTANCE.indexOf(event.kind)));

  /** Words go to what matters most first: where a row has room for all of them, else where there is most room. */
  function rowsOf(groups, right) {
    const rows = Array.from({ length: ROWS }, () => []);
    for (const group of [...groups].sort((a, b) => rank(a) - rank(b) || a.x - b.x)) {
      const start = group.x - GLYPH / 2, words = wordsOf(group), wish = Math.min(D.dom.width(words), LONGEST);
      const room = rows.map((row) => space(row, start, right));
      const fits = room.findIndex((free) => free >= GLYPH + GAP + wish);
      const row = fits >= 0 ? fits : room.indexOf(Math.max(...room));
      clear(rows[row], start);
      const wide = Math.max(Math.min(room[row] - GLYPH - GAP, wish), 0);
      const said = wide >= Math.min(LEAST, wish) ? wide : 0;
      Object.assign(group, { row, words: said ? words : "", wide: said, start, end: start + GLYPH + (said ? GAP + said : 0) });
      rows[row].push(group);
    }
    return groups;
  }

  /** Pixels free from `start` on; less than nothing where something stands there already. */
  function space(row, start, right) {
    const over = row.find((other) => other.start < start + GLYPH && other.end + SPACE > start);
    const next = Math.min(...row.filter((other) => other.start >= start).map((other) => other.start - SPACE), right);
    return over ? Math.min(over.start - start, next - start - LONGEST) : next - start;
  }

  /* Words that reach over a sign to come end before it. */
  function clear(row, start) {
    for (const other of row) {
      if (other.start >= start || other.end + SPACE <= start) continue;
      other.wide = start - SPACE - other.start - GLYPH - GAP;
      if (other.wide < LEAST) Object.assign(other, { words: "", wide: 0 });
      other.end = Math.min(other.end, start - SPACE);
    }
  }

  /** What lies before the range stands at its left edge: one with its time, several as a count. */
  function earlier(view, payload) {
    const before = D.clock.events(payload, view.T).filter((event) => event.ts < view.range[0]);
    if (!before.length || view.narrow) return [];
    const one = `${before[0].title}, ${D.time.minute(before[0].ts, view.zone)}`;
    return [{ events: before, x: view.left + GLYPH / 2 + 2, words: before.length === 1 ? one : "earlier", earlier: true }];
  }

  function sign(group) {
    const { kind } = group.events[0];
    if (group.events.length === 1) return D.dom.el(`span.glyph.glyph-${kind}`, { "aria-hidden": "true" });
    return D.dom.el(`span.dip-count.dip-count-${group.earlier ? "change" : kind}`, {}, String(group.events.length));
  }

  function draw(view, payload) {
    const row = view.geometry.rows[0];
    const placed = rowsOf([...earlier(view, payload), ...groups(view, payload)], view.right);
    return placed.sort((a, b) => rank(b) - rank(a)).map((group) => {
      const y = view.narrow ? row.top + row.height / 2 : row.top + (group.row + 0.5) * (row.height / ROWS) - 2;
      const style = { "max-width": D.dom.px(group.wide + 4) };
      const words = view.narrow || !group.words ? null : D.dom.el("span.dip-event-words", { dir: "auto", style }, group.words);
      const place = { left: D.dom.px(group.x), top: D.dom.px(y) };
      return D.dom.el(`div.dip-event${group.earlier ? ".dip-earlier" : ""}`, { style: place }, [sign(group), words]);
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

  D.events = { draw, groups, count };
})();
