"""Incidents: read from a snapshot or the catalog, saved to the catalog."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import Connection, delete, insert

from data.catalog import tables
from data.catalog.catalog import Catalog, bump
from data.catalog.rows import incident_row
from data.catalog.state import read_incidents
from data.errors import NotFound
from data.records import Incident
from data.snapshot import Snapshot

SCAN = "scan"
_NEVER = datetime.max.replace(tzinfo=UTC)


def list_incidents(
    source: Snapshot | Catalog, start: datetime | None = None, end: datetime | None = None
) -> tuple[Incident, ...]:
    """Incidents that lasted into ``[start, end)``, by start; an open one lasts until now."""
    return tuple(
        incident
        for incident in _all(source)
        if (end is None or incident.started_at < end) and (start is None or _end(incident) > start)
    )


def get(source: Snapshot | Catalog, incident_id: str) -> Incident:
    """The incident of this id. Raises `NotFound`."""
    for incident in _all(source):
        if incident.incident_id == incident_id:
            return incident
    raise NotFound(f"There is no incident {incident_id}.", "The list of incidents shows those there are.")


def save_incidents(catalog: Catalog, incidents: Iterable[Incident]) -> tuple[Incident, ...]:
    """Replace what the last scan found by ``incidents`` (found_by "scan"); returns them with their ids.

    One of the same services that overlaps an old one keeps its id and what people noted on it; an id is never used
    twice, and incidents made by hand are left alone. Nothing changed, nothing written.
    """
    with catalog.write() as connection:
        old = [incident for incident in read_incidents(connection) if incident.found_by == SCAN]
        new = _with_ids(connection, old, [replace(incident, found_by=SCAN) for incident in incidents])
        if sorted(old, key=_by_id) != sorted(new, key=_by_id):
            _replace_found(connection, new)
    return new


def _all(source: Snapshot | Catalog) -> tuple[Incident, ...]:
    if isinstance(source, Snapshot):
        return source.state.incidents
    with source.read() as connection:
        return read_incidents(connection)


def _replace_found(connection: Connection, new: tuple[Incident, ...]) -> None:
    connection.execute(delete(tables.incidents).where(tables.incidents.c.found_by == SCAN))
    if new:
        connection.execute(insert(tables.incidents), [incident_row(incident) for incident in new])
    bump(connection, "revision")


def _with_ids(connection: Connection, old: list[Incident], new: list[Incident]) -> tuple[Incident, ...]:
    free = list(old)
    named = []
    for incident in sorted(new, key=lambda incident: incident.started_at):
        twin = next((candidate for candidate in free if _same(candidate, incident)), None)
        if twin is None:
            named.append(replace(incident, incident_id=_next_id(connection)))
        else:
            free.remove(twin)
            named.append(_keep_notes(twin, incident))
    return tuple(named)


def _same(one: Incident, other: Incident) -> bool:
    overlap = one.started_at < _end(other) and other.started_at < _end(one)
    return set(one.services) == set(other.services) and (overlap or one.started_at == other.started_at)


def _keep_notes(old: Incident, new: Incident) -> Incident:
    return replace(
        new,
        incident_id=old.incident_id,
        acknowledged_at=old.acknowledged_at or new.acknowledged_at,
        mitigated_at=old.mitigated_at or new.mitigated_at,
    )


def _next_id(connection: Connection) -> str:
    return f"INC-{bump(connection, 'next_incident') - 1:04d}"


def _end(incident: Incident) -> datetime:
    return incident.resolved_at or _NEVER


def _by_id(incident: Incident) -> str:
    return incident.incident_id
