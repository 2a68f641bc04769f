"""What every drift statistic says of itself, and what it finds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from analytics.drift.sample import Kind, Sample


class Found(NamedTuple):
    """``value`` of the statistic, ``effect`` in [0, 1] whatever the sample sizes, ``p_value`` of no difference."""

    value: float
    effect: float
    p_value: float


SAME = Found(0.0, 0.0, 1.0)


@dataclass(frozen=True, slots=True)
class Statistic:
    """``kinds`` it can compare; the rest is told to people: formula, how values are binned, what happens to zeros."""

    name: str
    label: str
    kinds: tuple[Kind, ...]
    formula: str
    binning: str
    zero_floor: str
    citation: str
    compare: Callable[[Sample, Sample], Found]
