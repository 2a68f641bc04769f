"""The metric of a model by prediction time: what the labels say, and an estimate where they are not in."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import numpy as np
import pandas as pd

from analytics import inputs, performance, proportions
from analytics.performance.estimate import calibrate, expect
from app.usecases.incident_performance import ESTIMATE_AFTER
from app.usecases.judgement import pooled
from app.usecases.model_history import ModelHistory
from app.usecases.model_losses import losses
from app.usecases.model_signals import by_bucket, due, performance_signal
from app.usecases.model_view import PerformanceSeries
from app.usecases.service_judged import Judge, Judged, peak
from app.usecases.service_lane import Floats, State
from app.usecases.stamps import times

MEANS = ("accuracy", "mae")  # metrics that are a mean over predictions


def judged_performance(history: ModelHistory, judge: Judge) -> Judged | None:
    """The metric judged over the range; None without labels."""
    signal = performance_signal(history)
    return None if signal is None else judge(signal)


def series(history: ModelHistory, judged: Judged, usual: float) -> PerformanceSeries:
    """The metric by bucket, as known at the end of the records; ``usual`` is its baseline."""
    table = by_bucket(history)
    needed = history.limits.labels_needed
    waiting = ((table["labelled"] < needed * table["predicted"]) & (table["predicted"] > 0)).to_numpy(bool)
    lower, upper = expected(judged, history.share_metric, usual)
    metric = performance.METRICS[history.model.metric]
    worst_at, worst = _worst(judged)
    return PerformanceSeries(
        metric=metric.label,
        unit="",
        higher_is_better=metric.higher_is_better,
        start=times(pd.DatetimeIndex(table.index)),
        bucket_s=history.bucket.total_seconds(),
        value=table["value"].where(~waiting).to_numpy(float),
        low=table["low"].where(~waiting).to_numpy(float),
        high=table["high"].where(~waiting).to_numpy(float),
        labelled=table["labelled"].to_numpy(float),
        predicted=table["predicted"].to_numpy(float),
        waiting=waiting,
        estimate=_estimates(history, pd.DatetimeIndex(table.index), waiting),
        left_out=_left_out(history, table, ~waiting, usual),
        lower=lower,
        upper=upper,
        worst_at=worst_at,
        worst=worst,
        state=state_of(judged),
    )


def state_of(judged: Judged) -> State:
    """A metric that left what is expected is degraded."""
    return "degraded" if judged.excursions else "ok"


def expected(judged: Judged, is_share: bool, usual: float) -> tuple[float, float]:
    """The usual ends of the expected range of as many buckets as are judged together: of a share around its baseline.

    A version that was bad from its first prediction on must not be its own measure.
    """
    signal, band = pooled(judged.signal, judged.band)
    if is_share and signal.counts is not None and np.isfinite(usual):
        return proportions.range_of(usual, signal.counts)
    return float(band["lower"].median()), float(band["upper"].median())


def _worst(judged: Judged) -> tuple[datetime | None, float]:
    if judged.main is None:
        return None, np.nan
    at, value = peak(judged.signal, judged.main)
    return at.tz_convert("UTC").to_pydatetime(), value


def _estimates(history: ModelHistory, buckets: pd.DatetimeIndex, waiting: np.ndarray) -> Floats:
    """Expected accuracy of the buckets that wait for labels, calibrated on all labels that are in."""
    found = np.full(len(buckets), np.nan)
    rows = history.predictions
    labelled = rows["y_true"].notna()
    if history.model.metric != "accuracy" or not waiting.any() or labelled.sum() < ESTIMATE_AFTER:
        return found
    calibration = calibrate(rows[labelled])
    if calibration is None:
        return found
    for place in np.flatnonzero(waiting).tolist():
        first, last = rows["ts"].searchsorted([buckets[place], buckets[place] + history.bucket])
        found[place] = expect(calibration, rows.iloc[first:last]).value
    return found


def _left_out(history: ModelHistory, table: pd.DataFrame, known: np.ndarray, usual: float) -> Floats:
    """The metric with the predictions on default features counted as the usual ones, where some stood on them.

    The same as the verdict's split: of what was inside the outage the excess over the baseline is taken away. Only
    for metrics that are a mean over predictions.
    """
    marks = inputs.defaulted(history.features, history.stored_defaults)
    if not marks.any() or marks.all() or history.model.metric not in MEANS:
        return np.full(len(table), np.nan)
    places, loss = _places(history, table), losses(history).to_numpy(float)
    loss = np.where(marks, 1 - usual if history.share_metric else usual, loss)
    labelled = ~np.isnan(losses(history).to_numpy(float))
    total = np.bincount(places[labelled], loss[labelled], len(table))
    mean = total / np.maximum(np.bincount(places[labelled], minlength=len(table)), 1)
    hit = np.bincount(places[marks], minlength=len(table)) > 0
    shown = known & _beside(hit) & (table["labelled"].to_numpy(float) > 0)
    return np.where(shown, 1 - mean if history.share_metric else mean, np.nan)


def _places(history: ModelHistory, table: pd.DataFrame) -> np.ndarray:
    return np.asarray((history.predictions["ts"] - table.index[0]) // history.bucket, dtype=np.int64)


def _beside(hit: np.ndarray) -> np.ndarray:
    """The buckets hit and one on each side, so that the line joins the other."""
    wide = hit.copy()
    wide[:-1] |= hit[1:]
    wide[1:] |= hit[:-1]
    return wide


def labels_in(history: ModelHistory, rows: np.ndarray | None = None) -> tuple[float, float]:
    """Share of labels in among those that are in or may still come, and share of all that never came."""
    some = history.predictions if rows is None else history.predictions[rows]
    awaited = due(
        replace(history, predictions=some), history.predictions[["received_at", "label_known_at"]].max().max()
    )
    share = float(awaited["y_true"].notna().mean()) if len(awaited) else np.nan
    return share, 1 - len(awaited) / max(len(some), 1)
