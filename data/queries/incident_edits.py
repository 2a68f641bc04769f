"""What people do to incidents: make, change, delete, undo. Each is signed, logged and one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import Connection, delete, insert, select

from data.catalog import tables
from data.catalog.catalog import Catalog, bump
from data.catalog.rows import incident_from, incident_from_json, incident_json, incident_row
from data.changes import Change, record_change, take_back
from data.errors import DataError, NotFound
from data.queries.incidents import SCAN, changed, differing, next_id
from data.records import Incident

MOST_FINDER: Final = 40
_table: Final = tables.incidents


class NotPossible(DataError):
    """A change that cannot be made to the incident as it is now."""


def create(catalog: Catalog, who: str, incident: Incident) -> tuple[str, int]:
    """Add one made by hand, under a new id and the person's name; returns its id and the change_id."""
    with catalog.write() as connection:
        made = replace(incident, incident_id=next_id(connection), found_by=_finder(who), scanned=None)
        return made.incident_id, _put(connection, who, None, made)


def edit(catalog: Catalog, who: str, incident_id: str, fields: Mapping[str, Any]) -> int | None:
    """Set these fields; returns the change_id, None where that changes nothing. Raises `NotFound`."""
    return amend(catalog, who, incident_id, lambda _: fields)


def amend(catalog: Catalog, who: str, incident_id: str, change: Callable[[Incident], Mapping[str, Any]]) -> int | None:
    """Set the fields that ``change`` gives for the incident as it is now; nobody else can write in between.

    Returns the change_id, None where that changes nothing. Raises `NotFound`, and whatever ``change`` raises.
    """
    with catalog.write() as connection:
        before = _get(connection, incident_id)
        after = changed(before, change(before))
        return _put(connection, who, before, after) if differing(before, after) else None


def remove(catalog: Catalog, who: str, incident_id: str) -> int:
    """Delete one made by hand; returns the change_id. Raises `NotFound`, or `NotPossible` for one that a scan found."""
    with catalog.write() as connection:
        before = _get(connection, incident_id)
        if before.found_by == SCAN:
            raise NotPossible(f"{incident_id} was found by the scan, which would find it again.", "Resolve it instead.")
        return _put(connection, who, before, None)


def undo(catalog: Catalog, who: str, change_id: int) -> int:
    """Bring back what was before a change; returns the change_id of the undo.

    Only the fields that the change touched go back. Raises `NotFound`, or `Changed` where they have been changed again
    since.
    """
    return take_back(catalog, who, change_id, holds, _put_back)


def holds(connection: Connection, change: Change) -> bool:
    """Whether what a change of an incident made is still so."""
    now, (before, after) = _find(connection, change.subject), read_change(change)
    if now is None or after is None:
        return now is after
    if before is None:  # an undo would take away all of it, so all of it must be as it was made
        return not differing(now, after)
    return all(getattr(now, name) == getattr(after, name) for name in differing(before, after))


def _put_back(connection: Connection, who: str, change: Change) -> int:
    now = _find(connection, change.subject)
    back = _taken_back(now, *read_change(change))
    return _put(connection, who, now, back, undoes=change.change_id)


def _taken_back(now: Incident | None, before: Incident | None, after: Incident | None) -> Incident | None:
    if now is None or before is None or after is None:
        return before
    return changed(now, {name: getattr(before, name) for name in differing(before, after)})


def _put(
    connection: Connection, who: str, before: Incident | None, after: Incident | None, undoes: int | None = None
) -> int:
    subject = (before or after or _nobody()).incident_id
    connection.execute(delete(_table).where(_table.c.incident_id == subject))
    if after is not None:
        connection.execute(insert(_table), incident_row(after))
    bump(connection, "revision")
    return record_change(connection, who, "incident", subject, _written(before), _written(after), undoes)


def _nobody() -> Incident:
    raise NotFound("There is no such incident.", "The list of incidents shows those there are.")


def _find(connection: Connection, incident_id: str) -> Incident | None:
    row = connection.execute(select(_table).where(_table.c.incident_id == incident_id)).mappings().first()
    return None if row is None else incident_from(dict(row))


def _get(connection: Connection, incident_id: str) -> Incident:
    found = _find(connection, incident_id)
    if found is None:
        raise NotFound(f"There is no incident {incident_id[:60]}.", "The list of incidents shows those there are.")
    return found


def _written(incident: Incident | None) -> dict[str, Any] | None:
    return None if incident is None else incident_json(incident)


def _read(record: Mapping[str, Any] | None) -> Incident | None:
    return None if record is None else incident_from_json(record)


def read_change(change: Change) -> tuple[Incident | None, Incident | None]:
    """The incident before and after a change."""
    return _read(change.before), _read(change.after)


def _finder(who: str) -> str:
    """The scan replaces what is signed by it, so no person can sign as the scan."""
    return f"{who} (a person)" if who.strip().casefold() == SCAN else who[:MOST_FINDER]
