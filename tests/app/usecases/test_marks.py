"""Marks: what is refused, and where and from when they are shown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.usecases.fields import Refused, written
from app.usecases.mark_events import of_people
from app.usecases.mark_form import add, change, read, shown
from app.usecases.meanwhile import Meanwhile
from app.usecases.service_events import events_of
from app.usecases.times import from_ms
from data.queries.marks import add_mark
from data.records import Mark
from data.store import Store
from tests.app.filled import LAST, START, fill

GOOD: dict[str, Any] = {"tag": "repair", "words": "cable in", "ts": "2026-11-21 14:05", "zone": "UTC", "ends_at": ""}
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"words": " "}, "Write a few words"),
        ({"words": "x" * 301}, "301 characters, 300 fit"),
        ({"tag": "rumour"}, "what kind of mark"),
        ({"ts": ""}, "Say when it was"),
        ({"ts": "soon"}, "“soon” is no time"),
        ({"zone": "Mars"}, "“Mars” is no time zone"),
        ({"ends_at": "2026-11-21 14:05"}, "ends before it begins"),
    ],
)
def test_what_cannot_be_kept_is_refused_in_words(fields: dict[str, Any], words: str) -> None:
    with pytest.raises(Refused, match=words):
        read(GOOD | fields)


def test_what_is_not_there_cannot_be_marked(store: Store) -> None:
    fill(store)
    for kind, subject in (("service", "none such"), ("planet", "Mars"), ("", "")):
        with pytest.raises(Refused, match="to mark"):
            add(store, "Mara", kind, subject, GOOD)


@pytest.mark.parametrize("hour", [0, 1])
def test_new_words_leave_a_mark_where_it_was_also_in_the_hour_that_comes_twice(store: Store, hour: int) -> None:
    fill(store)
    began = datetime(2026, 10, 25, hour, 30, 0, 250_000, tzinfo=UTC)  # 02:30 before and after the clock went back
    mark = Mark("", "service", "shop", "note", "odd", began, began + MINUTE, "Mara", began)
    made, _ = add_mark(store.catalog, mark)
    zone = ZoneInfo("Europe/Berlin")
    times = {"ts": written(began, zone), "ends_at": written(began + MINUTE, zone), "zone": zone.key}
    change(store, "Jo", made, GOOD | times | {"words": "even"})
    with store.snapshot() as snap:
        (kept,) = snap.state.marks
    assert (kept.words, kept.ts, kept.ends_at) == ("even", began, began + MINUTE)


def test_two_who_change_one_mark_both_hold_and_the_later_is_told_of_what_both_changed(store: Store) -> None:
    fill(store)
    add(store, "Mara", "service", "shop", GOOD)
    with store.snapshot() as snap:
        (mark,) = snap.state.marks
    form = shown(mark, ZoneInfo("UTC"))
    change(store, "Mara", mark.mark_id, form | {"words": "cable out"}, form)
    change(store, "Jo", mark.mark_id, form | {"tag": "note"}, form)
    with pytest.raises(Meanwhile, match=r"^Mara changed “Words” \(.*\): it is “cable out” now"):
        change(store, "Jo", mark.mark_id, form | {"words": "cable in again"}, form)
    with store.snapshot() as snap:
        assert [(one.words, one.tag, one.ts) for one in snap.state.marks] == [("cable out", "note", mark.ts)]


def test_a_mark_stands_in_the_panels_of_its_own_service_or_model(store: Store) -> None:
    fill(store)
    add(store, "Mara", "service", "shop", GOOD)
    add(store, "Mara", "model", "recommender", GOOD | {"words": "new weights"})
    with store.snapshot() as snap:
        shop = events_of(snap, ["shop"], START, LAST)
        other = events_of(snap, ["a/b <i>"], START, LAST)
        model = events_of(snap, [], START, LAST, models=("recommender",))
    assert [(e.title, e.tag, e.source, e.kind) for e in shop] == [("cable in", "repair", "Mara", "note")]
    assert other == ()
    assert [e.title for e in model] == ["new weights"]


def lines(store: Store, written_at: Any, ends_at: Any = None) -> list[tuple[str, Any, Any]]:
    mark = Mark("m", "service", "shop", "note", "x", START + MINUTE, ends_at, "Mara", written_at)
    with store.snapshot() as snap:
        object.__setattr__(snap.state, "marks", (mark,))
        return [(e.title, e.ts, e.known_at) for e in of_people(snap, {"service": ("shop",)}, START, LAST)]


def test_a_mark_is_known_from_when_it_was_written_so_that_hindsight_is_not_replayed(store: Store) -> None:
    late = LAST + timedelta(days=9)
    assert lines(store, late) == [("x", START + MINUTE, late)]
    assert lines(store, START - MINUTE) == [("x", START + MINUTE, START + MINUTE)]
    assert lines(store, START + 3 * MINUTE) == [("x", START + MINUTE, START + 3 * MINUTE)]


def test_the_end_of_a_span_is_not_told_before_it(store: Store) -> None:
    begin, end = lines(store, START + MINUTE, START + 2 * MINUTE)
    assert (begin[0], end) == ("x", ("x: end", START + 2 * MINUTE, START + 2 * MINUTE))


@pytest.mark.parametrize("text", ["", "soon", "1", "9" * 20, "-1700000000000"])
def test_only_milliseconds_are_a_moment(text: str) -> None:
    assert from_ms(text) is None
    assert from_ms(str(int(START.timestamp() * 1000))) == START
