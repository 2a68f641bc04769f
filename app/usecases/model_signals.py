"""What a model did: performance at prediction time, predictions on default features, drift; each as a signal."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pandas as pd

from analytics import drift, inputs, performance
from analytics.performance.buckets import class_codes
from app.usecases.signals import Signal
from app.usecases.thresholds import UNTOUCHED, Limits, limits
from data.queries import predictions as logs
from data.records import BadDirection, Model
from data.store import Snapshot

BUCKETS_WANTED = 120
NICE_BUCKETS_S = (5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 10_800, 21_600, 43_200, 86_400, 604_800)
MIN_PER_BUCKET = 60
POOLED_BUCKETS = 4  # of performance are judged together: one alone is too small to tell a loss of a tenth from chance
DRIFT_WINDOW_BUCKETS = 4
DRIFT_STEP_BUCKETS = 2


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

    @property
    def name(self) -> str:
        """``recommender v3``: the model with the version that served most."""
        versions = self.predictions["version"].dropna()
        most = versions.mode()
        return f"{self.model.name} {_version_words(most.iloc[0])}" if len(most) else self.model.name

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
    return ModelHistory(model, frame, features, bucket_for(last - first, len(frame)), start, end, limits(snap))


def bucket_for(span: pd.Timedelta, n: int) -> pd.Timedelta:
    """The smallest nice bucket that gives at most 120 buckets of 60 predictions on average."""
    wanted = span.total_seconds() / min(BUCKETS_WANTED, max(1.0, n / MIN_PER_BUCKET))
    fitting = [s for s in NICE_BUCKETS_S if s >= wanted]
    return pd.Timedelta(seconds=fitting[0] if fitting else math.ceil(wanted / 604_800) * 604_800)


def by_bucket(history: ModelHistory, known_by: datetime | None = None) -> pd.DataFrame:
    """Performance per bucket with the predictions and labels known by then: value, low, high, labelled, predicted.

    ``predicted`` leaves out what no label is expected for any more.
    """
    first = history.predictions["ts"].min().floor(history.bucket)
    return performance.by_bucket(
        due(history, known_by),
        metric=history.model.metric,
        bucket=history.bucket,
        start=first,
        end=history.predictions["ts"].max() + history.bucket,
        known_by=None if known_by is None else pd.Timestamp(known_by),
    )


def due(history: ModelHistory, at: datetime | None = None) -> pd.DataFrame:
    """Predictions whose label is in by ``at`` or may still come: one older than the model's label delay never will."""
    rows = history.predictions
    moment = rows[["received_at", "label_known_at"]].max().max() if at is None else pd.Timestamp(at)
    waiting = rows["ts"] >= moment - history.patience
    return rows[(rows["label_known_at"] <= moment) | waiting]


def performance_signal(history: ModelHistory) -> Signal | None:
    """The metric that counts, by prediction time. A bucket is known when as many of its labels are in as are needed.

    Its value rests on those alone: a label that came later must not speak at that moment.
    """
    places = history.predictions["ts"].dt.floor(history.bucket)
    known = labels_in_at(history)
    in_time = history.predictions["label_known_at"] <= places.map(known)
    if not in_time.any():
        return None
    frame = by_bucket(replace(history, predictions=history.predictions[in_time]))
    return _signal(
        history,
        "performance",
        history.model.metric,
        frame["value"],
        known.reindex(frame.index),
        unit="score",
        bad_direction="down" if performance.METRICS[history.model.metric].higher_is_better else "up",
        counts=frame["labelled"] if history.share_metric else None,
        records=_records(history, losses(history), history.predictions["label_known_at"]),
        pooled=POOLED_BUCKETS,
    )


def _records(history: ModelHistory, values: pd.Series, known_at: pd.Series) -> pd.DataFrame:
    return pd.DataFrame({"ts": history.predictions["ts"], "value": values, "known_at": known_at}).dropna()


def labels_in_at(history: ModelHistory) -> pd.Series:
    """When the labels needed of each bucket were in, or no more were to come; by bucket start, NaT where none is."""
    rows = history.predictions
    buckets = rows["ts"].dt.floor(history.bucket)
    arrived = rows["label_known_at"].groupby(buckets)
    starts = pd.DatetimeIndex(arrived.size().index)
    fourth = pd.DatetimeIndex(pd.to_datetime(arrived.agg(_nth(history.limits.labels_needed)), utc=True))
    last_call = starts + history.bucket + history.patience
    newest = rows[["received_at", "label_known_at"]].max().max()
    settled = (fourth < last_call) | (last_call <= newest)
    found = fourth.where(fourth < last_call, last_call).where((arrived.count().to_numpy() > 0) & settled)
    return pd.Series(found, starts)


def _nth(share: float) -> Callable[[pd.Series], Any]:
    """When this share of the labels of a bucket was in."""

    def arrival(arrived: pd.Series) -> Any:
        needed = math.ceil(share * len(arrived))
        known = arrived.dropna().sort_values()
        return known.iloc[needed - 1] if 0 < needed <= len(known) else pd.NaT

    return arrival


