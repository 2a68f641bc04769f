"""The words that Health stands on, each defined once: state, worst, p95, times expected, budget left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np
import pandas as pd

from analytics.arrays import Bools, Floats
from analytics.samples import GAP_STEPS

State = Literal["critical", "degraded", "ok", "nodata"]
Comparison = Literal["<=", ">="]
BadDirection = Literal["up", "down", "both"]

SEVERITY: Mapping[State, int] = MappingProxyType({"critical": 0, "degraded": 1, "ok": 2, "nodata": 3})
CUT = 6.0  # widths of the expected range at which a spark is cut
P95_SAMPLES = 20  # fewer have no 95th percentile: it would be their maximum

DEFINITIONS: Mapping[str, str] = MappingProxyType(
    {
        "state": (
            "The worst state in the range. Critical: outside its objective during an episode, down, or its budget "
            "is spent. Degraded: an episode in the direction that hurts, or outside its objective for a moment. "
            "Healthy: neither. No data: no sample in the range."
        ),
        "worst": (
            "The sample farthest outside the expected range in the direction that hurts, with its time. "
            '"none outside" when every sample stayed inside.'
        ),
        "p95": "95 % of the samples in the range lie at or below it. Needs 20 samples.",
        "times expected": (
            "Observed divided by expected at the same moment. Left out where the expected value is near zero, "
            "since any ratio to it would be large."
        ),
        "against expected": (
            "Distance from the expected value in widths of the expected range, cut at ±6: one scale for every line. "
            "Half a width is the edge of the range. Nothing is learned from incidents that a "
            "person confirmed, episodes judged real, and marks of maintenance."
        ),
        "budget left": (
            "An objective allows a share of its window to be bad: 99.5 % over 30 days allows 3.6 h. Budget left is the "
            "part of that time not yet used. Each sample counts until the next one; time without samples is not bad."
        ),
        "episodes": "Stretches outside the expected range for longer than noise would be, in the direction that hurts.",
    }
)


@dataclass(frozen=True, slots=True)
class Worst:
    """The sample farthest outside, ``widths`` from the expected value; ``outside_s`` is all the time spent outside."""

    value: float
    ts: pd.Timestamp
    widths: float
    outside_s: float


@dataclass(frozen=True, slots=True)
class Budget:
    """``left`` is a share of the budget, below 0 when it is overspent. ``covered_s`` is the time that samples cover."""

    left: float
    bad_s: float
    allowed_s: float
    covered_s: float


def state(
    *,
    samples: int,
    episodes: int,
    missed_s: float = 0.0,
    budget_left: float | None = None,
    down: bool = False,
) -> State:
    """State over a range, from the number of samples and episodes in it and the seconds outside the objective."""
    if not samples:
        return "nodata"
    spent = budget_left is not None and budget_left <= 0
    if down or spent or (episodes and missed_s > 0):
        return "critical"
    return "degraded" if episodes or missed_s > 0 else "ok"


def severity(of: State, budget_left: float | None = None) -> tuple[int, float]:
    """Sort key: the worst state first, then the least budget; what has no objective comes after what has."""
    return SEVERITY[of], np.inf if budget_left is None else budget_left


def distance(values: pd.Series, expected: pd.Series, lower: pd.Series, upper: pd.Series) -> pd.Series:
    """(value - expected) in widths of the expected range, cut at ±6, shape (m,); NaN where there is no range."""
    width = (upper - lower).where(lambda w: w > 0)
    return ((values - expected) / width).clip(-CUT, CUT)


def worst(
    values: pd.Series, expected: pd.Series, lower: pd.Series, upper: pd.Series, *, bad_direction: BadDirection
) -> Worst | None:
    """The sample farthest outside on the side that hurts, or None where all stayed inside."""
    above, below = (values - upper).to_numpy(np.float64), (lower - values).to_numpy(np.float64)
    sides: dict[BadDirection, Floats] = {"up": above, "down": below, "both": np.fmax(above, below)}
    beyond = np.nan_to_num(sides[bad_direction], nan=-np.inf)
    if not (beyond > 0).any():
        return None
    at = int(np.argmax(beyond))
    width = float(upper.iloc[at] - lower.iloc[at])
    widths = abs(float(values.iloc[at] - expected.iloc[at])) / width if width > 0 else np.inf
    outside_s = float(seconds_each(values)[beyond > 0].sum())
    return Worst(float(values.iloc[at]), pd.DatetimeIndex(values.index)[at], widths, outside_s)


def p95(values: pd.Series) -> float | None:
    """The 95th percentile of the samples that have a value, None for fewer than 20."""
    known = values.dropna()
    return float(known.quantile(0.95)) if len(known) >= P95_SAMPLES else None


def times_expected(observed: float, expected: float, lower: float, upper: float) -> float | None:
    """Observed / expected; None where expected is less than a tenth of its own range, or not positive."""
    if not expected > 0.1 * (upper - lower) or not expected > 0:
        return None
    return observed / expected


def missed_s(values: pd.Series, *, threshold: float, comparison: Comparison) -> float:
    """Seconds for which ``values`` (m,) did not keep ``comparison threshold``."""
    return float(seconds_each(values)[_bad(values, threshold, comparison)].sum())


def budget_left(
    values: pd.Series, *, threshold: float, comparison: Comparison, target: float, window_s: float
) -> Budget | None:
    """Error budget of the objective "``comparison threshold`` for a share ``target`` of ``window_s``".

    Only samples of the last ``window_s`` before the newest count (Beyer et al. 2018, The Site Reliability Workbook,
    chapter 5). None without a sample. Raises ValueError for a target outside [0, 1) or a window that is not positive.
    """
    if not 0 <= target < 1 or not window_s > 0:
        raise ValueError("An objective's target lies in [0, 1), its window is longer than 0 s.")
    known = values.dropna()
    if known.empty:
        return None
    times = pd.DatetimeIndex(known.index)
    known = known[times > times.max() - pd.Timedelta(window_s, unit="s")]
    bad_s, allowed_s = missed_s(known, threshold=threshold, comparison=comparison), (1 - target) * window_s
    return Budget(1 - bad_s / allowed_s, bad_s, allowed_s, float(seconds_each(known).sum()))


def budget_course(
    values: pd.Series, *, threshold: float, comparison: Comparison, target: float, window_s: float
) -> pd.Series:
    """The share of the budget left at every sample that has a value, shape (k,); the last is that of `budget_left`."""
    known = values.dropna().sort_index()
    bad_s = np.where(_bad(known, threshold, comparison), seconds_each(known), 0.0)
    stamps = pd.DatetimeIndex(known.index).as_unit("us").asi8 / 1e6
    spent = np.concatenate([[0.0], np.cumsum(bad_s)])
    first = np.searchsorted(stamps, stamps - window_s, side="right")
    return pd.Series(1 - (spent[1:] - spent[first]) / ((1 - target) * window_s), known.index)


def seconds_each(values: pd.Series) -> Floats:
    """Seconds for which each sample speaks, shape (m,): until the next one, over a gap only a usual step."""
    stamps = pd.DatetimeIndex(values.index).as_unit("us").asi8 / 1e6
    if len(stamps) < 2:
        return np.zeros(len(stamps))
    steps = np.diff(stamps)
    usual = float(np.median(steps))
    each = np.append(steps, usual)
    return np.where(each > GAP_STEPS * usual, usual, np.maximum(each, 0.0))


def _bad(values: pd.Series, threshold: float, comparison: Comparison) -> Bools:
    bad = values > threshold if comparison == "<=" else values < threshold
    return np.asarray(bad, dtype=np.bool_)
