"""Many windows of one feature against one reference: values are coded once, each window is then a count of codes."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from analytics.arrays import Floats, Ints
from analytics.drift.sample import Kind, levels_of, merge_rare, numbers_of
from analytics.drift.statistics.chi_square import effect_of

FINEST = 4096  # distinct reference values up to which the distance is exact


def effects(reference: pd.Series, values: pd.Series, kind: Kind, first: Ints, last: Ints, least: int) -> Floats:
    """Effect size of ``values[first[i]:last[i]]`` against ``reference``; NaN where that is fewer than ``least`` rows.

    The same as comparing each window by `compare`'s default statistic. For a numeric feature of more than 4,096
    distinct reference values the distance is taken at as many quantiles, and so at most 1/4096 too small.
    """
    follow = _numeric if kind == "numeric" else _levels
    enough = last - first >= least
    found = np.full(len(first), np.nan)
    if len(reference):
        found[enough] = list(follow(reference, values, first[enough], last[enough]))
    else:
        found[enough] = 0.0
    return found


def _numeric(reference: pd.Series, values: pd.Series, first: Ints, last: Ints) -> Iterator[float]:
    """Kolmogorov-Smirnov. Between two reference values F_reference is flat, so F_current is looked at on both ends."""
    usual = numbers_of(reference)
    known = np.sort(usual[~np.isnan(usual)])
    points = _points(known)
    cells = 2 * len(points) + 2  # null, below the first point, at it, between it and the next, ...
    expected = np.bincount(_places(points, usual), minlength=cells).cumsum() / len(usual)
    places = _places(points, numbers_of(values))
    for a, b in zip(first, last, strict=True):
        shares = np.bincount(places[a:b], minlength=cells).cumsum() / (b - a)
        yield float(np.abs(shares - expected).max())


def _points(ordered: Floats) -> Floats:
    distinct = np.unique(ordered)
    if len(distinct) <= FINEST:
        return distinct
    return np.unique(ordered[np.linspace(0, len(ordered) - 1, FINEST + 1).astype(np.int64)])


def _places(points: Floats, numbers: Floats) -> Ints:
    """Cell of each number: 0 for null, then odd ones between the points and even ones at them."""
    left, right = (np.searchsorted(points, numbers, side=side) for side in ("left", "right"))
    return np.where(np.isnan(numbers), 0, 1 + left + right)


def _levels(reference: pd.Series, values: pd.Series, first: Ints, last: Ints) -> Iterator[float]:
    """Chi-square's effect: the levels of both windows, the rare ones sharing a cell."""
    both = pd.concat([levels_of(reference), levels_of(values)], ignore_index=True)
    codes, names = pd.factorize(both)
    usual = np.bincount(codes[: len(reference)], minlength=len(names)).astype(np.float64)
    codes = codes[len(reference) :]
    for a, b in zip(first, last, strict=True):
        table = np.vstack([usual, np.bincount(codes[a:b], minlength=len(names))])
        table = merge_rare(table[:, table.sum(axis=0) > 0])
        yield effect_of(table) if table.shape[1] > 1 else 0.0
