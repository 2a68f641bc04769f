"""What a lane says of its onset, in which order onsets stand, and whose an event is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest

from app.usecases.incident_events import from_event
from app.usecases.incident_lanes import follow, onsets
from app.usecases.signals import Signal
from data.records import Event

START = datetime(2026, 11, 21, 14, 0, tzinfo=UTC)
STEP = timedelta(seconds=5)


def available(unit: str, good: float, bad: float) -> Signal:
    times = pd.date_range(START, periods=120, freq=STEP)
    noise = np.random.default_rng(1).normal(0, 0.01 * (good - bad), 120)
    values = pd.Series(np.where(np.arange(120) < 80, good, bad), times) + (0 if unit == "bool" else noise)
    return Signal("s:1", "service", "front", "front", "up", "availability", unit, "down", values, times.to_series())


@pytest.mark.parametrize(
    ("unit", "good", "bad", "title", "worst"),
    [
        ("bool", 1.0, 0.0, "front stops answering", ""),
        ("percent", 100.0, 94.0, "front up leaves", "94\u00a0% at worst"),
    ],
)
def test_what_answers_in_part_has_not_stopped_answering(
    unit: str, good: float, bad: float, title: str, worst: str
) -> None:
    end = START + 120 * STEP
    track = follow(available(unit, good, bad), START + 70 * STEP, end)
    (told,) = onsets([[track]], UTC, end)
    assert told.title.startswith(title)
    assert told.worst.startswith(worst) if worst else told.worst == ""


@pytest.mark.parametrize(
    ("kind", "title", "shown"),
    [
        ("fault", "cpu load", "cart: cpu load"),
        ("fault", "Cart network", "Cart network"),
        ("note", "had tea", "had tea"),
    ],
)
def test_a_fault_names_its_service(kind: Any, title: str, shown: str) -> None:
    assert from_event(Event(START, kind, title, START, "cart")).title == shown
