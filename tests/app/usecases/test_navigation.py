"""What the frame knows of the store, and where a word leads."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.usecases.navigation import Entry, data_span, find, summary, telling_length
from data.store import Store
from tests.app.filled import LAST, START, add_incidents, fill
from tests.data.builders import put

PAGES = (Entry("Health", "/", "h"), Entry("Services", "/service", "s"))


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
