"""A range too long for samples comes as means, the same from rollups and from records; a short one as it is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from analytics.rates import counter_to_rate
from data import rollups
from data.queries import coarse, metrics
from data.records import MetricKind
from data.series import make_series
from data.store import Store
from tests.data.builders import at, put, samples

GAUGE, COUNTER, SHORT = (make_series("shop", name) for name in ("load", "served_total", "disk"))
KINDS: Mapping[int, MetricKind] = {GAUGE.series_id: "gauge", COUNTER.series_id: "counter", SHORT.series_id: "gauge"}
MINUTES = 3_000
RNG = np.random.default_rng(5)
LOAD = np.round(50 + 20 * np.sin(np.arange(MINUTES) / 200) + RNG.random(MINUTES), 3)
SERVED = np.cumsum(RNG.integers(1, 90, MINUTES)).astype(float)
SERVED[1_717:] -= SERVED[1_716]  # restarted


@pytest.fixture(autouse=True)
def small_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coarse, "MOST_SAMPLES", 1_000)
    monkeypatch.setattr(coarse, "FEWEST_BUCKETS", 20)
    monkeypatch.setattr(rollups, "MIN_ROWS", 1)


@pytest.fixture
def filled(store: Store) -> Store:
    """A third of it came a day late, in a file of its own."""
    for number, (first, last, lag_s) in enumerate([(0, 2_000, 5), (2_000, MINUTES, 86_400)], start=1):
        rows = samples(GAUGE, list(LOAD[first:last]), start=at(first), lag_s=lag_s)
        rows += samples(COUNTER, list(SERVED[first:last]), start=at(first), lag_s=lag_s)
        put(store, number, series=[GAUGE, COUNTER], metrics=rows)
    put(store, 3, series=[SHORT], metrics=samples(SHORT, [float(i) for i in range(900)], start=at(100)))
    return store


def read(store: Store, start: datetime, end: datetime) -> dict[int, coarse.Read]:
    with store.snapshot() as snap:
        return coarse.read_many(snap, KINDS, start, end)


def values(found: coarse.Read) -> pd.Series:
    return pd.Series(found.frame["value"])


def test_rollups_and_records_give_the_same(filled: Store) -> None:
    rng = np.random.default_rng(11)
    starts = [int(minute) for minute in rng.integers(-90, 900, 6)]
    spans = [(at(first), at(first + 1_200 + 150 * i, seconds=9)) for i, first in enumerate(starts)]
    before = [read(filled, *span) for span in spans]
    with filled.snapshot() as snap:
        assert rollups.build(filled.home, snap.state.segments[:1] + snap.state.segments[2:]) == 2
    half = [read(filled, *span) for span in spans]
    with filled.snapshot() as snap:
        assert rollups.build(filled.home, snap.state.segments) == 1
    for raw, *rolled in zip(before, half, (read(filled, *span) for span in spans), strict=True):
        assert {one.step_s for one in raw.values()} == {0, 300}
        for one in (each for found in rolled for each in found.items()):
            pd.testing.assert_frame_equal(one[1].frame, raw[one[0]].frame)
            assert one[1].step_s == raw[one[0]].step_s


def test_a_gauge_is_the_mean_of_what_each_bucket_holds(filled: Store) -> None:
    found = read(filled, at(0), at(MINUTES))[GAUGE.series_id]
    assert found.step_s == 300
    np.testing.assert_allclose(values(found), LOAD.reshape(-1, 5).mean(axis=1))
    assert list(found.frame.index[:2]) == [at(0), at(5)]


def test_the_rate_of_a_counter_is_that_of_its_bucket(filled: Store) -> None:
    rates = counter_to_rate(values(read(filled, at(0), at(MINUTES))[COUNTER.series_id]))
    increase = np.diff(SERVED, prepend=0.0)
    increase[increase < 0] = SERVED[increase < 0]
    whole = increase.reshape(-1, 5).sum(axis=1)[1:] / 300
    started_again = 1_717 // 5 - 1
    np.testing.assert_allclose(np.delete(rates.to_numpy(), started_again), np.delete(whole, started_again))
    assert 0 <= rates.iloc[started_again] < whole[started_again], "what it counted before it fell is lost"


def test_a_bucket_that_the_end_cuts_is_no_value_of_a_counter_and_known_at_the_end(filled: Store) -> None:
    end = at(1_303)
    found = read(filled, at(-2), end)
    gauge, counter = found[GAUGE.series_id].frame, found[COUNTER.series_id].frame
    assert (gauge.index[0], gauge.index[-1]) == (at(0), at(1_300))
    assert gauge["value"].iloc[-1] == pytest.approx(LOAD[1_300:1_303].mean())
    assert gauge["known_at"].iloc[-1] == end
    assert counter.index[-1] == at(1_295)


def test_a_bucket_that_the_start_cuts_is_left_out(filled: Store) -> None:
    assert read(filled, at(2), at(MINUTES))[GAUGE.series_id].frame.index[0] == at(5)


def test_a_bucket_is_known_when_it_is_over_and_its_last_sample_arrived(filled: Store) -> None:
    for found in list(read(filled, at(0), at(MINUTES)).values())[:2]:
        known = found.frame["known_at"]
        over = found.frame.index + timedelta(minutes=5)
        assert (known[: 2_000 // 5] == over[: 2_000 // 5]).all()
        assert (known[2_000 // 5 :] == over[2_000 // 5 :] + timedelta(days=1, minutes=-1)).all()


def test_a_series_with_few_samples_beside_stays_as_it_is(filled: Store) -> None:
    found = read(filled, at(0), at(MINUTES))[SHORT.series_id]
    with filled.snapshot() as snap:
        pd.testing.assert_frame_equal(found.frame, metrics.read(snap, SHORT.series_id, at(0), at(MINUTES)))
    assert found.step_s == 0


def test_a_short_range_stays_as_it_is(filled: Store) -> None:
    for one, found in read(filled, at(0), at(1_000)).items():
        with filled.snapshot() as snap:
            pd.testing.assert_frame_equal(found.frame, metrics.read(snap, one, at(0), at(1_000)))
        assert found.step_s == 0


@pytest.mark.parametrize(
    ("samples_", "lasting", "step_s"),
    [
        (1_000, timedelta(days=90), 0),
        (1_001, timedelta(days=3), 300),
        (43_200, timedelta(days=30), 3_600),
        (43_200, timedelta(days=90), 3 * 3_600),
        (200_000, timedelta(days=400), 12 * 3_600),
        (900_000, timedelta(days=900), 86_400),
        (9_000_000, timedelta(days=9_000), 86_400),
        (3_600, timedelta(hours=1), 0),
    ],
)
def test_the_smallest_buckets_that_leave_few_enough(samples_: int, lasting: timedelta, step_s: int) -> None:
    """But not so few that nothing could be judged: an hour of samples by the second stays."""
    assert coarse._step_s(samples_, lasting) == step_s


def test_a_burst_in_a_long_range_is_not_made_one_point_of(store: Store) -> None:
    """A day of a long range holds all samples: their own length counts, not that of the range."""
    put(store, 1, series=[GAUGE], metrics=samples(GAUGE, list(LOAD), step_s=10, start=at(0)))
    assert read(store, at(-90 * 1_440), at(1_440))[GAUGE.series_id].step_s == 300
