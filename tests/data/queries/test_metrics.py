from __future__ import annotations

import math

import pandas as pd
import pytest

from data.queries import metrics
from data.series import make_series
from data.store import Snapshot, Store
from tests.data.builders import at, put, samples

GET = make_series("shop", "latency_ms", {"method": "GET", "route": "/"})
POST = make_series("shop", "latency_ms", {"method": "POST", "route": "/"})
UP = make_series("cart", "up")


def values(frame: pd.DataFrame) -> list[float]:
    return frame["value"].tolist()


def test_series_are_found_by_service_metric_and_labels(store: Store) -> None:
    put(store, series=[POST, GET, UP])
    with store.snapshot() as snap:
        assert metrics.list_series(snap) == (UP, GET, POST)
        assert metrics.list_series(snap, service="shop") == (GET, POST)
        assert metrics.list_series(snap, metric="up") == (UP,)
        assert metrics.list_series(snap, "shop", "latency_ms", {"method": "POST"}) == (POST,)
        assert metrics.list_series(snap, labels={"method": "PUT"}) == ()
        assert metrics.list_series(snap, service="' OR true --") == ()


def test_samples_come_by_time_in_a_half_open_range(store: Store) -> None:
    put(store, series=[GET], metrics=reversed(samples(GET, [0.0, 1.0, 2.0, 3.0], lag_s=5)))
    with store.snapshot() as snap:
        frame = metrics.read(snap, GET.series_id, at(1), at(3))
    assert values(frame) == [1.0, 2.0]
    assert frame.index.name == "ts"
    assert frame.index.equals(pd.DatetimeIndex([at(1), at(2)], name="ts"))
    assert frame["known_at"].tolist() == [at(1, 5), at(2, 5)]


def test_only_what_was_known_by_then_is_read(store: Store) -> None:
    put(store, series=[GET], metrics=samples(GET, [0.0, 1.0, 2.0], lag_s=90))
    with store.snapshot() as snap:
        assert values(metrics.read(snap, GET.series_id, known_by=at(2, 30))) == [0.0, 1.0]
        assert values(metrics.read(snap, GET.series_id, known_by=at(1))) == []


def test_a_sample_that_was_corrected_later_has_the_value_that_was_known(store: Store) -> None:
    put(store, 1, series=[GET], metrics=samples(GET, [1.0]))
    put(store, 2, series=[GET], metrics=samples(GET, [9.0], lag_s=600))
    with store.snapshot() as snap:
        assert values(metrics.read(snap, GET.series_id)) == [9.0]
        assert values(metrics.read(snap, GET.series_id, known_by=at(5))) == [1.0]


def test_the_same_sample_from_two_files_counts_once(store: Store) -> None:
    put(store, 1, series=[GET], metrics=samples(GET, [1.0, 2.0]))
    put(store, 2, series=[GET], metrics=samples(GET, [2.0, 3.0], start=at(1)))
    with store.snapshot() as snap:
        frame = metrics.read(snap, GET.series_id)
    assert values(frame) == [1.0, 2.0, 3.0]
    assert frame.index.is_unique


def test_a_sample_without_a_known_time_was_known_when_it_happened(store: Store) -> None:
    put(store, series=[GET], metrics=[{"ts": at(), "series_id": GET.series_id, "value": 1.0}])
    with store.snapshot() as snap:
        assert metrics.read(snap, GET.series_id)["known_at"].tolist() == [at()]


def test_many_series_are_read_at_once_and_kept_apart(store: Store) -> None:
    put(store, series=[GET, POST, UP], metrics=[*samples(GET, [1.0, 2.0]), *samples(POST, [3.0])])
    with store.snapshot() as snap:
        found = metrics.read_many(snap, [POST.series_id, GET.series_id, UP.series_id], at(), at(9))
        assert {key: values(frame) for key, frame in found.items()} == {
            POST.series_id: [3.0],
            GET.series_id: [1.0, 2.0],
            UP.series_id: [],
        }
        assert metrics.read_many(snap, []) == {}


def test_extremes_keep_the_peaks_of_each_bucket_and_leave_gaps(store: Store) -> None:
    wave = [1.0, 5.0, 2.0, math.nan, math.nan, math.nan, 7.0, 6.0, 8.0]
    put(store, series=[GET], metrics=samples(GET, wave))
    with store.snapshot() as snap:
        frame = metrics.extremes(snap, GET.series_id, at(), at(9), buckets=3)
    assert frame[["bucket", "n", "min", "min_ts", "max", "max_ts"]].to_dict("list") == {
        "bucket": [at(0), at(6)],
        "n": [3, 3],
        "min": [1.0, 6.0],
        "min_ts": [at(0), at(7)],
        "max": [5.0, 8.0],
        "max_ts": [at(1), at(8)],
    }


@pytest.mark.parametrize("buckets", [1, 7, 500, 10**9])
def test_extremes_hold_the_extremes_of_the_whole_however_many_buckets(store: Store, buckets: int) -> None:
    put(store, series=[GET], metrics=samples(GET, [float(i * 37 % 101) for i in range(101)]))
    with store.snapshot() as snap:
        frame = metrics.extremes(snap, GET.series_id, at(), at(101), buckets)
    assert (frame["min"].min(), frame["max"].max(), frame["n"].sum()) == (0.0, 100.0, 101)
    assert len(frame) <= buckets + 1


def test_the_span_is_that_of_what_happened_and_not_of_labels_that_came_later(store: Store) -> None:
    put(store, labels=[{"label_ts": at(30)}])
    with store.snapshot() as snap:
        assert metrics.span(snap) == (at(30), at(30))
    put(store, 2, series=[GET], metrics=samples(GET, [1.0]), quarantine=[{"reason": "x"}])
    put(store, 3, logs=[{"ts": at(-5)}])
    with store.snapshot() as snap:
        assert metrics.span(snap) == (at(-5), at(0))


def test_an_empty_store_gives_empty_typed_frames(empty: Snapshot) -> None:
    assert metrics.list_series(empty) == ()
    assert metrics.span(empty) is None
    frame = metrics.read(empty, 1, at(), at(1), at(2))
    assert (len(frame), str(frame.index.dtype), str(frame["value"].dtype)) == (0, "datetime64[us, UTC]", "float64")
    assert list(frame.columns) == ["value", "known_at"]
    assert metrics.extremes(empty, 1, at(), at(1), 10).empty
