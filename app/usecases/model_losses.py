"""What a model lost, prediction by prediction, and when each loss could be known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd

from analytics import inputs
from analytics.performance.classes import class_codes
from app.usecases.model_history import ModelHistory
from app.usecases.stamps import times, to_utc


def losses(history: ModelHistory) -> pd.Series:
    """Loss of each prediction on the index of the log: 0 right, 1 wrong, or the absolute error; NaN without a label."""
    rows = history.predictions
    if history.model.kind == "regression":
        return (pd.to_numeric(rows["y_pred"], errors="coerce") - pd.to_numeric(rows["y_true"], errors="coerce")).abs()
    predicted, truth, _ = class_codes(rows["y_pred"], rows["y_true"])
    return pd.Series(predicted != truth, rows.index, dtype=float).where(rows["y_true"].notna())


@dataclass(frozen=True, slots=True)
class LossLog:
    """What a model lost, prediction by prediction, and when each could be known; arrays of shape (n,).

    ``ts received arrived`` are datetime64[us] in UTC (``arrived`` NaT without a label), ``affected`` marks predictions
    on nothing but defaults in what they read from a store.
    """

    ts: np.ndarray
    received: np.ndarray
    arrived: np.ndarray
    loss: np.ndarray
    affected: np.ndarray
    patience: np.timedelta64

    @classmethod
    def of(cls, history: ModelHistory) -> LossLog:
        """The log of one model."""
        rows = history.predictions
        arrays = [times(pd.DatetimeIndex(rows[c])) for c in ("ts", "received_at", "label_known_at")]
        affected = inputs.defaulted(history.features, history.stored_defaults)
        patience = history.patience.to_timedelta64()
        return cls(arrays[0], arrays[1], arrays[2], losses(history).to_numpy(float), affected, patience)

    def known_by(self, at: datetime, start: datetime, end: datetime) -> pd.DataFrame:
        """Predictions of ``[start, end)`` known by ``at``: columns ``ts loss affected``; ``loss`` is NaN while its
        label may still come, rows whose label is overdue are left out.
        """
        moment, first, last = (np.datetime64(to_utc(t), "us") for t in (at, start, end))
        labelled = self.arrived <= moment
        inside = (self.ts >= first) & (self.ts < last) & (self.received <= moment)
        inside &= labelled | (self.ts >= moment - self.patience)
        ts = pd.DatetimeIndex(self.ts[inside], tz="UTC")
        loss = np.where(labelled, self.loss, np.nan)[inside]
        return pd.DataFrame({"ts": ts, "loss": loss, "affected": self.affected[inside]})
