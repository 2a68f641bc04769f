"""Predictions as plain arrays in order of their bucket: measured as they were known at one moment, or at a hundred."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.arrays import Bools, Floats, Ints
from analytics.performance.classes import class_codes
from analytics.performance.metrics import Labelled, Metric

ALWAYS, NEVER = np.iinfo(np.int64).min, np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class Ledger:
    """``made received arrived`` are microseconds of shape (n,), ``arrived`` is NEVER without a label.

    The rows of bucket ``i`` of ``starts`` are those from ``edges[i]`` to ``edges[i + 1]``.
    """

    starts: pd.DatetimeIndex
    edges: Ints
    metric: Metric
    index: pd.Index
    made: Ints
    received: Ints
    arrived: Ints
    has_label: Bools
    rows: Labelled

    @classmethod
    def of(
        cls, predictions: pd.DataFrame, metric: Metric, bucket: pd.Timedelta, start: pd.Timestamp, end: pd.Timestamp
    ) -> Ledger:
        """The predictions made in ``[start, end)``, with columns as `by_bucket` takes them."""
        starts = pd.date_range(start, end, freq=bucket, inclusive="left")
        inside = (
            predictions[(predictions["ts"] >= start) & (predictions["ts"] < end)] if len(starts) else predictions[:0]
        )
        place = np.asarray((inside["ts"] - start) // bucket, dtype=np.int64) if len(inside) else np.zeros(0, np.int64)
        order = np.argsort(place, kind="stable")
        rows = inside.iloc[order]
        has_label = rows["y_true"].notna().to_numpy(dtype=np.bool_)
        return cls(
            starts=starts,
            edges=np.searchsorted(place[order], np.arange(len(starts) + 1)),
            metric=metric,
            index=rows.index,
            made=_times(rows, "ts", ALWAYS),
            received=_times(rows, "received_at", ALWAYS),
            arrived=np.where(has_label, _times(rows, "label_known_at", ALWAYS), NEVER),
            has_label=has_label,
            rows=labelled_arrays(rows, metric),
        )

    def known_by(self, at: pd.Timestamp | None, patience: pd.Timedelta | None = None, first: int = 0) -> pd.DataFrame:
        """Columns value low high labelled predicted of the buckets from ``first`` on, with what was known at ``at``.

        A prediction older than ``patience`` without a label is left out: none is expected any more.
        """
        since = self.edges[first]
        predicted, labelled = self._known(at, patience, slice(since, None))
        edges = self.edges[first:] - since
        counts = {"labelled": _sums(labelled, edges), "predicted": _sums(predicted, edges)}
        measured = np.full((len(edges) - 1, 3), np.nan)
        for bucket in np.flatnonzero(counts["labelled"]):
            here = np.flatnonzero(labelled[edges[bucket] : edges[bucket + 1]]) + edges[bucket] + since
            measured[bucket] = self.metric.measure(_part(self.rows, here))
        return pd.DataFrame(measured, index=self.starts[first:], columns=["value", "low", "high"]).assign(**counts)

    def received_by(self, at: pd.Timestamp, buckets: Ints) -> list[Ints]:
        """Of each of these buckets the places, in the index, of the predictions that were received by then."""
        moment = _moment(at)
        return [
            self.edges[b] + np.flatnonzero(self.received[self.edges[b] : self.edges[b + 1]] <= moment) for b in buckets
        ]

    def _known(self, at: pd.Timestamp | None, patience: pd.Timedelta | None, part: slice) -> tuple[Bools, Bools]:
        """Which rows of ``part`` count as predicted, and which of them as labelled."""
        labelled, predicted = self.has_label[part], np.ones(len(self.made[part]), np.bool_)
        if at is not None:
            moment = _moment(at)
            predicted = self.received[part] <= moment
            labelled = predicted & (self.arrived[part] <= moment)
            if patience is not None:
                predicted &= labelled | (self.made[part] >= moment - patience // pd.Timedelta(microseconds=1))
        return predicted, labelled


def _moment(at: pd.Timestamp) -> int:
    return int(pd.DatetimeIndex([at]).as_unit("us").asi8[0])


def _times(rows: pd.DataFrame, column: str, missing: int) -> Ints:
    """Microseconds; ``missing`` where there is no such column, NEVER where there is no time."""
    if column not in rows:
        return np.full(len(rows), missing, np.int64)
    index = pd.DatetimeIndex(rows[column]).as_unit("us")
    return np.where(index.isna(), NEVER, index.asi8)


def _sums(rows: Bools, edges: Ints) -> Ints:
    total: Ints = np.diff(np.concatenate([[0], np.cumsum(rows)])[edges])
    return total


def _part(rows: Labelled, at: Ints) -> Labelled:
    return Labelled(rows.predicted[at], rows.truth[at], rows.score[at], rows.classes)


def labelled_arrays(rows: pd.DataFrame, metric: Metric) -> Labelled:
    """One entry for each row; what stands where no label is in is not to be read."""
    score = _numbers(rows, "y_score")
    if metric.needs == "numbers":
        return Labelled(_numbers(rows, "y_pred"), _numbers(rows, "y_true"), score, 0)
    has_label = rows["y_true"].notna().to_numpy(dtype=np.bool_)
    predicted, truth, labelled = np.zeros(len(rows), np.int64), np.zeros(len(rows), np.int64), rows[has_label]
    predicted[has_label], truth[has_label], classes = class_codes(labelled["y_pred"], labelled["y_true"])
    return Labelled(predicted, truth, score, classes)


def _numbers(rows: pd.DataFrame, column: str) -> Floats:
    if column not in rows:
        return np.full(len(rows), np.nan)
    found: Floats = pd.to_numeric(rows[column], errors="coerce").to_numpy(np.float64, na_value=np.nan)
    return found
