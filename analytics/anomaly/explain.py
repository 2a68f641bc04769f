"""What made an episode unusual to the detector: which windows, how much of it the forest, and what the forest saw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from analytics.anomaly.engine import FOREST_WEIGHT, Evidence, Stretches, evidence_of
from analytics.anomaly.expectation import Seasons, with_hindsight
from analytics.anomaly.forest import TREE_SAMPLES, TREES
from analytics.anomaly.threshold import budget_threshold
from analytics.anomaly.trees import plant
from analytics.arrays import Bools
from analytics.samples import outside, prepare, step_of

Feature = Literal["deviation", "shift", "jump", "spread"]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the strength: its ``share`` 0-1. ``window_s`` seconds of a window, None of the forest."""

    share: float
    window_s: float | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why the strongest sample of a stretch, the one at ``at``, is unusual.

    ``strength`` against the ``threshold`` of its series decides; ``parts`` make it up, the largest first. ``feature``
    is what the forest isolates the sample by.
    """

    at: pd.Timestamp
    strength: float
    threshold: float
    parts: tuple[Part, ...]
    feature: Feature


def explain(
    series: pd.Series,
    start: pd.Timestamp,
    end: pd.Timestamp,
    *,
    alarms_per_week: float = 0.5,
    seed: int = 0,
    unit: str = "",
    left_out: Stretches = (),
    seasons: Seasons = None,
) -> Explanation | None:
    """The parts of the strength that `detect` gives the strongest sample of ``[start, end)``, in hindsight.

    None where the stretch has no sample, or the history is too short to judge.
    """
    samples = prepare(series, causal=False)
    times = samples.times(series)
    known = with_hindsight(samples, seasons, unit, outside(times, left_out))
    inside = np.flatnonzero((times >= start) & (times < end))
    if not len(inside) or known.judged_from >= len(times):
        return None
    found = evidence_of(known, samples.seconds, seed, causal=False)
    at = int(inside[np.argmax(found.strength[inside])])
    return Explanation(
        at=times[at],
        strength=float(found.strength[at]),
        threshold=budget_threshold(found.strength, samples.seconds, alarms_per_week, known.taught),
        parts=_parts(found, at, step_of(samples.seconds)),
        feature=_isolated_by(found, at, seed, known.taught),
    )


def _parts(found: Evidence, at: int, step_s: float) -> tuple[Part, ...]:
    """The windows share what the forest leaves by their squares: their strength is a root mean square."""
    squares = found.shift[at] ** 2
    first = float(np.sqrt(squares.mean()))
    second = FOREST_WEIGHT * float(found.second[at])
    forest = second / max(second + (1 - FOREST_WEIGHT) * first, 1e-12)
    shares = (1 - forest) * squares / max(float(squares.sum()), 1e-12)
    windows = [Part(float(share), window * step_s) for share, window in zip(shares, found.windows, strict=True)]
    return tuple(sorted([*windows, Part(forest, None)], key=lambda part: -part.share))


def _isolated_by(found: Evidence, at: int, seed: int, taught: Bools | None) -> Feature:
    """The feature without which the sample would look most like the others: each in turn is set to its median."""
    history = found.features if taught is None else found.features[taught]
    forest = plant(history, trees=TREES, samples=TREE_SAMPLES, seed=seed)
    usual, last = np.median(history, axis=0), len(found.windows)
    columns: dict[Feature, slice] = {
        "deviation": slice(0, 1), "shift": slice(1, last), "jump": slice(last, last + 1),
        "spread": slice(last + 1, None),
    }  # fmt: skip
    rows = np.tile(found.features[at], (len(columns), 1))
    for row, column in enumerate(columns.values()):
        rows[row, column] = usual[column]
    return list(columns)[int(np.argmin(forest.alone(rows)))]
