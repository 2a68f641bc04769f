from __future__ import annotations

import math
from dataclasses import replace

import pytest

from data.queries.anomalies import list_anomalies, save
from data.records import Anomaly
from data.store import Snapshot, Store
from tests.data.builders import at, printed, python

LABELS = (("route", "/pay"), ("zone", "a"))


def found(start: float, end: float, service: str = "shop", **fields: object) -> Anomaly:
    anomaly = Anomaly(service, "latency_ms", LABELS, at(start), at(end), 0.8, 412.5, 10.0, 30.0, "up", "expected range")
    return replace(anomaly, **fields)


def listed(store: Store) -> tuple[Anomaly, ...]:
    with store.snapshot() as snap:
        return list_anomalies(snap)


def test_what_a_scan_finds_stands_in_the_view(store: Store) -> None:
    save(store.catalog, [found(5, 8)])
    with store.snapshot() as snap:
        (row,) = snap.frame("SELECT * FROM anomalies").to_dict("records")
    assert dict(row.pop("labels")) == dict(LABELS)
    assert row == {
        "anomaly_id": found(5, 8).anomaly_id,
        "service": "shop",
        "metric": "latency_ms",
        "start_ts": at(5),
        "end_ts": at(8),
        "peak_score": 0.8,
        "observed": 412.5,
        "expected_low": 10.0,
        "expected_high": 30.0,
        "direction": "up",
        "detector": "expected range",
        "mode": "full",
        "model": "",
    }


def test_records_come_back_as_they_were_saved_by_start(store: Store) -> None:
    saved = [found(20, 30, observed=math.inf), found(5, 8, labels=()), found(5, 9, "cart", direction="down")]
    save(store.catalog, saved)
    assert sorted(saved, key=lambda a: (a.start, a.anomaly_id)) == list(listed(store))


def test_the_id_is_that_of_the_series_and_the_start() -> None:
    one = found(5, 8)
    assert replace(one, end=at(9), peak_score=1.0, labels=LABELS[::-1]).anomaly_id == one.anomaly_id
    others = [replace(one, service="cart"), replace(one, metric="m"), replace(one, labels=()), found(5.1, 8)]
    assert len({one.anomaly_id, *(other.anomaly_id for other in others)}) == 5


def test_the_id_is_the_same_in_another_process() -> None:
    code = """if True:
        import json
        from tests.data.queries.test_anomalies import found
        print(json.dumps(found(5, 8).anomaly_id))"""
    assert printed(python(code)) == found(5, 8).anomaly_id


def test_the_same_scan_again_changes_nothing(store: Store) -> None:
    save(store.catalog, [found(5, 8), found(20, 30)])
    revision = store.catalog.revision
    save(store.catalog, [found(20, 30), found(5, 8)], scanned_from=at(0))
    assert store.catalog.revision == revision == 1


@pytest.mark.parametrize("again", [[found(5, 9)], [found(6, 8)], [], [found(5, 8), found(20, 21)]])
def test_another_scan_replaces_what_the_last_one_found(store: Store, again: list[Anomaly]) -> None:
    save(store.catalog, [found(5, 8)])
    save(store.catalog, again)
    assert list(listed(store)) == again
    assert store.catalog.revision == 2


def test_what_was_over_before_the_range_scanned_stays(store: Store) -> None:
    save(store.catalog, [found(0, 10), found(12, 26), found(40, 50)])
    save(store.catalog, [found(41, 50)], scanned_from=at(25))
    assert [a.start for a in listed(store)] == [at(0), at(41)]
    save(store.catalog, [], scanned_from=at(10))
    assert [a.start for a in listed(store)] == [at(0)]


def test_one_that_is_given_twice_or_was_kept_is_there_once(store: Store) -> None:
    save(store.catalog, [found(0, 10), found(0, 10)])
    save(store.catalog, [found(0, 10)], scanned_from=at(25))
    assert listed(store) == (found(0, 10),)


def test_those_that_lasted_into_the_range_are_listed(store: Store) -> None:
    save(store.catalog, [found(0, 10), found(20, 30, "cart"), found(40, 50)])
    with store.snapshot() as snap:
        assert list_anomalies(snap, at(10), at(20)) == ()
        assert [a.start for a in list_anomalies(snap, at(9), at(21))] == [at(0), at(20)]
        assert [a.start for a in list_anomalies(snap, service="shop")] == [at(0), at(40)]


def test_a_snapshot_keeps_the_anomalies_of_its_revision(store: Store) -> None:
    with store.snapshot() as before:
        save(store.catalog, [found(0, 10)])
        assert list_anomalies(before) == ()
    assert listed(store) == (found(0, 10),)


def test_an_empty_store_has_none(empty: Snapshot) -> None:
    assert list_anomalies(empty) == ()


def test_what_was_over_when_its_records_were_let_go_of_stays_and_nothing_else(store: Store) -> None:
    of_model = found(5, 8, "recommender", model="recommender")
    save(store.catalog, [found(0, 5), found(6, 6), found(9, 20), of_model])
    save(store.catalog, [], let_go={"metrics": at(5), "logs": at(30)})
    assert listed(store) == (found(0, 5),)
    save(store.catalog, [of_model])
    save(store.catalog, [], let_go={"predictions": at(8)})
    assert listed(store) == (of_model,)


def test_a_moment_that_is_not_found_again_goes_where_nothing_was_let_go_of(store: Store) -> None:
    save(store.catalog, [found(6, 6)])
    save(store.catalog, [])
    assert listed(store) == ()
