"""What people state of services, models and metrics on a page: one more statement beside those of registry files.

The newest statement of a name holds, whoever made it. A person's statement belongs to no file: its ``file_id`` is the
number of its change, negated, so that the log, the statement and its undo find each other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, Table, delete, insert, select

from data.catalog import tables
from data.catalog.catalog import Catalog, bump
from data.catalog.rows import meaning_from, meaning_row, model_from, model_row, service_from, service_row
from data.changes import Change, ChangeKind, record_change, take_back
from data.errors import RegistryError
from data.records import MetricMeaning, Model, Service

Stated = Service | Model | MetricMeaning


@dataclass(frozen=True, slots=True)
class _Kind:
    table: Table
    to_row: Callable[[Any], dict[str, Any]]
    from_row: Callable[[Mapping[str, Any]], Stated]

    @property
    def name(self) -> str:
        return str(next(iter(self.table.primary_key.columns)).name)


KINDS: Final[dict[ChangeKind, _Kind]] = {
    "service": _Kind(tables.services, service_row, service_from),
    "model": _Kind(tables.models, model_row, model_from),
    "metric": _Kind(tables.meanings, meaning_row, meaning_from),
}


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the statement that holds came from: a ``file``, or the change ``change_id`` of ``who``."""

    at: datetime
    file: str = ""
    who: str = ""
    change_id: int | None = None


def kind_of(record: Stated) -> ChangeKind:
    """The kind of change that states such a record."""
    return "service" if isinstance(record, Service) else "model" if isinstance(record, Model) else "metric"


def state(catalog: Catalog, who: str, record: Stated) -> int:
    """Let ``record`` hold from now on; returns the number of the change."""
    with catalog.write() as connection:
        return _write(connection, who, record)


def add(catalog: Catalog, who: str, record: Stated) -> int:
    """The same for a name that nobody has stated anything of. Raises `RegistryError` where somebody has."""
    kind = KINDS[kind_of(record)]
    name = str(kind.to_row(record)[kind.name])
    with catalog.write() as connection:
        if _holding(connection, kind, name) is not None:
            raise there_already(kind_of(record), name)
        return _write(connection, who, record)


def there_already(kind: ChangeKind, name: str) -> RegistryError:
    """Why a new record of this name is refused."""
    return RegistryError(f"There is a {kind} called “{name[:80]}” already.", "Edit it, or choose another name.")


def amend(catalog: Catalog, who: str, seen: Stated, change: Callable[[Stated], Stated]) -> int | None:
    """Let what ``change`` makes of the record that holds hold from now on; returns the number of the change.

    ``seen`` is what there is where nobody stated anything. None, and nothing is written, where it changes nothing.
    """
    kind = KINDS[kind_of(seen)]
    with catalog.write() as connection:
        held = _holding(connection, kind, kind.to_row(seen)[kind.name])
        before = seen if held is None else kind.from_row(dict(held))
        after = change(before)
        return None if after == before else _write(connection, who, after)


def _write(connection: Connection, who: str, record: Stated) -> int:
    kind = KINDS[kind_of(record)]
    row = kind.to_row(record)
    name = row[kind.name]
    generation = bump(connection, "generation")
    before = _holding(connection, kind, name)
    change_id = record_change(connection, who, kind_of(record), name, _told(kind, before), as_json(record))
    connection.execute(insert(kind.table), row | {"file_id": -change_id, "generation": generation})
    return change_id


def undo(catalog: Catalog, who: str, change_id: int) -> int:
    """Let what stood before hold again; returns the number of the undo. Raises `NotFound`, `Changed`."""
    return take_back(catalog, who, change_id, holds, _put_back)


def holds(connection: Connection, change: Change) -> bool:
    """Whether the statement that a change made is the one that holds."""
    held = _holding(connection, KINDS[change.kind], change.subject)
    return held is not None and bool(held["file_id"] == -change.change_id)


def origins(catalog: Catalog) -> dict[tuple[ChangeKind, str], Origin]:
    """Where the statement that holds came from, by kind and name; what nobody stated is not in it."""
    found: dict[tuple[ChangeKind, str], Origin] = {}
    with catalog.read() as connection:
        columns = (tables.files.c.file_id, tables.files.c.path, tables.files.c.ingested_at)
        files = {number: Origin(at, file=path) for number, path, at in connection.execute(select(*columns))}
        asked = select(tables.changes).where(tables.changes.c.kind.in_(KINDS))
        people = {-row.change_id: Origin(row.at, "", row.who, row.change_id) for row in connection.execute(asked)}
        for name, kind in KINDS.items():
            stated = select(kind.table.c[kind.name], kind.table.c.file_id).order_by(kind.table.c.generation)
            for subject, file_id in connection.execute(stated):
                if origin := files.get(file_id) or people.get(file_id):
                    found[name, subject] = origin
    return found


def as_json(record: Stated) -> dict[str, Any]:
    """The record as JSON has it, for the log."""
    told = asdict(record)
    if told.get("trained_at") is not None:
        told["trained_at"] = told["trained_at"].isoformat()
    return told


def _put_back(connection: Connection, who: str, change: Change) -> int:
    """Take the statement away, so that the one below it holds."""
    kind, subject = KINDS[change.kind], change.subject
    held = _told(kind, _holding(connection, kind, subject))
    key = (kind.table.c[kind.name] == subject) & (kind.table.c.file_id == -change.change_id)
    connection.execute(delete(kind.table).where(key))
    bump(connection, "generation")
    now = _told(kind, _holding(connection, kind, subject))
    return record_change(connection, who, change.kind, subject, held, now, undoes=change.change_id)


def _holding(connection: Connection, kind: _Kind, name: str) -> RowMapping | None:
    table = kind.table
    newest = select(table).where(table.c[kind.name] == name).order_by(table.c.generation.desc()).limit(1)
    return connection.execute(newest).mappings().first()


def _told(kind: _Kind, row: RowMapping | None) -> dict[str, Any] | None:
    return None if row is None else as_json(kind.from_row(dict(row)))
