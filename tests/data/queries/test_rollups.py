"""Rollups say what the records say, whatever is ingested, merged or taken back around them."""

from __future__ import annotations

import resource
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data import rollups
from data.catalog import sweep as sweeping
from data.catalog.commit import forget_files
from data.errors import StoreError
from data.queries.rollups import buckets, extents, quantiles
from data.segments import SegmentInfo
from data.series import make_series
from data.store import Store
from tests.data.builders import at, put, samples

A, B = make_series("a", "m"), make_series("b", "m")
VALUES = [round(50 + 40 * np.sin(i / 7) - (i % 13), 3) for i in range(1_000)]
RAW = """
    SELECT series_id, make_timestamptz(epoch_us(ts) // {w} * {w}) AS bucket, count(*) AS n, sum(value) AS sum,
    min(value) AS min, max(value) AS max, arg_max(value, ts) AS last, max(coalesce(known_at, ts)) AS known_at
    FROM raw_metrics WHERE ts >= $start AND ts < $end AND NOT isnan(value) GROUP BY ALL ORDER BY ALL
"""


@pytest.fixture(autouse=True)
def small_ones_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rollups, "MIN_ROWS", 1)


@pytest.fixture
def filled(store: Store) -> Store:
    """Two files that overlap in time, one of them rolled up, the other not; with a value that is no number."""
    put(
        store, 1, series=[A, B], metrics=[*samples(A, VALUES, lag_s=5), *samples(B, [*VALUES[:300], float("nan"), 1.0])]
    )
    assert rollups.build(store.home, segments(store)) == 1
    put(store, 2, series=[A], metrics=samples(A, [-value for value in VALUES], start=at(seconds=30)))
    return store


def segments(store: Store) -> tuple[SegmentInfo, ...]:
    with store.snapshot() as snap:
        return snap.state.segments


def both(store: Store, start: datetime, end: datetime, step_s: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    with store.snapshot() as snap:
        span = {"start": start, "end": end}
        return buckets(snap, start, end, step_s), snap.frame(RAW.format(w=step_s * 1_000_000), span)


@pytest.mark.parametrize("step_s", [300, 3_600, 86_400])
def test_every_range_comes_out_as_from_the_records(filled: Store, step_s: int) -> None:
    rng = np.random.default_rng(step_s)
    for first, length in zip(rng.integers(-90, 1_100, 8), rng.integers(1, 1_200, 8), strict=True):
        found, raw = both(filled, at(int(first)), at(int(first + length), seconds=7), step_s)
        pd.testing.assert_frame_equal(found, raw, check_dtype=False)


@pytest.mark.parametrize("columns", [("n",), ("sum", "known_at"), ("last",), ("max", "last", "min")])
def test_fewer_columns_say_the_same(filled: Store, columns: tuple[str, ...]) -> None:
    with filled.snapshot() as snap:
        some = buckets(snap, at(7), at(900), 3_600, columns=columns)
        every = buckets(snap, at(7), at(900), 3_600)
    pd.testing.assert_frame_equal(some, every[["series_id", "bucket", *columns]])


def test_of_a_moment_told_twice_the_value_that_became_known_last_holds(filled: Store) -> None:
    put(filled, 3, metrics=[{"ts": at(299), "series_id": B.series_id, "value": 7.0, "known_at": at(400)}])
    with filled.snapshot() as snap:
        found = buckets(snap, at(240), at(300), 3_600, [B.series_id], columns=("n", "last"))
    assert found[["n", "last"]].to_numpy().tolist() == [[61, 7.0]]


def test_how_many_samples_a_series_has_and_from_when_to_when(filled: Store) -> None:
    with filled.snapshot() as snap:
        found = extents(snap, at(10), at(290), [A.series_id, B.series_id, 5]).set_index("series_id")
    assert found.loc[A.series_id].to_list() == [560, at(0), at(240)]
    assert found.loc[B.series_id].to_list() == [280, at(0), at(240)]
    assert len(found) == 2


def test_whole_hours_come_out_as_from_the_records(filled: Store) -> None:
    found, raw = both(filled, at(0), at(600), 3_600)
    assert len(found) == 10 + 6
    pd.testing.assert_frame_equal(found, raw, check_dtype=False)


def test_what_became_known_later_is_in_no_bucket(filled: Store) -> None:
    """Of the file that was rolled up, the last samples before the moment arrived after it."""
    rng = np.random.default_rng(7)
    for minute, step_s in zip(rng.integers(1, 900, 6), [300, 3_600, 86_400] * 2, strict=True):
        moment = at(int(minute), seconds=2)
        span = {"start": at(0), "end": at(1_000), "moment": moment}
        known = RAW.format(w=step_s * 1_000_000).replace(
            "AND NOT isnan", "AND coalesce(known_at, ts) <= $moment AND NOT isnan"
        )
        with filled.snapshot() as snap:
            found = buckets(snap, at(0), at(1_000), step_s, known_by=moment)
            pd.testing.assert_frame_equal(found, snap.frame(known, span), check_dtype=False)
        assert found["known_at"].max() <= moment


def test_quantiles_are_at_most_two_percent_off(filled: Store) -> None:
    with filled.snapshot() as snap:
        found = quantiles(snap, at(0), at(600), 3_600, 0.9, [A.series_id])
        raw = snap.frame(
            "SELECT time_bucket(INTERVAL 1 HOUR, ts) AS bucket, quantile_disc(value, 0.9) AS value FROM raw_metrics "
            "WHERE series_id = $id AND ts >= $start AND ts < $end GROUP BY ALL ORDER BY ALL",
            {"id": A.series_id, "start": at(0), "end": at(600)},
        )
    assert list(found["bucket"]) == list(raw["bucket"])
    np.testing.assert_allclose(found["value"], raw["value"], rtol=0.0201)


def test_one_of_many_series_is_found_alone(filled: Store) -> None:
    with filled.snapshot() as snap:
        assert set(buckets(snap, at(0), at(600), 3_600, [B.series_id])["series_id"]) == {B.series_id}
        assert buckets(snap, at(0), at(600), 3_600, []).empty


def test_what_is_taken_back_is_in_no_rollup(filled: Store) -> None:
    forget_files(filled.catalog, (1,))
    found, raw = both(filled, at(0), at(2_000), 3_600)
    assert found["max"].max() < 60
    pd.testing.assert_frame_equal(found, raw, check_dtype=False)


def test_the_sweep_leaves_those_of_live_segments_and_removes_the_others(filled: Store) -> None:
    later = at(0).now(at(0).tzinfo) + timedelta(days=3)
    sweeping.sweep(filled.catalog, now=later)
    assert len(_files(filled.home)) == 2
    forget_files(filled.catalog, (1,))
    sweeping.sweep(filled.catalog, now=later)
    assert _files(filled.home) == []


def test_a_full_disk_is_said_in_words_and_leaves_nothing_half_made(store: Store) -> None:
    put(store, 1, series=[A], metrics=samples(A, VALUES))
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, hard))
    try:
        with pytest.raises(StoreError, match=r"A rollup cannot be written: .*make room"):
            rollups.build(store.home, segments(store))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    assert _files(store.home) == list((store.home / "tmp").iterdir()) == []
    assert rollups.build(store.home, segments(store)) == 1


def _files(home: Path) -> list[Path]:
    return [path for path in (home / rollups.FOLDER).rglob("*") if path.is_file()]
