"""What the frame knows of the store, and where a word leads."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.usecases.navigation import Entry, data_span, find, logged_hits, summary, telling_length
from data.log_templates import template_id
from data.store import Store
from tests.app.filled import LAST, START, add_incidents, fill
from tests.data.builders import put

PAGES = (Entry("Health", "/", "h"), Entry("Services", "/service", "s"))


def made(features: str) -> dict[str, object]:
    return {"ts": START, "model": "m", "prediction_id": "1", "y_pred": "1", "features": features}


@pytest.fixture
def filled(store: Store) -> Store:
    fill(store)
    add_incidents(store)
    return store


def test_an_empty_store_has_no_span(store: Store) -> None:
    known = summary(store)
    assert (known.first, known.last, known.open_incidents) == (None, None, 0)


def test_the_span_is_that_of_the_records(filled: Store) -> None:
    with filled.snapshot() as snap:
        assert data_span(snap) == (START, LAST)


def test_open_incidents_are_counted(filled: Store) -> None:
    assert summary(filled).open_incidents == 1


def test_a_word_finds_services_models_incidents_and_pages(filled: Store) -> None:
    first, *_ = find(filled, "shop", 10)
    assert (first.kind, first.href) == ("service", "/service/shop")
    assert ("model", "/model/recommender") in [(hit.kind, hit.href) for hit in find(filled, "recom", 10)]
    assert [hit.kind for hit in find(filled, "queue full", 10)] == ["incident"]
    assert [hit.href for hit in find(filled, "HEALTH", 10, PAGES)] == ["/"]


def test_a_metric_leads_to_its_lane_by_its_name_in_words_and_in_data(filled: Store) -> None:
    for asked in ("latency", "latency_p95_ms shop"):
        (hit,) = (one for one in find(filled, asked, 10) if one.kind == "metric")
        assert (hit.label, hit.href) == ("latency p95", "/service/shop?metric=s%3A7")


def test_features_and_log_lines_are_found_and_lead_to_where_they_stand(store: Store) -> None:
    put(
        store,
        predictions=[made('{"trip distance": 1.5, "hour": 3}')],
        logs=[{"ts": START, "service": "a/b", "message": "trip 17 lost"}, {"ts": START, "message": "no service"}],
    )
    with store.snapshot() as snap:
        logged = logged_hits(snap)
    feature, line = find(store, "trip", 10, logged=logged)
    assert (feature.kind, feature.label, feature.href) == ("feature", "trip distance", "/model/m")
    ends = [f"{(START + timedelta(minutes=n)).timestamp() * 1000:.0f}" for n in (-1, 1)]
    assert (line.kind, line.label) == ("log", "trip <*> lost")
    assert line.href == f"/logs?from={ends[0]}&to={ends[1]}&service=a%2Fb&template={template_id('trip <*> lost')}"
    assert find(store, "no service", 10, logged=logged) == ()


def test_a_feature_of_the_registry_and_of_records_is_one(store: Store) -> None:
    put(store, predictions=[made('{"hour": 3}')])
    with store.snapshot() as snap:
        logged = logged_hits(snap)
    assert len(find(store, "hour", 10, logged=(*logged, *logged))) == 1


def test_all_words_must_fit(filled: Store) -> None:
    assert find(filled, "shop queue", 10) == ()


def test_names_go_into_addresses_as_one_segment(filled: Store) -> None:
    assert [hit.href for hit in find(filled, "a/b", 10)] == ["/service/a%2Fb%20%3Ci%3E"]


def test_no_word_lists_the_pages_first_and_no_more_than_asked(filled: Store) -> None:
    assert [hit.label for hit in find(filled, " ", 2, PAGES)] == ["Health", "Services"]


def test_a_day_of_dense_samples_is_enough(filled: Store) -> None:
    with filled.snapshot() as snap:
        assert telling_length(snap) == timedelta(days=1)


def test_rare_records_are_looked_for_over_a_longer_time(store: Store) -> None:
    put(store, events=[{"ts": START + timedelta(days=n), "kind": "note", "title": "x"} for n in range(0, 400, 2)])
    with store.snapshot() as snap:
        assert telling_length(snap) == timedelta(days=366)


def test_one_line_far_from_all_others_does_not_hide_them(filled: Store) -> None:
    late = START + timedelta(days=900)
    put(filled, 2, logs=[{"ts": late, "service": "shop", "message": "of another year", "known_at": late}])
    with filled.snapshot() as snap:
        assert telling_length(snap) == late - START


def test_an_empty_store_has_a_length_too(store: Store) -> None:
    with store.snapshot() as snap:
        assert telling_length(snap) == timedelta(days=366)
