"""What a person wrote about a mark, read and checked, and kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, cast

from app.usecases.fields import Refused, one_line, read_time, read_zone
from app.usecases.mark_events import TAGS
from data.queries import marks
from data.records import Mark
from data.store import Snapshot, Store

MOST_WORDS: Final = 300
TIMES: Final = (("ts", "When"), ("ends_at", "Until, where it lasted"))
Kind = Literal["service", "model", "incident"]


@dataclass(frozen=True, slots=True)
class Kept:
    """The change that can be undone (None where nothing changed), and the words."""

    change_id: int | None
    words: str


def knows(snap: Snapshot, kind: str, subject: str) -> bool:
    """Whether there is such a service, model or incident."""
    names = {
        "service": [one.name for one in snap.state.services],
        "model": [one.name for one in snap.state.models],
        "incident": [one.incident_id for one in snap.state.incidents],
    }
    return subject in names.get(kind, [])


def find(snap: Snapshot, mark_id: str) -> Mark | None:
    """The mark of this id."""
    return next((mark for mark in snap.state.marks if mark.mark_id == mark_id), None)


def marks_of(snap: Snapshot, kind: str, subject: str) -> tuple[Mark, ...]:
    """All marks on a subject, by time."""
    return tuple(mark for mark in snap.state.marks if (mark.kind, mark.subject) == (kind, subject))


def read(given: Mapping[str, Any], before: Mark | None = None) -> tuple[str, str, datetime, datetime | None]:
    """Tag, words, start and end. Raises Refused with one sentence for each thing that is wrong."""
    wrong: list[str] = []
    text = one_line(given.get("words"))
    if not text:
        wrong.append("Write a few words on what it was.")
    if len(text) > MOST_WORDS:
        wrong.append(f"The words have {len(text)} characters, {MOST_WORDS} fit.")
    tag = str(given.get("tag") or "")
    if tag not in TAGS:
        wrong.append("Choose what kind of mark it is.")
    ts, ends_at = _times(given, before, wrong)
    if wrong or ts is None:
        raise Refused(" ".join(wrong))
    return tag, text, ts, ends_at


def _times(given: Mapping[str, Any], before: Mark | None, wrong: list[str]) -> tuple[datetime | None, datetime | None]:
    zone = read_zone(given.get("zone"), wrong)
    ts, ends_at = (read_time(given.get(name), label, zone, getattr(before, name, None), wrong) for name, label in TIMES)
    if not str(given.get("ts") or "").strip():
        wrong.append("Say when it was.")
    if ts and ends_at and ends_at <= ts:
        wrong.append("It ends before it begins.")
    return ts, ends_at


def save(store: Store, who: str, mark_id: str, kind: str, subject: str, given: Mapping[str, Any]) -> Kept:
    """Add a mark to a subject, or change the one of this id. Raises Refused, NotFound."""
    before = marks.get_mark(store.catalog, mark_id) if mark_id else None
    tag, words, ts, ends_at = read(given, before)
    if before:
        change = marks.edit_mark(store.catalog, who, mark_id, tag, words, ts, ends_at)
        return Kept(change, "The mark was changed." if change is not None else "The mark is as before.")
    with store.snapshot() as snap:
        if not knows(snap, kind, subject):
            raise Refused(f"There is no {kind[:20] or 'subject'} “{subject[:60]}” to mark.")
    made = Mark("", cast(Kind, kind), subject, tag, words, ts, ends_at, who, ts)
    return Kept(marks.add_mark(store.catalog, made)[1], "The mark was added.")


def delete(store: Store, who: str, mark_id: str) -> Kept:
    """Raises NotFound."""
    return Kept(marks.delete_mark(store.catalog, who, mark_id), "The mark was deleted.")
