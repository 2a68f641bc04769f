"""Signals as a look ahead gets them, made by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from app.usecases.signals import Signal

START = pd.Timestamp("2026-11-01", tz="UTC")


def signal(values: Any, step: str = "5min", **given: Any) -> Signal:
    """A disk that fills up, unless told otherwise."""
    index = pd.date_range(START, periods=len(values), freq=step)
    facts = {"role": "saturation", "unit": "percent", "bad_direction": "up", "measure": "disk used", "metric": "disk"}
    series = pd.Series(np.asarray(values, dtype=float), index=index)
    known = pd.Series(index, index=index)
    return Signal("s:1", "service", "shop", "shop", values=series, known_at=known, **{**facts, **given})


def noise(n: int, size: float = 1.0, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, size, n)


def filling(days: float = 14, per_day: float = 2.0, start: float = 60.0) -> np.ndarray:
    n = round(days * 288)
    return start + np.arange(n) / 288 * per_day + noise(n, 0.3)


def daily(days: float = 14, size: float = 40.0) -> np.ndarray:
    n = round(days * 288)
    return 120 + size * np.sin(2 * np.pi * np.arange(n) / 288) + noise(n, 6)
