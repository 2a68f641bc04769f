"""The performance lane: what the labels said at each arrival, and an estimate where they were not in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

import numpy as np
import pandas as pd

from analytics import performance
from analytics.performance.estimate import Calibration, calibrate, expect
from app.usecases.incident_lanes import Track
from app.usecases.incident_view import PerformanceFrame, PerformanceLane
from app.usecases.judgement import pooled
from app.usecases.model_history import ModelHistory
from app.usecases.model_signals import by_bucket
from app.usecases.stamps import times

MOST_FRAMES = 90
ESTIMATE_AFTER = 200  # labelled predictions before a calibration can be trusted
REFIT_GROWTH = 1.5  # a calibration is made anew when the labels have grown by half


def performance_lane(history: ModelHistory, track: Track | None) -> PerformanceLane | None:
    """Buckets and frames of one model; None where it has no label at all."""
    hindsight = by_bucket(history)
    if track is None or hindsight.empty:
        return None
    buckets = pd.DatetimeIndex(hindsight.index)
    usual = pooled(track.signal, track.full)[1]
    return PerformanceLane(
        key=track.signal.key,
        name=history.name,
        metric=history.model.metric,
        bucket_start=times(buckets),
        bucket_s=history.bucket.total_seconds(),
        lower=float(usual["lower"].median()),
        upper=float(min(usual["upper"].median(), 1.0) if history.share_metric else usual["upper"].median()),
        frames=tuple(_frames(history, hindsight)),
        higher_is_better=performance.METRICS[history.model.metric].higher_is_better,
        labels_needed=history.limits.labels_needed,
    )


def _frames(history: ModelHistory, hindsight: pd.DataFrame) -> Iterator[PerformanceFrame]:
    """Each frame counts anew only the buckets whose labels may still come; the others stand as they are."""
    estimates = Estimates(history)
    settled = history.longest_delay + history.bucket
    for at in _moments(history):
        first = pd.DatetimeIndex(hindsight.index).searchsorted(pd.Timestamp(at) - settled)
        yield _frame(history, hindsight, at, int(first), estimates)


def _moments(history: ModelHistory) -> list[datetime]:
    """Even steps of a bucket's width, or wider, from the first prediction to the last label."""
    rows = history.predictions
    first = rows["received_at"].min()
    last = max(rows["received_at"].max() + history.patience, rows["label_known_at"].max())
    step = max(history.bucket, (last - first) / MOST_FRAMES)
    count = int((last - first) / step) + 1
    return [(first + i * step).to_pydatetime() for i in range(count)] + [last.to_pydatetime()]


def _frame(
    history: ModelHistory, hindsight: pd.DataFrame, at: datetime, first: int, estimates: Estimates
) -> PerformanceFrame:
    buckets = pd.DatetimeIndex(hindsight.index)
    known = _known(history, hindsight, at, first)
    needed = history.limits.labels_needed
    enough = (known["labelled"] >= needed * known["predicted"]).to_numpy() & (known["labelled"] > 0).to_numpy()
    waiting = np.flatnonzero(~enough & (known["predicted"] > 0).to_numpy())
    return PerformanceFrame(
        known_from=at,
        value=known["value"].where(enough).to_numpy(float),
        estimate=estimates.over(buckets, waiting, at),
        labelled=known["labelled"].to_numpy(float),
        predicted=known["predicted"].to_numpy(float),
    )


def _known(history: ModelHistory, hindsight: pd.DataFrame, at: datetime, first: int) -> pd.DataFrame:
    """Columns value, labelled, predicted of every bucket as known at ``at``."""
    known = hindsight[["value", "labelled", "predicted"]].copy()
    known.iloc[first:] = [np.nan, 0.0, 0.0]
    rows = history.predictions
    begin = known.index[first] if first < len(known) else rows["ts"].max()
    recent = rows[(rows["ts"] >= begin) & (rows["received_at"] <= pd.Timestamp(at))]
    if len(recent):
        found = by_bucket(replace(history, predictions=recent), known_by=at)[list(known.columns)]
        known.loc[found.index] = found
    return known


@dataclass
class Estimates:
    """Performance without labels, calibrated on the labels that were in; remembers what it has worked out."""

    history: ModelHistory
    _calibrations: list[tuple[int, Calibration | None]] = field(default_factory=list)
    _values: dict[tuple[int, int, int], float] = field(default_factory=dict)

    def over(self, buckets: pd.DatetimeIndex, places: np.ndarray, at: datetime) -> np.ndarray:
        """Estimates at ``places`` of ``buckets`` from the predictions received by ``at``; NaN elsewhere."""
        found = np.full(len(buckets), np.nan)
        if self.history.model.metric != "accuracy" or not len(places):
            return found
        calibration = self._calibration(at)
        rows = self.history.predictions
        received = rows["received_at"] <= pd.Timestamp(at)
        for place in places if calibration is not None else ():
            start = buckets[int(place)]
            first, last = rows["ts"].searchsorted([start, start + self.history.bucket])
            current = rows.iloc[first:last][received.iloc[first:last]]
            found[place] = self._value(int(place), current, calibration)
        return found

    def _value(self, place: int, current: pd.DataFrame, calibration: Calibration | None) -> float:
        key = (place, len(current), len(self._calibrations))
        if key not in self._values and calibration is not None:
            self._values[key] = expect(calibration, current).value
        return self._values[key]

    def _calibration(self, at: datetime) -> Calibration | None:
        rows = self.history.predictions
        known = rows["label_known_at"] <= pd.Timestamp(at)
        count = int(known.sum())
        if count < ESTIMATE_AFTER:
            return None
        if not self._calibrations or count > REFIT_GROWTH * self._calibrations[-1][0]:
            self._calibrations.append((count, calibrate(rows[known])))
        return self._calibrations[-1][1]
