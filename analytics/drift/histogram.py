"""Two windows of one feature over the same cells, to be drawn on each other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.arrays import Floats
from analytics.drift.cells import cut
from analytics.drift.sample import kind_of, numbers_of

BARS = 20
TAIL = 0.01  # of either window beyond the cells at both ends, which hold it


@dataclass(frozen=True, slots=True)
class Histogram:
    """Shares of all rows per cell, (k,) each; ``least`` and ``most`` are the ends of a numeric feature, else NaN."""

    reference: Floats
    current: Floats
    names: tuple[str, ...]
    least: float = np.nan
    most: float = np.nan


def histogram(reference: pd.Series, current: pd.Series, bars: int = BARS) -> Histogram:
    """Even cells over the middle 98 % of both windows for numbers, one per level for the rest; nulls stand last."""
    if kind_of(reference, current) != "numeric":
        cells = cut(reference, current)
        return Histogram(cells.reference_shares, cells.current_shares, cells.names)
    parts = [numbers_of(reference), numbers_of(current)]
    ends = np.array([np.nanquantile(part, (TAIL, 1 - TAIL)) for part in parts if not np.isnan(part).all()])
    least, most = float(ends[:, 0].min()), float(ends[:, 1].max())
    edges = np.linspace(least, most, bars + 1) if most > least else np.linspace(least - 0.5, least + 0.5, bars + 1)
    shares = [_shares(part, edges) for part in parts]
    if any(np.isnan(part).any() for part in parts):
        shares = [np.append(one, np.isnan(part).mean()) for one, part in zip(shares, parts, strict=True)]
    return Histogram(shares[0], shares[1], (), least, most)


def _shares(numbers: Floats, edges: Floats) -> Floats:
    known = np.clip(numbers[~np.isnan(numbers)], edges[0], edges[-1])
    return np.histogram(known, edges)[0] / max(len(numbers), 1)
