"""Forms that stood open while others changed the same thing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import AppError
from app.usecases import incident_form
from app.usecases.incident_form import Done, save
from app.usecases.meanwhile import Meanwhile, mine, read_opened, rebased, taken
from app.usecases.undoing import undo
from data.queries.incidents import get, list_incidents, save_incidents
from data.records import Incident
from data.store import Store
from tests.app.filled import add_incidents

UTC_ZONE, BERLIN = ZoneInfo("UTC"), ZoneInfo("Europe/Berlin")
KNOWN = (("shop", "a/b <i>"), ("recommender",))
TEXTS = st.fixed_dictionaries({name: st.sampled_from(["", "a", "b"]) for name in "xyz"})


@given(TEXTS, TEXTS, TEXTS)
def test_every_field_is_this_persons_or_as_it_is_now(given: Any, opened: Any, now: Any) -> None:
    changed = mine(given, opened)
    for name, text in rebased(given, opened, now, ()).items():
        assert text == (given if name in changed else now)[name]
    assert {*taken("xyz", opened, now)} == {name for name in "xyz" if opened[name] != now[name]}


@pytest.fixture
def form(store: Store) -> dict[str, Any]:
    add_incidents(store)
    return incident_form.shown(get(store.catalog, "INC-0001"), UTC_ZONE)


def saved(store: Store, who: str, form: dict[str, Any], **fields: Any) -> Done:
    return save(store, who, "INC-0001", form | fields, KNOWN, form, UTC)


def test_what_two_wrote_alike_is_no_quarrel(store: Store, form: dict[str, Any]) -> None:
    saved(store, "Mara", form, cause="Redis")
    assert saved(store, "Jo", form, cause="Redis").change_id is None


def test_each_field_that_both_changed_is_told_and_nothing_is_written(store: Store, form: dict[str, Any]) -> None:
    saved(store, "Mara", form, services=["a/b <i>"])
    saved(store, "Tomas", form, cause="x" * 400)
    with pytest.raises(Meanwhile) as caught:
        saved(store, "Mara", form, services=[], cause="Redis", title="Never")
    assert "You changed “Services” (" in str(caught.value)
    assert "it is “a/b <i>” now." in str(caught.value)
    assert "Tomas changed “Cause” (" in str(caught.value)
    assert len(str(caught.value)) < 400
    assert get(store.catalog, "INC-0001").title != "Never"


def test_what_the_scan_found_anew_is_the_scans(store: Store, form: dict[str, Any]) -> None:
    found = [one if one.incident_id != "INC-0001" else replace(one, title="Shop down") for one in scanned(store)]
    save_incidents(store.catalog, found)
    with pytest.raises(Meanwhile, match=r"^The scan changed “Title”: it is “Shop down” now\."):
        saved(store, "Mara", form, title="Till down")


def test_what_an_undo_brought_back_is_of_who_undid(store: Store, form: dict[str, Any]) -> None:
    done = saved(store, "Mara", form, title="Till down")
    opened = form | {"title": "Till down"}
    undo(store, "Tomas", done.change_id or 0)
    with pytest.raises(Meanwhile, match=r"^Tomas changed “Title” \(.*\): it is “" + form["title"]):
        save(store, "Mara", "INC-0001", opened | {"title": "Till slow"}, KNOWN, opened)


def scanned(store: Store) -> tuple[Incident, ...]:
    return tuple(list_incidents(store.catalog))


def test_another_zone_reads_all_times_anew_and_keeps_what_others_wrote(store: Store, form: dict[str, Any]) -> None:
    saved(store, "Jo", form, cause="Redis")
    saved(store, "Mara", form, zone=BERLIN.key)
    found = get(store.catalog, "INC-0001")
    assert incident_form.shown(found, BERLIN)["started_at"] == form["started_at"]
    assert found.cause == "Redis"


@pytest.mark.parametrize("text", ["[", "[]", '{"title": 1}', '{"title": {"a": "b"}}', 7])
def test_nonsense_from_the_browser_is_refused_in_words(text: Any) -> None:
    with pytest.raises(AppError, match="Open it anew"):
        read_opened(text)
    assert read_opened(None) == {}
