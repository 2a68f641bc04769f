from __future__ import annotations

from typing import Any

import pytest

from data.queries import events
from data.store import Snapshot, Store
from tests.data.builders import at, put


def titles(snap: Snapshot, **asked: Any) -> list[str]:
    return [event.title for event in events.read(snap, **asked)]


@pytest.fixture
def snap(store: Store) -> Snapshot:
    put(
        store,
        events=[
            {"ts": at(2), "kind": "alert", "service": "shop", "title": "slow", "known_at": at(4)},
            {"ts": at(0), "kind": "deploy", "service": "cart", "title": "v2", "known_at": at(0)},
            {"ts": at(5), "kind": "note", "service": None, "title": "called Redis", "known_at": None},
        ],
    )
    return store.snapshot()


def test_events_come_by_time(snap: Snapshot) -> None:
    assert titles(snap) == ["v2", "slow", "called Redis"]


def test_range_service_kind_and_knowledge_narrow_them(snap: Snapshot) -> None:
    assert titles(snap, start=at(2), end=at(5)) == ["slow"]
    assert titles(snap, services=["cart", "db"]) == ["v2"]
    assert titles(snap, services=[]) == []
    assert titles(snap, kinds=["alert", "note"]) == ["slow", "called Redis"]
    assert titles(snap, known_by=at(3)) == ["v2"]
    assert titles(snap, known_by=at(4)) == ["v2", "slow"]


def test_what_is_not_said_is_empty_and_known_when_it_happened(snap: Snapshot) -> None:
    note = events.read(snap)[-1]
    assert (note.service, note.severity, note.ends_at, note.known_at, dict(note.attributes)) == (
        "",
        "",
        None,
        at(5),
        {},
    )


def alert(known: float, **fields: object) -> dict[str, object]:
    return {"ts": at(1), "kind": "alert", "fingerprint": "f1", "title": "down", "known_at": at(known), **fields}


def test_an_alert_sent_again_is_one_event_known_since_the_first_ended_by_the_last(store: Store) -> None:
    put(store, 1, events=[alert(2), alert(3)])
    put(store, 2, events=[alert(9, ends_at=at(8), severity="critical")])
    with store.snapshot() as snap:
        (one,) = events.read(snap)
        assert (one.known_at, one.ends_at, one.severity) == (at(2), at(8), "critical")
        (firing,) = events.read(snap, known_by=at(5))
        assert (firing.known_at, firing.ends_at) == (at(2), None)


def test_an_alert_that_fires_again_is_another_event(store: Store) -> None:
    put(store, events=[alert(2), {**alert(6), "ts": at(5)}])
    with store.snapshot() as snap:
        assert [event.ts for event in events.read(snap)] == [at(1), at(5)]


@pytest.mark.parametrize("fingerprint", [None, ""])
def test_events_without_a_fingerprint_are_never_taken_for_each_other(store: Store, fingerprint: str | None) -> None:
    put(store, events=[alert(2, fingerprint=fingerprint), alert(2, fingerprint=fingerprint)])
    with store.snapshot() as snap:
        assert len(events.read(snap)) == 2


@pytest.mark.parametrize(
    ("text", "found"),
    [('{"a":"b","n":1,"l":[1]}', {"a": "b", "n": "1", "l": "[1]"}), ("no", {}), ("[1]", {}), (None, {})],
)
def test_attributes_are_texts_by_name(store: Store, text: str | None, found: dict[str, str]) -> None:
    put(store, events=[{"ts": at(), "kind": "note", "title": "x", "attributes": text}])
    with store.snapshot() as snap:
        assert dict(events.read(snap)[0].attributes) == found


def test_an_empty_store_has_none(empty: Snapshot) -> None:
    assert events.read(empty, at(), at(1), ["a"], ["b"], at()) == ()
