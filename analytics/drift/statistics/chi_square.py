"""Chi-square test of homogeneity: two samples, one table."""

from __future__ import annotations

import numpy as np

from analytics.arrays import Floats
from analytics.drift.sample import Sample, two_rows
from analytics.drift.statistics.descriptor import SAME, Found, Statistic


def _compare(reference: Sample, current: Sample) -> Found:
    if not reference.n or not current.n:
        return SAME
    table = two_rows(reference, current)
    cells = table.shape[1]
    if cells < 2:
        return SAME
    from scipy.special import chdtrc

    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0) / table.sum()
    value = float(((table - expected) ** 2 / expected).sum())
    return Found(value, effect_of(table), float(chdtrc(cells - 1, value)))


def effect_of(table: Floats) -> float:
    """Root of half the sum of (p - q)^2 / (p + q), 1 for windows without a common level (Le Cam's distance).

    What two samples of one population would show on average is taken off (after Bergsma 2013), or small windows with
    many levels would always seem to have moved.
    """
    n, m = table.sum(axis=1)
    p, q = table[0] / n, table[1] / m
    squared = ((p - q) ** 2 / (p + q)).sum() / 2
    by_chance = (table.shape[1] - 1) / 4 * (1 / n + 1 / m)
    return float(np.sqrt(np.clip(squared - by_chance, 0, 1)))


CHI_SQUARE = Statistic(
    name="chi_square",
    label="Chi-square",
    kinds=("categorical", "constant"),
    formula="X2 = sum over cells of (observed - expected)^2 / expected, expected from the margins of both samples",
    binning="one cell per level, nulls and unseen levels among them; levels with fewer than 5 in all share one",
    zero_floor="not needed: a cell without any count is in neither window",
    citation="Pearson 1900, as a test of homogeneity of two samples; effect after Le Cam 1986 and Bergsma 2013.",
    compare=_compare,
)
