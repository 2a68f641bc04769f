"""Round numbers for a value axis, and arrays as plotly's compact base64."""

from __future__ import annotations

import base64
import math
from typing import Any

import numpy as np

from app.charts.thin import Floats


def value_range(*arrays: Floats, limit: float | None = None) -> tuple[float, float]:
    """Least and greatest of all, with a margin of 8 %; never of no height, and not below 0 where nothing is."""
    finite = np.concatenate([a[np.isfinite(a)] for a in arrays] + [np.array([] if limit is None else [limit])])
    if not finite.size:
        return 0.0, 1.0
    low, high = float(finite.min()), float(finite.max())
    margin = 0.08 * (high - low) or abs(high) * 0.1 or 0.5
    floor = low - margin
    return (max(floor, -margin / 2) if low >= 0 else floor), high + margin


def round_ticks(low: float, high: float, most: int = 3) -> list[float]:
    """At most ``most`` multiples of 1, 2 or 5 times a power of ten inside ``[low, high]``, at least one."""
    if high <= low:
        return [low]
    power = 10.0 ** math.floor(math.log10(high - low))
    for step in (power / 10 * m for m in (1, 2, 5, 10, 20, 50, 100)):
        first, last = math.ceil(low / step), math.floor(high / step)
        if last - first < most:
            return [round(i * step, 12) for i in range(first, last + 1)]
    return [0.0]


def packed(values: Floats, dtype: str = "f8") -> dict[str, Any]:
    """Little-endian floats as plotly reads them; a third of the bytes of decimal text."""
    return {
        "dtype": dtype,
        "bdata": base64.b64encode(np.ascontiguousarray(values, dtype=f"<{dtype}").tobytes()).decode(),
    }
