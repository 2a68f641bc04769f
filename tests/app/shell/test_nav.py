"""The navigation for an address."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient

from app.factory import PAGES
from app.routing import entries
from data.store import Store
from tests.app.filled import add_incidents, fill
from tests.web import callback, components, words

LOCATION = "_pages_location"


def nav(client: FlaskClient, path: str, search: str = "") -> tuple[list[dict[str, Any]], str]:
    """The links and the lines at the foot."""
    response = callback(
        client,
        [("nav-items", "children"), ("nav-foot", "children")],
        [(LOCATION, "pathname", path), (LOCATION, "search", search), ("store-state", "data", [0, 0])],
    )
    made = response.get_json()["response"]
    return [link["props"] for link in components(made["nav-items"]["children"], "A")], words(
        made["nav-foot"]["children"]
    )


def test_the_page_one_is_on_is_marked(client: FlaskClient) -> None:
    for path, current in (
        ("/", "/"),
        ("/service/shop", "/service"),
        ("/incidents", "/incidents"),
        ("/incident/INC-0001", "/incidents"),
        ("/models", "/models"),
        ("/model/recommender", "/models"),
        ("/elsewhere", None),
    ):
        links, _ = nav(client, path)
        assert [link["href"] for link in links if link.get("aria-current") == "page"] == ([current] if current else [])


def test_links_carry_the_range_and_nothing_else(client: FlaskClient) -> None:
    links, _ = nav(client, "/", "?from=now-1h&to=now&row=shop")
    assert [link["href"] for link in links] == [
        "/?from=now-1h&to=now",
        "/service?from=now-1h&to=now",
        "/anomalies?from=now-1h&to=now",
        "/logs?from=now-1h&to=now",
        "/incidents?from=now-1h&to=now",
        "/models?from=now-1h&to=now",
        "/sources?from=now-1h&to=now",
        "/settings?from=now-1h&to=now",
    ]


def test_open_incidents_are_counted_beside_their_page(store: Store, client: FlaskClient) -> None:
    assert (
        words([link["children"] for link in nav(client, "/")[0]])
        == "Health Services Anomalies Logs Incidents Models Sources Settings"
    )
    fill(store)
    add_incidents(store)
    assert (
        words([link["children"] for link in nav(client, "/")[0]])
        == "Health Services Anomalies Logs Incidents 1 Models Sources Settings"
    )


def test_the_foot_says_which_records_are_shown_in_the_zone(store: Store, client: FlaskClient) -> None:
    assert nav(client, "/")[1] == "No records yet"
    fill(store)
    assert nav(client, "/")[1].replace("\u00a0", " ") == "Records from 21 Nov 2026 until 14:09:55 UTC"
    assert nav(client, "/", "?tz=Europe/Berlin")[1].endswith("until 15:09:55 UTC+1")


def test_any_address_has_a_navigation(client: FlaskClient) -> None:
    assert len(nav(client, "//\x00/..", "?tz=Mars&from=" + "9" * 5000)[0]) == len(entries(PAGES))
