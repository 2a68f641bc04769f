"""The performance lane: what the labels said at each arrival, and an estimate where they were not in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
import pandas as pd

from analytics import performance, proportions
from analytics.performance.estimate import Calibration, calibrate, expect
from app.usecases.incident_lanes import Track
from app.usecases.incident_view import PerformanceFrame, PerformanceLane
from app.usecases.judgement import pooled
from app.usecases.model_history import ModelHistory
from app.usecases.model_signals import by_bucket, ledger
from app.usecases.stamps import times

MOST_FRAMES = 90
ESTIMATE_AFTER = 200  # labelled predictions before a calibration can be trusted
REFIT_GROWTH = 1.5  # a calibration is made anew when the labels have grown by half


def performance_lane(history: ModelHistory, track: Track | None, before: float = np.nan) -> PerformanceLane | None:
    """Buckets and frames of one model; None where it has no label at all. ``before`` is the verdict's baseline."""
    hindsight = by_bucket(history)
    if track is None or hindsight.empty:
        return None
    buckets = pd.DatetimeIndex(hindsight.index)
    lower, upper = _usual(history, track, before)
    return PerformanceLane(
        key=track.signal.key,
        name=history.name,
        metric=history.model.metric,
        bucket_start=times(buckets),
        bucket_s=history.bucket.total_seconds(),
        lower=lower,
        upper=upper,
        frames=tuple(_frames(history, hindsight)),
        higher_is_better=performance.METRICS[history.model.metric].higher_is_better,
        labels_needed=history.limits.labels_needed,
    )


def _usual(history: ModelHistory, track: Track, before: float) -> tuple[float, float]:
    """What is usual: of a share the range around what it was before the incident, where the verdict knows that."""
    signal, band = pooled(track.signal, track.full)
    if history.share_metric and signal.counts is not None and np.isfinite(before):
        return proportions.range_of(before, signal.counts)
    lower, upper = float(band["lower"].median()), float(band["upper"].median())
    return lower, min(upper, 1.0) if history.share_metric else upper


def _frames(history: ModelHistory, hindsight: pd.DataFrame) -> Iterator[PerformanceFrame]:
    """Each frame counts anew only the buckets whose labels may still come; the others stand as they are."""
    counted = ledger(history)
    estimates = Estimates(history, counted)
    settled = history.longest_delay + history.bucket
    for at in _moments(history):
        first = int(counted.starts.searchsorted(pd.Timestamp(at) - settled))
        recent = counted.known_by(pd.Timestamp(at), history.patience, first)
        yield _frame(history, pd.concat([hindsight.iloc[:first], recent]), at, estimates)


def _moments(history: ModelHistory) -> list[datetime]:
    """Even steps of a bucket's width, or wider, from the first prediction to the last label."""
    rows = history.predictions
    first = rows["received_at"].min()
    last = max(rows["received_at"].max() + history.patience, rows["label_known_at"].max())
    step = max(history.bucket, (last - first) / MOST_FRAMES)
    count = int((last - first) / step) + 1
    return [(first + i * step).to_pydatetime() for i in range(count)] + [last.to_pydatetime()]


def _frame(history: ModelHistory, known: pd.DataFrame, at: datetime, estimates: Estimates) -> PerformanceFrame:
    predicted, labelled = known["predicted"].to_numpy(float), known["labelled"].to_numpy(float)
    enough = (labelled >= history.limits.labels_needed * predicted) & (labelled > 0)
    return PerformanceFrame(
        known_from=at,
        value=np.where(enough, known["value"].to_numpy(float), np.nan),
        estimate=estimates.over(np.flatnonzero(~enough & (predicted > 0)), at),
        labelled=labelled,
        predicted=predicted,
    )


@dataclass
class Estimates:
    """Performance without labels, calibrated on the labels that were in; remembers what it has worked out."""

    history: ModelHistory
    counted: performance.Ledger
    _calibrations: list[tuple[int, Calibration | None]] = field(default_factory=list)
    _values: dict[tuple[int, int, int], float] = field(default_factory=dict)

    def over(self, places: np.ndarray, at: datetime) -> np.ndarray:
        """Estimates at ``places`` of all buckets from the predictions received by ``at``; NaN elsewhere."""
        found = np.full(len(self.counted.starts), np.nan)
        if self.history.model.metric != "accuracy" or not len(places):
            return found
        calibration = self._calibration(at)
        if calibration is not None:
            received = self.counted.received_by(pd.Timestamp(at), places)
            found[places] = [self._value(int(p), rows, calibration) for p, rows in zip(places, received, strict=True)]
        return found

    def _value(self, place: int, received: np.ndarray, calibration: Calibration) -> float:
        key = (place, len(received), len(self._calibrations))
        if key not in self._values:
            rows = self.history.predictions.loc[self.counted.index[received]]
            self._values[key] = expect(calibration, rows).value
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
