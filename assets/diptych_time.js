/* Times and durations as the page writes them, and the ticks of the only time axis. All times are epoch milliseconds. */
(function () {
  "use strict";
  const D = (window.dip = window.dip || {});
  const SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE, DAY = 24 * HOUR;
  const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200]
    .map((s) => s * SECOND).concat([1, 2, 7, 14, 28, 91, 182, 364].map((d) => d * DAY));
  const NBSP = "\u00a0";
  const formats = new Map();

  function format(zone, options) {
    const key = zone + JSON.stringify(options);
    if (!formats.has(key)) {
      formats.set(key, new Intl.DateTimeFormat("en-GB", { timeZone: zone, hourCycle: "h23", ...options }));
    }
    return formats.get(key);
  }

  const CLOCK = { hour: "2-digit", minute: "2-digit", second: "2-digit" };
  const SHORT = { hour: "2-digit", minute: "2-digit" };
  const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

  /* A page over more than a day says the day with every time, and the year of a day that is not of its own year. */
  let dated = false, ownYear = null;
  const say = (withDay, year) => { dated = withDay; ownYear = year; };

  /** 21 Nov: the months as the server writes them, for browsers do not agree on September */
  function date(ms, zone, withYear = false, own = ownYear) {
    const parts = format(zone, { day: "numeric", month: "numeric", year: "numeric" }).formatToParts(ms);
    const named = Object.fromEntries(parts.map((part) => [part.type, Number(part.value)]));
    return `${named.day} ${MONTHS[named.month - 1]}${withYear && named.year !== own ? ` ${named.year}` : ""}`;
  }

  /** 14:07:20, or 21 Nov, 14:07 */
  function clock(ms, zone) {
    return dated ? `${date(ms, zone, true)}, ${format(zone, SHORT).format(ms)}` : format(zone, CLOCK).format(ms);
  }

  /** 14:07, or 21 Nov, 14:07 */
  function minute(ms, zone) {
    return dated ? clock(ms, zone) : format(zone, SHORT).format(ms);
  }

  /** Sat 21 Nov 2026 */
  function day(ms, zone) {
    const parts = format(zone, { weekday: "short", year: "numeric" }).formatToParts(ms);
    const named = Object.fromEntries(parts.map((part) => [part.type, part.value]));
    return `${named.weekday} ${date(ms, zone)} ${named.year}`;
  }

  /** The clock alone while the range stays within a day, else with the day. */
  function moment(ms, zone, range) {
    const time = format(zone, CLOCK).format(ms);
    return range[1] - range[0] > DAY ? `${date(ms, zone, true)}, ${time}` : time;
  }

  /** 45 s, 1 min 20 s, 3 h 5 min, 2 days 4 h */
  function duration(ms) {
    let seconds = Math.round(Math.abs(ms) / SECOND);
    if (seconds === 0 && ms !== 0) return `${Math.round(Math.abs(ms))}${NBSP}ms`;
    const units = [["days", 86400], ["h", 3600], ["min", 60], ["s", 1]];
    const found = [];
    for (const [unit, size] of units) {
      const n = Math.floor(seconds / size);
      seconds -= n * size;
      if (n > 0) found.push([n, n === 1 && unit === "days" ? "day" : unit, size]);
    }
    if (!found.length) return `0${NBSP}s`;
    const first = units.findIndex(([, size]) => size === found[0][2]);
    const near = found.filter(([, , size]) => units.findIndex(([, s]) => s === size) <= first + 1);
    return near.map(([n, unit]) => `${n}${NBSP}${unit}`).join(" ");
  }

  function offset(ms, zone) {
    const parts = Object.fromEntries(
      format(zone, { year: "numeric", month: "2-digit", day: "2-digit", ...CLOCK })
        .formatToParts(ms).map((part) => [part.type, Number(part.value)]));
    const local = Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute, parts.second);
    return local - Math.floor(ms / SECOND) * SECOND;
  }

  function tickText(ms, step, zone) {
    const midnight = (ms + offset(ms, zone)) % DAY === 0;
    if (step >= DAY || (midnight && step >= HOUR)) return date(ms, zone);
    return (ms + offset(ms, zone)) % MINUTE ? format(zone, CLOCK).format(ms) : format(zone, SHORT).format(ms);
  }

  /** Round local times inside the range, at most `most`, each {at, text}. */
  function ticks(range, zone, most) {
    const [start, end] = range;
    const step = STEPS.find((size) => (end - start) / size <= most) || STEPS[STEPS.length - 1];
    const shift = offset(start, zone);
    const found = [];
    for (let at = Math.ceil((start + shift) / step) * step - shift; at <= end; at += step) {
      found.push({ at, text: tickText(at, step, zone) });
    }
    return found;
  }

  D.time = { say, clock, date, minute, day, moment, duration, ticks, SECOND, MINUTE, DAY };
})();
