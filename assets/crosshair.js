/* Figures of lanes (.lanes): one cursor over all lanes of the page, the values of its moment beside them, drag to zoom
   the page's range, and the figure's geometry for a narrow screen. Nothing here asks the server. */
(() => {
  "use strict";
  const NARROW = matchMedia("(max-width: 760px)");
  const STALE_STEPS = 3;
  const hooked = new WeakSet();
  const decoded = new WeakMap();
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const plot = (box) => box.querySelector(".js-plotly-plot");
  const meta = (box) => plot(box)?.layout?.meta;

  /* Geometry ------------------------------------------------------------------------------------------------- */
  const geometry = (gd) => gd.layout.meta[NARROW.matches ? "narrow" : "wide"];
  const fits = (gd) => gd.layout.height === geometry(gd).height && gd.layout.margin.l === geometry(gd).margin.l;
  const adapt = (gd) => {
    if (gd.layout?.meta?.wide && !fits(gd)) window.Plotly.relayout(gd, structuredClone(geometry(gd)));
  };

  /* Zoom: what is dragged becomes the range of the page ------------------------------------------------------ */
  const utc = (text) => new Date(typeof text === "number" ? text : `${text.replace(" ", "T")}Z`).toISOString();
  const zoom = (change) => {
    if (!("xaxis.range[0]" in change)) return;
    const query = new URLSearchParams(location.search);
    query.set("from", utc(change["xaxis.range[0]"]));
    query.set("to", utc(change["xaxis.range[1]"]));
    window.diptych.navigate(`${location.pathname}?${query}`);
  };
  const zoomOut = () => document.querySelector('[data-key="-"]')?.click();

  const hook = (gd) => {
    if (hooked.has(gd) || !gd.on || !gd.layout?.meta?.wide) return;
    hooked.add(gd);
    gd.on("plotly_afterplot", () => adapt(gd));
    gd.on("plotly_relayout", zoom);
    gd.on("plotly_doubleclick", zoomOut);
    adapt(gd);
  };
  const hookAll = () => all(".lanes-graph .js-plotly-plot, .side-graph .js-plotly-plot").forEach(hook);
  new MutationObserver(hookAll).observe(document.documentElement, { childList: true, subtree: true });
  NARROW.addEventListener("change", () => all(".lanes-graph .js-plotly-plot").forEach(adapt));

  /* Cursor --------------------------------------------------------------------------------------------------- */
  const floats = (text) => new Float32Array(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);
  const times = (lane) => {
    if (!decoded.has(lane)) decoded.set(lane, floats(lane.at));
    return decoded.get(lane);
  };
  const DAY_S = 86400;
  const clock = (seconds, told) => {
    const long = told.end - told.start > DAY_S;
    const time = new Intl.DateTimeFormat("en-GB", {
      timeZone: told.zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23", ...(long ? {} : { second: "2-digit" }),
    }).format(seconds * 1000);
    const years = [told.start, told.end].map((at) => new Date(at * 1000).getUTCFullYear());
    return long ? `${window.dip.time.date(seconds * 1000, told.zone, years[0] !== years[1], null)}, ${time}` : time;
  };

  /** Position of the last sample at or before `at`, -1 where there is none or it is old. */
  const sample = (at, moments) => {
    let low = 0, high = moments.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (moments[middle] <= at) low = middle + 1; else high = middle;
    }
    const step = moments.length > 1 ? (moments[moments.length - 1] - moments[0]) / (moments.length - 1) : Infinity;
    return low && at - moments[low - 1] <= STALE_STEPS * step ? low - 1 : -1;
  };
  const write = (element, text) => {
    if (element.dataset.rest === undefined) element.dataset.rest = element.textContent;
    element.textContent = text;
  };
  const rest = (element) => {
    if (element.dataset.rest !== undefined) element.textContent = element.dataset.rest;
    delete element.dataset.rest;
  };

  const show = (box, second) => {
    const told = meta(box);
    if (!told || second < told.start || second > told.end) return;
    const margin = geometry(plot(box)).margin;
    const width = plot(box).clientWidth - margin.l - margin.r;
    const cursor = box.querySelector(".lanes-cursor");
    const share = (second - told.start) / (told.end - told.start);
    cursor.style.transform = `translateX(${margin.l + share * width}px)`;
    cursor.hidden = false;
    const time = clock(second, told);
    cursor.firstElementChild.textContent = time;
    write(box.querySelector(".lanes-at"), `values at ${time}`);
    all(".lane-values", box).forEach((words, i) => {
      const lane = told.lanes[i];
      const at = sample(second - told.start, times(lane));
      write(words.querySelector(".lane-now"), at < 0 ? "–" : lane.value[at]);
      write(words.querySelector(".lane-expected"), at < 0 ? "no sample" : lane.band[at]);
    });
  };
  const hide = (box) => {
    box.querySelector(".lanes-cursor").hidden = true;
    all(".lanes-at, .lane-now, .lane-expected", box).forEach(rest);
  };
  const showAll = (second) => all(".lanes").forEach((box) => show(box, second));
  const hideAll = () => all(".lanes").forEach(hide);

  const secondAt = (box, clientX) => {
    const told = meta(box);
    const margin = told && geometry(plot(box)).margin;
    if (!margin) return null;
    const bounds = plot(box).getBoundingClientRect();
    const share = (clientX - bounds.left - margin.l) / (bounds.width - margin.l - margin.r);
    return share >= 0 && share <= 1 ? told.start + share * (told.end - told.start) : null;
  };

  let over = null;
  const moved = (event) => {
    const box = event.target.closest?.(".lanes");
    const second = box && secondAt(box, event.clientX);
    if (second !== null && box) showAll(second);
    else if (over) hideAll();
    over = second === null ? null : box;
  };
  document.addEventListener("pointermove", moved, { passive: true });
  document.addEventListener("pointerdown", moved, { passive: true });
  document.documentElement.addEventListener("pointerleave", () => { if (over) hideAll(); over = null; });

  /* Arrow keys step from sample to sample while a figure has the focus ---------------------------------------- */
  let kept = null;
  document.addEventListener("keydown", (event) => {
    const box = event.target.classList?.contains("lanes") ? event.target : null;
    const told = box && meta(box);
    if (!told || !["ArrowLeft", "ArrowRight", "Escape"].includes(event.key)) return;
    event.preventDefault();
    if (event.key === "Escape") { hideAll(); kept = null; return; }
    const step = (told.end - told.start) / Math.max(times(told.lanes[0]).length, 20) * (event.shiftKey ? 10 : 1);
    kept = Math.min(told.end, Math.max(told.start, (kept ?? told.end) + (event.key === "ArrowLeft" ? -step : step)));
    showAll(kept);
  });
})();
