"""The real table behind the lab: yellow-cab trips of 2019, the first part to train on, the rest to play back."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

TABLE = Path(__file__).parents[3] / "shared" / "data" / "models" / "nyc_taxi_monthly_2019"
SPLIT = "2019-07-01"
LONG_TRIP_MINUTES = 15
FROM_REQUEST = ("pickup_location_id", "dropoff_location_id", "passenger_count", "hour", "weekday")
FROM_STORE = ("trip_distance", "rate_code_id", "pickup_pace", "dropoff_pace")
FEATURES = FROM_STORE + FROM_REQUEST


@dataclass(frozen=True, slots=True)
class Trips:
    """`past` trains the model, `later` is played back; both have FEATURES and the target `long_trip` (0 or 1)."""

    past: pd.DataFrame
    later: pd.DataFrame


def load(folder: Path = TABLE) -> Trips:
    """Trips with features and target. Paces (minutes per mile of a zone) are learned from the past part only."""
    trips = _clean(_read(folder))
    past, later = trips[trips["pickup"] < SPLIT], trips[trips["pickup"] >= SPLIT]
    pace = {side: _pace(past, f"{side}_location_id") for side in ("pickup", "dropoff")}
    return Trips(_with_pace(past, pace), _with_pace(later, pace))


def defaults(past: pd.DataFrame) -> dict[str, float]:
    """What the recommender uses for each store feature while the feature store does not answer: the past median."""
    return {name: round(float(past[name].median()), 2) for name in FROM_STORE}


def hourly(past: pd.DataFrame) -> np.ndarray:
    """Share of the trips in each hour of the day (24,)."""
    return past["hour"].value_counts(normalize=True).sort_index().to_numpy()


def _read(folder: Path) -> pd.DataFrame:
    files = sorted(folder.glob("*.csv.gz"))
    if not files:
        raise FileNotFoundError(f"no trip table in {folder}: pass its folder with --table")
    return pd.concat([pd.read_csv(file) for file in files], ignore_index=True)


def _clean(trips: pd.DataFrame) -> pd.DataFrame:
    pickup = pd.to_datetime(trips["pickup_datetime"])
    minutes = (pd.to_datetime(trips["dropoff_datetime"]) - pickup).dt.total_seconds() / 60
    trips = trips.assign(pickup=pickup, minutes=minutes, hour=pickup.dt.hour, weekday=pickup.dt.day_of_week)
    trips = trips.assign(long_trip=(minutes > LONG_TRIP_MINUTES).astype(int))
    whole = trips["minutes"].between(1, 180) & (trips["trip_distance"] > 0) & pickup.dt.year.eq(2019)
    return trips[whole].dropna(subset=["passenger_count", "rate_code_id"])


def _pace(past: pd.DataFrame, zone: str) -> pd.Series:
    sums = past.groupby(zone)[["minutes", "trip_distance"]].sum()
    return (sums["minutes"] / sums["trip_distance"]).clip(1, 30).round(2)


def _with_pace(trips: pd.DataFrame, pace: dict[str, pd.Series]) -> pd.DataFrame:
    columns = {f"{s}_pace": trips[f"{s}_location_id"].map(p).fillna(p.median()) for s, p in pace.items()}
    trips = trips.assign(**columns)
    return trips[[*FEATURES, "long_trip"]].astype(float).reset_index(drop=True)
