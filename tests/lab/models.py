"""The two model versions of the recommender: v3 is sound, v4 was trained with a real mistake."""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import threadpool_limits

from tests.lab.table import FEATURES

KM_PER_MILE = 1.609344


def train_v3(past: pd.DataFrame) -> HistGradientBoostingClassifier:
    return _fit(past)


def train_v4(past: pd.DataFrame) -> HistGradientBoostingClassifier:
    """The mistake of v4: its training job took distances for kilometres and converted them; they were miles already."""
    return _fit(past.assign(trip_distance=past["trip_distance"] / KM_PER_MILE))


def predict(model: HistGradientBoostingClassifier, features: dict[str, float]) -> tuple[int, float]:
    """Class (0 or 1) and score (probability of a long trip) of one request."""
    score = float(model.predict_proba(np.array([[features[name] for name in FEATURES]]))[0, 1])
    return int(score >= 0.5), score


def _fit(past: pd.DataFrame) -> HistGradientBoostingClassifier:
    model = HistGradientBoostingClassifier(max_iter=80, random_state=0)
    with threadpool_limits(1):  # on a busy machine threads that wait for each other take minutes
        return model.fit(past[list(FEATURES)].to_numpy(), past["long_trip"].to_numpy())
