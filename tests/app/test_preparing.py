"""Pages made before anybody asks: which ones, and that whoever opens them finds them made."""

from __future__ import annotations

import pytest
from dash import Dash

from app.preparing import MOST_OF_A_KIND, prepare
from app.usecases import incident
from data.records import Service
from data.store import Store
from tests.app.filled import add_incidents, fill
from tests.data.builders import put
from tests.web import page_at

HOSTILE = "a b/c'\"<ü"


def opened(store: Store) -> list[str]:
    """The addresses that were opened, in order."""
    said: list[str] = []
    count = prepare(store, lambda share, words: said.append(words))
    assert count == len(said)
    return said


def test_an_empty_store_has_its_first_pages_only(store: Store) -> None:
    assert opened(store) == ["/", "/models", "/anomalies"]


def test_the_incident_that_needs_a_person_most_is_ready_first(store: Store) -> None:
    fill(store)
    add_incidents(store)
    assert opened(store) == [
        "/",
        "/models",
        "/anomalies",
        "/incident/INC-0003",
        "/incident/INC-0001",
        "/incident/INC-0002",
        "/model/recommender",
        "/service/a%2Fb%20%3Ci%3E",
        "/service/shop",
    ]


def test_of_many_services_some_are_made_ready_whatever_their_names(store: Store) -> None:
    put(store, services=[Service(f"{HOSTILE}{n}") for n in range(MOST_OF_A_KIND + 1)])
    assert len(opened(store)) == 3 + MOST_OF_A_KIND


def test_it_stops_where_the_store_has_changed_meanwhile(store: Store) -> None:
    fill(store)
    said: list[str] = []

    def told(share: float, words: str) -> None:
        said.append(words)
        put(store, 2, services=[Service("late")])

    assert prepare(store, told) == 1
    assert said == ["/"]


def test_whoever_opens_a_page_finds_it_made(store: Store, app: Dash, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(store)
    add_incidents(store)
    prepare(store, lambda share, words: None)
    monkeypatch.setattr(incident, "load", lambda *_: pytest.fail("the incident is made again"))
    assert "Shop slow" in str(page_at(app.server.test_client(), "/incident/INC-0003"))
