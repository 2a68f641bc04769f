"""The page Anomalies as the server gives it."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from dash import Dash
from flask.testing import FlaskClient

from app.people import COOKIE
from app.usecases import history
from data.changes import list_changes
from data.queries.incidents import save_incidents
from data.store import Store
from tests.app import unusual
from tests.web import components, page_at, undo, words


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


def press(client: FlaskClient, button: str, episode: str, note: str = "", who: str = "Mara") -> Any:
    client.set_cookie(COOKIE, who)
    listed = client.get("/_dash-dependencies").get_json()
    (one,) = [one for one in listed if "verdict-said.children" in one["output"]]
    props = [part.rsplit(".", 1) for part in one["output"].strip(".").split("...")]
    inputs = [{**given, "value": int(given["id"] == f"verdict-{button}")} for given in one["inputs"]]
    href = f"http://127.0.0.1/anomalies?episode={episode}"
    body = {
        "output": one["output"],
        "outputs": [{"id": name, "property": prop} for name, prop in props],
        "inputs": inputs,
        "state": [{**each, "value": value} for each, value in zip(one["state"], (note, episode, href), strict=True)],
        "changedPropIds": [f"verdict-{button}.n_clicks"],
    }
    return client.post("/_dash-update-component", json=body).get_json()


def test_a_verdict_is_signed_shown_and_can_be_taken_back(client: FlaskClient, store: Store) -> None:
    (row,) = rows(page_at(client, "/anomalies"))
    press(client, "real", row["id"], "db was down <b>")
    (judged,) = rows(page_at(client, "/anomalies"))
    assert (judged["verdict"], judged["who"], judged["note"]) == ("real", "Mara", "db was down <b>")
    assert "Real  says" in words(page_at(client, f"/anomalies?episode={row['id']}"))
    (change,) = list_changes(store.catalog, "verdict")
    assert undo(client, change.change_id, "/anomalies").status_code == 200
    assert rows(page_at(client, "/anomalies"))[0]["verdict"] == ""


def test_a_verdict_is_changed_and_withdrawn_and_history_tells_of_it(client: FlaskClient, store: Store) -> None:
    (row,) = rows(page_at(client, "/anomalies"))
    for button in ("not-useful", "expected", "withdraw"):
        press(client, button, row["id"])
    assert rows(page_at(client, "/anomalies"))[0]["verdict"] == ""
    told = [line.words for line in history.lines(store, "verdict", ZoneInfo("UTC"))]
    assert told == ["deleted", "verdict from “not useful” to “expected”", "made"]


def test_what_is_said_already_is_not_written_again(client: FlaskClient, store: Store) -> None:
    (row,) = rows(page_at(client, "/anomalies"))
    press(client, "real", row["id"])
    press(client, "real", row["id"])
    assert len(list_changes(store.catalog, "verdict")) == 1


def test_a_verdict_on_nothing_is_refused_in_words(client: FlaskClient, store: Store) -> None:
    answer = press(client, "real", "nonsense")
    assert "There is no such episode any more" in str(answer["response"]["verdict-said"])
