"""The range ahead holds what it promises, and beats the last day again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.forecast import farthest, forecast, history_needed
from tests.analytics.series import CLOUD, NAB, real


def wave(days: int, seed: int = 0, noise: float = 5.0) -> pd.Series:
    index = pd.date_range("2026-11-01", periods=24 * days, freq="1h", tz="UTC")
    values = 100 + 40 * np.sin(np.arange(len(index)) * 2 * np.pi / 24)
    return pd.Series(values + np.random.default_rng(seed).normal(0, noise, len(index)), index=index)


def test_tomorrow_looks_like_the_days_before_it() -> None:
    series = wave(15)
    found = forecast(series.iloc[: 14 * 24], "1D")
    came = series.iloc[14 * 24 :]
    assert found.expected.index.equals(came.index)
    assert np.abs(found.expected - came).mean() < 6
    assert found.periods == (pd.Timedelta("1D"),)
    assert found.backtest is not None
    assert found.backtest.mase < 0.9, "the median of four days is nearer than the last one"


@pytest.mark.parametrize("coverage", [0.5, 0.8, 0.9])
def test_as_many_values_lie_inside_as_the_range_promises(coverage: float) -> None:
    inside = []
    for seed in range(20):
        series = wave(15, seed)
        found = forecast(series.iloc[: 14 * 24], "1D", coverage=coverage)
        inside.append(series.iloc[14 * 24 :].between(found.lower, found.upper).mean())
    assert np.mean(inside) == pytest.approx(coverage, abs=0.08)


def test_a_steady_climb_goes_on() -> None:
    index = pd.date_range("2026-11-01", periods=400, freq="1h", tz="UTC")
    disk = pd.Series(np.linspace(40, 60, 400) + np.random.default_rng(0).normal(0, 0.1, 400), index=index)
    found = forecast(disk, "2D")
    assert found.expected.iloc[-1] == pytest.approx(60 + 48 * 20 / 400, abs=0.3)
    assert (found.lower <= found.expected).all()
    assert (found.expected <= found.upper).all()


def test_what_never_was_negative_is_not_expected_to_be() -> None:
    rate = wave(10, noise=1).clip(lower=100) - 100
    assert forecast(rate, "1D").lower.min() >= 0


def test_a_constant_stays_as_it_is() -> None:
    found = forecast(wave(5) * 0 + 7, "1D")
    assert found.expected.eq(7).all()
    assert found.lower.eq(7).all()
    assert found.upper.eq(7).all()


@pytest.mark.parametrize("count", [0, 1, 19, 40])
def test_too_little_history_is_said_and_nothing_forecast(count: int) -> None:
    found = forecast(wave(3).iloc[:count], "2D")
    assert len(found.expected) == 0
    assert found.backtest is None
    assert any("needs more history than" in note for note in found.notes)


def test_forty_points_tell_the_next_few() -> None:
    found = forecast(wave(3).iloc[:40], "4h")
    assert len(found.expected) == 4
    assert "A season of 1 day needs 2 days of history, has 1.6 days." in found.notes


def test_gaps_late_rows_and_doubles_do_no_harm() -> None:
    series = wave(14)
    messy = series.drop(series.index[100:130]).iloc[[*range(150, 300), *range(150), 3, 4]]
    assert np.abs(forecast(messy, "1D").expected - 100).max() < 60


@pytest.mark.parametrize(
    "path",
    [NAB / "realKnownCause/nyc_taxi.csv", CLOUD / "consumer-purchase-rate/purchase-03.csv"],
    ids=lambda p: p.stem,
)
def test_real_series_are_forecast_better_than_by_the_last_day(path: Path) -> None:
    found = forecast(real(path, longest=1_200), "1D")
    assert found.backtest is not None
    assert found.backtest.mase < 1
    assert found.backtest.coverage == pytest.approx(0.9, abs=0.1)


def test_wrong_use_is_refused_in_words() -> None:
    with pytest.raises(ValueError, match="coverage"):
        forecast(wave(3), "1D", coverage=1.0)
    with pytest.raises(ValueError, match="positive"):
        forecast(wave(3), "0h")


@settings(max_examples=30, deadline=None)
@given(st.lists(st.one_of(st.floats(-1e9, 1e9), st.just(float("nan"))), max_size=80), st.integers(1, 30))
def test_whatever_comes_in_the_expected_value_lies_in_its_range(values: list[float], steps: int) -> None:
    index = pd.date_range("2026-11-01", periods=len(values), freq="1min", tz="UTC")
    found = forecast(pd.Series(values, index=index, dtype=float), pd.Timedelta(minutes=steps))
    assert ((found.lower <= found.expected) & (found.expected <= found.upper)).all()


@pytest.mark.parametrize("steps", [1, 9, 10, 24])
def test_so_much_history_is_enough_and_one_sample_less_is_not(steps: int) -> None:
    enough = history_needed(steps)
    series = wave(4).iloc[:enough]
    assert forecast(series, pd.Timedelta(hours=steps)).backtest is not None
    assert forecast(series.iloc[1:], pd.Timedelta(hours=steps)).backtest is None
    assert farthest(enough) >= steps
    assert farthest(enough - 1) < steps
