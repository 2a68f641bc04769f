/* What is known at T. Pure functions of the payload: whatever the page shows as known at T has passed through here.
   In hindsight T is Infinity. */
(function () {
  "use strict";
  const D = (window.dip = window.dip || {});

  const upTo = (list, T) => list.filter((item) => item.known <= T);

  /** The last step that had been reached at T, or null. Steps are sorted by `known`. */
  function last(steps, T) {
    let found = null;
    for (const step of steps) if (step.known <= T) found = step;
    return found;
  }

  /** Onsets known at T, numbered among themselves: 1, 2=, 2=, 4. */
  function onsets(payload, T) {
    const known = upTo(payload.onsets, T);
    return known.map((onset) => {
      const rank = 1 + known.filter((other) => other.order < onset.order).length;
      const tie = known.some((other) => other !== onset && other.order === onset.order);
      return { ...onset, rank, tie, label: tie ? `${rank}=` : String(rank) };
    });
  }

  /** How bad a lane had become as far as was known at T: what its samples said so far, else what was known at its onset. */
  function worst(onset, T) {
    const step = onset.grown.filter(([known]) => known <= T).pop();
    return (T === Infinity && onset.worst) || (step ? step[1] : onset.detail);
  }

  const events = (payload, T) => upTo(payload.events, T);
  /** The first alert around the incident: those of others before it say nothing of this one. */
  const alerted = (payload, T) => events(payload, T).find((event) => event.kind === "alert" && event.known >= payload.zooms.incident[0]) || null;

  function evidence(payload, T) {
    return upTo(payload.evidence, T).filter((item) => item.until === null || T < item.until);
  }

  /** Position of the last sample at or before `at` that was known at T and has a value; -1 where there is none. */
  function sample(lane, at, T) {
    let low = 0, high = lane.ts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (lane.ts[middle] <= at) low = middle + 1; else high = middle;
    }
    let i = low - 1;
    while (i >= 0 && (lane.known[i] > T || lane.text[i] === "")) i -= 1;
    return i;
  }

  /** Where the state of sample `i` began, among what was known at T. */
  function since(lane, i, T) {
    let start = i;
    for (let j = i - 1; j >= 0; j -= 1) {
      if (lane.known[j] > T || lane.text[j] === "") continue;
      if (lane.text[j] !== lane.text[i]) break;
      start = j;
    }
    return lane.ts[start];
  }

  /** Performance per bucket with the labels that were in at T: frames hold changes, so they are played up to T. */
  function frame(lane, T) {
    const size = lane.bucket.length;
    const state = { value: Array(size).fill(null), estimate: Array(size).fill(null), labelled: Array(size).fill(0), predicted: Array(size).fill(0) };
    for (const step of lane.frames) {
      if (step.known > T) break;
      for (const [i, value, estimate, labelled, predicted] of step.changes) {
        state.value[i] = value; state.estimate[i] = estimate; state.labelled[i] = labelled; state.predicted[i] = predicted;
      }
    }
    return Object.assign(state, unsettled(lane, state));
  }

  /* Labels are short from the first bucket under 80 % on; three settled buckets in a row end the search, so that a few
     labels lost long ago do not hatch the whole lane. */
  function unsettled(lane, state) {
    const settled = (i) => state.labelled[i] >= lane.complete * state.predicted[i];
    let from = -1, to = -1, row = 0, n = 0, labelled = 0;
    for (let i = lane.bucket.length - 1; i >= 0 && row < 3; i -= 1) {
      if (!(state.predicted[i] > 0)) continue;
      if (to < 0) to = i;
      if (settled(i)) row += 1; else { from = i; row = 0; }
    }
    for (let i = from; from >= 0 && i <= to; i += 1) { n += state.predicted[i]; labelled += state.labelled[i]; }
    return { from, to, n, share: n ? labelled / n : null };
  }

  /** The clock of the page has whole seconds; what became known within one is known at its end. */
  const second = (ms) => Math.ceil(ms / 1000) * 1000;

  /** Moments at which the replay stops: each badge and the first alert, by the clock in use. */
  function stops(payload, T) {
    const hindsight = T === Infinity;
    const first = payload.events.find((event) => event.kind === "alert");
    const found = payload.onsets.map((onset) => ({ at: second(hindsight ? onset.happened : onset.known), kind: "badge", lane: onset.lane }));
    if (first) found.push({ at: second(hindsight ? first.ts : first.known), kind: "alert" });
    return found.sort((a, b) => a.at - b.at);
  }

  /** Moments of interest in the order of the clock in use: events and onsets. */
  function moments(payload, T) {
    const when = T === Infinity ? (item) => item.ts ?? item.happened : (item) => item.known;
    const named = (item) => ({ at: second(when(item)), words: item.kind || "onset" });
    const end = payload.zooms.recording[1]; /* a mark that was made later has no moment on this clock */
    return [...payload.events.filter((event) => !event.mark || when(event) <= end), ...payload.onsets].map(named).sort((a, b) => a.at - b.at);
  }

  D.clock = { last, onsets, worst, events, alerted, evidence, sample, since, frame, stops, moments, second };
})();
