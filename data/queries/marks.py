"""Marks of people: added, changed, deleted, and taken back. Each is signed, logged and one transaction."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from data.catalog import tables
from data.catalog.catalog import Catalog, bump
from data.changes import Change, record_change, take_back
from data.errors import NotFound
from data.records import Mark

TIMES = ("ts", "ends_at", "written_at")
_table = tables.marks


def add_mark(catalog: Catalog, mark: Mark) -> tuple[str, int]:
    """Add it, signed by ``mark.who``; returns the new mark_id and the change_id."""
    made = replace(mark, mark_id=uuid.uuid4().hex, written_at=datetime.now(UTC))
    with catalog.write() as connection:
        return made.mark_id, _put(connection, mark.who, None, made)


def amend_mark(catalog: Catalog, who: str, mark_id: str, change: Callable[[Mark], Mark]) -> int | None:
    """Let it be what ``change`` makes of it as it is now; nobody else can write in between.

    What it says now is written now: a replay must not show it earlier. Returns the change_id, None where nothing
    differs. Raises `NotFound`, and whatever ``change`` raises.
    """
    with catalog.write() as connection:
        before = _get(connection, mark_id)
        after = change(before)
        if after == before:
            return None
        return _put(connection, who, before, replace(after, written_at=datetime.now(UTC)))


def delete_mark(catalog: Catalog, who: str, mark_id: str) -> int:
    """Returns the change_id. Raises `NotFound`."""
    with catalog.write() as connection:
        return _put(connection, who, _get(connection, mark_id), None)


def undo(catalog: Catalog, who: str, change_id: int) -> int:
    """Bring back what was before a change; returns the change_id of the undo. Raises `Changed`, `NotFound`."""
    return take_back(catalog, who, change_id, holds, _put_back)


def holds(connection: Connection, change: Change) -> bool:
    """Whether what a change of a mark made is still so."""
    return _written(_find(connection, change.subject)) == change.after


def _put_back(connection: Connection, who: str, change: Change) -> int:
    return _put(connection, who, _find(connection, change.subject), _read(change.before), change.change_id)


def _put(connection: Connection, who: str, before: Mark | None, after: Mark | None, undoes: int | None = None) -> int:
    subject = next(mark.mark_id for mark in (before, after) if mark is not None)
    connection.execute(delete(_table).where(_table.c.mark_id == subject))
    if after is not None:
        connection.execute(insert(_table), asdict(after))
    bump(connection, "revision")
    return record_change(connection, who, "mark", subject, _written(before), _written(after), undoes)


def _find(connection: Connection, mark_id: str) -> Mark | None:
    row = connection.execute(select(_table).where(_table.c.mark_id == mark_id)).mappings().first()
    return None if row is None else Mark(**row)


def _get(connection: Connection, mark_id: str) -> Mark:
    found = _find(connection, mark_id)
    if found is None:
        raise NotFound("There is no such mark any more.", "Somebody may have deleted it.")
    return found


def _written(mark: Mark | None) -> dict[str, Any] | None:
    if mark is None:
        return None
    return {name: given.isoformat() if isinstance(given, datetime) else given for name, given in asdict(mark).items()}


def _read(record: dict[str, Any] | None) -> Mark | None:
    if record is None:
        return None
    times = {name: datetime.fromisoformat(record[name]) for name in TIMES if record[name]}
    return Mark(**(record | times))
