"""A feature cut into cells that both windows share: for shares side by side, and for rates per cell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.arrays import Floats, Ints
from analytics.drift.sample import NULL, Kind, kind_of, levels_of, numbers_of

BINS = 10
MOST_LEVELS = 12
SPIKE = 0.1  # of either window on one value: a fall-back value must not vanish among its neighbours


@dataclass(frozen=True, slots=True)
class Cells:
    """Cell of each row of both windows, (n,) and (m,), in 0..k-1; ``names`` (k,) say what lies in each."""

    kind: Kind
    reference: Ints
    current: Ints
    names: tuple[str, ...]

    @property
    def reference_shares(self) -> Floats:
        """Shares of the reference per cell, shape (k,)."""
        return self._shares(self.reference)

    @property
    def current_shares(self) -> Floats:
        """Shares of the current window per cell, shape (k,)."""
        return self._shares(self.current)

    def _shares(self, places: Ints) -> Floats:
        return np.bincount(places, minlength=len(self.names)) / max(len(places), 1)


def cut(reference: pd.Series, current: pd.Series, bins: int = BINS) -> Cells:
    """A numeric feature by ``bins`` quantiles of the reference, values that many rows share and nulls on their own; any
    other by its levels, those after the twelve most frequent sharing a cell.
    """
    kind = kind_of(reference, current)
    codes, names = (_numeric if kind == "numeric" else _levels)(reference, current, bins)
    return Cells(kind, codes[: len(reference)], codes[len(reference) :], names)


def _numeric(reference: pd.Series, current: pd.Series, bins: int) -> tuple[Ints, tuple[str, ...]]:
    parts = numbers_of(reference), numbers_of(current)
    known = [np.sort(part[~np.isnan(part)]) for part in parts]
    spikes = np.unique(np.concatenate([_spikes(one) for one in known]))
    edges = _edges(known[0] if len(known[0]) else known[1], bins)
    numbers = np.concatenate(parts)
    codes = np.searchsorted(edges, numbers, side="right")
    names = [f"cell {i + 1}" for i in range(len(edges) + 1)]
    for spike in spikes:
        codes[numbers == spike] = len(names)
        names.append(f"{spike:g}")
    codes[np.isnan(numbers)] = len(names)
    return _dense(codes, (*names, "null"))


def _edges(ordered: Floats, bins: int) -> Floats:
    return np.unique(np.quantile(ordered, np.linspace(0, 1, bins + 1)[1:-1])) if len(ordered) else ordered


def _spikes(ordered: Floats) -> Floats:
    values, counts = np.unique(ordered, return_counts=True)
    return values[counts >= SPIKE * max(len(ordered), 1)]


def _levels(reference: pd.Series, current: pd.Series, _: int) -> tuple[Ints, tuple[str, ...]]:
    both = pd.concat([levels_of(reference), levels_of(current)], ignore_index=True)
    codes, found = pd.factorize(both)
    weight = sum(
        np.bincount(part, minlength=len(found)) / max(len(part), 1)
        for part in (codes[: len(reference)], codes[len(reference) :])
    )
    order = np.argsort(-np.asarray(weight), kind="stable")
    place = np.minimum(np.argsort(order, kind="stable"), MOST_LEVELS)
    names = [str(found[i]) for i in order[:MOST_LEVELS]]
    named = tuple("null" if name == NULL else name for name in names)
    return _dense(place[codes].astype(np.int64), (*named, "others"))


def _dense(codes: Ints, names: tuple[str, ...]) -> tuple[Ints, tuple[str, ...]]:
    """Without the cells that hold no row."""
    used, dense = np.unique(codes, return_inverse=True)
    return dense.astype(np.int64), tuple(names[i] for i in used)
