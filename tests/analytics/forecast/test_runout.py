"""When a limit is reached, said with the care that the history deserves."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analytics.forecast import runs_out

DAY = pd.Timedelta("1D")


def disk(per_day: float, days: int = 30, seed: int = 0, wander: float = 0.0, start: float = 40.0) -> pd.Series:
    """Percent used, every hour."""
    index = pd.date_range("2026-11-01", periods=24 * days, freq="1h", tz="UTC")
    rng = np.random.default_rng(seed)
    steps = per_day / 24 + rng.normal(0, wander, len(index))
    return pd.Series(start + np.cumsum(steps) + rng.normal(0, 0.05, len(index)), index=index)


def test_a_disk_that_fills_steadily_says_when_it_is_full() -> None:
    found = runs_out(disk(1.0), 100.0, unit="%")
    assert found.at is not None
    assert found.earliest is not None
    assert found.latest is not None
    assert abs(found.at - (disk(1.0).index[-1] + 30 * DAY)) < DAY
    assert found.earliest <= found.at <= found.latest
    assert found.per_day == pytest.approx(1.0, abs=0.02)
    assert found.sentence.startswith("Reaches 100 % in 4.3 weeks (between ")


def test_the_interval_holds_the_truth_in_nine_of_ten_cases() -> None:
    hits = []
    for seed in range(60):
        whole = disk(1.0, days=90, seed=seed, wander=0.15)
        past = whole.iloc[: 24 * 30]
        limit = float(past.iloc[-1]) + 12
        found = runs_out(past, limit)
        after = whole.iloc[24 * 30 :]
        came = after.index[after >= limit][0] if (after >= limit).any() else None
        early = found.earliest is None or came is None or found.earliest <= came
        late = found.latest is None or (came is not None and came <= found.latest)
        hits.append(early and late)
    assert np.mean(hits) >= 0.85


def test_a_budget_that_is_spent_runs_out_downwards() -> None:
    found = runs_out(disk(-2.0, start=90.0), 0.0)
    assert found.at is not None
    assert abs(found.at - (disk(-2.0).index[-1] + 15 * DAY)) < DAY


def test_growth_counts_from_when_the_disk_was_cleaned() -> None:
    used = disk(1.0, days=60)
    used.iloc[24 * 35 :] -= 35
    found = runs_out(used, 100.0)
    assert found.at is not None
    assert abs(found.at - (used.index[-1] + 35 * DAY)) < 2 * DAY
    assert any(note.startswith("Growth is counted from the last 3.5 weeks") for note in found.notes)


def test_a_daily_wave_counts_with_its_peak() -> None:
    flat = disk(1.0)
    wavy = flat + 5 * np.sin(np.arange(len(flat)) * 2 * np.pi / 24)
    calm, early = runs_out(flat, 100.0).at, runs_out(wavy, 100.0).at
    assert calm is not None
    assert early is not None
    assert calm - early == pytest.approx(5 * DAY, abs=1.5 * DAY)


@pytest.mark.parametrize("per_day", [0.0, -0.5])
def test_what_does_not_grow_is_not_said_to_run_out(per_day: float) -> None:
    found = runs_out(disk(per_day), 100.0)
    assert found.at is None
    assert found.latest is None
    assert found.sentence.startswith("As it goes, 100 is not reached within ")


def test_a_limit_that_is_reached_is_reached() -> None:
    found = runs_out(disk(0.0, start=100.0) * 0 + 100.0, 100.0, unit="%")
    assert found.sentence == "100 % is reached."
    assert found.at == found.earliest == found.latest


def test_a_constant_never_runs_out() -> None:
    found = runs_out(disk(1.0) * 0 + 40.0, 100.0)
    assert (found.at, found.earliest, found.latest) == (None, None, None)


@pytest.mark.parametrize("count", [0, 1, 19])
def test_too_little_history_is_said(count: int) -> None:
    found = runs_out(disk(1.0).iloc[:count], 100.0)
    assert found.at is None
    assert found.sentence == "Too little history to say when 100 is reached."
