"""The log of what people changed: who, when, what it was and what it became. It only grows; an undo is one more row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import Connection, insert, select

from data.catalog import tables
from data.catalog.catalog import Catalog
from data.errors import DataError, NotFound

ChangeKind = Literal[
    "incident", "service", "model", "metric", "threshold", "retention", "mark", "view", "file", "measure", "verdict"
]
_table = tables.changes


@dataclass(frozen=True, slots=True)
class Change:
    """``before`` is None where it made something, ``after`` where it took something away; ``undoes`` is a change_id."""

    change_id: int
    at: datetime
    who: str
    kind: ChangeKind
    subject: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    undoes: int | None = None


class Changed(DataError):
    """What somebody wants to change or undo is not any more what they saw."""


def record_change(
    connection: Connection,
    who: str,
    kind: ChangeKind,
    subject: str,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
    undoes: int | None = None,
) -> int:
    """Write one row within the transaction that makes the change itself; returns its change_id."""
    row = {"at": datetime.now(UTC), "who": who, "kind": kind, "subject": subject, "undoes": undoes}
    states = {"before": dict(before) if before else None, "after": dict(after) if after else None}
    made = connection.execute(insert(_table).values(row | states).returning(_table.c.change_id))
    return int(made.scalar_one())


def get_change(catalog: Catalog, change_id: int) -> Change:
    """One change. Raises `NotFound`."""
    with catalog.read() as connection:
        row = connection.execute(select(_table).where(_table.c.change_id == change_id)).mappings().first()
    if row is None:
        raise NotFound(f"There is no change {change_id}.", "The list of changes shows those there are.")
    return Change(**row)


def take_back(
    catalog: Catalog,
    who: str,
    change_id: int,
    holds: Callable[[Connection, Change], bool],
    put_back: Callable[[Connection, str, Change], int],
) -> int:
    """Let ``put_back`` bring back what was before a change and log it; returns the change_id of the undo.

    Raises `NotFound`, and `Changed` where what the change made does not hold any more.
    """
    change = get_change(catalog, change_id)
    with catalog.write() as connection:
        if not holds(connection, change):
            raise Changed("What this change made has been changed since.", "Undo the newest change first.")
        return put_back(connection, who, change)


def list_changes(
    catalog: Catalog, kind: ChangeKind | None = None, subject: str | None = None, limit: int = 200
) -> tuple[Change, ...]:
    """The newest first; all kinds and subjects where none is given."""
    some = select(_table).order_by(_table.c.change_id.desc()).limit(limit)
    some = some.where(_table.c.kind == kind) if kind else some
    some = some.where(_table.c.subject == subject) if subject is not None else some
    with catalog.read() as connection:
        return tuple(Change(**row) for row in connection.execute(some).mappings())
