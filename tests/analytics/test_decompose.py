"""A series taken apart: what was put in comes out again, and an episode stays in the remainder."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analytics.decompose import decompose
from tests.analytics.series import CLOUD, NAB, real

DAY = 144  # samples at ten minutes


def wave(days: int, noise: float = 1.0, slope: float = 0.0) -> pd.Series:
    index = pd.date_range("2026-11-01", periods=DAY * days, freq="10min", tz="UTC")
    at = np.arange(len(index))
    values = 100 + slope * at / DAY + 20 * np.sin(2 * np.pi * at / DAY)
    return pd.Series(values + np.random.default_rng(0).normal(0, noise, len(at)), index=index)


def test_the_parts_add_up_to_what_was_observed() -> None:
    parts = decompose(wave(7))
    total = parts.trend + parts.season + parts.remainder
    pd.testing.assert_series_equal(total, parts.observed, check_names=False)


def test_season_and_trend_are_found_again() -> None:
    parts = decompose(wave(10, slope=2.0))
    assert parts.periods == (pd.Timedelta("1D"),)
    truth = 20 * np.sin(2 * np.pi * np.arange(len(parts.season)) / DAY)
    assert np.abs(parts.season - truth).median() < 1
    assert (parts.trend.iloc[-1] - parts.trend.iloc[0]) == pytest.approx(20, abs=3)


def test_an_episode_stays_in_the_remainder() -> None:
    series = wave(8)
    series.iloc[600:660] += 80
    parts = decompose(series)
    assert parts.remainder.iloc[600:660].median() == pytest.approx(80, abs=4)
    assert parts.remainder.drop(series.index[600:660]).abs().median() < 2


def test_noise_has_no_season() -> None:
    index = pd.date_range("2026-11-01", periods=4_000, freq="5min", tz="UTC")
    for seed in range(10):
        noise = pd.Series(np.random.default_rng(seed).normal(0, 1, 4_000), index=index)
        assert decompose(noise).periods == ()


def test_a_random_walk_has_no_season_either() -> None:
    index = pd.date_range("2026-11-01", periods=4_000, freq="5min", tz="UTC")
    walks = (np.random.default_rng(seed).normal(0, 1, 4_000).cumsum() for seed in range(10))
    assert sum(bool(decompose(pd.Series(walk, index=index)).periods) for walk in walks) <= 2


def test_an_uncommon_period_is_found_by_its_autocorrelation() -> None:
    index = pd.date_range("2026-11-01", periods=900, freq="1min", tz="UTC")
    series = pd.Series(np.sin(2 * np.pi * np.arange(900) / 37), index=index)
    series += np.random.default_rng(1).normal(0, 0.1, 900)
    assert decompose(series).periods == (pd.Timedelta("37min"),)


def test_real_seasons() -> None:
    taxi = decompose(real(NAB / "realKnownCause/nyc_taxi.csv"))
    assert set(taxi.periods) == {pd.Timedelta("1D"), pd.Timedelta("7D")}
    assert taxi.remainder.std() < 0.5 * taxi.observed.std()
    calls = decompose(real(CLOUD / "ecommerce-api-incoming-rps/api-01.csv"))
    assert pd.Timedelta("1D") in calls.periods
    assert decompose(real(NAB / "artificialNoAnomaly/art_noisy.csv")).periods == ()


def test_a_week_needs_three_of_them() -> None:
    taxi = real(NAB / "realKnownCause/nyc_taxi.csv")
    fortnight = decompose(taxi.iloc[: 48 * 14])
    assert fortnight.periods == (pd.Timedelta("1D"),)
    assert "A season of 7 days needs 3 weeks of history, has 14 days." in fortnight.notes


def test_stl_agrees_with_the_medians_where_all_is_calm() -> None:
    series = wave(8)
    stl, medians = decompose(series, stl=True), decompose(series)
    assert (stl.season - medians.season).abs().median() < 1
    pd.testing.assert_series_equal(stl.trend + stl.season + stl.remainder, stl.observed, check_names=False)


def test_missing_and_messy_rows_keep_their_place() -> None:
    series = wave(4)
    series.iloc[[5, 6]] = np.nan
    messy = series.iloc[[*range(300), 299, *range(300, len(series))]]
    parts = decompose(messy)
    assert parts.trend.index.equals(messy.index)
    assert parts.trend.isna().sum() == 2
    assert "2 rows without a value left out." in parts.notes


@pytest.mark.parametrize("count", [0, 1, 5])
def test_too_little_history_is_said_and_given_back_whole(count: int) -> None:
    parts = decompose(wave(1).iloc[:count])
    assert parts.periods == ()
    assert parts.notes == (f"Needs 20 samples, has {count}.",)
    assert len(parts.observed) == count


def test_of_three_cycles_an_episode_in_one_is_not_expected_in_the_others() -> None:
    index = pd.date_range("2026-01-01", periods=3 * 144, freq="5s", tz="UTC")
    values = pd.Series(0.0, index)
    values.iloc[300:320] = 8.0
    parts = decompose(values, seasons=["12min"])
    expected = (parts.trend + parts.season).to_numpy()
    assert np.abs(expected[:288]).max() == 0.0
