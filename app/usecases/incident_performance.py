"""The performance lane: what the labels said at each arrival, and an estimate where they were not in."""

from __future__ import annotations

from collections.abc import Iterator
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
    band = track.full[["lower", "upper"]].median()
    return PerformanceLane(
        key=track.signal.key,
        name=history.name,
        metric=history.model.metric,
        bucket_start=hindsight.index.tz_localize(None).to_numpy("datetime64[us]"),
        bucket_s=history.bucket.total_seconds(),
        lower=float(band["lower"]),
        upper=float(band["upper"]),
        frames=tuple(_frames(history, hindsight.index)),
        higher_is_better=performance.METRICS[history.model.metric].higher_is_better,
    )


def _frames(history: ModelHistory, buckets: pd.DatetimeIndex) -> Iterator[PerformanceFrame]:
    for at in _moments(history):
        yield _frame(history, buckets, at)


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
    enough = known["labelled"] >= LABELS_NEEDED * known["predicted"]
    return PerformanceFrame(
        known_from=at,
        value=known["value"].where(enough).to_numpy(float),
        estimate=_estimates(history, known.index[~enough & (known["predicted"] > 0)], buckets, at),
        labelled=known["labelled"].fillna(0).to_numpy(float),
        predicted=known["predicted"].fillna(0).to_numpy(float),
    )


def _estimates(
    history: ModelHistory, open_buckets: pd.DatetimeIndex, buckets: pd.DatetimeIndex, at: datetime
) -> np.ndarray:
    """Performance without labels for the buckets that wait for theirs, calibrated on what was labelled by then."""
    found = pd.Series(np.nan, index=buckets)
    rows = history.predictions[history.predictions["received_at"] <= pd.Timestamp(at)]
    reference = rows[rows["label_known_at"] <= pd.Timestamp(at)]
    if history.model.metric != "accuracy" or len(reference) < ESTIMATE_AFTER or not len(open_buckets):
        return found.to_numpy(float)
    calibration = calibrate(reference)
    places = rows["ts"].dt.floor(history.bucket)
    for bucket in open_buckets if calibration is not None else ():
        found[bucket] = expect(calibration, rows[places == bucket]).value
    return found.to_numpy(float)
