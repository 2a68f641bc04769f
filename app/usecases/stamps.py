"""Aware times as numpy keeps them: datetime64[us] without a zone, which is UTC."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pandas as pd


def times(index: pd.DatetimeIndex) -> np.ndarray:
    """Aware times as datetime64[us] in UTC, shape (m,)."""
    return index.tz_convert("UTC").tz_localize(None).to_numpy("datetime64[us]")


def to_utc(at: datetime) -> datetime:
    """A naive datetime in UTC, as numpy wants it."""
    return at.astimezone(UTC).replace(tzinfo=None)
