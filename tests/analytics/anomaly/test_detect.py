"""What a careful person would say of a series is what the detector says."""

from __future__ import annotations

from typing import cast

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.anomaly import Mode, detect, score

MODES = ("full", "causal")
INDEX = pd.date_range("2026-11-21 14:00", periods=360, freq="5s", tz="UTC")  # 30 minutes, as a lab records them
FAULT = slice(150, 192)  # 3.5 minutes, after 12.5 quiet ones


def recording(kind: str, seed: int = 0) -> pd.Series:
    """Half an hour of a service: quiet, then a fault, then quiet."""
    rng = np.random.default_rng(seed)
    quiet = {
        "latency": 20 + rng.normal(0, 1.5, 360),
        "errors": np.where(rng.random(360) < 0.03, 0.002, 0.0),
        "up": np.ones(360),
        "requests": rng.poisson(50, 360).astype(float),
    }[kind]
    fault = {"latency": 400 + rng.normal(0, 20, 42), "errors": 0.05, "up": 0.0, "requests": rng.poisson(5, 42)}[kind]
    quiet[FAULT] = fault
    return pd.Series(quiet, index=INDEX)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("kind", ["latency", "errors", "up", "requests"])
def test_a_fault_in_half_an_hour_is_one_episode_with_its_true_edges(kind: str, mode: Mode) -> None:
    result = detect(recording(kind), mode=mode)
    assert len(result.episodes) == 1
    episode = result.episodes[0]
    assert episode.start == INDEX[FAULT.start]
    assert abs((episode.end - INDEX[FAULT.stop]).total_seconds()) <= 5
    assert episode.direction == ("up" if kind in ("latency", "errors") else "down")
    assert episode.peak_score >= 0.5


@pytest.mark.parametrize("mode", MODES)
def test_the_expected_range_does_not_follow_the_fault(mode: Mode) -> None:
    result = detect(recording("latency"), mode=mode)
    assert result.upper.iloc[30:].max() < 40
    assert result.lower.iloc[30:].min() > 5
    assert (result.expected.iloc[FAULT] - 20).abs().max() < 2


@pytest.mark.parametrize("kind", ["latency", "errors", "requests"])
def test_quiet_minutes_stay_inside_the_range(kind: str) -> None:
    series = recording(kind)
    result = detect(series)
    inside = (series >= result.lower) & (series <= result.upper)
    assert inside.drop(INDEX[FAULT]).mean() > 0.97


@pytest.mark.parametrize("kind", ["latency", "errors", "up"])
def test_two_faults_are_two_episodes(kind: str) -> None:
    series = recording(kind)
    series.iloc[260:302] = series.iloc[FAULT].to_numpy()
    assert [e.start for e in detect(series).episodes] == [INDEX[150], INDEX[260]]


def test_a_fault_that_still_lasts_at_the_end_is_seen_and_ends_with_the_series() -> None:
    series = recording("latency").iloc[: FAULT.stop]
    episodes = detect(series).episodes
    assert len(episodes) == 1
    assert episodes[0].end == INDEX[FAULT.stop]


def test_a_quiet_recording_has_no_episode() -> None:
    rng = np.random.default_rng(5)
    found = [detect(pd.Series(rng.normal(20, 1, 360), index=INDEX)).episodes for _ in range(20)]
    assert sum(len(episodes) for episodes in found) <= 1


def test_the_sentence_says_what_was_observed_expected_and_for_how_long() -> None:
    series = recording("latency")
    series.iloc[170] = 812
    episode = detect(series, unit="ms").episodes[0]
    assert episode.sentence.startswith("812 ms, expected ")
    assert episode.sentence.endswith(", for 3.5 min")
    assert " ± " in episode.sentence


