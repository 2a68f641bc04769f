"""A tick rebuilds the page when the store has grown, and only then."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.factory import PAGES
from app.routing import bare
from data.store import Store
from tests.app.filled import fill
from tests.web import callback, components


def tick(client: FlaskClient, before: list[int], href: str) -> TestResponse:
    dependencies = client.get("/_dash-dependencies").get_json()
    output = next(each["output"] for each in dependencies if "live-tick" in str(each["inputs"]))
    content = output.strip(".").split("...")[0].rsplit(".", 1)[1]
    return callback(
        client,
        [("_pages_content", content), ("store-state", "data")],
        [("live-tick", "data", 1)],
        [("_pages_location", "href", href), ("store-state", "data", before)],
    )


def page_state(client: FlaskClient) -> list[int]:
    frame = client.get("/_dash-layout").get_json()
    return next(each["props"]["data"] for each in components(frame, "Store") if each["props"]["id"] == "store-state")


def test_nothing_new_changes_nothing(store: Store, client: FlaskClient) -> None:
    fill(store)
    assert tick(client, page_state(client), "http://127.0.0.1/").status_code == 204


def test_a_grown_store_rebuilds_the_page_of_the_address(store: Store, client: FlaskClient) -> None:
    before = page_state(client)
    fill(store)
    path = bare(PAGES[-1].PATH)
    answer: dict[str, Any] = tick(client, before, f"http://127.0.0.1{path}").get_json()["response"]
    assert answer["store-state"]["data"] == page_state(client) != before
    assert list(components(answer["_pages_content"]["children"], "H1"))
