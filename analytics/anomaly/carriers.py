"""Which label value carries an episode: one value is dropped at a time, and what is left is compared with before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from analytics.arrays import Bools, Floats

FEW = 0.05  # share of what was expected: an excess below this is carried by nobody


@dataclass(frozen=True, slots=True)
class Carrier:
    """``share`` of the excess that goes when the series with this label value are left out; above 1 where the others
    moved against it. ``with_all`` and ``without`` are the excess over what was expected."""

    label: str
    value: str
    share: float
    with_all: float
    without: float


def carriers(
    observed: Floats, expected: Floats, during: Bools, labels: Sequence[Mapping[str, str]], how: Literal["sum", "mean"]
) -> tuple[Carrier, ...]:
    """Every value of every label that parts the series, the one that carries most first.

    ``observed`` and ``expected`` have shape (m, series), NaN where a series has no sample; ``during`` (m,) marks the
    episode. Series are added ("sum": counts, rates) or averaged ("mean": times, shares). Empty where there is nothing
    to carry.
    """
    excess = observed[during] - expected[during]
    every = np.ones(excess.shape[1], dtype=np.bool_)
    whole = _excess(excess, every, how)
    usual = abs(_excess(expected[during], every, how))
    if not np.isfinite(whole) or abs(whole) <= FEW * usual:
        return ()
    found = []
    for label in sorted({name for one in labels for name in one}):
        values = [one.get(label, "") for one in labels]
        if len(set(values)) > 1:
            found += [_without(excess, values, label, value, whole, how) for value in sorted(set(values))]
    return tuple(sorted(found, key=lambda one: (-one.share, one.label, one.value)))


def _without(
    excess: Floats, values: Sequence[str], label: str, value: str, whole: float, how: Literal["sum", "mean"]
) -> Carrier:
    rest = _excess(excess, np.array([other != value for other in values]), how)
    return Carrier(label, value, 1 - rest / whole, whole, rest)


def _excess(excess: Floats, kept: Bools, how: Literal["sum", "mean"]) -> float:
    """Mean over time of the series that are kept, added or averaged; NaN where none has a sample."""
    part = excess[:, kept]
    seen = np.isfinite(part)
    if not seen.any():
        return float("nan")
    if how == "mean":
        return float(part[seen].mean())
    each = np.where(seen, part, 0.0).sum(axis=0) / np.maximum(seen.sum(axis=0), 1)
    return float(each.sum())
