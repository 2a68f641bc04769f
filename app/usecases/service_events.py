"""Events that concern a service: recorded ones, and where it or what it depends on stopped and answered again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from app.usecases.incident_events import from_event
from app.usecases.incident_view import EventMark
from app.usecases.mark_events import of_people
from app.usecases.service_judged import Judge, Judged, judge
from app.usecases.signals import series_of, shown
from data.queries import events
from data.store import Snapshot


def events_of(
    snap: Snapshot,
    services: Sequence[str],
    start: datetime,
    end: datetime,
    judge: Judge = judge,
    models: Sequence[str] = (),
) -> tuple[EventMark, ...]:
    """Events of ``services`` and of no service in particular in ``[start, end)``, and what people marked, by time."""
    recorded = [from_event(event) for event in events.read(snap, start, end, services=[*services, ""])]
    stops = [mark for name in services for mark in _stops(snap, name, start, end, judge)]
    marked = of_people(snap, {"service": services, "model": models}, start, end)
    return tuple(sorted([*recorded, *stops, *marked], key=lambda mark: (mark.ts, mark.title)))


def _stops(snap: Snapshot, service: str, start: datetime, end: datetime, judge: Judge) -> Iterable[EventMark]:
    for series, meaning in series_of(snap, service):
        if meaning.role == "availability":
            yield from stops(judge(shown(snap, series, meaning, start, end)))


def stops(judged: Judged) -> Iterator[EventMark]:
    """``feature-store stops answering`` and ``answers again`` of an availability signal."""
    signal = judged.signal
    for one in judged.excursions if signal.is_state else ():
        happened, known = one.onset.happened.to_pydatetime(), one.onset.known.to_pydatetime()
        yield EventMark(happened, known, "down", f"{signal.name} stops answering", signal.owner, signal.metric)
        if one.onset.ended is not None:
            back = one.onset.ended.to_pydatetime()
            yield EventMark(back, back, "recovery", f"{signal.name} answers again", signal.owner, signal.metric)
