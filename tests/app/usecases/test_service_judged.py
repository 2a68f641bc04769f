"""What is drawn of a judged signal is the signal: distances, peaks, limits."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from app.usecases.judgement import expected_range
from app.usecases.service_judged import Judged, chart_lane, judge, marked, peak
from app.usecases.signals import Signal
from data.records import Objective


def signal(values: np.ndarray, **given) -> Signal:
    index = pd.date_range("2026-11-21 14:00", periods=len(values), freq="5s", tz="UTC")
    facts = {"role": "latency", "unit": "ms", "bad_direction": "up", "measure": "p95 latency"}
    known = pd.Series(index, index)
    return Signal(
        "s:1", "service", "shop", "shop", values=pd.Series(values, index), known_at=known, **{**facts, **given}
    )


def shifted(size: int = 300) -> np.ndarray:
    at = np.arange(size)
    return np.where((at >= 150) & (at < 190), 140.0, 100.0) + np.random.default_rng(5).standard_normal(size)


def test_the_peak_is_the_sample_farthest_out_in_its_direction() -> None:
    judged = judge(signal(shifted()))
    (one,) = judged.excursions
    at, value = peak(judged.signal, one)
    assert value == judged.signal.values.max()
    assert judged.signal.values[at] == value


def test_the_diamond_stands_on_the_line() -> None:
    lane = chart_lane(judge(signal(shifted())), "degraded")
    (episode,) = lane.episodes
    i = int(np.searchsorted(lane.ts, np.datetime64(episode.peak_at.replace(tzinfo=None))))
    assert lane.value[i] == episode.peak


def test_off_a_band_without_width_any_step_is_the_cut() -> None:
    up = signal(np.array([1.0, 1.0, 0.0, 1.5]), role="availability", unit="bool", bad_direction="down")
    flat = pd.DataFrame({"expected": 1.0, "lower": 1.0, "upper": 1.0}, index=up.values.index)
    assert Judged(up, flat, ()).distance.tolist() == [0, 0, -6, 6]


def test_samples_are_marked_inside_excursions_alone() -> None:
    judged = judge(signal(shifted()))
    inside = np.flatnonzero(marked(judged))
    assert inside.min() >= 147
    assert inside.max() <= 193


def test_of_several_excursions_the_farthest_is_the_main_one() -> None:
    values = shifted()
    values[220:250] += 200
    judged = judge(signal(values))
    assert judged.main is not None
    assert judged.main.onset.peak_value > 250


@pytest.mark.parametrize(("unit", "limit"), [("ms", 250.0), ("bool", None)])
def test_a_limit_is_drawn_where_it_is_a_number_on_the_axis(unit: str, limit: float | None) -> None:
    objective = Objective("x", 250, "<=", 0.99, 3600)
    assert chart_lane(judge(signal(shifted(), unit=unit)), "ok", objective).limit == limit


def test_nothing_to_judge_is_no_error() -> None:
    for values in (np.array([]), np.array([1.0]), np.full(50, np.nan)):
        judged: Judged = judge(signal(values))
        assert judged.excursions == ()
        assert judged.main is None
        assert len(chart_lane(judged, "nodata").value) == len(values)


def test_a_gap_stays_a_gap() -> None:
    values = shifted()
    values[40:60] = np.nan
    lane = chart_lane(judge(signal(values)), "ok")
    assert np.isnan(lane.value[40:60]).all()


def test_the_signal_is_left_as_it_was() -> None:
    one = signal(shifted())
    before = dataclasses.replace(one, values=one.values.copy())
    judge(one)
    pd.testing.assert_series_equal(one.values, before.values)


def counted(values: np.ndarray) -> Signal:
    """Small shares, of which four are judged together."""
    made = signal(values, unit="score", bad_direction="down", metric="performance", pooled=4)
    return dataclasses.replace(made, counts=pd.Series(135, made.values.index))


def noisy(size: int = 80) -> np.ndarray:
    return 0.67 + 0.1 * np.where(np.arange(size) % 2, 1.0, -1.0)


def test_a_bucket_too_small_to_be_judged_alone_is_no_worst_one() -> None:
    values = noisy()
    values[20] = 0.4
    judged = judge(counted(values))
    assert (judged.excursions, judged.worst) == ((), None)


def test_where_buckets_are_judged_together_the_worst_lies_in_the_main_episode_and_the_band_is_theirs() -> None:
    values = noisy()
    values[40:60] = 0.3
    values[50] = 0.1
    judged = judge(counted(values))
    (one,) = judged.excursions
    assert judged.worst is not None
    assert (judged.worst.value, judged.worst.ts) == (0.1, judged.signal.values.index[50])
    assert (judged.worst.ts, judged.worst.value) == peak(judged.signal, one)
    alone = expected_range(judged.signal, "full")
    assert (judged.band["upper"] - judged.band["lower"]).iloc[10] < (alone["upper"] - alone["lower"]).iloc[10]
