"""Incidents: read from a snapshot or the catalog, saved to the catalog."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

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


def save_incidents(
    catalog: Catalog,
    incidents: Iterable[Incident],
    *,
    covers: Callable[[Incident], bool] = lambda _: True,
    outlasts: Callable[[Incident], bool] = lambda _: False,
) -> tuple[Incident, ...]:
    """Replace what earlier scans found by ``incidents`` (found_by "scan"); returns them with their ids.

    One that overlaps an old one and shares a service or model with it keeps its id and what people made of it; an id
    is never used twice. Incidents made by hand are left alone, and so are those that this scan does not cover, as they
    were found, and of those that it did not find those that a person has changed, or whose records they ``outlast``.
    Nothing changed, nothing written.
    """
    with catalog.write() as connection:
        known = read_incidents(connection)
        old = [i for i in known if i.found_by == SCAN and covers(as_found(i))]
        new = _with_ids(connection, old, [replace(incident, found_by=SCAN) for incident in incidents])
        stays = {i.incident_id for i in old if i.scanned is not None or outlasts(i)} - _ids(new)
        old = [incident for incident in old if incident.incident_id not in stays]
        if sorted(old, key=_by_id) != sorted(new, key=_by_id):
            _replace(connection, old, new)
    return new


def _all(source: Snapshot | Catalog) -> tuple[Incident, ...]:
    if isinstance(source, Snapshot):
        return source.state.incidents
    with source.read() as connection:
        return read_incidents(connection)


def _replace(connection: Connection, old: Iterable[Incident], new: Iterable[Incident]) -> None:
    ids = [incident.incident_id for incident in old]
    connection.execute(delete(tables.incidents).where(tables.incidents.c.incident_id.in_(ids)))
    if rows := [incident_row(incident) for incident in new]:
        connection.execute(insert(tables.incidents), rows)
    bump(connection, "revision")


def _with_ids(connection: Connection, old: list[Incident], new: list[Incident]) -> tuple[Incident, ...]:
    twins = _twins(old, new)
    return tuple(
        _keep_notes(twins[at], incident) if at in twins else replace(incident, incident_id=next_id(connection))
        for at, incident in sorted(enumerate(new), key=lambda pair: pair[1].started_at)
    )


def _twins(old: list[Incident], new: list[Incident]) -> dict[int, Incident]:
    """Which old incident each new one is, by its place in ``new``; the closest pairs find each other first."""
    pairs = sorted(
        (_distance(before, incident), at, place)
        for place, before in enumerate(map(as_found, old))
        for at, incident in enumerate(new)
        if _same(before, incident)
    )
    twins: dict[int, Incident] = {}
    taken: set[int] = set()
    for _, at, place in pairs:
        if at not in twins and place not in taken:
            twins[at] = old[place]
            taken.add(place)
    return twins


def as_found(incident: Incident) -> Incident:
    """What the scan made of it; one that a person has closed does not last on."""
    found = incident.scanned or incident
    return found if found.resolved_at else replace(found, resolved_at=incident.resolved_at)


def _same(one: Incident, other: Incident) -> bool:
    overlap = one.started_at < _end(other) and other.started_at < _end(one)
    return (overlap or one.started_at == other.started_at) and bool(_who(one) & _who(other) or _who(one) == _who(other))


def _distance(one: Incident, other: Incident) -> tuple[int, float]:
    """How many services and models they do not share, then how far apart they began."""
    return len(_who(one) ^ _who(other)), abs((one.started_at - other.started_at).total_seconds())


def _who(incident: Incident) -> set[tuple[str, str]]:
    return {("service", name) for name in incident.services} | {("model", name) for name in incident.models}


def _keep_notes(old: Incident, new: Incident) -> Incident:
    """What the scan found now, with the old id and every field that a person has set to something of their own."""
    found = replace(
        new,
        incident_id=old.incident_id,
        acknowledged_at=old.acknowledged_at or new.acknowledged_at,
        mitigated_at=old.mitigated_at or new.mitigated_at,
    )
    if old.scanned is None:
        return found
    return changed(found, {name: getattr(old, name) for name in differing(old.scanned, old)})


def changed(incident: Incident, fields: Mapping[str, Any]) -> Incident:
    """The incident as a person wants it; what the scan made of it is kept beside, for the next scan and for an undo."""
    found = replace(incident.scanned or incident, scanned=None)
    wanted = replace(incident, **fields, scanned=None)
    return replace(wanted, scanned=found if found.found_by == SCAN and wanted != found else None)


def differing(one: Incident, other: Incident) -> tuple[str, ...]:
    """Names of the fields, all but ``scanned``, in which two records differ."""
    names = (field.name for field in dataclasses.fields(Incident) if field.name != "scanned")
    return tuple(name for name in names if getattr(one, name) != getattr(other, name))


def _ids(incidents: Iterable[Incident]) -> set[str]:
    return {incident.incident_id for incident in incidents}


def next_id(connection: Connection) -> str:
    """An id that no incident has had."""
    return f"INC-{bump(connection, 'next_incident') - 1:04d}"


def _end(incident: Incident) -> datetime:
    return incident.resolved_at or _NEVER


def _by_id(incident: Incident) -> str:
    return incident.incident_id
