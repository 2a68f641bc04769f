"""The addresses beside the pages."""

from __future__ import annotations

from flask.testing import FlaskClient

from data.store import Store
from tests.app.filled import add_incidents, fill


def test_healthz_says_what_is_served_and_follows_the_store(store: Store, client: FlaskClient) -> None:
    assert client.get("/healthz").get_json()["generation"] == 0
    fill(store)
    answer = client.get("/healthz").get_json()
    assert set(answer) == {"status", "generation", "version"}
    assert (answer["status"], answer["generation"]) == ("ok", 1)


def test_find_answers_with_json_that_names_kind_and_address(store: Store, client: FlaskClient) -> None:
    fill(store)
    add_incidents(store)
    hits = client.get("/find?q=shop").get_json()
    assert {hit["kind"] for hit in hits} == {"service", "model", "metric", "incident"}
    assert all(set(hit) == {"kind", "label", "detail", "href"} for hit in hits)


def test_find_takes_any_text(client: FlaskClient) -> None:
    for query in ("", "?q=", "?q=%00%ff", "?q=" + "x" * 5000, "?q=a&q=b", "?p=1"):
        response = client.get(f"/find{query}")
        assert response.status_code == 200
        assert isinstance(response.get_json(), list)