def test_where_nothing_is_expected_nothing_else_is_said() -> None:
    rate = pd.Series(0.0, index=INDEX)
    rate.iloc[FAULT] = 4.2
    assert detect(rate, unit="/s").episodes[0].sentence == "4.2 /s, expected 0, for 3.5 min"


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("level", [0.0, 1.0, 45.0, -3.3])
def test_a_flat_series_is_never_anomalous(level: float, mode: Mode) -> None:
    result = detect(pd.Series(level, index=INDEX), mode=mode)
    assert result.scores.eq(0).all()
    assert result.episodes == ()
    assert "The value never changed." in result.notes


def test_a_habit_of_bursts_is_no_anomaly() -> None:
    """A job every ten minutes is usual, though the median says that nothing ever happens."""
    minutes = pd.date_range("2026-11-01", periods=6 * 1_440, freq="1min", tz="UTC")
    rng = np.random.default_rng(0)
    series = pd.Series(np.where(np.arange(len(minutes)) % 10 == 0, 40 + rng.normal(0, 4, len(minutes)), 0.0), minutes)
    assert len(detect(series).episodes) <= 1


def days(count: int, seed: int = 0) -> pd.Series:
    """Requests with a daily wave, every ten minutes."""
    index = pd.date_range("2026-11-01", periods=144 * count, freq="10min", tz="UTC")
    wave = 100 + 60 * np.sin(np.arange(len(index)) * 2 * np.pi / 144)
    return pd.Series(wave + np.random.default_rng(seed).normal(0, 4, len(index)), index=index)


@pytest.mark.parametrize("mode", MODES)
def test_a_value_that_is_usual_at_noon_is_unusual_at_midnight(mode: Mode) -> None:
    series = days(10)
    trough = 8 * 144 + 108
    series.iloc[trough : trough + 6] = 150
    result = detect(series, mode=mode)
    assert result.periods == (pd.Timedelta("1D"),)
    assert series.max() > 160
    assert any(e.start <= series.index[trough] < e.end for e in result.episodes)


def test_a_wave_without_a_fault_is_calm() -> None:
    assert detect(days(14)).episodes == ()


def test_a_steady_climb_is_a_trend_not_an_anomaly() -> None:
    disk = pd.Series(np.linspace(40, 70, 2_000), index=pd.date_range("2026-11-01", periods=2_000, freq="10min"))
    result = detect(disk + np.random.default_rng(0).normal(0, 0.2, 2_000))
    assert len(result.episodes) <= 1, "two weeks have a budget of one"
    assert (result.expected - disk).abs().max() < 0.3


def test_a_smaller_budget_of_alarms_never_scores_higher() -> None:
    series = days(10)
    series.iloc[700:704] += 25
    generous, strict = score(series, alarms_per_week=5), score(series, alarms_per_week=0.05)
    assert (strict <= generous + 1e-12).all()
    assert strict.max() < generous.max()


@pytest.mark.parametrize("mode", MODES)
def test_the_same_input_gives_the_same_bytes(mode: Mode) -> None:
    series = recording("latency")
    first, again = detect(series, mode=mode), detect(series.copy(), mode=mode)
    assert first.scores.to_numpy().tobytes() == again.scores.to_numpy().tobytes()
    assert first.episodes == again.episodes


def test_another_seed_plants_another_forest() -> None:
    series = recording("latency")
    assert not score(series, seed=0).equals(score(series, seed=1))


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("count", [0, 1, 2, 19])
def test_too_little_history_is_said(count: int, mode: Mode) -> None:
    result = detect(recording("latency").iloc[:count], mode=mode)
    assert result.scores.eq(0).all()
    assert result.lower.isna().all()
    assert f"Needs 20 samples, has {count}." in result.notes


def test_a_series_without_any_value_is_scored_zero_and_told() -> None:
    result = detect(pd.Series(np.nan, index=INDEX))
    assert result.scores.eq(0).all()
    assert result.notes[0] == "360 rows without a value left out."


def test_half_an_hour_says_what_a_daily_season_would_need() -> None:
    assert "A season of 1 day needs 2 days of history, has 30 min." in detect(recording("latency")).notes


