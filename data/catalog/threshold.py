"""A threshold that a file states holds from then on, like one that a person sets: signed by the file, and logged."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Connection, delete, insert, select

from data.catalog import tables
from data.catalog.catalog import bump
from data.changes import record_change
from data.records import StatedThreshold

_table = tables.thresholds


def state_threshold(connection: Connection, who: str, stated: StatedThreshold) -> None:
    """Let it hold, within the transaction that takes the file in."""
    row = connection.execute(select(_table).where(_table.c.name == stated.name)).mappings().first()
    before = None if row is None else {**row, "set_at": row["set_at"].isoformat()}
    now = datetime.now(UTC)
    connection.execute(delete(_table).where(_table.c.name == stated.name))
    connection.execute(insert(_table), {"name": stated.name, "value": stated.value, "who": who, "set_at": now})
    bump(connection, "revision")
    after = {"value": stated.value, "who": who, "set_at": now.isoformat()}
    kept = None if before is None else {name: before[name] for name in after}
    record_change(connection, who, "threshold", stated.name, kept, after)
