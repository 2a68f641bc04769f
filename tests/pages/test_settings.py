"""Settings as the server gives it and as its buttons change it: real POSTs on a filled store."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.usecases import views
from data import registry_toml
from data.changes import list_changes
from data.records import SavedView, Service
from data.registry import parse
from data.store import Store
from tests.app.filled import fill
from tests.web import components, page_at, undo, words

SECTIONS = ("services", "models", "metrics", "thresholds", "retention", "views", "display", "history")
NONSENSE = (
    "?section=nope",
    "?section=services&edit=%00",
    "?section=thresholds&edit=x",
    "?section=retention&edit=x",
    "?section=history&kind=%3Cb%3E",
)


@pytest.fixture
def filled(store: Store, client: FlaskClient) -> FlaskClient:
    fill(store)
    client.set_cookie("diptych_name", "Mara")
    return client


def fields(page: dict) -> dict[str, Any]:
    """Names and values of the form on a page."""
    found = [c["props"] for c in components(page) if isinstance(c.get("props", {}).get("id"), dict)]
    return {p["id"]["name"]: p.get("value") for p in found if p["id"]["type"] == "settings-field"}


def press(client: FlaskClient, button: str | dict[str, Any], href: str, form: dict[str, Any] | None = None) -> Any:
    """The answer to a click, as Dash would send it with everything that stands in the form."""
    listed = client.get("/_dash-dependencies").get_json()
    is_it = (lambda i: i["id"] == button) if isinstance(button, str) else (lambda i: button["type"] in i["id"])
    spec = next(each for each in listed if any(is_it(i) for i in each["inputs"]))
    plain = isinstance(button, str)
    pressed = {"id": button, "property": "n_clicks", "value": 1}
    href_state = {"id": "_pages_location", "property": "href", "value": f"http://127.0.0.1{href}"}
    ids = [{"type": "settings-field", "name": name} for name in form or {}]
    states: list[Any] = []
    if len(spec["state"]) == 3:
        states = [
            [{"id": i, "property": "value", "value": v} for i, v in zip(ids, (form or {}).values(), strict=True)],
            [{"id": i, "property": "id", "value": i} for i in ids],
        ]
    output = spec["output"].strip(".").split("...")
    outputs = [dict(zip(("id", "property"), each.rsplit(".", 1), strict=True)) for each in output]
    body = {
        "output": spec["output"],
        "outputs": outputs if len(outputs) > 1 else outputs[0],
        "inputs": [pressed if plain else [pressed]],
        "state": [*states, href_state],
        "changedPropIds": [f"{button if plain else _id(button)}.n_clicks"],
    }
    return client.post("/_dash-update-component", json=body)


def _id(button: Any) -> str:
    import json

    return json.dumps(button, sort_keys=True, separators=(",", ":"))


@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_is_an_address(filled: FlaskClient, section: str) -> None:
    page = page_at(filled, f"/settings?section={section}")
    assert [words(h) for h in components(page, "H1")] == ["Settings"]
    assert "Something went wrong" not in words(page)


@pytest.mark.parametrize("query", NONSENSE)
def test_nonsense_is_answered_with_a_page(filled: FlaskClient, query: str) -> None:
    assert "Something went wrong" not in words(page_at(filled, f"/settings{query}"))


def test_each_record_says_where_it_came_from(filled: FlaskClient) -> None:
    assert "metrics.csv" in words(page_at(filled, "/settings"))
    assert "guessed from its name" in words(page_at(filled, "/settings?section=metrics"))
    assert "default" in words(page_at(filled, "/settings?section=thresholds"))


def test_a_strange_name_can_be_edited(filled: FlaskClient) -> None:
    page = page_at(filled, "/settings?edit=a%2Fb+%3Ci%3E")
    assert "owner" in fields(page)


def test_an_owner_is_changed_here_and_undone_in_history(filled: FlaskClient, store: Store) -> None:
    href = "/settings?edit=shop"
    form = fields(page_at(filled, href)) | {"owner": "Mara's team"}
    answer = press(filled, "settings-save", href, form)
    assert answer.status_code == 200, answer.text
    said = words(page_at(filled, "/settings"))
    assert "Mara's team" in said
    assert "Mara, " in said
    assert "owner checkout" in words(page_at(filled, "/settings?section=history"))
    undone = undo(filled, 1, "/settings?section=history")
    assert undone.status_code == 200, undone.text
    assert "Mara's team" not in words(page_at(filled, "/settings"))


def test_an_objective_is_added_in_percent_and_days(filled: FlaskClient, store: Store) -> None:
    href = "/settings?edit=shop"
    row = {"metric": "latency_p95_ms", "comparison": "<=", "threshold": "21", "target": "99,5", "window": "28d"}
    form = fields(page_at(filled, href)) | {f"objectives.0.{name}": value for name, value in row.items()}
    tried = press(filled, "settings-preview", href, form)
    assert "outside for 3 min" in words(tried.get_json()["response"]["settings-said"]["children"]).replace(
        "\u00a0", " "
    )
    assert press(filled, "settings-save", href, form).status_code == 200
    with store.snapshot() as snap:
        (objective,) = next(s for s in snap.state.services if s.name == "shop").objectives
    assert (objective.threshold, objective.target, objective.window_s) == (21.0, 0.995, 28 * 86_400.0)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"target": "100"}, "leaves no budget"),
        ({"target": "199"}, "is no share"),
        ({"threshold": "fast"}, "Write a number like 500"),
        ({"window": "soon"}, "is no span of time"),
        ({"comparison": "=="}, "is not known"),
    ],
)
def test_mistakes_are_said_in_the_words_of_the_file(
    filled: FlaskClient, store: Store, change: dict[str, str], sentence: str
) -> None:
    row = {"metric": "latency_p95_ms", "comparison": "<=", "threshold": "21", "target": "99", "window": "28d"} | change
    before = store.catalog.generation
    answer = press(filled, "settings-save", "/settings?edit=shop", {f"objectives.0.{k}": v for k, v in row.items()})
    assert sentence in answer.text
    assert store.catalog.generation == before


def test_two_forms_that_were_opened_at_once_both_hold(filled: FlaskClient, store: Store) -> None:
    form = fields(page_at(filled, "/settings?edit=shop"))
    press(filled, "settings-save", "/settings?edit=shop", form | {"owner": "Mara's team"})
    press(filled, "settings-save", "/settings?edit=shop", form | {"team": "orders"})
    assert stated(store) == ("Mara's team", "orders")


def test_a_field_that_another_changed_meanwhile_is_not_overwritten(filled: FlaskClient, store: Store) -> None:
    form = fields(page_at(filled, "/settings?edit=shop"))
    press(filled, "settings-save", "/settings?edit=shop", form | {"owner": "Mara's team"})
    filled.set_cookie("diptych_name", "Jo")
    late = press(filled, "settings-save", "/settings?edit=shop", form | {"owner": "Jo's team"})
    said = words(late.get_json()["response"]["settings-said"]["children"])
    assert re.search(r"^Mara changed “Owner” \(\w+ \d+\s\w+, .*\): it is “Mara's team” now\. Nothing was saved", said)
    assert stated(store)[0] == "Mara's team"


def test_a_form_that_nobody_touched_changes_nothing(filled: FlaskClient, store: Store) -> None:
    before = store.catalog.generation, store.catalog.revision
    for query in (
        "edit=shop",
        "section=models&edit=recommender",
        "section=thresholds&edit=drift_limit",
        "section=retention&edit=logs",
    ):
        href = f"/settings?{query}"
        answer = press(filled, "settings-save", href, fields(page_at(filled, href)))
        assert "is as it was" in answer.text, href
    assert (store.catalog.generation, store.catalog.revision) == before


def test_a_threshold_that_another_changed_meanwhile_is_not_overwritten(filled: FlaskClient, store: Store) -> None:
    href = "/settings?section=thresholds&edit=drift_limit"
    form = fields(page_at(filled, href))
    press(filled, "settings-save", href, form | {"value": "0.3"})
    filled.set_cookie("diptych_name", "Jo")
    late = press(filled, "settings-save", href, form | {"value": "0.4"})
    said = words(late.get_json()["response"]["settings-said"]["children"])
    assert re.search(r"^Mara changed “Value” \(.*\): it is “0\.3” now\.", said)
    with store.snapshot() as snap:
        assert [one.value for one in snap.state.thresholds] == [0.3]


def test_how_long_records_are_kept_is_looked_at_said_told_in_history_and_taken_back(
    filled: FlaskClient, store: Store
) -> None:
    href = "/settings?section=retention&edit=metrics"
    form = fields(page_at(filled, href)) | {"value": "1d"}
    looked = press(filled, "settings-preview", href, form)
    assert re.search(
        r"^(120\ssamples would go|Nothing would go now)",
        words(looked.get_json()["response"]["settings-said"]["children"]),
    )
    saved = press(filled, "settings-save", href, form)
    assert "Metrics are kept for 1d. What is older goes in 1 hour at the earliest." in saved.text
    assert "1d" in words(page_at(filled, "/settings?section=retention"))
    assert "kept for 1d" in words(page_at(filled, "/settings?section=history&kind=retention"))
    assert press(filled, "settings-reset", href).status_code == 200
    with store.snapshot() as snap:
        assert snap.state.retention == ()
    undone = undo(filled, 2, "/settings?section=history")
    assert undone.status_code == 200, undone.text
    with store.snapshot() as snap:
        assert [(one.name, one.keep_s, one.who) for one in snap.state.retention] == [("metrics", 86_400.0, "Mara")]


def test_a_section_without_a_default_has_no_way_back_to_one(filled: FlaskClient, store: Store) -> None:
    assert press(filled, "settings-reset", "/settings?section=services&edit=shop").status_code == 204
    assert list_changes(store.catalog) == ()


def stated(store: Store) -> tuple[str, str]:
    with store.snapshot() as snap:
        shop = next(s for s in snap.state.services if s.name == "shop")
    return shop.owner, shop.team


def test_a_guess_is_corrected(filled: FlaskClient, store: Store) -> None:
    href = "/settings?section=metrics&edit=latency_p95_ms"
    form = fields(page_at(filled, href)) | {"role": "business", "bad_direction": "down"}
    assert press(filled, "settings-save", href, form).status_code == 200
    with store.snapshot() as snap:
        (meaning,) = snap.state.stated_meanings
    assert (meaning.role, meaning.bad_direction, meaning.unit) == ("business", "down", "ms")


def test_a_limit_is_stated_listed_told_in_history_and_taken_back(filled: FlaskClient, store: Store) -> None:
    href = "/settings?section=metrics&edit=latency_p95_ms"
    form = fields(page_at(filled, href)) | {"limit": "750"}
    assert press(filled, "settings-save", href, form).status_code == 200
    with store.snapshot() as snap:
        (meaning,) = snap.state.stated_meanings
        assert "limit = 750.0" in registry_toml.write(registry_toml.stated(snap.state))
    assert meaning.limit == 750
    assert fields(page_at(filled, href))["limit"] == "750"
    assert " 750 " in words(page_at(filled, "/settings?section=metrics"))
    assert "kind gauge; limit 750" in words(page_at(filled, "/settings?section=history"))
    press(filled, "settings-save", href, fields(page_at(filled, href)) | {"limit": ""})
    with store.snapshot() as snap:
        assert [one.limit for one in snap.state.stated_meanings] == [None]


def test_a_threshold_is_tried_set_and_reset(filled: FlaskClient, store: Store) -> None:
    href = "/settings?section=thresholds&edit=alarms_per_week"
    assert "episode" in press(filled, "settings-preview", href, {"value": "5"}).text
    press(filled, "settings-save", href, {"value": "5"})
    assert "Mara, " in words(page_at(filled, href))
    press(filled, "settings-reset", href)
    with store.snapshot() as snap:
        assert snap.state.thresholds == ()


def toast(answer: Any) -> dict[str, str]:
    return answer.get_json()["sideUpdate"]["toast"]["data"]


def test_every_change_offers_its_undo_at_once(filled: FlaskClient, store: Store) -> None:
    views.save(store, "Jo", "Friday", "http://h/?from=a")
    drift = "/settings?section=thresholds&edit=drift_limit"
    for button, href, form in (
        ("settings-save", "/settings?edit=shop", {"owner": "x"}),
        ("settings-save", drift, {"value": "0.3"}),
        ("settings-reset", drift, None),
        ({"type": "view-delete", "name": "Friday"}, "/settings?section=views", None),
    ):
        said = toast(press(filled, button, href, form))
        assert said["undo"] == str(list_changes(store.catalog)[0].change_id), said
        assert undo(filled, int(said["undo"]), href).status_code == 200
    assert [one.name for one in views_of(store)] == ["Friday"]
    assert "undo" not in toast(press(filled, "settings-save", "/settings?edit=shop", {}))


def views_of(store: Store) -> tuple[SavedView, ...]:
    with store.snapshot() as snap:
        return views.listed(snap)


def test_without_a_name_nothing_is_changed(store: Store, client: FlaskClient) -> None:
    fill(store)
    answer = press(client, "settings-save", "/settings?edit=shop", {"owner": "x"})
    assert "Give your name" in answer.text
    with store.snapshot() as snap:
        assert next(s for s in snap.state.services if s.name == "shop").owner == "checkout"


def test_the_registry_downloads_as_a_file_that_reads_back(filled: FlaskClient) -> None:
    answer = filled.get("/registry.toml")
    assert "attachment" in answer.headers["Content-Disposition"]
    registry = parse(answer.text, "registry.toml")
    assert [s.owner for s in registry.services if s.name == "shop"] == ["checkout"]
    assert registry.models[0].service == "shop"


def added(client: FlaskClient, form: dict[str, Any]) -> Any:
    href = "/settings?new=1&from=a"
    return press(client, "settings-save", href, fields(page_at(client, href)) | form)


def test_a_service_is_added_with_its_objectives_and_taken_back(filled: FlaskClient, store: Store) -> None:
    row = {"metric": "latency_p95_ms", "comparison": "<=", "threshold": "21", "target": "99", "window": "28d"}
    objective = {f"objectives.0.{name}": value for name, value in row.items()}
    answer = added(filled, {"name": " search ", "owner": "Jo"} | objective).get_json()
    assert answer["response"]["_pages_location"]["search"] == "?from=a&edit=search"
    made = next(one for one in services(store) if one.name == "search")
    assert (made.owner, [one.threshold for one in made.objectives]) == ("Jo", [21.0])
    assert "search" in words(page_at(filled, "/settings?section=history"))
    said = answer["sideUpdate"]["toast"]["data"]
    assert undo(filled, int(said["undo"]), "/settings").status_code == 200
    assert "search" not in [one.name for one in services(store)]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("shop", "There is a service called “shop” already."), ("a/b <i>", "already"), (" ", "The service has no name.")],
)
def test_a_service_that_is_there_is_not_added_twice(
    filled: FlaskClient, store: Store, name: str, sentence: str
) -> None:
    before = services(store)
    answer = added(filled, {"name": name})
    assert sentence in words(answer.get_json()["response"]["settings-said"]["children"])
    assert services(store) == before


def services(store: Store) -> tuple[Service, ...]:
    with store.snapshot() as snap:
        return snap.state.services


def test_the_filter_wants_every_word_in_any_field(filled: FlaskClient) -> None:
    def names(wanted: str) -> list[str]:
        return [words(one) for one in components(page_at(filled, f"/settings?q={wanted}"), "Strong")]

    assert names("SHOP+checkout") == ["shop"]
    assert "shop" in names("")
    assert names("shop+nobody") == []
