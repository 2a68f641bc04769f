"""The isolation forest as a second opinion on what decomposition has left."""

from __future__ import annotations

import numpy as np

from analytics.anomaly.trees import plant
from analytics.arrays import Bools, Floats

TREES = 96
CAUSAL_TREES = 72  # of each of the many forests that are planted as time goes on
TREE_SAMPLES = 256
FIRST_HISTORY = 128  # causal: samples before the first forest
REPLANTED_AT = 2  # causal: times the history of the last forest
LONGEST_HISTORY = 8_192  # causal: samples that a forest learns from
MEDIAN_SAMPLES = 2_000  # of which the usual opinion is taken
LARGEST = 0.9  # path-length score of a sample that every tree isolates at once, nearly
UNITS = 4.0  # brings the opinion to the size of the shifts' strength


def opinion(features: Floats, taught: Bools | None = None, *, seed: int, causal: bool) -> Floats:
    """0 for the median sample, about 4 for one that stands alone. Shape (m,); NaN where there is no forest yet."""
    if not causal:
        history = features if taught is None else features[taught]
        alone = plant(history, trees=TREES, samples=TREE_SAMPLES, seed=seed).alone(features)
        return against(float(np.median(alone if taught is None else alone[taught])), alone)
    found = np.full(len(features), np.nan)
    first = FIRST_HISTORY
    while first < len(features):
        history = features[max(0, first - LONGEST_HISTORY) : first]
        forest = plant(history, trees=CAUSAL_TREES, samples=TREE_SAMPLES, seed=seed)
        usual = float(np.median(forest.alone(history[-MEDIAN_SAMPLES:])))
        found[first : REPLANTED_AT * first] = against(usual, forest.alone(features[first : REPLANTED_AT * first]))
        first *= REPLANTED_AT
    return found


def against(usual: float, alone: Floats) -> Floats:
    """How much more alone than the ``usual`` sample, in the size of the shifts' strength."""
    return UNITS / (LARGEST - usual) * np.maximum(alone - usual, 0)
