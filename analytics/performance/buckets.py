"""Performance by the time of prediction, with the labels that were in at a moment."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.arrays import Bools, Floats, Ints
from analytics.performance.metrics import METRICS, Labelled, Metric

COLUMNS = ("ts", "y_pred", "y_true", "y_score", "label_known_at")
POSITIVE = frozenset({"1.0", "true", "yes", "positive"})


def by_bucket(
    predictions: pd.DataFrame,
    *,
    metric: str,
    bucket: pd.Timedelta,
    start: pd.Timestamp,
    end: pd.Timestamp,
    known_by: pd.Timestamp | None = None,
) -> pd.DataFrame:
    """Performance by the bucket of ``[start, end)`` of the prediction: columns value low high labelled predicted.

    ``predictions`` has columns ts, y_pred, y_true (missing: not in), and where they apply y_score, label_known_at and
    received_at. With ``known_by`` only predictions received and labels known by then count. A bucket without labels
    has the value NaN, never 0. For two classes precision, recall and F1 are those of the positive one ("1", "true",
    else the later in the alphabet); for more the mean over classes. Raises ValueError for an unknown metric.
    """
    chosen = metric_named(metric)
    starts = pd.date_range(start, end, freq=bucket, inclusive="left")
    rows = _made_in(predictions, starts, bucket, end, known_by)
    place = _places(rows, starts, bucket)
    labelled = _labelled(rows, known_by)
    table = _measured(rows[labelled], place[labelled], chosen, len(starts))
    frame = pd.DataFrame(table, index=starts, columns=["value", "low", "high"])
    frame["labelled"] = np.bincount(place[labelled], minlength=len(starts))
    frame["predicted"] = np.bincount(place, minlength=len(starts))
    return frame


def measure(predictions: pd.DataFrame, metric: str) -> tuple[float, float, float, int]:
    """Value, low, high and number of labelled predictions over all of ``predictions``."""
    chosen = metric_named(metric)
    rows = predictions[_labelled(predictions, None)]
    value, low, high = chosen.measure(_arrays(rows, chosen)) if len(rows) else (np.nan, np.nan, np.nan)
    return value, low, high, len(rows)


def metric_named(name: str) -> Metric:
    """The metric of that name. Raises ValueError, saying which there are."""
    if name not in METRICS:
        raise ValueError(f"No metric is called {name!r}. There are {', '.join(METRICS)}.")
    return METRICS[name]


def _places(rows: pd.DataFrame, starts: pd.DatetimeIndex, bucket: pd.Timedelta) -> Ints:
    """The bucket of each row."""
    if not len(rows):
        return np.zeros(0, np.int64)
    return np.asarray((rows["ts"] - starts[0]) // bucket, dtype=np.int64)


def _made_in(
    predictions: pd.DataFrame,
    starts: pd.DatetimeIndex,
    bucket: pd.Timedelta,
    end: pd.Timestamp,
    known_by: pd.Timestamp | None,
) -> pd.DataFrame:
    if not len(starts):
        return predictions.iloc[:0]
    inside = (predictions["ts"] >= starts[0]) & (predictions["ts"] < min(pd.Timestamp(end), starts[-1] + bucket))
    if known_by is not None and "received_at" in predictions:
        inside &= predictions["received_at"] <= pd.Timestamp(known_by)
    wanted = [name for name in COLUMNS if name in predictions]
    return predictions.loc[inside, wanted]


def _labelled(rows: pd.DataFrame, known_by: pd.Timestamp | None) -> Bools:
    known = rows["y_true"].notna()
    if known_by is not None:
        known &= rows["label_known_at"] <= pd.Timestamp(known_by)
    return known.to_numpy(dtype=np.bool_)


def _measured(rows: pd.DataFrame, place: Ints, metric: Metric, count: int) -> Floats:
    table = np.full((count, 3), np.nan)
    if not len(rows):
        return table
    arrays = _arrays(rows, metric)
    order = np.argsort(place, kind="stable")
    edges = np.searchsorted(place[order], np.arange(count + 1))
    for bucket in np.flatnonzero(np.diff(edges)):
        table[bucket] = metric.measure(_part(arrays, order[edges[bucket] : edges[bucket + 1]]))
    return table


def _part(rows: Labelled, at: Ints) -> Labelled:
    return Labelled(rows.predicted[at], rows.truth[at], rows.score[at], rows.classes)


def _arrays(rows: pd.DataFrame, metric: Metric) -> Labelled:
    has_score = "y_score" in rows
    score = pd.to_numeric(rows["y_score"], errors="coerce").to_numpy(np.float64, na_value=np.nan) if has_score else None
    score = np.full(len(rows), np.nan) if score is None else score
    if metric.needs == "numbers":
        predicted, truth = (pd.to_numeric(rows[c], errors="coerce").to_numpy(np.float64) for c in ("y_pred", "y_true"))
        return Labelled(predicted, truth, score, 0)
    predicted_codes, truth_codes, classes = class_codes(rows["y_pred"], rows["y_true"])
    return Labelled(predicted_codes, truth_codes, score, classes)


def class_codes(predicted: pd.Series, truth: pd.Series) -> tuple[Ints, Ints, int]:
    """Both columns as codes of one set of classes, and its size; of two classes the positive one is 1.

    "1", "1.0" and "TRUE" are what their producers meant: numbers are compared as numbers, words without case.
    """
    both = pd.concat([predicted, truth], ignore_index=True)
    codes, written = pd.factorize(both)
    meant = [plain(word) for word in written]
    names = sorted(set(meant), key=lambda name: (name in POSITIVE, name))
    if len(names) == 1 and names[0] in POSITIVE:
        names = ["", *names]
    lookup = np.array([names.index(name) for name in meant], dtype=np.int64)
    merged = lookup[codes] if len(lookup) else np.zeros(len(codes), np.int64)
    return merged[: len(predicted)], merged[len(predicted) :], len(names)


def plain(word: object) -> str:
    """A class name as it is meant, so that different spellings of one class compare equal."""
    text = str(word).strip().casefold()
    try:
        return str(float(text))
    except ValueError:
        return text
