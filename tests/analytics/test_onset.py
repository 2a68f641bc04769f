"""An onset is a change point, confirmed by samples, known when they arrive."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analytics.onset import Onset, find_onset, switch_point

STEP = pd.Timedelta("5s")
INDEX = pd.date_range("2026-11-21 14:00", periods=120, freq=STEP, tz="UTC")


def series(values: np.ndarray | list[float]) -> pd.Series:
    return pd.Series(np.asarray(values, dtype=float), index=INDEX[: len(values)])


def calm(count: int = 120) -> np.ndarray:
    return 20 + np.random.default_rng(0).normal(0, 0.5, count)


def onset_of(values: np.ndarray, lag: str = "7s", **options) -> Onset | None:
    observed = series(values)
    known_at = pd.Series(observed.index + pd.Timedelta(lag), index=observed.index)
    return find_onset(observed, observed * 0 + 17, observed * 0 + 23, known_at=known_at, **options)


def test_a_calm_series_has_no_onset() -> None:
    assert onset_of(calm()) is None


def test_a_step_is_dated_at_its_first_sample_and_known_when_the_third_has_arrived() -> None:
    values = calm()
    values[60:90] = 60
    found = onset_of(values)
    assert found is not None
    assert found.happened == INDEX[60]
    assert found.confirmed == INDEX[62]
    assert found.known == INDEX[62] + pd.Timedelta("7s")
    assert found.ended == INDEX[90]


def test_a_ramp_is_dated_before_it_leaves_the_range() -> None:
    values = calm()
    values[60:] += np.minimum(np.arange(60) * 0.7, 20)
    found = onset_of(values)
    first_outside = int(np.argmax(values > 23))
    assert found is not None
    assert INDEX[60] <= found.happened < INDEX[first_outside]


def test_two_samples_outside_are_not_yet_an_onset() -> None:
    values = calm()
    values[60:62] = 60
    assert onset_of(values) is None
    assert onset_of(values, confirm=2) is not None


def test_only_the_direction_that_hurts_counts() -> None:
    values = calm()
    values[60:80] = 5
    assert onset_of(values, bad_direction="up") is None
    found = onset_of(values, bad_direction="down")
    assert found is not None
    assert (found.happened, found.peak_value) == (INDEX[60], 5)


def test_a_flag_that_drops_to_zero() -> None:
    up = series(np.r_[np.ones(40), np.zeros(42), np.ones(38)])
    known_at = pd.Series(up.index, index=up.index)
    found = find_onset(up, up * 0 + 0.91, up * 0 + 1.09, known_at=known_at, bad_direction="down")
    assert found is not None
    assert (found.happened, found.ended) == (INDEX[40], INDEX[82])


def test_the_onset_is_looked_for_between_start_and_end_only() -> None:
    values = calm()
    values[20:30], values[60:70] = 60, 80
    later = onset_of(values, start=INDEX[40])
    assert later is not None
    assert later.happened == INDEX[60]
    assert onset_of(values, start=INDEX[35], end=INDEX[60]) is None
    inside_already = onset_of(values, start=INDEX[63])
    assert inside_already is not None
    assert inside_already.happened == INDEX[63]


def test_start_and_end_may_be_finer_than_the_samples() -> None:
    values = calm()
    values[20:40] = values[60:80] = 60
    observed = series(values)
    observed.index = INDEX.as_unit("us")
    known_at = pd.Series(observed.index, index=observed.index)
    between = {"start": INDEX[45] + pd.Timedelta(1, "ns"), "end": INDEX[60] + pd.Timedelta(1, "ns")}
    found = find_onset(observed, observed * 0 + 17, observed * 0 + 23, known_at=known_at, **between)
    assert found is not None
    assert found.first == INDEX[60]
    between["end"] = INDEX[60] - pd.Timedelta(1, "ns")
    assert find_onset(observed, observed * 0 + 17, observed * 0 + 23, known_at=known_at, **between) is None


def test_while_it_lasts_it_has_no_end() -> None:
    values = calm()
    values[100:] = 60
    found = onset_of(values)
    assert found is not None
    assert found.ended is None


def test_a_single_sample_back_inside_does_not_end_it() -> None:
    values = calm()
    values[60:90] = 60
    values[70] = 20
    found = onset_of(values)
    assert found is not None
    assert found.ended == INDEX[90]


def test_the_peak_is_the_sample_farthest_outside() -> None:
    values = calm()
    values[60:90] = 60
    values[77] = 95
    found = onset_of(values)
    assert found is not None
    assert (found.peak_value, found.peak_ts) == (95, INDEX[77])


def test_samples_without_value_or_range_are_passed_over() -> None:
    values = calm()
    values[60:90] = 60
    values[61] = np.nan
    found = onset_of(values)
    assert found is not None
    assert found.confirmed == INDEX[63]


def test_it_rests_on_nothing_later_than_the_confirming_sample() -> None:
    values = calm()
    values[60:90] = 60
    whole, part = onset_of(values), onset_of(values[:63])
    assert whole is not None
    assert part is not None
    assert (part.happened, part.confirmed, part.known) == (whole.happened, whole.confirmed, whole.known)


def test_late_arrival_of_one_confirming_sample_delays_the_knowledge() -> None:
    values = calm()
    values[60:90] = 60
    observed = series(values)
    known_at = pd.Series(observed.index, index=observed.index)
    known_at.iloc[61] = INDEX[61] + pd.Timedelta("5min")
    found = find_onset(observed, observed * 0 + 17, observed * 0 + 23, known_at=known_at)
    assert found is not None
    assert found.known == INDEX[61] + pd.Timedelta("5min")


def test_nothing_at_all() -> None:
    assert onset_of(np.array([])) is None
    with pytest.raises(ValueError, match="at least 1"):
        onset_of(calm(), confirm=0)


@pytest.mark.parametrize(("before", "after"), [(0.21, 0.12), (0.6, 0.1), (0.1, 0.3)])
def test_a_switch_between_two_known_levels_is_dated_among_noisy_outcomes(before: float, after: float) -> None:
    rng = np.random.default_rng(5)
    away = []
    for _ in range(200):
        at = int(rng.integers(0, 601))
        outcomes = (rng.random(600) < np.where(np.arange(600) < at, before, after)).astype(float)
        away.append(abs(switch_point(outcomes, before, after) - at))
    needed = 4 * before * (1 - before) / (before - after) ** 2  # records that tell both levels apart
    assert np.median(away) <= needed


def test_without_a_switch_all_or_nothing_is_of_the_second_level() -> None:
    assert switch_point(np.ones(50), 1.0, 0.0) == 50
    assert switch_point(np.zeros(50), 1.0, 0.0) == 0
    assert switch_point(np.empty(0), 1.0, 0.0) == 0
