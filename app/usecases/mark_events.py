"""What people marked, as events of the panels of the same service, model or incident."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from app.usecases.incident_view import EventMark
from data.records import Mark
from data.store import Snapshot

TAGS = ("note", "detection", "diagnosis", "repair", "key moment")


def of_people(
    snap: Snapshot, about: Mapping[str, Sequence[str]], start: datetime, end: datetime
) -> tuple[EventMark, ...]:
    """Marks in ``[start, end)`` on these subjects, by kind. A span is two events: its begin and its end."""
    own = (mark for mark in snap.state.marks if mark.subject in about.get(mark.kind, ()))
    return tuple(event for mark in own for event in _events(mark, start, end) if start <= event.ts < end)


def _events(mark: Mark, start: datetime, end: datetime) -> Iterable[EventMark]:
    """Hindsight has no time of its own in the recording: a mark is known from its own moment, unless it was written
    while the recording ran."""
    live = start <= mark.written_at < end
    for at, words in ((mark.ts, mark.words), (mark.ends_at, f"{mark.words}: end")):
        if at is not None:
            known = max(at, mark.written_at) if live else at
            service = mark.subject if mark.kind == "service" else ""
            yield EventMark(at, known, "note", words, service, mark.who, mark.tag, mark.mark_id)
