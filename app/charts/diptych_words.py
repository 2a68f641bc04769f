"""What the gutter and the list of onsets say of a lane at each of its samples, and from when each word held."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo

import numpy as np

from app import format as fmt
from app.charts.diptych import has_band, is_bad
from app.charts.diptych_samples import Number, Samples, milliseconds
from app.usecases.incident_view import Lane, Onset, PerformanceLane

_STEP = tuple[int, str]


def texts(lane: Lane, own: Samples) -> list[str]:
    """The value of each sample as people read it; empty where there is none."""
    if lane.kind == "strip":
        good, bad = ("off", "on") if lane.bad_direction == "up" else ("up", "down")
        return ["" if x is None else bad if is_bad(lane, x) else good for x in own.value]
    return ["" if x is None else fmt.value(x, lane.unit) for x in own.value]


def expectations(lane: Lane, lower: list[Number], upper: list[Number]) -> list[str]:
    """``expected 94 – 142`` for each sample; the limit where the lane has no band."""
    if lane.kind == "strip":
        return [""] * len(lower)
    word = "expected" if lane.kind == "signal" else "usual"
    otherwise, judged = limit_text(lane), has_band(lane)
    return [
        otherwise if not judged or a is None or b is None else f"{word}{fmt.NBSP}{between(a, b, lane.unit)}"
        for a, b in zip(lower, upper, strict=True)
    ]


def limit_text(lane: Lane) -> str:
    """``limit 0.20``; empty where there is none."""
    return "" if lane.limit is None else f"limit{fmt.NBSP}{fmt.value(lane.limit, lane.unit)}"


def between(low: float, high: float, unit: str) -> str:
    """``94 – 142``: the unit is left to the value above it, unless the two ends have different ones."""
    ends = [fmt.value(x, unit) for x in (low, high)]
    units = {end.rpartition(fmt.NBSP)[2] if fmt.NBSP in end else "" for end in ends if end != "0"}
    plain = [_short(end.rpartition(fmt.NBSP)[0] or end) for end in ends] if len(units) < 2 else ends
    return f"{plain[0]}{fmt.NBSP}{fmt.DASH}{fmt.NBSP}{plain[1]}"


def _short(number: str) -> str:
    """A bound is a round thing: ``4`` rather than ``4.0``."""
    return number.rstrip("0").rstrip(".") if "." in number else number


def worst_steps(lane: Lane, own: Samples, onset: Onset, zone: tzinfo) -> list[_STEP]:
    """``412 ms at worst, 14:06:40`` as it grew, sample by sample in the order in which they became known."""
    if lane.kind == "strip":
        return []
    since, until = _lasted(onset)
    after = sorted(
        (k, t, x) for k, t, x in zip(own.known, own.ts, own.value, strict=True) if since <= t < until and x is not None
    )
    sign = _bad_sign(lane, [x for _, _, x in after])
    return _growing([(k, t, x) for k, t, x in after], sign, lane.unit, zone)


def _lasted(onset: Onset) -> tuple[float, float]:
    """From the onset to where what counts towards its worst ends, in ms."""
    until = np.inf if onset.until is None else onset.until.timestamp() * 1000
    return round(onset.happened.timestamp() * 1000), until


def _bad_sign(lane: Lane, after: list[float]) -> int:
    if lane.bad_direction != "both" or not after:
        return -1 if lane.bad_direction == "down" else 1
    middles = (lane.lower_known + lane.upper_known) / 2
    middle = float(np.nanmedian(middles)) if np.isfinite(middles).any() else float(np.nanmedian(lane.value))
    return 1 if after[0] >= middle else -1


def _growing(after: list[tuple[int, int, float]], sign: int, unit: str, zone: tzinfo) -> list[_STEP]:
    steps: list[_STEP] = []
    worst = -np.inf
    for known, ts, x in after:
        if sign * x > worst:
            worst = sign * x
            steps.append((known, f"{fmt.value(x, unit)} at worst, {_clock(ts, zone)}"))
    return steps


def performance_worst_steps(lane: PerformanceLane, onset: Onset, zone: tzinfo) -> list[_STEP]:
    """The same from the frames: buckets count once the labels needed are in."""
    starts = milliseconds(lane.bucket_start)
    since, until = _lasted(onset)
    during = (starts + lane.bucket_s * 1000 > since) & (starts < until)
    steps: list[_STEP] = []
    for frame in lane.frames:
        complete = during & (frame.labelled >= lane.labels_needed * frame.predicted) & np.isfinite(frame.value)
        if not complete.any():
            continue
        among = np.where(complete, frame.value, np.inf if lane.higher_is_better else -np.inf)
        at = int(np.argmin(among) if lane.higher_is_better else np.argmax(among))
        text = f"{fmt.number(float(frame.value[at]))} at worst, {_clock(int(starts[at]), zone)}"
        if not steps or steps[-1][1] != text:
            steps.append((round(frame.known_from.timestamp() * 1000), text))
    return steps


def _clock(ms: int, zone: tzinfo) -> str:
    return fmt.clock(datetime.fromtimestamp(ms / 1000, UTC), zone)
