"""What people keep under a name: thresholds and ages that they set, views that they saved, measures of logs.

The log holds who kept it and when as well, so that an undo brings back the whole of it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Connection, Table, delete, insert, select

from data.catalog import tables
from data.catalog.catalog import Catalog, bump
from data.changes import Change, Changed, ChangeKind, record_change, take_back
from data.errors import DataError

#: Kind of change -> its table, the column that holds what is kept, and the one that says when.
KINDS: Final[dict[ChangeKind, tuple[Table, str, str]]] = {
    "threshold": (tables.thresholds, "value", "set_at"),
    "retention": (tables.retention, "keep_s", "set_at"),
    "view": (tables.saved_views, "address", "saved_at"),
    "measure": (tables.log_measures, "counts", "kept_at"),
}


class NameTaken(DataError):
    """Something else is kept under this name."""


def set_threshold(
    catalog: Catalog, who: str, name: str, value: float | None, among: Collection[float | None] | None = None
) -> int:
    """Keep a threshold, or with None go back to its default; returns the number of the change.

    Raises `Changed` where what is kept is not ``among`` these values.
    """
    return _set(catalog, who, "threshold", name, value, among)


def keep_records(
    catalog: Catalog, who: str, kind: str, keep_s: float | None, among: Collection[float | None] | None = None
) -> int:
    """Have records of ``kind`` kept for so long, or with None for ever; as `set_threshold` does."""
    return _set(catalog, who, "retention", kind, keep_s, among)


def save_view(catalog: Catalog, who: str, name: str, address: str) -> int:
    """Keep an address under a new name. Raises `NameTaken`."""
    with catalog.write() as connection:
        if _now(connection, "view", name) is not None:
            words = f"There is a view “{name}” already."
            raise NameTaken(words, "Choose another name, or delete that one in Settings.")
        return put(connection, who, "view", name, {"address": address})


def delete_view(catalog: Catalog, who: str, name: str) -> int:
    """Forget a view. Raises `Changed` where it is gone already."""
    with catalog.write() as connection:
        if _now(connection, "view", name) is None:
            raise Changed(f"There is no view “{name}” any more.")
        return put(connection, who, "view", name, None)


def count_lines(catalog: Catalog, who: str, name: str, counts: Mapping[str, Any]) -> int:
    """Keep a measure that is counted from log lines (see `LogMeasure`). Raises `NameTaken`."""
    with catalog.write() as connection:
        if _now(connection, "measure", name) is not None:
            raise NameTaken(f"“{name}” is counted already.", "The Service page shows it.")
        return put(connection, who, "measure", name, {"counts": dict(counts)})


def stop_counting(catalog: Catalog, who: str, name: str) -> int:
    """Count it no more. Raises `Changed` where it is gone already."""
    with catalog.write() as connection:
        if _now(connection, "measure", name) is None:
            raise Changed(f"“{name[:80]}” is not counted any more.")
        return put(connection, who, "measure", name, None)


def undo(catalog: Catalog, who: str, change_id: int) -> int:
    """Bring back what was before a change. Raises `Changed` where that is not what holds now."""
    return take_back(catalog, who, change_id, holds, _put_back)


def holds(connection: Connection, change: Change) -> bool:
    """Whether what a change of one of these made is still so."""
    return _now(connection, change.kind, change.subject) == change.after


def _set(
    catalog: Catalog,
    who: str,
    kind: ChangeKind,
    name: str,
    value: float | None,
    among: Collection[float | None] | None,
) -> int:
    column = KINDS[kind][1]
    with catalog.write() as connection:
        now = _now(connection, kind, name)
        if among is not None and (now[column] if now else None) not in among:
            raise Changed("Somebody else has changed this meanwhile.", "Open the form anew; nothing was saved.")
        return put(connection, who, kind, name, None if value is None else {column: value})


def _put_back(connection: Connection, who: str, change: Change) -> int:
    return put(connection, who, change.kind, change.subject, change.before, undoes=change.change_id)


def put(
    connection: Connection,
    who: str,
    kind: ChangeKind,
    name: str,
    values: Mapping[str, Any] | None,
    undoes: int | None = None,
) -> int:
    """Let these values hold under a name, or with None nothing, within a transaction; returns the change's number."""
    table, _, when = KINDS[kind]
    before = _now(connection, kind, name)
    after = None if values is None else {"who": who, when: datetime.now(UTC).isoformat(), **values}
    connection.execute(delete(table).where(table.c.name == name))
    if after is not None:
        connection.execute(insert(table), {"name": name, **after, when: datetime.fromisoformat(after[when])})
    bump(connection, "revision")
    return record_change(connection, who, kind, name, before, after, undoes=undoes)


def _now(connection: Connection, kind: ChangeKind, name: str) -> dict[str, Any] | None:
    table, column, when = KINDS[kind]
    row = connection.execute(select(table).where(table.c.name == name)).mappings().first()
    return None if row is None else {column: row[column], "who": row["who"], when: row[when].isoformat()}
