"""Kolmogorov-Smirnov: the largest distance between two distribution functions."""

from __future__ import annotations

from typing import Literal

import numpy as np

from analytics.arrays import Floats
from analytics.drift.sample import Sample
from analytics.drift.statistics.descriptor import SAME, Found, Statistic


def _compare(reference: Sample, current: Sample) -> Found:
    n, m = reference.n, current.n
    if not n or not m:
        return SAME
    distance = _distance(reference, current)
    from scipy.special import kolmogorov

    return Found(distance, distance, float(kolmogorov(np.sqrt(n * m / (n + m)) * distance)))


def _distance(reference: Sample, current: Sample) -> float:
    """Nulls stand below every number, so that their share counts.

    The supremum is reached at a value of ``current`` or just below one: looking there alone costs m log n.
    """
    points = np.unique(current.ordered)
    at = _share_to(reference, points, "right") - _share_to(current, points, "right")
    below = _share_to(reference, points, "left") - _share_to(current, points, "left")
    nulls = reference.nulls / reference.n - current.nulls / current.n
    return float(np.abs(np.concatenate([at, below, [nulls]])).max())


def _share_to(sample: Sample, points: Floats, side: Literal["left", "right"]) -> Floats:
    shares: Floats = (sample.nulls + np.searchsorted(sample.ordered, points, side=side)) / sample.n
    return shares


KS = Statistic(
    name="ks",
    label="Kolmogorov-Smirnov",
    kinds=("numeric",),
    formula="D = max |F_reference(x) - F_current(x)|",
    binning="none: every value counts; nulls stand below the smallest number",
    zero_floor="not needed",
    citation="Smirnov 1948; p-value by the asymptotic law with n m / (n + m), both samples counted.",
    compare=_compare,
)
