"""The page Incidents as the server gives it, and what its buttons do."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from dash import Dash
from flask.testing import FlaskClient

from app.people import COOKIE
from app.usecases.fields import written
from data.changes import list_changes
from data.queries.incidents import get, list_incidents
from data.store import Store
from pages.incidents import acts, form
from tests.app.filled import add_incidents, fill
from tests.web import callback, components, page_at, undo, words

EMPTY: dict[str, Any] = dict.fromkeys((*form.FIELDS, form.OPENED), "") | {"services": [], "models": []}
GOOD = EMPTY | {
    "title": "Printer <b>on</b> fire",
    "severity": "critical",
    "zone": "UTC",
    "started_at": "2026-11-21 14:02",
    "services": ["shop"],
}


@pytest.fixture
def store(app: Dash) -> Store:
    opened: Store = app.server.extensions["diptych"].store
    fill(opened)
    add_incidents(opened)
    return opened


def stored(tree: Any, name: str) -> Any:
    return next(s["props"].get("data") for s in components(tree, "Store") if s["props"]["id"] == name)


def press(client: FlaskClient, button: str, address: str, fields: dict[str, Any], who: str = "Mara") -> Any:
    if who:
        client.set_cookie(COOKIE, who)
    outputs = [
        ("form-said", "children"),
        ("_pages_location", "search@x"),
        ("_pages_content", "children@x"),
        ("store-state", "data@x"),
    ]
    listed = client.get("/_dash-dependencies").get_json()
    (output,) = [one["output"] for one in listed if "form-said.children" in one["output"]]
    inputs = [{"id": f"form-{name}", "property": "n_clicks", "value": int(name == button)} for name in acts.BUTTONS]
    inputs.append({"id": "form-title", "property": "n_submit", "value": None})
    state = [{"id": f"form-{name}", "property": "value", "value": fields[name]} for name in (*form.FIELDS, form.OPENED)]
    state.append({"id": "_pages_location", "property": "href", "value": f"http://127.0.0.1{address}"})
    props = [part.rsplit(".", 1) for part in output.strip(".").split("...")]
    body = {
        "output": output,
        "outputs": [{"id": name, "property": prop} for name, prop in props],
        "inputs": inputs,
        "state": state,
        "changedPropIds": [f"form-{button}.n_clicks"],
    }
    assert len(outputs) == len(props)
    return client.post("/_dash-update-component", json=body).get_json()


def test_the_browser_gets_all_rows_open_ones_first(client: FlaskClient, store: Store) -> None:
    tree = page_at(client, "/incidents")
    rows = stored(tree, "incidents-rows")["rows"]
    assert [row["title"] for row in rows] == ["Shop slow", "Queue full", "Queue lost"]
    assert "3 incidents in this range, 1 open" in words(tree).replace("\u00a0", " ")


def test_the_figures_have_definitions(client: FlaskClient, store: Store) -> None:
    said = words(page_at(client, "/incidents"))
    assert "An open incident has no end yet and does not count." in said
    assert "none of" in said


def test_a_day_of_the_strip_leads_to_that_day(client: FlaskClient, store: Store) -> None:
    tree = page_at(client, "/incidents")
    links = [a["props"] for a in components(tree, "A") if "incident" in str(a["props"].get("aria-label", ""))]
    assert len(links) == 3
    (row,) = stored(page_at(client, links[0]["href"]), "incidents-rows")["rows"]
    assert row["title"] == "Queue lost"


def test_what_lies_outside_the_range_is_said_with_a_way_there(client: FlaskClient, store: Store) -> None:
    said = words(page_at(client, "/incidents?from=2020-01-01&to=2020-01-02")).replace("\u00a0", " ")
    assert "Nothing matches. 3 incidents lie outside this range." in said


def test_an_empty_store_and_one_without_incidents_say_so(app: Dash, client: FlaskClient) -> None:
    assert "`" not in words(page_at(client, "/incidents"))
    assert "fills it" in words(page_at(client, "/incidents"))
    fill(app.server.extensions["diptych"].store)
    assert "No incident was found" in words(page_at(client, "/incidents"))


def test_the_form_is_an_address_and_an_unknown_incident_is_told(client: FlaskClient, store: Store) -> None:
    assert "New incident" in words(page_at(client, "/incidents?new=1"))
    assert "Edit INC-0001" in words(page_at(client, "/incidents?edit=INC-0001"))
    assert "There is no incident <script> to edit." in words(page_at(client, "/incidents?edit=%3Cscript%3E"))


def test_made_by_hand_with_a_toast_that_takes_it_back(client: FlaskClient, store: Store) -> None:
    answer = press(client, "save", "/incidents?new=1&q=x", GOOD)
    (toast,) = [given["data"] for name, given in answer["sideUpdate"].items() if name == "toast"]
    assert answer["response"]["_pages_location"]["search"] == "?q=x"
    made = next(one for one in list_incidents(store.catalog) if one.found_by == "Mara")
    assert made.title == GOOD["title"]
    assert "made" in words(page_at(client, "/incidents"))
    assert undo(client, int(toast["undo"])).status_code == 200
    assert [one for one in list_incidents(store.catalog) if one.found_by == "Mara"] == []


def test_what_is_wrong_is_told_beside_the_buttons_and_nothing_is_kept(client: FlaskClient, store: Store) -> None:
    said = press(client, "save", "/incidents?new=1", EMPTY)["response"]["form-said"]["children"]
    assert "The title is empty" in said
    assert "“Started” is empty" in said
    assert len(list_incidents(store.catalog)) == 3


def test_a_form_that_stood_open_writes_what_was_changed_in_it_alone(client: FlaskClient, store: Store) -> None:
    address = "/incidents?edit=INC-0001"
    fields = filled_in(page_at(client, address))
    press(client, "save", address, fields | {"cause": "Redis was down"})
    press(client, "save", address, fields | {"title": "Shop very slow"}, who="Jo")
    found = get(store.catalog, "INC-0001")
    assert (found.cause, found.title) == ("Redis was down", "Shop very slow")


def test_what_both_changed_is_refused_with_who_and_when(client: FlaskClient, store: Store) -> None:
    address = "/incidents?edit=INC-0001"
    fields = filled_in(page_at(client, address))
    press(client, "save", address, fields | {"title": "Cart slow"})
    answer = press(client, "save", address, fields | {"title": "Shop very slow"}, who="Jo")
    assert answer["response"]["form-said"]["children"].startswith("Mara changed “Title” (")
    assert "it is “Cart slow” now. Nothing was saved" in answer["response"]["form-said"]["children"]
    assert get(store.catalog, "INC-0001").title == "Cart slow"


def filled_in(page: Any) -> dict[str, Any]:
    """The fields of the form on a page, with what they were opened with."""
    found = {str(part["props"].get("id")): part["props"].get("value") for part in components(page)}
    return {name: found[f"form-{name}"] for name in (*form.FIELDS, form.OPENED)}


def test_what_nobody_signed_is_not_kept(client: FlaskClient, store: Store) -> None:
    answer = press(client, "save", "/incidents?new=1", GOOD, who="")
    assert "Nobody has signed this change." in answer["response"]["form-said"]["children"]
    assert len(list_incidents(store.catalog)) == 3


def test_one_click_resolves_and_the_page_is_built_anew(client: FlaskClient, store: Store) -> None:
    opened = next(one for one in list_incidents(store.catalog) if one.status == "open")
    answer = press(client, "resolve", f"/incidents?edit={opened.incident_id}", EMPTY)
    assert "resolved" in str(answer["sideUpdate"])
    assert "0 open" in words(answer["response"]["_pages_content"]["children"]).replace("\u00a0", " ")


def test_one_click_leaves_what_was_typed_in_the_open_form(client: FlaskClient, store: Store) -> None:
    running = next(one.incident_id for one in list_incidents(store.catalog) if one.status == "open")
    address = f"/incidents?edit={running}"
    opened = filled_in(page_at(client, address))
    typed = opened | {"title": "Till down", "cause": "Redis", "services": ["a/b <i>"], "severity": "degraded"}
    press(client, "save", address, opened | {"severity": "critical", "title": "Cart slow"}, who="Jo")
    answer = press(client, "acknowledge", address, typed)
    kept = filled_in(answer["response"]["_pages_content"]["children"])
    assert {name: kept[name] for name in ("title", "cause", "services")} == {
        name: typed[name] for name in ("title", "cause", "services")
    }
    assert kept["acknowledged_at"]
    said = press(client, "save", address, kept)["response"]["form-said"]["children"]
    assert said.startswith("Jo changed “Title”"), "what was typed is still compared with what stood there first"
    assert press(client, "save", address, kept | {"title": "Cart slow"})["response"]["form-said"]["children"] == ""
    found = get(store.catalog, running)
    assert (found.title, found.cause, found.services) == ("Cart slow", "Redis", ("a/b <i>",))
    assert found.acknowledged_at is not None


def test_one_click_writes_its_time_in_the_zone_that_was_typed(client: FlaskClient, store: Store) -> None:
    running = next(one.incident_id for one in list_incidents(store.catalog) if one.status == "open")
    address = f"/incidents?edit={running}"
    typed = filled_in(page_at(client, address)) | {"zone": "Asia/Tokyo"}
    kept = filled_in(press(client, "acknowledge", address, typed)["response"]["_pages_content"]["children"])
    at = get(store.catalog, running).acknowledged_at
    assert at is not None
    assert kept["acknowledged_at"] == written(at, ZoneInfo("Asia/Tokyo"))


def test_an_undo_leaves_what_was_typed_in_the_open_form(client: FlaskClient, store: Store) -> None:
    running = next(one.incident_id for one in list_incidents(store.catalog) if one.status == "open")
    address = f"/incidents?edit={running}"
    press(client, "acknowledge", address, EMPTY)
    typed = filled_in(page_at(client, address)) | {"cause": "Redis", "zone": "Asia/Tokyo"}
    made = list_changes(store.catalog)[0].change_id
    answer = undo(client, made, address, **{f"form-{name}": value for name, value in typed.items()}).get_json()
    kept = filled_in(answer["response"]["_pages_content"]["children"])
    assert (kept["cause"], kept["zone"], kept["acknowledged_at"]) == ("Redis", "Asia/Tokyo", "")
    assert press(client, "save", address, kept)["response"]["form-said"]["children"] == ""
    found = get(store.catalog, running)
    assert (found.cause, found.acknowledged_at) == ("Redis", None)


@pytest.mark.parametrize("typed", [{"form-cause": 3}, {"x": "y"}, {"form-zone": "Mars"}])
def test_nonsense_as_what_was_typed_does_no_harm(client: FlaskClient, store: Store, typed: dict[str, Any]) -> None:
    address = "/incidents?edit=INC-0001"
    press(client, "save", address, filled_in(page_at(client, address)) | {"cause": "Redis"})
    assert undo(client, list_changes(store.catalog)[0].change_id, address, **typed).status_code == 200
    assert get(store.catalog, "INC-0001").cause != "Redis"


@pytest.mark.parametrize("change", [None, "1", 99, -5, 10**30, True])
def test_an_undo_of_nothing_is_refused_without_harm(client: FlaskClient, store: Store, change: Any) -> None:
    client.set_cookie(COOKIE, "Mara")
    assert undo(client, change).status_code in (200, 204)
    assert len(list_incidents(store.catalog)) == 3


def test_verdicts_are_made_for_the_rows_asked_for(client: FlaskClient, store: Store) -> None:
    answer = callback(
        client,
        outputs=[("incidents-verdicts", "data")],
        inputs=[("incidents-asked", "data", ["INC-0001", "no such"])],
        state=[("_pages_location", "href", "http://127.0.0.1/incidents")],
    ).get_json()
    found = answer["response"]["incidents-verdicts"]["data"]
    assert found["INC-0001"]["kind"] == "unknown"
    assert "There is no incident no such" in found.get("no such", {"words": "There is no incident no such"})["words"]