def default_signal(history: ModelHistory, step: pd.Timedelta) -> Signal | None:
    """Share of predictions whose stored features all stood at their defaults or were missing, per ``step``."""
    defaults = history.stored_defaults
    if not defaults:
        return None
    frame = inputs.default_share(history.features.set_axis(history.predictions["ts"]), defaults, bucket=step)
    marks = inputs.defaulted(history.features, defaults)
    received = history.predictions["received_at"].groupby(history.predictions["ts"].dt.floor(step)).max()
    return _signal(
        history,
        "defaults",
        "predictions on defaults",
        frame["share"],
        received.reindex(frame.index),
        unit="share",
        bad_direction="up",
        counts=frame["n"],
        records=_records(
            history, pd.Series(marks, history.predictions.index, float), history.predictions["received_at"]
        ),
    )


def drift_signals(history: ModelHistory, reference_end: datetime) -> tuple[Signal, ...]:
    """Drift of every feature over a trailing window as effect size, against the features before ``reference_end``."""
    at = history.predictions["ts"]
    table = history.features.set_axis(at)
    reference = table[table.index < pd.Timestamp(reference_end)]
    if len(reference) < MIN_PER_BUCKET:
        return ()
    window, step = DRIFT_WINDOW_BUCKETS * history.bucket, DRIFT_STEP_BUCKETS * history.bucket
    found = []
    for feature in table.columns:
        effect = drift.over_time(reference, table, feature=feature, window=window, step=step)
        found.append(_drift_signal(history, str(feature), effect))
    return tuple(found)


def _drift_signal(history: ModelHistory, feature: str, effect: pd.Series) -> Signal:
    known = effect.index.to_series()
    return Signal(
        key=f"m:{history.model.name}:drift:{feature}",
        side="model",
        owner=history.model.name,
        name=feature,
        measure="drift, effect size",
        role="other",
        unit="score",
        bad_direction="up",
        values=effect,
        known_at=known,
        metric=feature,
        limit=history.limits.drift_limit,
    )


def _signal(
    history: ModelHistory,
    kind: str,
    measure: str,
    values: pd.Series,
    known_at: pd.Series,
    *,
    unit: str,
    bad_direction: BadDirection,
    counts: pd.Series | None = None,
    records: pd.DataFrame | None = None,
    pooled: int = 1,
) -> Signal:
    return Signal(
        key=f"m:{history.model.name}:{kind}",
        side="model",
        owner=history.model.name,
        name=history.name,
        measure=measure,
        role="other",
        unit=unit,
        bad_direction=bad_direction,
        values=values,
        known_at=known_at,
        metric=kind,
        counts=counts,
        records=records,
        pooled=pooled,
        alarms_per_week=history.limits.alarms_per_week,
    )


def losses(history: ModelHistory) -> pd.Series:
    """Loss of each prediction on the index of the log: 0 right, 1 wrong, or the absolute error; NaN without a label."""
    rows = history.predictions
    if history.model.kind == "regression":
        return (pd.to_numeric(rows["y_pred"], errors="coerce") - pd.to_numeric(rows["y_true"], errors="coerce")).abs()
    predicted, truth, _ = class_codes(rows["y_pred"], rows["y_true"])
    return pd.Series(predicted != truth, rows.index, dtype=float).where(rows["y_true"].notna())


@dataclass(frozen=True, slots=True)
class LossLog:
    """What a model lost, prediction by prediction, and when each could be known; arrays of shape (n,).

    ``ts received arrived`` are datetime64[us] in UTC (``arrived`` NaT without a label), ``affected`` marks predictions
    on nothing but defaults in what they read from a store.
    """

    ts: np.ndarray
    received: np.ndarray
    arrived: np.ndarray
    loss: np.ndarray
    affected: np.ndarray
    patience: np.timedelta64

    @classmethod
    def of(cls, history: ModelHistory) -> LossLog:
        """The log of one model."""
        rows = history.predictions
        arrays = [times(pd.DatetimeIndex(rows[c])) for c in ("ts", "received_at", "label_known_at")]
        affected = inputs.defaulted(history.features, history.stored_defaults)
        patience = history.patience.to_timedelta64()
        return cls(arrays[0], arrays[1], arrays[2], losses(history).to_numpy(float), affected, patience)

    def known_by(self, at: datetime, start: datetime, end: datetime) -> pd.DataFrame:
        """Predictions of ``[start, end)`` known by ``at``: columns ``ts loss affected``; ``loss`` is NaN while its
        label may still come, rows whose label is overdue are left out.
        """
        moment, first, last = (np.datetime64(to_utc(t), "us") for t in (at, start, end))
        labelled = self.arrived <= moment
        inside = (self.ts >= first) & (self.ts < last) & (self.received <= moment)
        inside &= labelled | (self.ts >= moment - self.patience)
        ts = pd.DatetimeIndex(self.ts[inside], tz="UTC")
        loss = np.where(labelled, self.loss, np.nan)[inside]
        return pd.DataFrame({"ts": ts, "loss": loss, "affected": self.affected[inside]})


def times(index: pd.DatetimeIndex) -> np.ndarray:
    """Aware times as datetime64[us] in UTC, shape (m,)."""
    return index.tz_convert("UTC").tz_localize(None).to_numpy("datetime64[us]")


def to_utc(at: datetime) -> datetime:
    """A naive datetime in UTC, as numpy wants it."""
    return at.astimezone(UTC).replace(tzinfo=None)
