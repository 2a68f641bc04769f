"""What a careful person says of a flat line, a gap, a reset, a holiday and of forty points."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analytics.anomaly import AnomalyResult, Episode, Mode, detect
from analytics.anomaly.threshold import budget_threshold, known_thresholds
from analytics.rates import counter_to_rate

MODES = ("full", "causal")
HOURS = pd.date_range("2026-10-05", periods=24 * 42, freq="1h", tz="UTC")  # six weeks from a Monday


def office(seed: int = 0) -> pd.Series:
    """Requests of people who work from Monday to Friday."""
    working = (HOURS.day_of_week < 5) & (HOURS.hour >= 8) & (HOURS.hour < 18)
    return pd.Series(20 + 200 * working + np.random.default_rng(seed).normal(0, 5, len(HOURS)), index=HOURS)


def touching(result: AnomalyResult, first: pd.Timestamp, last: pd.Timestamp) -> list[Episode]:
    return [e for e in result.episodes if e.start < last and e.end > first]


def test_a_holiday_is_where_less_came_than_on_other_days_of_its_kind() -> None:
    series, holiday = office(), pd.Timestamp("2026-10-29", tz="UTC")  # a Thursday in the fourth week
    series[(series.index >= holiday) & (series.index < holiday + pd.Timedelta("1D"))] = 20
    result = detect(series)
    found = touching(result, holiday, holiday + pd.Timedelta("1D"))
    assert found
    assert {episode.direction for episode in found} == {"down"}
    assert len(result.episodes) == len(found), "the days around it are as usual"


def test_weekends_are_no_anomaly() -> None:
    assert detect(office()).episodes == ()


def test_as_known_then_the_first_weekends_may_be_news_but_not_those_after_three_weeks() -> None:
    episodes = detect(office(), mode="causal").episodes
    assert [e for e in episodes if e.start >= HOURS[24 * 21]] == []


@pytest.mark.parametrize("mode", MODES)
def test_a_counter_that_began_again_is_no_anomaly_of_its_rate(mode: Mode) -> None:
    steps = np.random.default_rng(0).poisson(50, 600).astype(float)
    counted = np.cumsum(steps)
    counted[300:] -= counted[299]
    counter = pd.Series(counted, index=pd.date_range("2026-11-01", periods=600, freq="1min", tz="UTC"))
    assert detect(counter_to_rate(counter), mode=mode).episodes == ()


@pytest.mark.parametrize("mode", MODES)
def test_forty_quiet_points_raise_no_alarm(mode: Mode) -> None:
    quiet = [
        detect(pd.Series(np.random.default_rng(seed).normal(20, 1, 40), index=HOURS[:40]), mode=mode).episodes
        for seed in range(20)
    ]
    assert sum(bool(episodes) for episodes in quiet) <= 1


@pytest.mark.parametrize("mode", MODES)
def test_forty_points_show_what_stands_far_out_and_say_what_they_are_too_few_for(mode: Mode) -> None:
    series = pd.Series(np.random.default_rng(1).normal(20, 1, 40), index=HOURS[:40])
    series.iloc[30:33] = 60
    result = detect(series, mode=mode)
    assert [e.start for e in result.episodes] == [HOURS[30]]
    assert any("needs 2 days of history" in note for note in result.notes)


def test_a_spike_of_every_day_soon_is_no_alarm() -> None:
    """As known then: the first ones are news, from the fourth day on it is a habit."""
    index = pd.date_range("2026-11-01", periods=288 * 14, freq="5min", tz="UTC")
    rng = np.random.default_rng(0)
    series = pd.Series(10 + rng.normal(0, 1, len(index)), index=index)
    for day in range(14):
        at = 288 * day + int(rng.integers(60, 220))
        series.iloc[at : at + 2] = 40
    result = detect(series, mode="causal")
    assert len([e for e in result.episodes if e.start >= index[288 * 4]]) <= 2


def test_the_threshold_grows_with_the_samples_to_each_alarm() -> None:
    strength = np.random.default_rng(0).gamma(2, 0.3, 5_000)
    minutes, hours = np.arange(5_000) * 60.0, np.arange(5_000) * 3_600.0
    assert budget_threshold(strength, minutes, 0.5) > budget_threshold(strength, hours, 0.5)
    assert budget_threshold(strength, hours, 0.1) > budget_threshold(strength, hours, 1.0)


def test_a_known_threshold_rests_on_earlier_samples_alone() -> None:
    strength, seconds = np.random.default_rng(0).gamma(2, 0.3, 900), np.arange(900) * 300.0
    whole = known_thresholds(strength, seconds, 0.5)
    loud = strength.copy()
    loud[500:] *= 9
    changed = known_thresholds(loud, seconds, 0.5)
    assert changed[:500].tobytes() == whole[:500].tobytes()
    assert changed[-1] > whole[-1]
