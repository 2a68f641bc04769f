/* The list of episodes: drawn, filtered and sorted in the browser, from rows that the page was given once. What is
   chosen stands in the address. */
(() => {
  "use strict";
  const D = (window.dip = window.dip || {});
  const FIRST = 100;
  const MORE = 500;
  const HEADS = ["Episode", "Seen", "Times", "Verdict"];
  const NAMES = ["of", "metric", "dir", "times", "said", "sort", "q"];
  const TIMES = [["", "Any strength"], ["2", "2 times and more"], ["5", "5 times and more"], ["10", "10 times and more"], ["100", "100 times and more"]];
  const SAID = [["", "Judged or not"], ["none", "Not judged"], ["any", "Judged"], ["real", "Real"], ["expected", "Expected"], ["not useful", "Not useful"]];
  const DIRS = [["", "Up or down"], ["up", "Up"], ["down", "Down"]];
  let list = null;

  /* The address -------------------------------------------------------------------------------------------------- */
  const address = (change = {}) => D.choices.address({ ...list.chosen, ...change });

  /* Which rows --------------------------------------------------------------------------------------------------- */
  const says = (row, said) => !said || (said === "none" ? !row.verdict : said === "any" ? !!row.verdict : row.verdict === said);
  const fits = (row, chosen, holds) => (!chosen.of || row.owner === chosen.of)
    && (!chosen.metric || row.metric === chosen.metric)
    && (!chosen.dir || row.up === (chosen.dir === "up"))
    && (!chosen.times || row.times >= Number(chosen.times))
    && says(row, chosen.said)
    && holds(row.text);
  const matching = () => {
    const holds = D.filter(list.chosen.q);
    const found = list.rows.filter((row) => fits(row, list.chosen, holds));
    return list.chosen.sort === "strongest" ? found.sort((a, b) => b.times - a.times) : found;
  };

  /* Drawing ------------------------------------------------------------------------------------------------------ */
  const el = (...given) => D.dom.el(...given);
  const times = (row) => (row.times >= 100 ? "> 100" : row.times >= 10 ? row.times.toFixed(0) : row.times.toFixed(1));
  const verdict = (row) => row.verdict
    ? el("span.said", { title: [row.who, row.note].filter(Boolean).join(": "), dir: "auto" }, row.verdict[0].toUpperCase() + row.verdict.slice(1))
    : el("span.muted", {}, "–");
  const line = (row) => {
    const name = [el(`span.name-${row.side}`, { dir: "auto", title: row.owner }, row.owner), " ", el("span.episode-metric", { dir: "auto", title: row.metric }, row.metric)];
    const current = row.id === list.data.chosen ? "true" : null;
    return el(`tr${current ? ".row-selected" : ""}`, { "data-id": row.id, "aria-current": current }, [
      el("th", { scope: "row" }, [
        el("a.row-title.episode-name", { href: address({ episode: row.id }), "data-episode": row.id }, name),
        el("span.meta", { dir: "auto" }, [row.started, row.lasted, row.planned].filter(Boolean).join(" · ")),
      ]),
      el("td.episode-seen", { "data-label": HEADS[1] }, [
        el("span", {}, `${row.up ? "↑" : "↓"} ${row.observed}`), el("span.meta", {}, row.expected),
      ]),
      el("td.numeric", { "data-label": HEADS[2] }, times(row)),
      el("td", { "data-label": HEADS[3] }, verdict(row)),
    ]);
  };
  const none = () => {
    const outside = list.data.outside;
    const lie = `${outside.toLocaleString("en-GB")} episode${outside === 1 ? " lies" : "s lie"} outside this range.`;
    const all = outside ? el("a.button", { href: list.data.wider }, "Show all") : null;
    const blank = Object.fromEntries(NAMES.map((name) => [name, ""]));
    const clear = el("button.button", { type: "button", on: { click: () => choose(blank, true) } }, "Clear filters");
    return el("div.empty", {}, [el("p", {}, `Nothing matches.${outside ? ` ${lie}` : ""}`), el("div.form-buttons", {}, [clear, all])]);
  };
  const SHEET = ["Service or model", "Measure", "Began (UTC)", "Ended (UTC)", "Lasted (s)", "Direction", "Observed", "Expected from",
    "Expected to", "Times", "Score", "Verdict", "Who", "Note", "Planned"];
  const sheet = () => [SHEET, ...matching().map((row) => {
    const [began, ended] = row.stamps;
    const [observed, low, high, score] = row.numbers;
    return [row.owner, row.metric, D.sheets.iso(began), D.sheets.iso(ended), (ended - began) / 1000, row.up ? "up" : "down",
      observed, low, high, row.times, score, row.verdict, row.who, row.note, row.planned];
  })];

  const draw = () => {
    const found = matching();
    const shown = found.slice(0, list.most);
    list.told.textContent = found.length === list.rows.length
      ? `${found.length} shown` : `${found.length} of ${list.rows.length} match`;
    if (!found.length) { list.body.replaceChildren(none()); return; }
    const heads = el("thead", {}, el("tr", {}, HEADS.map((words, i) => el(`th${i === 2 ? ".numeric" : ""}`, { scope: "col" }, words))));
    const table = el("table.table.episode-table", {}, [
      el("caption.sr-only", {}, `Episodes, ${list.chosen.sort === "strongest" ? "the strongest" : "the newest"} first`),
      heads, el("tbody", {}, shown.map(line)),
    ]);
    const box = el("div.table-box", { tabindex: "0", role: "region", "aria-label": "Episodes" }, table);
    const more = found.length > shown.length
      ? el("p.table-foot", {}, el("button.button", { type: "button", on: { click: () => { list.most += MORE; draw(); } } },
        `Show ${Math.min(MORE, found.length - shown.length)} more of ${found.length}`)) : null;
    list.body.replaceChildren(...[box, more].filter(Boolean));
  };

  /* Choosing ----------------------------------------------------------------------------------------------------- */
  const choose = (change, rebuild = false) => {
    Object.assign(list.chosen, change);
    list.most = FIRST;
    history.replaceState(history.state, "", address());
    if (rebuild) list.bar.replaceWith((list.bar = bar()));
    draw();
  };
  const every = (name, label) => [["", label], ...[...new Set(list.rows.map((row) => row[name]))].sort().map((text) => [text, text])];
  const bar = () => {
    const picker = (...given) => D.choices.picker(list.chosen, choose, ...given);
    return el("div.list-bar", {}, [
      D.choices.segments(list.chosen, choose, "sort", "Order", [["", "Newest"], ["strongest", "Strongest"]]),
      picker("of", "Service or model", every("owner", "Any service or model")),
      picker("metric", "Metric", every("metric", "Any metric")),
      picker("dir", "Direction", DIRS),
      picker("times", "How strong", TIMES),
      picker("said", "Verdict", SAID),
      D.choices.search(list.chosen, choose, "q", "Filter", "Filter"), list.told,
    ]);
  };

  const mount = (data) => {
    const root = document.getElementById("anomalies-list");
    if (!data || !root) return window.dash_clientside.no_update;
    list = {
      data, chosen: D.choices.read(NAMES), most: FIRST, told: el("p.meta", { role: "status" }), body: el("div"),
      rows: data.rows.map((row) => ({ ...row, text: `${row.owner} ${row.metric} ${row.verdict} ${row.who} ${row.note} ${row.planned}` })),
    };
    if (list.chosen.sort !== "strongest") list.chosen.sort = "";
    list.bar = bar();
    root.replaceChildren(list.bar, list.body);
    window.diptychSheets = Object.assign(window.diptychSheets || {}, { anomalies: sheet });
    draw();
    return window.dash_clientside.no_update;
  };

  window.dash_clientside = Object.assign({}, window.dash_clientside, { anomalies: { mount } });
})();
