/* Play: the cursor runs through the range in about twenty seconds and stops at each badge and at the first alert. */
(function () {
  "use strict";
  const D = (window.dip = window.dip || {});
  const WHOLE_MS = 20000, JUMPS = 28;
  const RESPONDER = "You now know what the responder knew.";

  function create(ctrl) {
    let handle = null, before = null, at = null;

    const clockAt = (ms) => (ctrl.state.mode === "known" ? ms : Infinity);
    const nextStop = () => D.clock.stops(ctrl.payload, clockAt(at)).find((stop) => stop.at > at && stop.at <= ctrl.view.range[1]);

    function stop() {
      if (handle !== null) { cancelAnimationFrame(handle); clearTimeout(handle); }
      handle = before = null;
    }

    function pause(words) {
      const playing = ctrl.state.playing;
      stop();
      if (playing) ctrl.played(false, words || "");
    }

    function told(stop) {
      if (stop.kind === "alert") return ctrl.state.mode === "known" ? RESPONDER : "Stopped at the alert.";
      const onset = D.clock.onsets(ctrl.payload, clockAt(at)).find((found) => found.lane === stop.lane);
      return onset ? `Stopped at badge ${onset.label}` : "";
    }

    /* Moves on by `ms` of the incident; stops where something is to be seen, and at the end. */
    function advance(ms) {
      const next = nextStop();
      const end = ctrl.view.range[1];
      at = Math.min(at + ms, end);
      if (next && next.at <= at) { at = next.at; ctrl.set(at); pause(told(next)); return false; }
      ctrl.set(at, true);
      if (at >= end) { pause(); return false; }
      return true;
    }

    const pace = () => (ctrl.view.range[1] - ctrl.view.range[0]) / WHOLE_MS;

    function frame(now) {
      const elapsed = before === null ? 0 : Math.min(now - before, 250);
      before = now;
      if (advance(elapsed * pace())) handle = requestAnimationFrame(frame);
    }

    function jump() {
      if (advance((WHOLE_MS / JUMPS) * pace())) handle = setTimeout(jump, WHOLE_MS / JUMPS);
    }

    function play() {
      const [start, end] = ctrl.view.range;
      at = ctrl.state.set < start || ctrl.state.set >= end ? start : ctrl.state.set;
      ctrl.played(true, "");
      if (D.dom.calm()) jump(); else handle = requestAnimationFrame(frame);
    }

    return { play, pause, stop, toggle: () => (ctrl.state.playing ? pause() : play()) };
  }

  D.replay = { create, RESPONDER };
})();
