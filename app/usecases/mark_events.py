"""What people marked, as events of the panels of the same service, model or incident."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from app.usecases.incident_view import EventMark
from app.usecases.known_events import EVERYTHING, PLANNED, Occurrence, occurrences
from data.records import Mark
from data.store import Snapshot

TAGS = ("note", "detection", "diagnosis", "repair", "key moment", *PLANNED)


def of_people(
    snap: Snapshot, about: Mapping[str, Sequence[str]], start: datetime, end: datetime
) -> tuple[EventMark, ...]:
    """Marks in ``[start, end)`` on these subjects, by kind. A span is two events: its begin and its end."""
    own = (mark for mark in snap.state.marks if _is_about(mark, about))
    found = (event for mark in own for one in occurrences(mark, start, end) for event in _events(one))
    return tuple(event for event in found if start <= event.ts < end)


def _is_about(mark: Mark, about: Mapping[str, Sequence[str]]) -> bool:
    return mark.kind == EVERYTHING or mark.subject in about.get(mark.kind, ())


def _events(one: Occurrence) -> Iterable[EventMark]:
    """Known from when it was written: of a recording of the past a mark is hindsight, which the replay leaves out."""
    mark = one.mark
    for at, words in ((one.start, one.name), (one.end, f"{one.name}: end")):
        if at is not None:
            known = max(at, mark.written_at)
            service = mark.subject if mark.kind == "service" else ""
            yield EventMark(at, known, "note", words, service, mark.who, mark.tag, mark.mark_id)
