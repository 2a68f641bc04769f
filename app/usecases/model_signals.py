"""What a model did: performance at prediction time, predictions on default features, drift; each as a signal."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pandas as pd

from analytics import drift, inputs, performance
from app.usecases.model_history import MIN_PER_BUCKET, ModelHistory
from app.usecases.model_losses import losses
from app.usecases.signals import Signal
from data.records import BadDirection

POOLED_BUCKETS = 4  # of performance are judged together: one alone is too small to tell a loss of a tenth from chance
DRIFT_WINDOW_BUCKETS = 4
DRIFT_STEP_BUCKETS = 2


def by_bucket(history: ModelHistory, known_by: datetime | None = None) -> pd.DataFrame:
    """Performance per bucket with the predictions and labels known by then: value, low, high, labelled, predicted.

    ``predicted`` leaves out what no label is expected for any more: all older than the model's label delay.
    """
    last = history.predictions[["received_at", "label_known_at"]].max().max()
    return ledger(history).known_by(pd.Timestamp(known_by or last), history.patience)


def ledger(history: ModelHistory) -> performance.Ledger:
    """The model's predictions and labels, ready to be counted as they were known at many moments."""
    rows = history.predictions
    first, end = rows["ts"].min().floor(history.bucket), rows["ts"].max() + history.bucket
    return performance.Ledger.of(rows, performance.METRICS[history.model.metric], history.bucket, first, end)


def due(history: ModelHistory, at: datetime) -> pd.DataFrame:
    """Predictions whose label is in by ``at`` or may still come: one older than the model's label delay never will."""
    rows = history.predictions
    waiting = rows["ts"] >= pd.Timestamp(at) - history.patience
    return rows[(rows["label_known_at"] <= pd.Timestamp(at)) | waiting]


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
        seasons_s=history.seasons_s,
        left_out=history.left.of(history.model.service, history.model.name, kind),
        lessons=history.left.taught(history.model.service, history.model.name, kind),
    )
