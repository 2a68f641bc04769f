"""The range of a page is links, and they lead where they say."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from plotly.io.json import to_json_plotly

from app.shell.timebar import absolute, copy_link, timebar
from app.timerange import Resolved, resolve
from app.urlstate import UrlState, read
from tests.web import components, words

NOW = datetime(2026, 11, 21, 14, 30, tzinfo=UTC)


def shown(query: dict[str, str]) -> tuple[UrlState, Resolved]:
    return read(query), resolve(query, now=NOW, newest=NOW, oldest=NOW)


def plain(component: Any) -> Any:
    return json.loads(to_json_plotly(component))


@pytest.fixture
def bar() -> Any:
    """An hour and a half on a page that has a choice of its own."""
    query = {"from": "2026-11-21T13:00Z", "to": "2026-11-21T14:30Z", "row": "shop"}
    return plain(timebar("/", *shown(query)))


def link(tree: Any, key: str) -> dict[str, list[str]]:
    """The query behind the element that a key clicks."""
    found = [each["props"] for each in components(tree, "A") if each["props"].get("data-key") == key]
    assert len(found) == 1
    return parse_qs(urlsplit(found[0]["href"]).query)


def test_it_shows_the_range_and_the_zone(bar: Any) -> None:
    said = words(bar).replace("\u00a0", " ")
    assert "Sat 21 Nov, 13:00 – 14:30" in said
    assert "UTC" in said


def test_the_brackets_shift_by_the_whole_window(bar: Any) -> None:
    assert link(bar, "[")["from"] == ["2026-11-21T11:30:00Z"]
    assert link(bar, "[")["to"] == ["2026-11-21T13:00:00Z"]
    assert link(bar, "]")["from"] == ["2026-11-21T14:30:00Z"]


def test_zoom_keeps_the_middle(bar: Any) -> None:
    assert (link(bar, "-")["from"], link(bar, "-")["to"]) == (["2026-11-21T12:15:00Z"], ["2026-11-21T15:15:00Z"])
    assert link(bar, "=")["from"] == ["2026-11-21T13:22:30Z"]


def test_every_link_keeps_the_choices_of_the_page(bar: Any) -> None:
    for each in components(bar, "A"):
        assert parse_qs(urlsplit(each["props"]["href"]).query)["row"] == ["shop"]


def test_zooming_in_ends_at_ten_seconds() -> None:
    tree = plain(timebar("/", *shown({"from": "2026-11-21T13:00:00Z", "to": "2026-11-21T13:00:10Z"})))
    assert link(tree, "=") == {"from": ["2026-11-21T13:00:00Z"], "to": ["2026-11-21T13:00:10Z"]}


def test_the_chosen_quick_range_and_zone_are_marked() -> None:
    tree = plain(timebar("/", *shown({"from": "now-1h", "to": "now", "tz": "Europe/Berlin"})))
    marked = [each["props"]["children"] for each in components(tree, "A") if each["props"].get("aria-current")]
    assert marked == ["Last hour", "Europe/Berlin"]


def test_what_must_be_known_stands_below_as_a_status() -> None:
    tree = plain(timebar("/", *shown({"from": "<b>"})))
    notes = [each["props"] for each in components(tree, "P") if each["props"].get("role") == "status"]
    assert "“<b>” is no time." in notes[0]["children"]


def test_a_copied_link_shows_the_same_whenever_it_is_opened() -> None:
    state, resolved = shown({"from": "now-1h", "to": "now", "row": "shop"})
    query = parse_qs(urlsplit(absolute("/", state, resolved)).query)
    later = resolve({name: given[0] for name, given in query.items()}, now=NOW.replace(year=2030), newest=NOW)
    assert (later.start, later.end) == (resolved.start, resolved.end)
    assert query["row"] == ["shop"]


def test_the_copied_link_carries_the_sentence() -> None:
    button = plain(copy_link("/", *shown({}), "Shop missed its objective."))["props"]
    assert (button["data-act"], button["data-sentence"]) == ("copy", "Shop missed its objective.")
    assert button["data-href"].startswith("/?from=2026-11-21T")
