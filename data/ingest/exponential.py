"""Exponential histograms of OpenTelemetry as buckets with fixed bounds, like those of ordinary histograms.

Bucket i of scale s holds values in (b**i, b**(i + 1)] with b = 2**(2**-s), as the OTLP data model defines it; two
neighbours make one of scale s - 1, exactly. A point chooses its scale by what it has seen: at a scale of its own each
would bring other bounds, and with them other series. All are brought to `SCALE`, as far as they are finer.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import accumulate
from typing import Any

SCALE = 1


def buckets(point: Mapping[str, Any]) -> Iterator[tuple[float, int]]:
    """Upper bounds, rising, and how many values are at or below each; the last bound is infinite.

    Raises `ValueError` or `TypeError` for what is no such point.
    """
    scale = int(point.get("scale") or 0)
    target = min(scale, SCALE)
    below, above = (_merged(point.get(side) or {}, scale - target) for side in ("negative", "positive"))
    counts = Counter[float]()
    for index, count in below.items():
        counts[0.0 - _power(index, target)] += count  # never -0.0, whose label would be another
    if zeros := int(point.get("zeroCount") or 0):
        counts[_threshold(point.get("zeroThreshold"))] += zeros
    for index, count in above.items():
        counts[_power(index + 1, target)] += count
    counts[math.inf] += 0
    if min(counts.values()) < 0:
        raise ValueError("a bucket holds less than nothing")
    bounds = sorted(counts)
    yield from zip(bounds, accumulate(counts[bound] for bound in bounds), strict=True)


def _merged(side: Mapping[str, Any], steps: int) -> Counter[int]:
    """The counts of buckets that hold something, by their index ``steps`` scales lower."""
    merged, offset = Counter[int](), int(side.get("offset") or 0)
    counts = side.get("bucketCounts") or []
    if not isinstance(counts, list):
        raise TypeError("the counts of buckets are no list")
    for index, count in enumerate(counts, start=offset):
        if int(count):
            merged[index >> steps] += int(count)
    return merged


def _threshold(given: Any) -> float:
    threshold = float(given or 0.0)
    if not threshold >= 0:
        raise ValueError("the zero bucket ends below zero, or nowhere")
    return threshold


def _power(index: int, scale: int) -> float:
    """The lower bound of a bucket."""
    try:
        return float(2.0 ** math.ldexp(index, -scale))
    except OverflowError:
        return math.inf if index > 0 else 0.0
