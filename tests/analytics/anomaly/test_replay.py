"""The replay of a budget over a series' own history."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analytics.anomaly import detect
from analytics.anomaly.replay import replay

MINUTES = pd.date_range("2026-11-02", periods=2_016, freq="5min", tz="UTC")


def spiky(seed: int = 0) -> pd.Series:
    rng = np.random.default_rng(seed)
    series = pd.Series(rng.normal(20, 1, len(MINUTES)), index=MINUTES)
    for at, height in ((600, 60), (900, 30), (1_200, 26), (1_500, 25), (1_800, 24.5)):
        series.iloc[at : at + 3] = height
    return series


@pytest.mark.parametrize("budget", [0.05, 0.5, 5.0])
def test_a_replay_counts_what_detect_finds_as_known(budget: float) -> None:
    found = detect(spiky(), mode="causal", alarms_per_week=budget).episodes
    assert replay(spiky(), [budget]).alarms == (len(found),)


def test_a_larger_budget_raises_as_many_alarms_or_more() -> None:
    made = replay(spiky(), [0.01, 0.1, 1.0, 20.0])
    assert list(made.alarms) == sorted(made.alarms)
    assert made.alarms[0] < made.alarms[-1]
    assert made.weeks == pytest.approx(1, abs=0.02)


def test_too_little_history_raises_none_in_no_time() -> None:
    made = replay(spiky()[:10], [1.0])
    assert (made.weeks, made.alarms) == (0.0, (0,))
