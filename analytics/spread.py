"""How much a series usually strays from what is expected, with a floor where it seems not to stray at all."""

from __future__ import annotations

from typing import Literal

import numpy as np

from analytics.arrays import Floats, robust_sigma

Kind = Literal["flag", "share", "percent", "count", "measure"]
BLOCKS = 20  # parts of a history: an episode touches few of them, a habit of bursts most
BLOCK_WEIGHT = 0.5
PERCENT_UNITS = frozenset({"%", "percent"})
SHARE_UNITS = frozenset({"share", "ratio"})
# Floors of the spread, one standard deviation. An expected range is three of them to each side.
FLAG_FLOOR = 0.03  # 0/1: any change is far outside
SHARE_FLOOR = 0.003  # an error share that stands at 0 may touch 0.9 % unremarked
PERCENT_FLOOR = 0.05  # a percent that stands at 100: 99.8 is outside
COUNT_FLOOR = 0.5  # times the square root of the level: half of what independent arrivals (Poisson) would do
MEASURE_FLOOR = 0.005  # of the level: half a percent of a latency is nobody's business
SMALLEST = 1e-9


def kind_of(values: Floats, unit: str = "") -> Kind:
    """What sort of number a series holds, from its unit or from the values themselves."""
    if unit in PERCENT_UNITS:
        return "percent"
    if unit in SHARE_UNITS:
        return "share"
    low, high = float(values.min()), float(values.max())
    if low >= 0 and bool(np.all(values == np.round(values))):
        return "flag" if high <= 1 else "count"
    return "share" if low >= 0 and high <= 1 else "measure"


def floor_of(values: Floats, unit: str = "") -> float:
    """The least spread (one sigma) to be believed of a series of this kind."""
    level = float(np.median(np.abs(values)))
    floors: dict[Kind, float] = {
        "flag": FLAG_FLOOR,
        "share": min(SHARE_FLOOR, 0.1 * level) if level > 0 else SHARE_FLOOR,
        "percent": PERCENT_FLOOR,
        "count": COUNT_FLOOR * float(np.sqrt(max(level, 1.0))),
        "measure": MEASURE_FLOOR * level,
    }
    return max(floors[kind_of(values, unit)], SMALLEST)


def typical_burst(remainder: Floats) -> float:
    """Root mean square of the remainder in the median one of 20 blocks.

    A series that is still most of the time and bursts every hour has no MAD, but is used to its bursts.
    """
    size = len(remainder) // BLOCKS
    if size < 2:
        return robust_sigma(remainder)
    blocks = remainder[-size * BLOCKS :].reshape(BLOCKS, size)
    return float(np.median(np.sqrt(np.mean(blocks**2, axis=1))))


def least_spread(values: Floats, remainder: Floats, unit: str = "") -> float:
    """The floor of sigma for a history: by kind of number, and by the bursts that it is used to."""
    return max(floor_of(values, unit), BLOCK_WEIGHT * typical_burst(remainder))
