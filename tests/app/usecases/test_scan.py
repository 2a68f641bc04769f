"""The scan from stored samples to incidents and anomalies: 40 minutes of two services that depend on each other."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import numpy as np
import pytest

from app.usecases.scan import scan
from app.usecases.settings_preview import threshold_words
from data.catalog.commit import forget_files
from data.catalog.retain import retain
from data.kept import set_threshold
from data.queries import incident_edits
from data.queries.anomalies import list_anomalies
from data.queries.incidents import list_incidents
from data.records import Anomaly, Edge, Incident
from data.series import make_series
from data.store import Store
from tests.data.builders import at, put, samples

STEP_S = 5
COUNT = 40 * 60 // STEP_S
SHOP_LATENCY, SHOP_ERRORS = ("shop", "latency_p95_ms"), ("shop", "error_share")
STORE_LATENCY, STORE_UP = ("feature-store", "latency_ms"), ("feature-store", "up")
Changes = Mapping[tuple[str, str], tuple[float, float, float]]  # from minute, to minute, value meanwhile
OUTAGE: Changes = {
    STORE_UP: (20, 23, 0.0),
    STORE_LATENCY: (20, 23, 250.0),
    SHOP_LATENCY: (20, 23, 900.0),
    SHOP_ERRORS: (20, 23, 0.6),
}


def calm() -> dict[tuple[str, str], np.ndarray]:
    rng = np.random.default_rng(7)
    return {
        SHOP_LATENCY: 40 + 3 * rng.standard_normal(COUNT),
        SHOP_ERRORS: np.abs(0.002 * rng.standard_normal(COUNT)),
        STORE_LATENCY: 2 + 0.2 * rng.standard_normal(COUNT),
        STORE_UP: np.ones(COUNT),
    }


def fill(store: Store, changes: Changes, *, joined: bool = True, file_id: int = 1) -> None:
    """One file with all series; a second one takes the place of the first."""
    values = calm()
    for series, (start, end, value) in changes.items():
        values[series][int(start * 60 / STEP_S) : int(end * 60 / STEP_S)] = value
    named = {key: make_series(*key, {"zone": "a"}) for key in values}
    put(
        store,
        file_id,
        supersedes=tuple(range(1, file_id)),
        series=list(named.values()),
        edges=[Edge("shop", "feature-store")] if joined else [],
        metrics=[row for key, series in named.items() for row in samples(series, values[key].tolist(), step_s=STEP_S)],
    )


def found(store: Store) -> tuple[tuple[Incident, ...], tuple[Anomaly, ...], int]:
    with store.snapshot() as snap:
        return list_incidents(snap), list_anomalies(snap), snap.revision


@pytest.fixture
def outage(store: Store) -> Store:
    fill(store, OUTAGE)
    assert scan(store) == 1
    return store


def test_an_outage_is_one_incident_of_both_services(outage: Store) -> None:
    (incident,), _, _ = found(outage)
    assert (incident.incident_id, incident.severity, incident.status) == ("INC-0001", "critical", "resolved")
    assert set(incident.services) == {"shop", "feature-store"}
    assert abs(incident.started_at - at(20)) <= timedelta(seconds=2 * STEP_S)
    assert incident.resolved_at
    assert abs(incident.resolved_at - at(23)) <= timedelta(seconds=6 * STEP_S)


def test_what_was_unusual_stands_in_the_view(outage: Store) -> None:
    with outage.snapshot() as snap:
        rows = snap.frame("SELECT * FROM anomalies ORDER BY service, metric").to_dict("records")
    assert [(row["service"], row["metric"]) for row in rows] == sorted(OUTAGE)
    for row in rows:
        assert abs(row["start_ts"] - at(20)) <= timedelta(seconds=2 * STEP_S)
        assert row["start_ts"] < row["end_ts"]
        assert row["observed"] == OUTAGE[row["service"], row["metric"]][2]
        assert not row["expected_low"] <= row["observed"] <= row["expected_high"]
        assert row["direction"] == ("down" if row["metric"] == "up" else "up")
        assert 0.5 <= row["peak_score"] <= 1
        assert (dict(row["labels"]), row["mode"]) == ({"zone": "a"}, "full")


def test_a_second_scan_changes_nothing(outage: Store) -> None:
    before = found(outage)
    assert scan(outage) == 1
    assert found(outage) == before


def test_progress_ends_at_the_whole(store: Store) -> None:
    fill(store, {})
    said: list[tuple[float, str]] = []
    scan(store, progress=lambda share, words: said.append((share, words)))
    assert [share for share, _ in said] == sorted(share for share, _ in said)
    assert said[-1] == (1.0, "0 incidents")


def test_a_calm_store_has_neither_incident_nor_anomaly(store: Store) -> None:
    fill(store, {})
    assert scan(store) == 0
    assert found(store) == ((), (), 0)


def test_an_empty_store_has_nothing_to_scan(store: Store) -> None:
    assert scan(store) == 0
    assert found(store) == ((), (), 0)


def test_a_short_slow_moment_of_both_services_is_unusual_but_no_incident(store: Store) -> None:
    fill(store, {SHOP_LATENCY: (20, 20.5, 900.0), STORE_LATENCY: (20, 20.5, 250.0)})
    assert scan(store) == 0
    incidents, anomalies, _ = found(store)
    assert incidents == ()
    assert {(a.service, a.metric) for a in anomalies} == {STORE_LATENCY, SHOP_LATENCY}


def test_services_slow_for_minutes_are_an_incident_that_fails_nobody(store: Store) -> None:
    fill(store, {SHOP_LATENCY: (20, 23, 900.0), STORE_LATENCY: (20, 23, 250.0)})
    assert scan(store) == 1
    (incident,), _, _ = found(store)
    assert incident.severity == "degraded"


def test_services_that_do_not_depend_on_each_other_fail_apart(store: Store) -> None:
    fill(store, OUTAGE, joined=False)
    assert scan(store) == 2
    incidents, _, _ = found(store)
    assert {i.services for i in incidents} == {("shop",), ("feature-store",)}


def test_an_anomaly_that_new_data_takes_back_is_gone(outage: Store) -> None:
    fill(outage, {}, file_id=2)
    assert scan(outage) == 0
    assert found(outage)[:2] == ((), ())


LATER_MIN = 60 * 24 * 20  # beyond the two weeks that a scan judges


@pytest.fixture
def long_ago(outage: Store) -> Store:
    """The outage, and calm samples of twenty days later."""
    shop = make_series(*SHOP_LATENCY, {"zone": "a"})
    rows = samples(shop, [40.0] * 60, step_s=STEP_S, start=at(LATER_MIN))
    put(outage, 2, series=[shop], metrics=rows)
    return outage


def test_an_incident_of_before_the_stretch_that_is_judged_stays_as_it_is(long_ago: Store) -> None:
    before = list_incidents(long_ago.catalog)
    assert scan(long_ago) == 1
    assert list_incidents(long_ago.catalog) == before


def test_one_that_a_person_gave_other_services_and_times_is_not_found_twice(long_ago: Store) -> None:
    fields = {"services": ("billing",), "started_at": at(300), "resolved_at": at(400)}
    incident_edits.edit(long_ago.catalog, "Mara", "INC-0001", fields)
    edited = list_incidents(long_ago.catalog)
    for _ in range(3):
        scan(long_ago)
        assert list_incidents(long_ago.catalog) == edited


def test_an_incident_goes_with_the_records_that_told_of_it(long_ago: Store) -> None:
    forget_files(long_ago.catalog, (1,))
    assert scan(long_ago) == 0
    assert list_incidents(long_ago.catalog) == ()


def test_an_incident_outlasts_records_that_were_let_go_of(long_ago: Store) -> None:
    before = found(long_ago)
    retain(long_ago.catalog, "metrics", at(60))
    with long_ago.snapshot() as snap:
        assert not snap.segments("metrics", at(0), at(60))
    for _ in range(2):
        assert scan(long_ago) == 1
        assert found(long_ago) == before


def test_it_outlasts_them_within_the_stretch_that_is_judged_too(outage: Store) -> None:
    before = found(outage)
    retain(outage.catalog, "metrics", at(30))
    assert scan(outage) == 1
    assert found(outage) == before


def test_what_went_on_when_records_were_let_go_of_is_judged_by_what_is_left(outage: Store) -> None:
    retain(outage.catalog, "metrics", at(22))
    scan(outage)
    incidents, anomalies, _ = found(outage)
    assert all(i.started_at >= at(22) for i in incidents)
    assert all(a.end > at(22) for a in anomalies)


def test_with_the_last_record_the_last_incident_goes(outage: Store) -> None:
    forget_files(outage.catalog, (1,))
    assert scan(outage) == 0
    incidents, anomalies, _ = found(outage)
    assert (incidents, anomalies) == ((), ())


def test_an_incident_of_alerts_goes_with_its_alerts(store: Store) -> None:
    fill(store, {})
    alert = {"kind": "alert", "service": "site", "severity": "critical", "title": "is down"}
    put(store, 2, events=[{"ts": at(-60 * 24 * 30), "ends_at": at(-60 * 24 * 30 + 9), **alert}])
    assert scan(store) == 1
    forget_files(store.catalog, (2,))
    assert scan(store) == 0


def test_what_joins_incidents_is_a_setting_and_a_preview_counts_by_it(store: Store) -> None:
    fill(store, {STORE_UP: (10, 12, 0.0), SHOP_ERRORS: (12.2, 14, 0.6)})
    assert scan(store) == 1
    with store.snapshot() as snap:
        for name, value in (("group_pause_s", 3), ("group_reach_s", 90)):
            told = threshold_words(snap, name, value, at(0), at(40)).replace("\u00a0", " ")
            assert "and 2 incidents in this range; now 2 and 1." in told
    set_threshold(store.catalog, "Mara", "group_pause_s", 3)
    assert scan(store) == 2
