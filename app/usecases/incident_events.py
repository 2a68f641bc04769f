"""Events of an incident: what people and tools reported, and what the signals themselves say (down, recovery)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import cast

import pandas as pd

from app.usecases import logs_links
from app.usecases.incident_lanes import Track
from app.usecases.incident_view import EventKind, EventMark
from app.usecases.mark_events import of_people
from data.queries import events, logs
from data.records import Event, Incident
from data.store import Snapshot

KNOWN_KINDS = ("alert", "deploy", "change", "note", "fault")
NEW_PATTERNS = 3
PATTERN_SEVERITIES = ("WARN", "ERROR", "FATAL")


def marks(
    snap: Snapshot,
    tracks: Sequence[Track],
    services: Sequence[str],
    start: datetime,
    end: datetime,
    incident: Incident,
) -> tuple[EventMark, ...]:
    """All marks in ``[start, end)``, by time; kinds of message count as new when first seen in the incident."""
    recorded = (from_event(e) for e in events.read(snap, start, end, services=[*services, ""]))
    about = {"service": services, "model": incident.models, "incident": (incident.incident_id,)}
    people = of_people(snap, about, start, end)
    seen = (mark for track in tracks for mark in from_state(track))
    return tuple(
        sorted(
            [*recorded, *seen, *people, *_new_patterns(snap, services, incident.started_at, end)],
            key=lambda m: (m.ts, m.title),
        )
    )


def from_event(event: Event) -> EventMark:
    """A mark of a recorded event; a kind that we have no glyph for is a change."""
    kind = event.kind if event.kind in KNOWN_KINDS else "change"
    return EventMark(
        ts=event.ts,
        known_at=event.known_at,
        kind=cast(EventKind, kind),
        title=_title(event),
        service=event.service,
        source=event.source,
    )


def _title(event: Event) -> str:
    """A fault's own words, with its service where they do not name it: "cpu load" alone says nothing."""
    if event.kind != "fault" or not event.service or event.service.casefold() in event.title.casefold():
        return event.title
    return f"{event.service}: {event.title}"


def from_state(track: Track) -> Iterable[EventMark]:
    """Down and recovery, where a service says itself whether it answers."""
    signal, change = track.signal, track.change
    if change is None or not signal.is_state:
        return
    yield EventMark(
        change.happened.to_pydatetime(), change.known.to_pydatetime(), "down", f"{signal.name} stops answering",
        signal.owner, signal.metric,
    )  # fmt: skip
    if change.ended is not None:
        back = change.ended
        known = signal.known_at.get(back, back)
        yield EventMark(
            back.to_pydatetime(), pd.Timestamp(known).to_pydatetime(), "recovery", f"{signal.name} answers again",
            signal.owner, signal.metric,
        )  # fmt: skip


def _new_patterns(snap: Snapshot, services: Sequence[str], start: datetime, end: datetime) -> Iterable[EventMark]:
    """Warnings and errors of a kind that the logs had not shown before."""
    frame = logs.patterns(snap, start, end, limit=200)
    if frame.empty:
        return
    fresh = frame[frame["new"] & frame["severity"].isin(PATTERN_SEVERITIES) & frame["service"].isin(list(services))]
    for row in fresh.sort_values("n", ascending=False).head(NEW_PATTERNS).to_dict("records"):
        yield EventMark(
            ts=row["first_ts"].to_pydatetime(),
            known_at=row["first_known_at"].to_pydatetime(),
            kind="burst",
            title=f"first seen: {row['pattern']}",
            service=row["service"],
            source="logs",
            href=logs_links.around(str(row["service"]), str(row["pattern"]), row["first_ts"].to_pydatetime()),
        )
