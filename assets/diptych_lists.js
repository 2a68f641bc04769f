/* What stands around the figure: title line, verdict, order of onset, for and against, events. All of it obeys the clock. */
(function () {
  "use strict";
  const D = (window.dip = window.dip || {});
  const SIGNS = { "+": "+", "-": "–", "?": "?" };
  const SPOKEN = { "+": "for", "-": "against", "?": "not known yet" };
  const MARKS = { infra: "services failed", model: "model moved", both: "both", neither: "neither", unknown: "cannot tell" };

  /** {title, small} at T. */
  function heading(payload, view) {
    const step = D.clock.last(payload.titles, view.T) || { title: "Nothing unusual yet", small: payload.id };
    const small = view.T === Infinity ? step.small : `${step.small} · as known at ${D.time.clock(view.T, payload.zone)} ${payload.zone}`;
    return { title: step.title, small };
  }

  function mark(kind) {
    const halves = [D.dom.el("span.mark-half"), D.dom.el("span.mark-half")];
    return D.dom.el(`span.mark.mark-${kind}`, { role: "img", "aria-label": `verdict: ${MARKS[kind]}`, style: { "--mark": "28px" } }, halves);
  }

  function bar(step) {
    const share = step.share === null ? null : Math.min(Math.max(step.share, 0), 1);
    const kind = share === null ? "div.split-bar.split-unknown" : "div.split-bar";
    const style = share === null ? {} : { "--explained": `${(100 * share).toFixed(1)}%` };
    const label = share === null ? step.bar : `${Math.round(100 * share)} % explained by the outage`;
    return D.dom.el("div.split", {}, [D.dom.el(kind, { role: "img", "aria-label": label, style }), D.dom.el("p.meta", {}, step.bar)]);
  }

  /** The verdict that held at T, with its mark and its bar. */
  function verdict(payload, view) {
    const step = D.clock.last(payload.verdicts, view.T)
      || { kind: "unknown", headline: "Nothing to judge yet.", sentence: "", advice: "", bar: "", share: null };
    const short = view.narrow && step.share !== null;
    const sentence = short ? `The outage explains ${Math.round(100 * step.share)}\u00a0% of the loss.` : step.sentence;
    const first = D.dom.el("p.verdict-first", {}, [D.dom.el("strong", {}, step.headline), " ", D.dom.el(short ? "span.verdict-short" : "span", {}, sentence)]);
    const cause = view.T === Infinity && payload.cause ? D.dom.el("p.verdict-cause", { dir: "auto" }, `Cause, as people wrote it: ${payload.cause}`) : null;
    const words = D.dom.el("div.verdict-words", {}, [first, D.dom.el("p.verdict-advice", {}, step.advice), cause]);
    const aside = step.bar ? D.dom.el("div.verdict-aside", {}, bar(step)) : null;
    return D.dom.el("section.card.verdict", { "aria-label": "Verdict" }, [mark(step.kind), words, aside]);
  }

  function fact(label, words) {
    return D.dom.el("p.meta", {}, [D.dom.el("span.dip-fact", {}, label), words]);
  }

  /* The evidence of a badge: when, how late it could be known, how bad, and where to look further. */
  function opened(onset, view) {
    const link = onset.href ? D.dom.el("a", { href: onset.href }, `Open its ${onset.href.startsWith("/model/") ? "model" : "service"} at that time`) : null;
    return D.dom.el("div.dip-onset-more", {}, [
      fact("Left what is usual at", D.time.clock(onset.happened, view.zone)),
      fact("Could be known at", `${D.time.clock(onset.known, view.zone)}, ${D.time.duration(onset.known - onset.happened)} later`),
      onset.detail && onset.detail !== onset.bad ? fact("What was seen then", onset.detail) : null,
      onset.bad ? fact(view.T === Infinity ? "At worst" : "So far", onset.bad) : null,
      link,
    ]);
  }

  /* Seconds up to two minutes: they are compared down the column. */
  function late({ known, happened }) {
    const ms = known - happened;
    return `+${ms < 2 * D.time.MINUTE ? `${Math.round(ms / D.time.SECOND)}\u00a0s` : D.time.duration(ms)}`;
  }

  function onsetRow(onset, view, open) {
    const isOpen = onset.lane === open;
    const line = D.dom.el("button.dip-onset", { type: "button", "data-dip": "onset", "data-lane": onset.lane, "aria-expanded": isOpen ? "true" : "false" }, [
      D.dom.el("span.dip-number", {}, onset.label),
      D.dom.el("span.dip-time", {}, D.time.clock(onset.happened, view.zone)),
      D.dom.el("span.dip-what", {}, [D.dom.el("strong", { dir: "auto" }, onset.title), " ", D.dom.el("span.meta", { dir: "auto" }, onset.bad)]),
      D.dom.el("span.dip-known-at", {}, `known ${D.time.clock(onset.known, view.zone)}`),
      D.dom.el("span.dip-late", {}, late(onset)),
    ]);
    return D.dom.el("li", { "data-lane": onset.lane }, [line, isOpen ? opened(onset, view) : null]);
  }

  function waiting(payload, view, shown) {
    return payload.performance
      .filter((lane) => view.T !== Infinity && D.clock.frame(lane, view.T).from >= 0 && !shown.has(lane.key) && shown.size)
      .map((lane) => D.dom.el("li.dip-waiting", {}, [D.dom.el("span.dip-number", {}, "?"), D.dom.el("span.meta", {}, `${lane.name} ${lane.metric}: not knowable yet`)]));
  }

  /** Order of onset, each row opens its evidence. */
  function onsets(payload, view, open) {
    const known = D.clock.onsets(payload, view.T).map((onset) => ({ ...onset, bad: D.clock.worst(onset, view.T) }));
    const rows = known.map((onset) => onsetRow(onset, view, open));
    rows.push(...waiting(payload, view, new Set(known.map((onset) => onset.lane))));
    return rows.length ? D.dom.el("ol.dip-onsets", {}, rows) : D.dom.el("p.empty", {}, "No lane had left what is usual.");
  }

  function evidence(payload, view) {
    const rows = D.clock.evidence(payload, view.T).map((item) => D.dom.el("li", {}, [
      D.dom.el("span.dip-sign", { "aria-label": SPOKEN[item.sign], role: "img" }, SIGNS[item.sign]),
      D.dom.el("span", { dir: "auto" }, item.text), D.dom.el("span.meta", {}, item.figure),
    ]));
    return rows.length ? D.dom.el("ul.dip-evidence", {}, rows) : D.dom.el("p.empty", {}, "Nothing speaks for or against it yet.");
  }

  /* A person's mark can be changed where it stands. */
  function tagOf(event) {
    if (!event.mark) return event.tag ? D.dom.el("span.pill", {}, event.tag) : "";
    const named = { href: `/mark?id=${encodeURIComponent(event.mark)}`, "data-mark": "edit", "aria-label": `Edit the mark: ${event.tag}` };
    return D.dom.el("a.pill.pill-link", named, event.tag);
  }

  const what = (event, words) => (event.href
    ? D.dom.el("a.dip-what", { dir: "auto", href: event.href }, words) : D.dom.el("span.dip-what", { dir: "auto" }, words));

  function eventRow(event, view) {
    const late = !event.mark && event.known - event.ts >= D.time.SECOND ? `; known ${D.time.clock(event.known, view.zone)}` : "";
    return D.dom.el("li", {}, [
      D.dom.el("span.dip-time", {}, D.time.clock(event.ts, view.zone)),
      D.dom.el(`span.glyph.glyph-${event.kind}`, { "aria-hidden": "true" }), D.dom.el("span.dip-kind", {}, event.kind),
      what(event, event.title + late),
      D.dom.el("span.dip-tag", {}, tagOf(event)),
      D.dom.name("span.dip-source", event.source),
    ]);
  }

  /* During against before, as far as T. */
  function compared({ logs }, view) {
    const end = logs && Math.min(logs[1], view.T);
    if (!logs || end <= logs[0]) return null;
    const address = `/logs?${new URLSearchParams({ from: Math.round(logs[0]), to: Math.round(end), tab: "changes" })}`;
    return D.dom.el("p.meta.dip-logs", {}, D.dom.el("a", { href: address }, "What changed in the logs, against the same time before"));
  }

  function events(payload, view) {
    return D.dom.el("div", {}, [eventList(payload, view), compared(payload, view)]);
  }

  function eventList(payload, view) {
    const known = D.clock.events(payload, view.T);
    return known.length ? D.dom.el("ul.dip-event-list", {}, known.map((event) => eventRow(event, view))) : D.dom.el("p.empty", {}, "No events.");
  }

  function eventCount(payload, view) {
    const n = D.clock.events(payload, view.T).length;
    return view.T === Infinity ? `${n} event${n === 1 ? "" : "s"}` : `${n} until ${D.time.clock(view.T, view.zone)}`;
  }

  /** The future in words: nothing of it is drawn. */
  function silence(payload, view) {
    const alert = D.clock.alerted(payload, view.T);
    const opened = payload.detected !== null && payload.detected <= view.T;
    const second = alert ? `Alerted at ${D.time.clock(alert.known, view.zone)}.` : `No alert yet.${opened ? "" : " Incident not open."}`;
    return [`Nothing after ${D.time.clock(view.T, view.zone)} was known.`, second];
  }

  /** One sentence for those who do not see the figure. */
  function sentence(payload, view, at) {
    const clock = D.time.clock(at, view.zone);
    const known = D.clock.onsets(payload, view.T);
    const moved = known.map((o) => `${o.label} ${o.title} at ${D.time.clock(o.happened, view.zone)}`).join(", ");
    const verdict = D.clock.last(payload.verdicts, view.T);
    const when = view.T === Infinity ? "In hindsight" : `As known at ${clock}`;
    return `${when}, ${known.length ? `in the order of onset: ${moved}` : "no lane had left what is usual"}. ${verdict ? verdict.headline : ""}`.trim();
  }

  D.lists = { heading, verdict, onsets, evidence, events, eventCount, silence, sentence };
})();