@pytest.mark.parametrize("mode", MODES)
def test_a_gap_is_told_and_is_no_episode(mode: Mode) -> None:
    series = recording("requests").drop(INDEX[60:100])
    series = series[(series.index < INDEX[FAULT.start]) | (series.index >= INDEX[FAULT.stop])]
    result = detect(series, mode=mode)
    assert result.episodes == ()
    assert any(note.startswith("2 gaps without samples, the longest 3.6 min") for note in result.notes)


@pytest.mark.parametrize("mode", MODES)
def test_rows_that_are_doubled_late_or_empty_keep_their_place(mode: Mode) -> None:
    series = recording("latency")
    series.iloc[20] = np.nan
    order = [*range(100), 99, 98, *range(100, 360)]
    messy = series.iloc[order]
    result = detect(messy, mode=mode)
    assert result.scores.index.equals(messy.index)
    assert len(result.episodes) == 1
    assert result.scores.iloc[20] == 0
    assert "2 rows with a time stamp already seen." in result.notes
    assert "The clock went back 1 time." in result.notes


def test_irregular_samples_are_scored_and_told() -> None:
    rng = np.random.default_rng(2)
    times = INDEX[0] + pd.to_timedelta(np.cumsum(rng.exponential(5, 360)), unit="s")
    result = detect(recording("latency").set_axis(times))
    assert len(result.episodes) == 1
    assert any(note.startswith("Samples come irregularly") for note in result.notes)


def test_a_percent_that_stands_at_a_hundred_may_not_drop_a_little() -> None:
    percent = pd.Series(100.0, index=INDEX)
    percent.iloc[FAULT] = 99.7
    assert len(detect(percent, unit="%").episodes) == 1
    assert detect(percent, unit="ms").episodes == ()


def test_naive_times_stay_naive_and_zones_are_kept() -> None:
    series = recording("latency")
    assert detect(series.tz_localize(None)).episodes[0].start.tzinfo is None
    assert str(detect(series.tz_convert("Europe/Berlin")).episodes[0].start.tz) == "Europe/Berlin"


def test_stated_seasons_are_taken_as_they_are_or_refused_with_a_reason() -> None:
    series = days(3)
    assert detect(series, seasons=["12h"]).periods == (pd.Timedelta("12h"),)
    refused = detect(series, seasons=[pd.Timedelta("7D")])
    assert refused.periods == ()
    assert any(note.startswith("A season of 7 days needs 3 weeks of history, has ") for note in refused.notes)


def test_wrong_use_is_refused_in_words() -> None:
    series = recording("latency")
    with pytest.raises(ValueError, match='"full" or "causal"'):
        detect(series, mode=cast(Mode, "hindsight"))
    with pytest.raises(ValueError, match="positive"):
        detect(series, alarms_per_week=0)
    with pytest.raises(ValueError, match="DatetimeIndex"):
        detect(series.reset_index(drop=True))


VALUES = st.one_of(st.floats(-1e9, 1e9), st.sampled_from([0.0, 1.0, float("nan"), float("inf")]))


@settings(max_examples=40, deadline=None)
@given(st.lists(VALUES, max_size=60), st.sampled_from(MODES), st.integers(0, 2**31))
def test_whatever_comes_in_scores_lie_between_zero_and_one(values: list[float], mode: Mode, seed: int) -> None:
    rng = np.random.default_rng(seed)
    times = INDEX[0] + pd.to_timedelta(
        rng.integers(0, 40, len(values)).cumsum() - rng.integers(0, 60, len(values)), "s"
    )
    series = pd.Series(values, index=pd.DatetimeIndex(times), dtype=float)
    result = detect(series, mode=mode)
    assert result.scores.index.equals(series.index)
    assert result.scores.between(0, 1).all()
    assert all(e.start < e.end and e.sentence for e in result.episodes)
    known = result.lower.notna()
    assert (result.lower[known] <= result.upper[known]).all()
