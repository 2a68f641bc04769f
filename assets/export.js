/* Tables as CSV and figures as PNG, in the browser: what a control with data-export stands beside, the rows as they
   are filtered. A table with data-heads says what its rows are in the CSV, one plain value per cell; a page's script
   offers its sheets in window.diptychSheets. Of any other table cells give their text, and times their exact moment. */
(() => {
  "use strict";
  const BOM = "\ufeff"; /* without it spreadsheets take UTF-8 for another encoding; our own reader skips it */
  const FORMULA = /^[=+\-@\t\r\n]/; /* the same rule as in app/csvs.py */
  const NUMBER = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i;
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const plain = (text) => text.replace(/[\u00a0\u2009\u202f]/g, " ").replace(/\s+/g, " ").trim();
  const field = (text) => {
    const safe = FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
    return /[",\n\r;]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  const cell = (box) => {
    if (box.dataset.value !== undefined) return box.dataset.value;
    const time = box.querySelector("time[datetime]");
    if (time && plain(time.textContent) === plain(box.textContent)) return time.getAttribute("datetime");
    const parts = document.createTreeWalker(box, NodeFilter.SHOW_TEXT);
    const texts = [];
    while (parts.nextNode()) texts.push(parts.currentNode.data);
    return plain(texts.join(box.children.length > 1 ? " " : ""));
  };
  const shown = (row) => !row.hidden && !row.classList.contains("row-hinge");
  const texts = (table) => all("tr", table).filter(shown).map((row) => all("th, td", row).map(cell));
  const plainLines = (table) => all("tbody tr", table).filter(shown).flatMap((row) => JSON.parse(row.dataset.lines ?? "[]"));
  const lines = (table) => (table.dataset.heads ? [JSON.parse(table.dataset.heads), ...plainLines(table)] : texts(table));
  const written = (lines) => lines.map((line) => line.map((one) => field(String(one ?? ""))).join(",")).join("\r\n");
  const csv = (table) => written(lines(table));
  const range = () => plain(document.querySelector(".range-popover > summary")?.textContent ?? "");
  const name = (what) => [plain(document.querySelector("h1")?.textContent ?? "diptych"), what, range()]
    .filter(Boolean).join(" ").toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "").slice(0, 120);
  const give = (href, file) => {
    const link = Object.assign(document.createElement("a"), { href, download: file });
    document.body.append(link);
    link.click();
    link.remove();
  };
  const saveTable = (button) => {
    const sheet = window.diptychSheets?.[button.dataset.sheet];
    const text = sheet ? written(sheet()) : csv(button.closest(".table-and-foot").querySelector("table"));
    const address = URL.createObjectURL(new Blob([BOM, text, "\r\n"], { type: "text/csv;charset=utf-8" }));
    give(address, `${name(button.dataset.name)}.csv`);
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
  };

  /* A figure is drawn in the names of tokens (its light values): here each becomes the colour of the theme. */
  const TOKENS = ["background", "surface", "line", "text", "muted", "accent", "service", "model", "ok", "degraded",
    "critical", "nodata", "series-1", "series-2", "series-3", "band", "selection", "veil"];
  const values = () => {
    const style = getComputedStyle(document.documentElement);
    return TOKENS.map((token) => style.getPropertyValue(`--${token}`).trim());
  };
  const colours = () => {
    const root = document.documentElement;
    const theme = root.dataset.theme;
    const now = values();
    root.dataset.theme = "light";
    const light = values();
    root.dataset.theme = theme;
    return Object.fromEntries(light.map((value, i) => [value.toLowerCase(), now[i]]));
  };
  const said = (box) => {
    const parts = all("strong, span, a", box).filter((part) => !part.children.length);
    const words = parts.length ? parts.map((part) => part.textContent) : [box.textContent];
    return box.matches(".dip-event") ? [`\u25be ${words.join(" ")}`] : words;
  };
  const lane = (graph, box) => {
    const from = graph.getBoundingClientRect();
    const at = box.getBoundingClientRect();
    const style = getComputedStyle(box);
    return { xref: "paper", yref: "paper", x: 0, y: 1, xanchor: "left", yanchor: "top", align: "left", showarrow: false,
      xshift: at.left - from.left - graph._fullLayout.margin.l, yshift: graph._fullLayout.margin.t - (at.top - from.top),
      text: said(box).filter(Boolean).map(escaped).join("<br>"),
      ...(box.matches(".dip-badge, .dip-chip") ? { bgcolor: getComputedStyle(document.documentElement).getPropertyValue("--surface").trim() } : {}),
      font: { size: 11, color: box.matches(".dip-chip") ? getComputedStyle(document.documentElement).color : style.color } };
  };
  /* Over the figure of an incident lie its words and marks; each is put where it stands. */
  const WORDS = ".lane-label, .lane-values, .dip-label, .dip-value, .dip-none, .dip-limit, .dip-event, .dip-badge, .dip-tick-text, .dip-chip";
  const bars = (graph, style) => {
    const from = graph.getBoundingClientRect();
    const { margin, _size: size } = graph._fullLayout;
    const x = (px) => (px - from.left - margin.l) / size.w;
    const y = (px) => 1 - (px - from.top - margin.t) / size.h;
    const color = (name) => style.getPropertyValue(`--${name}`).trim();
    const line = (box, at) => {
      const vertical = box.matches(".dip-cursor");
      const [left, top, right, bottom] = vertical ? [at.left, at.top, at.left, at.bottom]
        : ["x1", "y1", "x2", "y2"].map((name, i) => Number(box.getAttribute(name)) + (i % 2 ? from.top : from.left));
      return { type: "line", xref: "paper", yref: "paper", x0: x(left), x1: x(right), y0: y(top), y1: y(bottom),
        line: { width: 1.5, color: color(vertical ? "accent" : box.matches(".dip-drop") ? "line" : "text"), dash: box.matches(".dip-thread") ? "dot" : "solid" } };
    };
    return all(".dip-cursor, .dip-marks :is(.dip-known, .dip-thread, .dip-drop)", graph.closest(".dip-stage")).map((box) => {
      const at = box.getBoundingClientRect();
      if (box.tagName !== "circle") return line(box, at);
      return { type: "circle", xref: "paper", yref: "paper", x0: x(at.left), x1: x(at.right), y0: y(at.bottom), y1: y(at.top), line: { width: 0 }, fillcolor: color("text") };
    });
  };
  const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  const picture = async (graph) => {
    const style = getComputedStyle(document.documentElement);
    const layout = structuredClone(graph.layout);
    const { width, height } = graph.getBoundingClientRect();
    const labels = all(WORDS, graph.closest(".lanes, .dip-stage") ?? document.createElement("div")).filter((box) => box.getBoundingClientRect().width);
    layout.annotations = [...(layout.annotations ?? []), ...labels.map((box) => lane(graph, box))];
    if (graph.closest(".dip-stage")) layout.shapes = [...(layout.shapes ?? []), ...bars(graph, style)];
    const surface = style.getPropertyValue("--surface").trim();
    const ground = { paper_bgcolor: surface, plot_bgcolor: surface, width, height: height + HEAD };
    const made = { data: graph.data, layout: titled({ ...layout, ...ground }, graph, style) };
    return window.Plotly.toImage(themed(made), { format: "png", width, height: height + HEAD, scale: 2 });
  };
  /* What the picture is of, and when: a picture is passed on without its page. */
  const HEAD = 52;
  const titled = (layout, graph, style) => {
    const title = plain(document.querySelector("h1")?.textContent ?? "Diptych");
    const when = plain(document.getElementById("incident-small")?.textContent ?? "") || range();
    const margin = graph._fullLayout.margin;
    const head = { xref: "paper", yref: "paper", x: 0, y: 1, xanchor: "left", yanchor: "top", align: "left", showarrow: false,
      xshift: 16 - margin.l, yshift: margin.t + HEAD - 8, font: { size: 12, color: style.getPropertyValue("--text").trim() },
      text: [`<b>${escaped(title)}</b>`, escaped(when)].filter(Boolean).join("<br>") };
    return { ...layout, margin: { ...layout.margin, l: margin.l, r: margin.r, b: margin.b, t: margin.t + HEAD }, annotations: [...layout.annotations, head] };
  };
  const RGBA = /^rgba\((\d+), (\d+), (\d+), ([\d.]+)\)$/;
  const clear = (known, [red, green, blue, opacity]) => {
    const hex = (n) => Number(n).toString(16).padStart(2, "0");
    const now = known[`#${hex(red)}${hex(green)}${hex(blue)}`];
    return now?.length === 7 ? `${now}${hex(Math.round(255 * opacity))}` : undefined;
  };
  const themed = (made) => {
    const known = colours();
    const walk = (part) => {
      if (typeof part === "string") return known[part.toLowerCase()] ?? part.replace(RGBA, (whole, ...c) => clear(known, c) ?? whole);
      if (Array.isArray(part)) return part.map(walk);
      if (part && Object.getPrototypeOf(part) === Object.prototype) {
        return Object.fromEntries(Object.entries(part).map(([key, inner]) => [key, walk(inner)]));
      }
      return part;
    };
    return walk(made);
  };
  const saveFigures = async () => {
    const graphs = all("#main .js-plotly-plot");
    if (!graphs.length) {
      window.diptych.toast("There is no figure on this page that can be saved as PNG. Print keeps the whole page.");
      return;
    }
    for (const [i, graph] of graphs.entries()) {
      const what = graph.closest("[id]")?.id ?? `figure-${i + 1}`;
      try {
        give(await picture(graph), `${name(what)}.png`);
      } catch {
        window.diptych.toast("A figure could not be drawn as PNG. Print keeps the whole page.", "error");
      }
    }
  };
  document.addEventListener("click", (event) => {
    const control = event.target.closest("[data-export]");
    if (!control) return;
    event.preventDefault();
    if (control.dataset.export === "csv") saveTable(control);
    else saveFigures();
  });
  window.diptychExport = { csv };
})();
