"""The Incident page as the server gives it: words for whatever is asked, nothing of the story outside the stores."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.urlstate import UrlState
from data.records import Incident
from pages.incident.choices import complaint, newest, others
from tests.fixtures import incident_example as stories
from tests.fixtures.incident_app import make_app, told
from tests.web import components, page_at, words


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """The application on the stories."""
    app = make_app(tmp_path_factory.mktemp("stories") / "home")
    with told():
        yield app.server.test_client()


def without_stores(tree: Any) -> str:
    """All of the page but what stays in the browser's memory."""
    if isinstance(tree, list):
        return " ".join(without_stores(part) for part in tree)
    if isinstance(tree, dict):
        if tree.get("type") == "Store":
            return ""
        return " ".join(f"{name} {without_stores(part)}" for name, part in tree.items())
    return json.dumps(tree, ensure_ascii=False)


def test_the_page_tells_nothing_of_the_story_before_its_time(client: FlaskClient) -> None:
    shown = without_stores(page_at(client, "/incident/INC-0001?mode=known&t=2026-11-21T14:06:00Z"))
    told_words = [t.title for t in stories.TITLES] + [v.headline for v in stories.VERDICTS]
    told_words += (
        [o.title for o in stories.ONSETS] + [e.title for e in stories.EVENTS] + [e.text for e in stories.EVIDENCE]
    )
    assert "Order of onset" in shown
    assert not [word for word in told_words if word in shown]


def test_the_graph_starts_empty(client: FlaskClient) -> None:
    (graph,) = components(page_at(client, "/incident/INC-0001"), "Graph")
    assert graph["props"]["figure"]["data"] == []


def test_figure_and_payload_are_in_the_browsers_memory(client: FlaskClient) -> None:
    stores = {
        s["props"]["id"]: s["props"].get("data") for s in components(page_at(client, "/incident/INC-0001"), "Store")
    }
    assert {trace["meta"]["lane"] for trace in stores["incident-figure"]["data"]} >= {"err:shop", "acc:recommender"}
    assert [o["title"] for o in stores["incident-payload"]["onsets"]] == [o.title for o in stories.ONSETS]


def test_the_bare_address_opens_the_newest(client: FlaskClient) -> None:
    (payload,) = [
        s["props"]["data"]
        for s in components(page_at(client, "/incident"), "Store")
        if s["props"]["id"] == "incident-payload"
    ]
    assert payload["onsets"][0]["title"] == stories.HOSTILE


def test_there_is_one_h1_and_the_figure_has_a_name(client: FlaskClient) -> None:
    tree = page_at(client, "/incident/INC-0001")
    assert len(list(components(tree, "H1"))) == 1
    (figure,) = [s for s in components(tree, "Section") if s["props"].get("id") == "diptych"]
    assert "services above, models below" in figure["props"]["aria-label"]


def test_an_unknown_id_is_told_in_words_with_a_way_back(client: FlaskClient) -> None:
    tree = page_at(client, "/incident/INC-9999")
    assert "There is no incident INC-9999" in words(tree)
    assert [a["props"]["href"] for a in components(tree, "A")] == ["/incident"]


def test_a_hostile_id_is_text(client: FlaskClient) -> None:
    tree = page_at(client, "/incident/%3Cscript%3Ealert(1)%3C%2Fscript%3E")
    assert "There is no incident <script>" in words(tree)


def test_without_incidents_the_page_says_how_to_get_them(app: Any) -> None:
    tree = page_at(app.server.test_client(), "/incident")
    assert "Nothing here yet." in words(tree)


def test_nonsense_in_the_address_is_answered_in_words(client: FlaskClient) -> None:
    said = words(page_at(client, "/incident/INC-0001?mode=psychic&t=yesterday&zoom=a/b&tz=Mars"))
    assert "“psychic” is no clock" in said
    assert "“yesterday” is no time" in said
    assert "“a/b” is no range" in said
    assert "“Mars” is no time zone" in said


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"mode": "known", "t": "2026-11-21T14:07:20Z", "zoom": "recording"},
        {"t": "1795270040000", "zoom": "2026-11-21T14:06:00Z/2026-11-21T14:08:00Z", "tz": "Europe/Berlin"},
    ],
)
def test_what_the_page_itself_writes_is_understood(query: dict[str, str]) -> None:
    assert complaint(query) == ""


@pytest.mark.parametrize("story", ["INC-0002", "INC-0003", "INC-0004", "INC-0005"])
def test_every_story_has_a_page(client: FlaskClient, story: str) -> None:
    tree = page_at(client, f"/incident/{story}")
    assert "Order of onset" in words(tree)


def test_lanes_of_services_lead_to_their_page_at_that_time(client: FlaskClient) -> None:
    stores = {
        s["props"]["id"]: s["props"].get("data") for s in components(page_at(client, "/incident/INC-0001"), "Store")
    }
    links = {o["lane"]: o["href"] for o in stores["incident-payload"]["onsets"]}
    assert links["err:shop"].startswith("/service/shop?from=17952")
    assert links["acc:recommender"] == ""


def incident(n: int) -> Incident:
    return Incident(f"INC-{n:04d}", "x", "critical", "resolved", started_at=stories.FAULT + timedelta(hours=n))


def test_the_incidents_offered_are_those_nearest_in_time() -> None:
    near = others([incident(n) for n in range(9)], "INC-0004", UrlState())
    assert [one["id"] for one in near] == ["INC-0002", "INC-0003", "INC-0005", "INC-0006"]
    assert near[0]["known"] == round((stories.FAULT + timedelta(hours=2)).timestamp() * 1000)


def test_the_newest_is_the_last_to_begin() -> None:
    assert newest([incident(2), incident(7), incident(3)]) == "INC-0007"
    assert newest([]) == ""


def test_a_second_application_has_its_own_replay(tmp_path: Any) -> None:
    """A callback of the first application is no callback of the second."""
    for name in ("one", "two"):
        client = make_app(tmp_path / name).server.test_client()
        listed = client.get("/_dash-dependencies").get_json()
        assert any(found["output"] == "incident-mounted.data" for found in listed)


def test_until_it_is_drawn_the_title_is_that_of_hindsight_or_none(client: FlaskClient) -> None:
    def title(query: str) -> str:
        (head,) = components(page_at(client, f"/incident/INC-0001{query}"), "H1")
        return words(head)

    assert title("") == stories.TITLE
    assert title("?mode=known&t=2026-11-21T14:07:20Z") == "Incident INC-0007"
