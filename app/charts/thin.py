"""Fewer points for the same picture: the extremes of each bucket, and breaks where samples are missing."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt

MOST_POINTS = 2_000
_GAP = 2.5

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def keep(values: Floats, most: int = MOST_POINTS) -> Ints:
    """Sorted positions to draw of ``values`` (m,): all, or first, extremes, last of each of ``most / 4`` buckets.

    The first and last keep the line's slope between buckets; the extremes keep every spike.
    """
    size = len(values)
    if size <= most:
        return np.arange(size)
    edges = np.linspace(0, size, max(most // 4, 1) + 1).astype(int)
    picked: list[int] = []
    for low, high in pairwise(edges):
        picked += _of_bucket(values[low:high], int(low))
    return np.array(sorted(set(picked)), dtype=np.int64)


def _of_bucket(values: Floats, offset: int) -> list[int]:
    inside = [0, len(values) - 1]
    if not np.isnan(values).all():
        inside += [int(np.nanargmin(values)), int(np.nanargmax(values))]
    return [offset + position for position in inside]


def segments(seconds: Floats) -> Ints:
    """The number of the unbroken stretch of each sample (m,): a step over ``2.5`` times the usual one is a gap.

    To be asked before thinning, which makes steps uneven.
    """
    if len(seconds) < 3:
        return np.zeros(len(seconds), dtype=np.int64)
    steps = np.diff(seconds)
    return np.concatenate([[0], np.cumsum(steps > _GAP * np.median(steps))])


def breaks(segment: Ints) -> Ints:
    """Positions before which the line breaks."""
    return np.flatnonzero(np.diff(segment)) + 1


def stretches(segment: Ints, values: Floats) -> list[slice]:
    """Unbroken stretches without the samples that are NaN."""
    bounds = [0, *breaks(segment).tolist(), len(segment)]
    found: list[slice] = []
    for low, high in pairwise(bounds):
        found += [slice(low + a, low + b) for a, b in _runs(~np.isnan(values[low:high]))]
    return found


def _runs(wanted: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], wanted, [False]]).astype(int)))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))
