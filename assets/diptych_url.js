/* The address is the state: ?t= the cursor, mode= the clock, zoom= a name or two absolute times. */
(function () {
  "use strict";
  const D = (window.dip = window.dip || {});
  const MODES = ["hindsight", "known"], ZOOMS = ["onset", "incident", "recording"];

  const iso = (ms) => new Date(Math.round(ms)).toISOString().replace(/\.000Z$/, "Z");

  function moment(text) {
    const ms = /^\d{12,14}$/.test(text || "") ? Number(text) : Date.parse(text || "");
    return Number.isFinite(ms) ? ms : null;
  }

  function range(text) {
    const ends = (text || "").split("/").map(moment);
    return ends.length === 2 && ends.every((end) => end !== null) && ends[0] < ends[1] ? ends : null;
  }

  /** {mode, t, zoom} as far as the address holds them; nonsense counts as absent (the server says so in words). */
  function read() {
    const query = new URLSearchParams(window.location.search);
    const zoom = query.get("zoom");
    return {
      mode: MODES.includes(query.get("mode")) ? query.get("mode") : null,
      t: moment(query.get("t")),
      zoom: ZOOMS.includes(zoom) ? zoom : range(zoom),
    };
  }

  function address(state) {
    const url = new URL(window.location.href);
    url.searchParams.set("mode", state.mode);
    url.searchParams.set("t", iso(state.set));
    url.searchParams.set("zoom", typeof state.zoom === "string" ? state.zoom : state.zoom.map(iso).join("/"));
    return url.toString();
  }

  /** `push` where a person would want to go Back from, else the entry is replaced. */
  function write(state, push) {
    const url = address(state);
    if (url === window.location.href) return;
    if (push) window.history.pushState(window.history.state, "", url);
    else window.history.replaceState(window.history.state, "", url);
  }

  /** The sentence of the page and its address with absolute times. */
  async function copy(sentence, state) {
    try {
      await navigator.clipboard.writeText(`${sentence}\n${address(state)}`);
      window.diptych.toast("Link copied, with the sentence.");
    } catch {
      window.diptych.toast("The browser did not allow copying. The address bar holds the same link.", "error");
    }
  }

  D.url = { read, write, copy, address };
})();
