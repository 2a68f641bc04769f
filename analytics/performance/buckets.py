"""Performance by the time of prediction, with the labels that were in at a moment."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.performance.ledger import Ledger, labelled_arrays
from analytics.performance.metrics import METRICS, Metric


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
    ledger = Ledger.of(predictions, metric_named(metric), bucket, start, end)
    return ledger.known_by(None if known_by is None else pd.Timestamp(known_by))


def measure(predictions: pd.DataFrame, metric: str) -> tuple[float, float, float, int]:
    """Value, low, high and number of labelled predictions over all of ``predictions``."""
    chosen = metric_named(metric)
    rows = labelled_arrays(predictions[predictions["y_true"].notna()], chosen)
    value, low, high = chosen.measure(rows) if len(rows.truth) else (np.nan, np.nan, np.nan)
    return value, low, high, len(rows.truth)


def metric_named(name: str) -> Metric:
    """The metric of that name. Raises ValueError, saying which there are."""
    if name not in METRICS:
        raise ValueError(f"No metric is called {name!r}. There are {', '.join(METRICS)}.")
    return METRICS[name]
