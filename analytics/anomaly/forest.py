"""Isolation forest (Liu, Ting, Zhou 2008) as a second opinion on what decomposition has left."""

from __future__ import annotations

import numpy as np

from analytics.arrays import Floats

TREES = 50
TREE_SAMPLES = 256
FIRST_HISTORY = 256  # causal: samples before the first forest
REPLANTED_AT = 4  # causal: times the history of the last forest
LONGEST_HISTORY = 8_192  # causal: samples that a forest learns from
LARGEST = 0.9  # path-length score of a sample that every tree isolates at once, nearly
UNITS = 4.0  # brings the opinion to the size of the shifts' strength


def opinion(features: Floats, *, seed: int, causal: bool) -> Floats:
    """0 for the median sample, about 4 for one that stands alone. Shape (m,); NaN where there is no forest yet."""
    if not causal:
        return _judge(features, features, seed)
    found = np.full(len(features), np.nan)
    first = FIRST_HISTORY
    while first < len(features):
        history = features[max(0, first - LONGEST_HISTORY) : first]
        found[first : REPLANTED_AT * first] = _judge(history, features[first : REPLANTED_AT * first], seed)
        first *= REPLANTED_AT
    return found


def _judge(history: Floats, features: Floats, seed: int) -> Floats:
    from sklearn.ensemble import IsolationForest

    sample = min(TREE_SAMPLES, len(history))
    forest = IsolationForest(n_estimators=TREES, max_samples=sample, random_state=seed).fit(history)
    usual = float(np.median(-forest.score_samples(history)))
    alone: Floats = np.maximum(-forest.score_samples(features) - usual, 0)
    return UNITS / (LARGEST - usual) * alone
