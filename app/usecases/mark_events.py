"""What people marked, as events of the panels of the same service, model or incident."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from app.usecases.incident_view import EventMark
from data.records import Mark
from data.store import Snapshot

MAINTENANCE = "maintenance"  # nothing is learned from it
TAGS = ("note", "detection", "diagnosis", "repair", "key moment", MAINTENANCE)


def of_people(
    snap: Snapshot, about: Mapping[str, Sequence[str]], start: datetime, end: datetime
) -> tuple[EventMark, ...]:
    """Marks in ``[start, end)`` on these subjects, by kind. A span is two events: its begin and its end."""
    own = (mark for mark in snap.state.marks if mark.subject in about.get(mark.kind, ()))
    return tuple(event for mark in own for event in _events(mark) if start <= event.ts < end)


def _events(mark: Mark) -> Iterable[EventMark]:
    """Known from when it was written: of a recording of the past a mark is hindsight, which the replay leaves out."""
    for at, words in ((mark.ts, mark.words), (mark.ends_at, f"{mark.words}: end")):
        if at is not None:
            known = max(at, mark.written_at)
            service = mark.subject if mark.kind == "service" else ""
            yield EventMark(at, known, "note", words, service, mark.who, mark.tag, mark.mark_id)
