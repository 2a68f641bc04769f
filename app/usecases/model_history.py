"""The history of a model: its predictions over a span, what is known of their labels, and the features they saw."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from app.usecases.left_out import NOTHING_LEFT, Left, leaving
from app.usecases.signals import seasons_s
from app.usecases.thresholds import UNTOUCHED, Limits, limits
from data.queries import predictions as logs
from data.records import Model
from data.store import Snapshot

BUCKETS_WANTED = 192
NICE_BUCKETS_S = (5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 10_800, 21_600, 43_200, 86_400, 604_800)
MIN_PER_BUCKET = 60


@dataclass(frozen=True, slots=True)
class ModelHistory:
    """Predictions of a model over ``[start, end)`` with what is known of their labels, and the features they saw."""

    model: Model
    predictions: pd.DataFrame
    features: pd.DataFrame
    bucket: pd.Timedelta
    start: datetime
    end: datetime
    limits: Limits = UNTOUCHED
    seasons_s: tuple[float, ...] = ()
    left: Left = NOTHING_LEFT

    @property
    def name(self) -> str:
        """``recommender v3`` where one version served all of the span, ``recommender`` where several did."""
        versions = self.predictions["version"].dropna().unique()
        return f"{self.model.name} {_version_words(versions[0])}" if len(versions) == 1 else self.model.name

    def name_between(self, start: datetime, end: datetime) -> str:
        """``recommender v4``: the model with the version that served most in ``[start, end)``."""
        ts = self.predictions["ts"]
        inside = (ts >= pd.Timestamp(start)) & (ts < pd.Timestamp(end))
        most = self.predictions["version"][inside].dropna().mode()
        return f"{self.model.name} {_version_words(most.iloc[0])}" if len(most) else self.name

    @property
    def patience(self) -> pd.Timedelta:
        """How long to wait for a label: what the registry states, else the longest that one has taken."""
        if self.model.label_delay_s > 0:
            return pd.Timedelta(seconds=self.model.label_delay_s)
        return self.longest_delay

    @property
    def longest_delay(self) -> pd.Timedelta:
        """The longest that a label has taken; 0 where none came."""
        longest = (self.predictions["label_known_at"] - self.predictions["ts"]).max()
        return pd.Timedelta(0) if pd.isna(longest) else longest

    @property
    def stored_defaults(self) -> dict[str, float | str | None]:
        """Features that come from a store, not the request, with their fall-back values."""
        return {f.name: f.default for f in self.model.features if f.source != "request" and f.name in self.features}

    @property
    def share_metric(self) -> bool:
        """Whether the metric is a share of right predictions."""
        return self.model.metric == "accuracy"


def _version_words(version: str) -> str:
    return version if not version[:1].isdigit() else f"v{version}"


def load(snap: Snapshot, model: Model, start: datetime, end: datetime) -> ModelHistory | None:
    """The history of a model, or None where it made no prediction in the span."""
    frame = logs.read(snap, model.name, start, end)
    if frame.empty:
        return None
    features = logs.features(snap, model.name, start, end)
    first, last = frame["ts"].min(), frame["ts"].max()
    bucket, stated_s = bucket_for(last - first, len(frame)), seasons_s(snap, "predictions", model.name)
    return ModelHistory(model, frame, features, bucket, start, end, limits(snap), stated_s, leaving(snap))


def bucket_for(span: pd.Timedelta, n: int) -> pd.Timedelta:
    """The smallest nice bucket that gives at most 192 buckets of 60 predictions on average."""
    wanted = span.total_seconds() / min(BUCKETS_WANTED, max(1.0, n / MIN_PER_BUCKET))
    fitting = [s for s in NICE_BUCKETS_S if s >= wanted]
    return pd.Timedelta(seconds=fitting[0] if fitting else math.ceil(wanted / 604_800) * 604_800)
