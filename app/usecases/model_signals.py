"""What a model did: performance at prediction time, predictions on default features, drift; each as a signal."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from analytics import drift, inputs, performance
from app.usecases.signals import Signal
from data.queries import predictions as logs
from data.records import BadDirection, Model
from data.store import Snapshot

LABELS_NEEDED = 0.8  # of a bucket before its performance counts as known
BUCKETS_WANTED = 120
NICE_BUCKETS_S = (5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 10_800, 21_600, 43_200, 86_400, 604_800)
MIN_PER_BUCKET = 60
DRIFT_LIMIT = 0.2
DRIFT_WINDOW_BUCKETS = 4


@dataclass(frozen=True, slots=True)
class ModelHistory:
    """Predictions of a model over ``[start, end)`` with what is known of their labels, and the features they saw."""

    model: Model
    predictions: pd.DataFrame
    features: pd.DataFrame
    bucket: pd.Timedelta
    start: datetime
    end: datetime

    @property
    def name(self) -> str:
        """``recommender v3``: the model with the version that served most."""
        versions = self.predictions["version"].dropna()
        most = versions.mode()
        return f"{self.model.name} {_version_words(most.iloc[0])}" if len(most) else self.model.name

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
    return ModelHistory(model, frame, features, bucket_for(last - first, len(frame)), start, end)


def bucket_for(span: pd.Timedelta, n: int) -> pd.Timedelta:
    """The smallest nice bucket that gives at most 120 buckets of 60 predictions on average."""
    wanted = span.total_seconds() / min(BUCKETS_WANTED, max(1.0, n / MIN_PER_BUCKET))
    fitting = [s for s in NICE_BUCKETS_S if s >= wanted]
    return pd.Timedelta(seconds=fitting[0] if fitting else math.ceil(wanted / 604_800) * 604_800)


def by_bucket(history: ModelHistory, known_by: datetime | None = None) -> pd.DataFrame:
    """Performance per bucket with the predictions and labels known by then: value, low, high, labelled, predicted."""
    first = history.predictions["ts"].min().floor(history.bucket)
    return performance.by_bucket(
        history.predictions,
        metric=history.model.metric,
        bucket=history.bucket,
        start=first,
        end=history.predictions["ts"].max() + history.bucket,
        known_by=None if known_by is None else pd.Timestamp(known_by),
    )


def performance_signal(history: ModelHistory) -> Signal | None:
    """The metric that counts, by prediction time. A bucket is known when four of five of its labels are in.

    Its value rests on those four of five: a label that came later must not speak at that moment.
    """
    places = history.predictions["ts"].dt.floor(history.bucket)
    known = labels_in_at(history, pd.DatetimeIndex(places.unique()).sort_values())
    in_time = history.predictions["label_known_at"] <= places.map(known)
    first = history.predictions.assign(y_true=history.predictions["y_true"].where(in_time))
    frame = by_bucket(replace(history, predictions=first))
    if not in_time.any():
        return None
    return _signal(
        history,
        "performance",
        history.model.metric,
        frame["value"],
        known.reindex(frame.index),
        unit="score",
        bad_direction="down" if performance.METRICS[history.model.metric].higher_is_better else "up",
        counts=frame["labelled"] if history.share_metric else None,
        records=_records(history, losses(history)["loss"], history.predictions["label_known_at"]),
    )


def _records(history: ModelHistory, values: pd.Series, known_at: pd.Series) -> pd.DataFrame:
    return pd.DataFrame({"ts": history.predictions["ts"], "value": values, "known_at": known_at}).dropna()


def labels_in_at(history: ModelHistory, buckets: pd.DatetimeIndex) -> pd.Series:
    """When four of five labels of each bucket were in, shape (buckets,); NaT where they are not."""
    arrived = history.predictions["label_known_at"].astype("datetime64[us, UTC]")
    rows = pd.DataFrame({"bucket": history.predictions["ts"].dt.floor(history.bucket), "at": arrived})
    return rows.groupby("bucket")["at"].agg(_fourth_of_five).reindex(buckets)


def _fourth_of_five(arrived: pd.Series) -> Any:
    needed = math.ceil(LABELS_NEEDED * len(arrived))
    known = arrived.dropna().sort_values()
    return known.iloc[needed - 1] if 0 < needed <= len(known) else pd.NaT


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
    window = DRIFT_WINDOW_BUCKETS * history.bucket
    found = []
    for feature in table.columns:
        effect = drift.over_time(reference, table, feature=feature, window=window, step=history.bucket)
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
        limit=DRIFT_LIMIT,
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
    )


def losses(history: ModelHistory, known_by: datetime | None = None) -> pd.DataFrame:
    """Loss of each prediction (0 right, 1 wrong; absolute error for a regression), NaN while its label is not in.

    Columns ``ts loss``; predictions not received by ``known_by`` are left out.
    """
    rows = history.predictions
    if known_by is not None:
        rows = rows[rows["received_at"] <= pd.Timestamp(known_by)]
    known = rows["y_true"].notna()
    if known_by is not None:
        known &= rows["label_known_at"] <= pd.Timestamp(known_by)
    if history.model.kind == "regression":
        loss = (pd.to_numeric(rows["y_pred"], errors="coerce") - pd.to_numeric(rows["y_true"], errors="coerce")).abs()
    else:
        loss = (rows["y_pred"] != rows["y_true"]).astype(float)
    return pd.DataFrame({"ts": rows["ts"], "loss": np.where(known, loss, np.nan)})
