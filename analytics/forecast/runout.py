"""When will this run out: the moment that a disk, a quota or an error budget reaches its limit, with its interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.arrays import Floats, robust_sigma, rolling_median
from analytics.decompose import MIN_HISTORY, periods_of, take_apart
from analytics.forecast.candidates import SHORT, slope_of
from analytics.forecast.model import CAUTION, COVERAGE, on_grid
from analytics.samples import Samples, duration, prepare
from analytics.words import amount

BLOCKS = 9  # parts of the history from whose ends the growth is measured
FURTHEST = 10.0  # times the history: no statement is made beyond
MOMENTS = 4_000  # at which the interval is looked up
RESET_SHARE = 0.2  # of all that was ever used: a sudden fall by more (files deleted, budget renewed) is a new beginning
RESET_SIGMAS = 10.0  # and more than so many usual steps


@dataclass(frozen=True, slots=True)
class RunOut:
    """``at`` is the moment a limit is reached as things go, None where it is not; ``earliest`` to ``latest`` holds it
    with the coverage asked for, None where there is no such moment. ``per_day`` is the growth, towards the limit."""

    limit: float
    at: pd.Timestamp | None
    earliest: pd.Timestamp | None
    latest: pd.Timestamp | None
    per_day: float
    sentence: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Course:
    """``left`` to the limit now, ``pace`` and its standard error per second, ``wander`` the variance per second."""

    left: float
    pace: float
    error: float
    wander: float
    span_s: float


def runs_out(
    series: pd.Series,
    limit: float,
    *,
    coverage: float = COVERAGE,
    seasons: Sequence[pd.Timedelta | str] | None = None,
    unit: str = "",
) -> RunOut:
    """When the series reaches ``limit``, from below or from above, if it goes on as it went since it last fell back.

    A daily wave counts with its peak: that is what reaches the limit first. Raises ValueError for a coverage outside
    (0, 1), or an index that is not made of times.
    """
    if not 0 < coverage < 1:
        raise ValueError("coverage lies between 0 and 1.")
    samples = prepare(series, causal=False)
    periods, notes = periods_of(samples, seasons)
    name = f"{amount(limit, 0.01 * abs(limit))}{f' {unit}' if unit else ''}"
    if len(samples.values) < MIN_HISTORY:
        return RunOut(limit, None, None, None, 0.0, f"Too little history to say when {name} is reached.", notes)
    course, restarted = _course(samples, periods, limit)
    now = samples.times(series)[-1]
    reached = _moments(course, coverage)
    at, earliest, latest = (None if wait is None else now + pd.Timedelta(round(wait), unit="s") for wait in reached)
    said = (f"Growth is counted from the last {duration(course.span_s)}, since it fell back.",) if restarted else ()
    per_day = course.pace * 86_400
    return RunOut(
        limit, at, earliest, latest, per_day, _sentence(name, course, reached), (*samples.notes, *notes, *said)
    )


def _course(samples: Samples, periods: Sequence[float], limit: float) -> tuple[_Course, bool]:
    season = take_apart(samples.values, samples.seconds, periods).season
    calm = on_grid(Samples(samples.values - season, samples.seconds, samples.origin, ()))
    towards = 1.0 if limit >= np.median(calm[-SHORT:]) else -1.0
    used = towards * calm
    begin = _last_reset(used)
    since, step = used[begin:], samples.step_s
    ends = np.linspace(SHORT, len(since), BLOCKS + 1).astype(np.intp)
    length = float(ends[-1] - ends[0]) / BLOCKS * step
    growth = np.diff([np.median(since[end - SHORT : end]) for end in ends]) / length
    pace = slope_of(since) / step
    spread = float(growth.std(ddof=1))
    now = float(np.median(since[-SHORT:])) + float((towards * season).max())
    return _Course(towards * limit - now, pace, spread / np.sqrt(len(growth)), spread**2 * length, len(since) * step), (
        begin > 0
    )


def _last_reset(used: Floats) -> int:
    """Where the last sudden fall ended, 0 if there was none or too little came after it."""
    level = rolling_median(used, SHORT, causal=True)
    falls = level[:-SHORT] - level[SHORT:]
    least = max(RESET_SHARE * float(np.ptp(level)), RESET_SIGMAS * robust_sigma(np.diff(used)), 1e-12)
    found = np.flatnonzero(falls > least)
    begin = int(found[-1]) + SHORT if len(found) else 0
    return begin if len(used) - begin >= MIN_HISTORY else 0


def _moments(course: _Course, coverage: float) -> tuple[float | None, float | None, float | None]:
    """Seconds until the limit: as things go, at the earliest, at the latest."""
    from scipy.special import stdtrit

    if course.left <= 0:
        return 0.0, 0.0, 0.0
    ahead = np.linspace(0, FURTHEST * course.span_s, MOMENTS + 1)[1:]
    widths = CAUTION * stdtrit(BLOCKS - 1, (1 + coverage) / 2)
    margin = widths * np.sqrt((course.error * ahead) ** 2 + course.wander * ahead)
    paths = (course.pace * ahead + margin, course.pace * ahead - margin)
    soonest, last = (
        float(ahead[np.argmax(path >= course.left)]) if (path >= course.left).any() else None for path in paths
    )
    wait = course.left / course.pace if course.pace > 0 else None
    if wait is None or wait > ahead[-1]:
        return None, soonest, None
    return wait, min(soonest or wait, wait), None if last is None else max(last, wait)


def _sentence(name: str, course: _Course, reached: tuple[float | None, float | None, float | None]) -> str:
    wait, soonest, last = reached
    if course.left <= 0:
        return f"{name} is reached."
    if wait is None:
        early = "" if soonest is None else f", at the earliest in {duration(soonest)}"
        return f"As it goes, {name} is not reached within {duration(FURTHEST * course.span_s)}{early}."
    if soonest is None or last is None:
        return f"Reaches {name} in {duration(wait)}, at the earliest in {duration(soonest or wait)}; perhaps never."
    return f"Reaches {name} in {duration(wait)} (between {duration(soonest)} and {duration(last)})."
