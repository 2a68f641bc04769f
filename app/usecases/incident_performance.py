"""The performance lane: what the labels said at each arrival, and an estimate where they were not in."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pandas as pd

from analytics import performance
from analytics.performance.estimate import calibrate, expect
from app.usecases.incident_lanes import Track
from app.usecases.incident_view import PerformanceFrame, PerformanceLane
from app.usecases.model_signals import LABELS_NEEDED, ModelHistory, by_bucket

MOST_FRAMES = 240
ESTIMATE_AFTER = 200  # labelled predictions before a calibration can be trusted


def performance_lane(history: ModelHistory, track: Track | None) -> PerformanceLane | None:
    """Buckets and frames of one model; None where it has no label at all."""
    hindsight = by_bucket(history)
    if track is None or hindsight.empty:
        return None
    buckets = pd.DatetimeIndex(hindsight.index)
    return PerformanceLane(
        key=track.signal.key,
        name=history.name,
        metric=history.model.metric,
        bucket_start=buckets.tz_localize(None).to_numpy("datetime64[us]"),
        bucket_s=history.bucket.total_seconds(),
        lower=float(track.full["lower"].median()),
        upper=float(track.full["upper"].median()),
        frames=tuple(_frame(history, buckets, at) for at in _moments(history)),
        higher_is_better=performance.METRICS[history.model.metric].higher_is_better,
    )


def _moments(history: ModelHistory) -> list[datetime]:
    """Even steps of a bucket's width, or wider, from the first prediction to the last label."""
    rows = history.predictions
    first = rows["received_at"].min()
    last = max(
        rows["received_at"].max(), rows["label_known_at"].max() if rows["label_known_at"].notna().any() else first
    )
    step = max(history.bucket, (last - first) / MOST_FRAMES)
    count = int((last - first) / step) + 1
    return [(first + i * step).to_pydatetime() for i in range(count)] + [last.to_pydatetime()]


def _frame(history: ModelHistory, buckets: pd.DatetimeIndex, at: datetime) -> PerformanceFrame:
    known = by_bucket(history, known_by=at).reindex(buckets)
    enough = (known["labelled"] >= LABELS_NEEDED * known["predicted"]).to_numpy()
    waiting = buckets[~enough & (known["predicted"] > 0).to_numpy()]
    return PerformanceFrame(
        known_from=at,
        value=known["value"].where(enough).to_numpy(float),
        estimate=_estimates(history, waiting, buckets, at),
        labelled=known["labelled"].fillna(0).to_numpy(float),
        predicted=known["predicted"].fillna(0).to_numpy(float),
    )


def _estimates(
    history: ModelHistory, open_buckets: pd.DatetimeIndex, buckets: pd.DatetimeIndex, at: datetime
) -> np.ndarray:
    """Performance without labels for the buckets that wait for theirs, calibrated on what was labelled by then."""
    found = np.full(len(buckets), np.nan)
    rows = history.predictions[history.predictions["received_at"] <= pd.Timestamp(at)]
    reference = rows[rows["label_known_at"] <= pd.Timestamp(at)]
    if history.model.metric != "accuracy" or len(reference) < ESTIMATE_AFTER or not len(open_buckets):
        return found
    calibration = calibrate(reference)
    places = rows["ts"].dt.floor(history.bucket)
    if calibration is not None:
        for bucket in open_buckets:
            found[buckets.get_loc(bucket)] = expect(calibration, rows[places == bucket]).value
    return found
