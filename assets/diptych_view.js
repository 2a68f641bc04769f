/* A view: the state fitted to the width of the page. Everything drawn takes its pixels from here. */
(function () {
  "use strict";
  const D = (window.dip = window.dip || {});
  const NARROW = 640, TICK_PX = 82, TICK_PX_NARROW = 84, PAPER = 680;

  /** The range of a zoom by name or as two times. */
  const rangeOf = (payload, zoom) => (typeof zoom === "string" ? payload.zooms[zoom] : zoom);

  function make(payload, state, available) {
    const width = state.printing ? PAPER : available;
    const narrow = width < NARROW;
    const geometry = payload.geometry[narrow ? "phone" : "wide"][state.open ? "open" : "folded"];
    const range = rangeOf(payload, state.zoom);
    const left = geometry.left, right = width - geometry.right, across = Math.max(right - left, 1);
    const x = (ms) => left + ((ms - range[0]) / (range[1] - range[0])) * across;
    const time = (px) => range[0] + ((px - left) / across) * (range[1] - range[0]);
    const most = Math.max(Math.floor(across / (narrow ? TICK_PX_NARROW : TICK_PX)), 2);
    return {
      T: state.mode === "known" ? Math.floor(state.at / D.time.SECOND) * D.time.SECOND : Infinity,
      width, narrow, geometry, range, left, right, x, time,
      zone: payload.zone,
      ticks: D.time.ticks(range, payload.zone, most),
      inside: (ms) => ms >= range[0] && ms <= range[1],
      clamp: (ms) => Math.min(Math.max(ms, range[0]), range[1]),
    };
  }

  /** Where a page opens: once it was detected and every lane had moved, else in the middle. */
  function home(payload) {
    const [start, end] = payload.zooms.incident;
    const told = Math.max(...payload.onsets.map((onset) => onset.happened), payload.detected ?? -Infinity);
    const at = Number.isFinite(told) ? told : (start + end) / 2;
    return Math.min(Math.max(D.clock.second(at), start), end);
  }

  /** What an address asks for, fitted to what there is: a time within the recording, a zoom that shows it. */
  function opening(payload, { mode, t, zoom }) {
    const [start, end] = payload.zooms.recording;
    const set = t === null ? home(payload) : Math.min(Math.max(t, start), end);
    return { mode: mode || "hindsight", zoom: showing(payload, zoom || "onset", set), set, at: set, frozen: t !== null };
  }

  /** This zoom, or the next wider one that shows the time. */
  function showing(payload, zoom, ms) {
    const shows = (name) => ms >= rangeOf(payload, name)[0] && ms <= rangeOf(payload, name)[1];
    return [zoom, "incident", "recording"].find(shows) || "recording";
  }

  /** The zoom one step out of this one. */
  function outward(zoom, payload) {
    if (zoom === "onset") return "incident";
    if (typeof zoom === "string") return "recording";
    const [start, end] = payload.zooms.incident;
    return zoom[0] >= start && zoom[1] <= end ? "incident" : "recording";
  }

  D.view = { make, opening, showing, outward, rangeOf };
})();
