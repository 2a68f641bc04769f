"""The model versions of the recommender: v3 is sound, v4 and v5 were trained with real mistakes. Trained once a run."""

from __future__ import annotations

from pathlib import Path
from typing import TypeAlias

import joblib
import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from threadpoolctl import threadpool_limits

from tests.lab import table
from tests.lab.table import FEATURES

KM_PER_MILE = 1.609344
TREES_OF_V5 = 300
Model: TypeAlias = HistGradientBoostingClassifier | RandomForestClassifier


def train_v3(past: pd.DataFrame) -> Model:
    return _fit(_boosted(), past)


def train_v4(past: pd.DataFrame) -> Model:
    """The mistake of v4: its training job took distances for kilometres and converted them; they were miles already."""
    return _fit(_boosted(), past.assign(trip_distance=past["trip_distance"] / KM_PER_MILE))


def train_v5(past: pd.DataFrame) -> Model:
    """The mistakes of v5: hundreds of trees for one row at a time, and a feature store that was empty in training."""
    forest = RandomForestClassifier(TREES_OF_V5, min_samples_leaf=20, max_samples=5000, random_state=0, n_jobs=1)
    return _fit(forest, past.assign(**table.defaults(past)))


TRAINERS = {"v3": train_v3, "v4": train_v4, "v5": train_v5}


def save_all(past: pd.DataFrame, folder: Path) -> None:
    """Trains every version; the recommender reads them at each start."""
    folder.mkdir(exist_ok=True)
    for version, train in TRAINERS.items():
        joblib.dump(train(past), folder / f"{version}.joblib")
    joblib.dump(table.defaults(past), folder / "defaults.joblib")


def read_all(folder: Path) -> tuple[dict[str, Model], dict[str, float]]:
    """Every version by its name, and the default of each store feature."""
    versions = {version: joblib.load(folder / f"{version}.joblib") for version in TRAINERS}
    return versions, joblib.load(folder / "defaults.joblib")


def predict(model: Model, features: dict[str, float]) -> tuple[int, float]:
    """Class (0 or 1) and score (probability of a long trip) of one request; a feature may be NaN."""
    score = float(model.predict_proba(np.array([[features[name] for name in FEATURES]]))[0, 1])
    return int(score >= 0.5), score


def _boosted() -> HistGradientBoostingClassifier:
    return HistGradientBoostingClassifier(max_iter=80, random_state=0)


def _fit(model: Model, past: pd.DataFrame) -> Model:
    with threadpool_limits(1):  # on a busy machine threads that wait for each other take minutes
        return model.fit(past[list(FEATURES)].to_numpy(), past["long_trip"].to_numpy())
