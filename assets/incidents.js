/* The list of incidents: drawn, filtered and searched in the browser, from rows that the page was given once. What is
   chosen stands in the address. Verdicts are asked for when a row comes into sight. */
(() => {
  "use strict";
  const D = (window.dip = window.dip || {});
  const NARROW = window.matchMedia("(max-width: 760px)");
  const page = () => (NARROW.matches ? { first: 15, more: 30 } : { first: 200, more: 1000 }); /* on a phone a row is a card */
  const ASK_MS = 120;
  const WAIT_MS = 10_000; /* for an answer; then it is asked again, after twice as long each time that fails too */
  const MOST_DOUBLED = 5;
  const MARKS = { infra: "services failed", model: "model moved", both: "both", neither: "neither", unknown: "cannot tell" };
  const HEADS = ["Incident", "Severity", "Services", "Models hit", "Started", "Lasted", "How found", "Verdict"];
  const NAMES = ["state", "severity", "of", "q"];
  let list = null;

  /* Which rows --------------------------------------------------------------------------------------------------- */
  const text = (row) => [row.id, row.title, row.found, ...row.services, ...row.models].join(" ");
  const fits = (row, chosen, holds) => (chosen.state !== "open" || row.open)
    && (!chosen.severity || row.severity === chosen.severity)
    && (!chosen.of || row.services.includes(chosen.of) || row.models.includes(chosen.of))
    && holds(row.text);
  const matching = () => {
    const holds = D.filter(list.chosen.q);
    return list.rows.filter((row) => fits(row, list.chosen, holds));
  };

  /* Drawing ------------------------------------------------------------------------------------------------------ */
  const el = (...given) => D.dom.el(...given);
  const href = (row) => `/incident/${encodeURIComponent(row.id)}${list.data.query ? `?${list.data.query}` : ""}`;
  const names = (all, side) => all.length
    ? all.map((name) => el(`span.name-${side}`, { title: name, dir: "auto" }, name))
    : el("span.muted", {}, "none");
  const mark = (verdict) => {
    if (!verdict) return el("span.muted", { title: "being judged" }, "…");
    const halves = [el("span.mark-half"), el("span.mark-half")];
    const shape = el(`span.mark.mark-${verdict.kind}`, { "aria-hidden": "true", style: { "--mark": "20px" } }, halves);
    return el("span.verdict-cell", { title: verdict.words }, [shape, MARKS[verdict.kind]]);
  };
  const edit = (row) => {
    const query = new URLSearchParams(location.search);
    query.delete("new");
    query.set("edit", row.id);
    return el("a.row-edit", { href: `${location.pathname}?${query}`, "aria-label": `Edit ${row.id}`, "data-edit": row.id }, "Edit");
  };
  const head = (row) => [
    el("a.row-title", { href: href(row), title: row.title, dir: "auto" }, row.title),
    el("span.meta", {}, [row.id, row.open ? " · open" : "", row.edited ? " · edited" : "", " · ", edit(row)]),
  ];
  const severity = (row) => el("span.state", {}, [
    el(`span.glyph.glyph-${row.severity}`, { "aria-hidden": "true" }),
    el(`span.state-word.state-${row.severity}`, {}, list.data.severities[row.severity]),
  ]);
  const line = (row) => {
    const cells = [
      head(row), severity(row), names(row.services, "service"), names(row.models, "model"), row.started, row.lasted,
      row.found, mark(list.verdicts[row.id]),
    ];
    const drawn = cells.map((cell, i) => el(i ? "td" : "th", {
      scope: i ? null : "row", "data-label": HEADS[i], class: `cell-${i}`, dir: i === 6 ? "auto" : null,
    }, [cell].flat()));
    const made = el("tr", { "data-id": row.id }, drawn);
    if (!list.verdicts[row.id]) list.sight.observe(made);
    return made;
  };

  const none = () => {
    const outside = list.data.outside;
    const lie = `${outside.toLocaleString("en-GB")} incident${outside === 1 ? " lies" : "s lie"} outside this range.`;
    const all = outside ? el("a.button", { href: list.data.wider }, "Show all") : null;
    const clear = el("button.button", { type: "button", on: { click: () => choose({ state: "", severity: "", of: "", q: "" }, true) } }, "Clear filters");
    return el("div.empty", {}, [el("p", {}, `Nothing matches.${outside ? ` ${lie}` : ""}`), el("div.form-buttons", {}, [clear, all])]);
  };
  /* What matches, drawn or not, as lines of CSV; a verdict where one was made, which is when its row came into sight. */
  const SHEET = ["Incident", "Title", "Severity", "Status", "Services", "Models hit", "Started (UTC)", "Detected (UTC)",
    "Acknowledged (UTC)", "Resolved (UTC)", "Lasted (s)", "How found", "Edited", "Verdict"];
  const sheet = () => [SHEET, ...matching().map((row) => {
    const [started, , , resolved] = row.stamps;
    return [
      row.id, row.title, list.data.severities[row.severity], row.open ? "open" : "resolved", row.services.join("; "),
      row.models.join("; "), ...row.stamps.map((at) => at && D.sheets.iso(at)), resolved && (resolved - started) / 1000,
      row.found, row.edited ? "yes" : "no", list.verdicts[row.id]?.words ?? "not judged yet",
    ];
  })];

  const draw = () => {
    const found = matching();
    const shown = found.slice(0, list.most);
    list.sight.disconnect();
    list.told.textContent = found.length === list.rows.length
      ? `${found.length} shown` : `${found.length} of ${list.rows.length} match`;
    if (!found.length) { list.body.replaceChildren(none()); return; }
    const heads = el("thead", {}, el("tr", {}, HEADS.map((words) => el("th", { scope: "col" }, words))));
    const table = el("table.table.incident-table", {}, [
      el("caption.sr-only", {}, "Incidents, open ones first, then the newest"), heads, el("tbody", {}, shown.map(line)),
    ]);
    const box = el("div.table-box", { tabindex: "0", role: "region", "aria-label": "Incidents" }, table);
    const more = found.length > shown.length
      ? el("p.table-foot", {}, el("button.button", { type: "button", on: { click: () => { list.most += page().more; draw(); } } },
        `Show ${Math.min(page().more, found.length - shown.length)} more of ${found.length}`)) : null;
    list.body.replaceChildren(...[box, more].filter(Boolean));
  };

  /* Choosing ----------------------------------------------------------------------------------------------------- */
  const choose = (change, rebuild = false) => {
    Object.assign(list.chosen, change);
    list.most = page().first;
    history.replaceState(history.state, "", D.choices.address(list.chosen));
    if (rebuild) list.bar.replaceWith((list.bar = bar()));
    draw();
  };
  const bar = () => {
    const { severities, services, models } = list.data;
    const of = [...services.map((name) => [name, name]), ...models.filter((name) => !services.includes(name)).map((name) => [name, name])];
    return el("div.list-bar", {}, [
      D.choices.segments(list.chosen, choose, "state", "Open or all", [["", "All"], ["open", "Open"]]),
      D.choices.picker(list.chosen, choose, "severity", "Severity", [["", "Any severity"], ...Object.entries(severities)]),
      D.choices.picker(list.chosen, choose, "of", "Service or model", [["", "Any service or model"], ...of]),
      D.choices.search(list.chosen, choose, "q", "Search the list", "Title, id, name"), list.told,
    ]);
  };

  /* Verdicts ----------------------------------------------------------------------------------------------------- */
  const ask = () => {
    const wanted = [...list.seen].filter((id) => !list.verdicts[id]);
    if (!wanted.length || list.asking) return;
    list.asking = setTimeout(again, WAIT_MS * 2 ** Math.min(list.failed, MOST_DOUBLED));
    window.dash_clientside.set_props("incidents-asked", { data: wanted.slice(0, 40) });
  };
  const again = () => { list.asking = 0; list.failed += 1; ask(); }; /* of a request that failed Dash tells nobody */
  const soon = () => { clearTimeout(list.due); list.due = setTimeout(ask, ASK_MS); };
  const watch = () => new IntersectionObserver((entries) => {
    entries.forEach(({ isIntersecting, target }) => list.seen[isIntersecting ? "add" : "delete"](target.dataset.id));
    soon();
  });

  const mount = (data) => {
    const root = document.getElementById("incidents-list");
    if (!data || !root) return window.dash_clientside.no_update;
    list?.sight.disconnect();
    [list?.due, list?.asking].forEach(clearTimeout);
    list = {
      data, rows: data.rows.map((row) => ({ ...row, text: text(row) })), chosen: D.choices.read(NAMES), most: page().first,
      verdicts: {}, asking: 0, failed: 0, seen: new Set(), sight: watch(), told: el("p.meta", { role: "status" }), body: el("div"),
    };
    if (list.chosen.state !== "open") list.chosen.state = "";
    list.bar = bar();
    root.replaceChildren(list.bar, list.body);
    window.diptychSheets = Object.assign(window.diptychSheets || {}, { incidents: sheet });
    draw();
    return window.dash_clientside.no_update;
  };
  const judged = (found) => {
    if (!list || !found) return window.dash_clientside.no_update;
    clearTimeout(list.asking);
    Object.assign(list, { asking: 0, failed: 0 });
    Object.assign(list.verdicts, found);
    Object.keys(found).forEach((id) => {
      list.seen.delete(id);
      const row = list.body.querySelector(`tr[data-id="${CSS.escape(id)}"]`);
      if (!row) return;
      list.sight.unobserve(row);
      row.lastElementChild.replaceChildren(mark(found[id]));
    });
    soon();
    return window.dash_clientside.no_update;
  };

  /* An address of the row's edit link is made when it was drawn; the filters may have changed since. --------------- */
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-edit]");
    if (!link) return;
    const query = new URLSearchParams(location.search);
    query.delete("new");
    query.set("edit", link.dataset.edit);
    link.href = `${location.pathname}?${query}`;
  }, true);

  window.dash_clientside = Object.assign({}, window.dash_clientside, { incidents: { mount, judged } });
})();
