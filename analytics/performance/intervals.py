"""95 % intervals of the figures that models are measured by."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

Z95 = 1.959964


class Measured(NamedTuple):
    """A figure with its 95 % interval; all NaN where it cannot be had."""

    value: float
    low: float
    high: float


UNKNOWN = Measured(np.nan, np.nan, np.nan)


def wilson(hits: float, n: float) -> Measured:
    """A share of ``n`` with Wilson's score interval (Wilson 1927): right for small n and for shares near 0 and 1."""
    if n <= 0:
        return UNKNOWN
    share, z2 = hits / n, Z95**2
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z95 / (1 + z2 / n) * np.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    return Measured(float(share), float(max(middle - half, 0.0)), float(min(middle + half, 1.0)))


def normal(value: float, standard_error: float, floor: float = -np.inf, ceiling: float = np.inf) -> Measured:
    """``value`` give or take 1.96 standard errors, kept inside what is possible."""
    half = Z95 * standard_error
    return Measured(float(value), float(max(value - half, floor)), float(min(value + half, ceiling)))


def mean(values: np.ndarray) -> Measured:
    """Mean of ``values`` (n,) with the normal interval; without an interval for a single one."""
    if not len(values):
        return UNKNOWN
    if len(values) == 1:
        return Measured(float(values[0]), np.nan, np.nan)
    return normal(float(values.mean()), float(values.std(ddof=1) / np.sqrt(len(values))))
