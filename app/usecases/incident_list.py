"""The question of the Incidents page: what happened in a range, how fast it was met, and on which days."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Any, Final, Literal

from analytics.response_times import COUNTED, DEFINITIONS, response_time
from app.format import count, duration, moment
from app.usecases.incident_days import Strip, strip
from data.queries import incidents, metrics, registry
from data.records import Incident
from data.store import Snapshot

SCAN: Final = incidents.SCAN
HOW: Final = (*DEFINITIONS.values(), COUNTED)
Severity = Literal["critical", "degraded"]


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """One line of the list; ``started`` and ``lasted`` are finished words, ``found`` "scan" or a person.

    ``stamps`` are the moments of start, detection, acknowledgement and end behind them.
    """

    incident_id: str
    title: str
    severity: Severity
    open: bool
    services: tuple[str, ...]
    models: tuple[str, ...]
    started: str
    lasted: str
    found: str
    edited: bool
    stamps: tuple[datetime | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """One of MTTD, MTTA, MTTR in words; ``number`` is a dash where ``n`` is 0."""

    label: str
    number: str
    below: str


@dataclass(frozen=True, slots=True)
class ListView:
    """The page. ``outside`` counts incidents beyond the range."""

    rows: tuple[IncidentRow, ...]
    outside: int
    figures: tuple[Figure, ...]
    strip: Strip
    services: tuple[str, ...]
    models: tuple[str, ...]


def load(snap: Snapshot, start: datetime, end: datetime, zone: tzinfo) -> ListView:
    """Incidents that lasted into ``[start, end)``: open first, then the newest."""
    everyone = incidents.list_incidents(snap)
    found = sorted(incidents.list_incidents(snap, start, end), key=lambda i: i.started_at, reverse=True)
    found.sort(key=lambda i: i.status != "open")
    return ListView(
        rows=tuple(_row(incident, zone) for incident in found),
        outside=len(everyone) - len(found),
        figures=figures([i for i in found if start <= i.started_at]),
        strip=strip(everyone, start, end, zone),
        services=tuple(sorted({name for i in found for name in i.services})),
        models=tuple(sorted({name for i in found for name in i.models})),
    )


def reach(snap: Snapshot) -> tuple[datetime, datetime] | None:
    """From the first incident to the end of the last, or to the newest record where one is open; None without any."""
    found = incidents.list_incidents(snap)
    if not found:
        return None
    span = metrics.span(snap)
    ends = [i.resolved_at or i.started_at for i in found] + ([span[1]] if span else [])
    return min(i.started_at for i in found), max(ends) + timedelta(seconds=1)


def severity(incident: Incident) -> Severity:
    """Two grades: what a scan or a person calls critical, and the rest."""
    return "critical" if incident.severity == "critical" else "degraded"


def _row(incident: Incident, zone: tzinfo) -> IncidentRow:
    return IncidentRow(
        incident_id=incident.incident_id,
        title=incident.title,
        severity=severity(incident),
        open=incident.status == "open",
        services=incident.services,
        models=incident.models,
        started=moment(incident.started_at, zone, seconds=False),
        lasted=_lasted(incident),
        found=incident.found_by,
        edited=incident.scanned is not None,
        stamps=(incident.started_at, incident.detected_at, incident.acknowledged_at, incident.resolved_at),
    )


def _lasted(incident: Incident) -> str:
    if incident.resolved_at is None:
        return "open" if incident.status == "open" else "end unknown"
    return duration((incident.resolved_at - incident.started_at).total_seconds())


def figures(found: Sequence[Incident]) -> tuple[Figure, ...]:
    """Time to detect, acknowledge and resolve."""
    return (
        _figure("MTTD", [(i.started_at, i.detected_at) for i in found], len(found)),
        _figure("MTTA", [(i.started_at, i.acknowledged_at) for i in found], len(found)),
        _figure("MTTR", [(i.started_at, i.resolved_at) for i in found if i.status != "open"], len(found)),
    )


def _figure(label: str, pairs: Iterable[tuple[datetime, datetime | None]], of: int) -> Figure:
    taken = response_time(pairs)
    if not taken.n:
        return Figure(label, duration(None), f"none of {count(of, 'incident')} has it" if of else "no incident")
    return Figure(label, duration(taken.median_s), f"median; p90 {duration(taken.p90_s)}; n = {taken.n} of {of}")


def known_names(snap: Snapshot) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Services and models that an incident may name."""
    return tuple(s.name for s in registry.services(snap)), tuple(m.name for m in registry.models(snap))


def as_json(row: IncidentRow) -> dict[str, Any]:
    """For the browser, which filters the rows and sets all of it as text."""
    return {
        "id": row.incident_id,
        "title": row.title,
        "severity": row.severity,
        "open": row.open,
        "services": list(row.services),
        "models": list(row.models),
        "started": row.started,
        "lasted": row.lasted,
        "found": row.found,
        "edited": row.edited,
        "stamps": [at and round(at.timestamp() * 1000) for at in row.stamps],
    }
