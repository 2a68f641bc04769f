"""The real tables behind the lab: yellow-cab trips of 2019 to train on and to play back, bike hires for the load.

Trips that begin at an airport are kept apart: the model never learns from them, and they are ordered only in a surge.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

TABLES = Path(__file__).parents[3] / "shared" / "data" / "models"
TRIPS = TABLES / "nyc_taxi_monthly_2019"
BIKES = TABLES / "bike_sharing"
SPLIT = "2019-07-01"
LONG_TRIP_MINUTES = 15
AIRPORT_ZONES = (132, 138)  # John F. Kennedy, LaGuardia
FROM_REQUEST = ("pickup_location_id", "dropoff_location_id", "passenger_count", "hour", "weekday")
FROM_STORE = ("trip_distance", "rate_code_id", "pickup_pace", "dropoff_pace")
FEATURES = FROM_STORE + FROM_REQUEST


@dataclass(frozen=True, slots=True)
class Trips:
    """`past` trains the model, `later` is played back; both have FEATURES and the target `long_trip` (0 or 1).

    The first `usual` rows of `later` begin in the town, the rest at an airport.
    """

    past: pd.DataFrame
    later: pd.DataFrame
    usual: int


def load(folder: Path = TRIPS) -> Trips:
    """Trips with features and target. Paces (minutes per mile of a zone) are learned from the past part only."""
    trips = _clean(_read(folder))
    airport = trips["pickup_location_id"].isin(AIRPORT_ZONES)
    past, later = trips[(trips["pickup"] < SPLIT) & ~airport], trips["pickup"] >= SPLIT
    pace = {side: _pace(past, f"{side}_location_id") for side in ("pickup", "dropoff")}
    both = pd.concat([trips[later & ~airport], trips[later & airport]])
    return Trips(_with_pace(past, pace), _with_pace(both, pace), int((later & ~airport).sum()))


def defaults(past: pd.DataFrame) -> dict[str, float]:
    """What the recommender uses for each store feature while the feature store does not answer: the past median."""
    return {name: round(float(past[name].median()), 2) for name in FROM_STORE}


def hires(days: int, seed: int, folder: Path = BIKES) -> np.ndarray:
    """Bike hires in each hour of `days` working days that follow each other (24 x days,), begun where the seed says.

    Weekends and holidays are passed over, and so is a day that lacks an hour: the season is one day.
    """
    hours = _hours(folder)
    whole = hours[hours["workingday"] == 1].groupby("dteday").filter(lambda day: len(day) == 24)
    first = int(np.random.default_rng([seed, 2]).integers(len(whole) // 24 - days + 1))
    return whole["cnt"].to_numpy()[24 * first : 24 * (first + days)]


def _hours(folder: Path) -> pd.DataFrame:
    try:
        with zipfile.ZipFile(folder / "bike_sharing_dataset.zip") as archive, archive.open("hour.csv") as file:
            return pd.read_csv(file).sort_values(["dteday", "hr"])
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        raise FileNotFoundError(
            f"no bike hires in {folder.name}: pass the folder of the tables with --tables"
        ) from error


def _read(folder: Path) -> pd.DataFrame:
    files = sorted(folder.glob("*.csv.gz"))
    if not files:
        raise FileNotFoundError(f"no trip table in {folder.name}: pass the folder of the tables with --tables")
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
