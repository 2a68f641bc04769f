"""Whatever order and state rows come in, samples are clean and each row finds its own again."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.samples import duration, prepare

START = pd.Timestamp("2026-11-21 14:00", tz="UTC")


def series(seconds: list[float], values: list[float]) -> pd.Series:
    return pd.Series(values, index=START + pd.to_timedelta(seconds, unit="s"), dtype=float)


def test_full_mode_puts_rows_in_order_and_averages_equal_stamps() -> None:
    samples = prepare(series([0, 10, 5, 10], [1, 4, 2, 6]), causal=False)
    assert samples.values.tolist() == [1, 2, 5]
    assert samples.origin.tolist() == [0, 2, 1, 2]


def test_causal_mode_sets_aside_what_is_not_newer() -> None:
    samples = prepare(series([0, 10, 5, 10, 15], [1, 4, 2, 6, 7]), causal=True)
    assert samples.values.tolist() == [1, 4, 7]
    assert samples.origin.tolist() == [0, 1, 1, 1, 2]


@pytest.mark.parametrize("causal", [True, False])
def test_rows_without_a_finite_value_have_no_sample(causal: bool) -> None:
    samples = prepare(series([0, 5, 10, 15], [1, np.nan, np.inf, 2]), causal=causal)
    assert samples.values.tolist() == [1, 2]
    assert samples.origin.tolist() == [0, -1, -1, 1]
    assert samples.notes[0] == "2 rows without a value left out."


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_time_stamps_of_every_resolution_count_in_seconds(unit: str) -> None:
    some = series([0, 5, 12], [1, 2, 3])
    some.index = pd.DatetimeIndex(some.index).as_unit(unit)
    assert np.diff(prepare(some, causal=False).seconds).tolist() == [5, 7]


@given(st.lists(st.tuples(st.integers(0, 30), st.floats(-9, 9)), max_size=30), st.booleans())
def test_every_row_with_a_value_finds_a_sample_and_times_only_grow(rows: list[tuple[int, float]], causal: bool) -> None:
    some = series([r[0] for r in rows], [r[1] for r in rows])
    samples = prepare(some, causal=causal)
    assert (np.diff(samples.seconds) > 0).all()
    assert (samples.origin >= 0).all()
    back = samples.on(some, samples.values)
    assert back.index.equals(some.index)
    assert back.notna().all()


@given(st.lists(st.tuples(st.integers(0, 30), st.floats(-9, 9)), min_size=1, max_size=30), st.data())
def test_causal_samples_of_a_prefix_are_the_prefix_of_the_samples(rows: list[tuple[int, float]], data) -> None:
    some = series([r[0] for r in rows], [r[1] for r in rows])
    cut = data.draw(st.integers(1, len(rows)))
    whole, part = prepare(some, causal=True), prepare(some.iloc[:cut], causal=True)
    assert part.values.tolist() == whole.values[: len(part.values)].tolist()
    assert part.origin.tolist() == whole.origin[:cut].tolist()


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(5, "5 s"), (90, "1.5 min"), (210, "3.5 min"), (1_080, "18 min"), (86_400, "1 day"), (12 * 86_400, "12 days"),
     (14 * 86_400, "2 weeks"), (7 * 86_400, "7 days"), (21 * 86_400, "3 weeks")],
)  # fmt: skip
def test_durations_as_people_say_them(seconds: float, words: str) -> None:
    assert duration(seconds) == words
