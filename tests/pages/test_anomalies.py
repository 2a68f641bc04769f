"""The page Anomalies as the server gives it."""

from __future__ import annotations

from typing import Any

import pytest
from dash import Dash
from flask.testing import FlaskClient

from data.queries.incidents import save_incidents
from data.store import Store
from tests.app import unusual
from tests.web import components, page_at, words


@pytest.fixture
def store(app: Dash) -> Store:
    opened: Store = app.server.extensions["diptych"].store
    unusual.scanned(opened)
    return opened


def rows(tree: Any) -> list[dict[str, Any]]:
    data = next(s["props"]["data"] for s in components(tree, "Store") if s["props"]["id"] == "anomalies-rows")
    found: list[dict[str, Any]] = data["rows"]
    return found


def test_the_browser_gets_the_episodes_with_what_was_seen_and_expected(client: FlaskClient, store: Store) -> None:
    (row,) = rows(page_at(client, "/anomalies"))
    assert (row["owner"], row["metric"], row["up"], row["verdict"]) == ("shop", "p95 latency, route /pay", True, "")
    assert row["observed"] == "400\u00a0ms"
    assert row["times"] > 10


def test_beside_it_stands_why(client: FlaskClient, store: Store) -> None:
    save_incidents(store.catalog, [unusual.incident()])
    (row,) = rows(page_at(client, "/anomalies"))
    text = words(page_at(client, f"/anomalies?episode={row['id']}")).replace("\u00a0", " ")
    assert "P95 latency, route /pay 400 ms, expected 40 ±" in text
    assert "times the usual spread, for 3 min" in text
    assert "route /pay carries it" in text
    assert "shop 1.8 deployed" in text
    assert "Pay slow" in text
    assert "isolation forest" in text


def test_an_episode_that_is_not_there_any_more_says_so(client: FlaskClient, store: Store) -> None:
    assert "There is no such episode any more" in words(page_at(client, "/anomalies?episode=%3Cb%3E"))


def test_where_nothing_was_scored_the_page_says_so(client: FlaskClient, app: Dash) -> None:
    unusual.fill(app.server.extensions["diptych"].store)
    assert "Nothing was scored yet" in words(page_at(client, "/anomalies"))


def test_episodes_outside_the_range_are_counted(client: FlaskClient, store: Store) -> None:
    tree = page_at(client, "/anomalies?from=2024-03-01T12:00:00Z&to=2024-03-01T12:10:00Z")
    assert "1\u00a0episode lies outside" in words(tree).replace("1 episode", "1\u00a0episode")
