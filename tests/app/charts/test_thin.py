from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.charts.thin import breaks, keep, segments, stretches


def test_a_short_series_is_drawn_whole():
    assert keep(np.zeros(2_000)).tolist() == list(range(2_000))


@settings(deadline=None)  # a busy machine says nothing on the code
@given(st.integers(2_001, 30_000), st.integers(0, 29_999))
def test_a_single_spike_is_always_drawn(size, where):
    values = np.zeros(size)
    values[where % size] = 1.0
    kept = keep(values)
    assert where % size in kept
    assert len(kept) <= 2_000
    assert (np.diff(kept) > 0).all()


def test_a_long_stretch_without_values_is_no_error():
    values = np.full(9_000, np.nan)
    values[-1] = 3.0
    assert keep(values)[-1] == 8_999


def test_the_line_breaks_where_samples_are_missing():
    seconds = np.array([0, 5, 10, 15, 60, 65, 70.0])
    assert breaks(segments(seconds)).tolist() == [4]


@pytest.mark.parametrize("seconds", [[], [0.0], [0.0, 900.0]])
def test_two_samples_say_nothing_on_the_usual_step(seconds):
    assert breaks(segments(np.array(seconds))).tolist() == []


def test_thinning_makes_no_gaps():
    seconds = np.arange(50_000) * 5.0
    kept = keep(np.random.default_rng(0).standard_normal(50_000))
    assert breaks(segments(seconds)[kept]).tolist() == []


def test_stretches_leave_out_what_was_not_measured():
    values = np.array([1, np.nan, 1, 1, np.nan, np.nan, 1, 1.0])
    assert stretches(np.zeros(8, dtype=int), values) == [slice(0, 1), slice(2, 4), slice(6, 8)]
