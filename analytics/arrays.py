"""Small array operations that several analyses share: robust, and exact on prefixes where they look backwards only."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
MAD_TO_SIGMA = 1.4826  # makes the median absolute deviation of a normal sample its standard deviation


def rolling_median(values: Floats, window: int, *, causal: bool) -> Floats:
    """Median over ``window`` samples, trailing (own sample included) or centred; shorter at the edges. Shape (m,)."""
    window = max(1, min(window, len(values)))
    rolling = pd.Series(values).rolling(window if causal else window | 1, min_periods=1, center=not causal)
    return rolling.median().to_numpy()


def rolling_mean(values: Floats, window: int, *, causal: bool) -> Floats:
    """Mean over ``window`` samples by running sums; the sum runs from the left, so a prefix gives the same bytes."""
    m, window = len(values), max(1, min(window, len(values)))
    sums = np.concatenate([[0.0], np.cumsum(values)])
    at, ahead = np.arange(m), 0 if causal else window - 1 - window // 2
    first, last = np.maximum(at - (window - 1 - ahead), 0), np.minimum(at + ahead + 1, m)
    means: Floats = (sums[last] - sums[first]) / (last - first)
    return means


def row_median(table: Floats, *, cautious: bool = False) -> Floats:
    """Median of every row of (m, k), NaN left out; NaN where a row has no value. Faster than nanmedian.

    Two values have no middle: ``cautious`` takes the one nearer to 0.
    """
    ordered = np.sort(table, axis=1)
    count = table.shape[1] - np.isnan(ordered).sum(axis=1)
    rows = np.arange(len(ordered))
    low, high = ordered[rows, np.maximum(count - 1, 0) // 2], ordered[rows, count // 2]
    middle = (low + high) / 2
    if cautious:
        middle = np.where(count == 2, np.where(np.abs(low) <= np.abs(high), low, high), middle)
    return np.where(count > 0, middle, np.nan)


def robust_sigma(values: Floats) -> float:
    """1.4826 x the median absolute deviation from the median; 0 for an empty array."""
    if not len(values):
        return 0.0
    return float(MAD_TO_SIGMA * np.median(np.abs(values - np.median(values))))


def runs_of(flags: Bools) -> list[tuple[int, int]]:
    """Half-open index pairs ``(first, last + 1)`` of every run of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
