"""Receipts: posts that are in the store, by their content, for as long as their senders may send them again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, delete, select

from data.catalog import tables
from data.catalog.catalog import Catalog, insert_new

KEPT = timedelta(hours=6)
_AT_ONCE = 500


def known_receipts(catalog: Catalog, digests: Sequence[str]) -> set[str]:
    """Those of the digests that are known."""
    column, found = tables.receipts.c.digest, set[str]()
    with catalog.read() as connection:
        for start in range(0, len(digests), _AT_ONCE):
            some = select(column).where(column.in_(digests[start : start + _AT_ONCE]))
            found.update(connection.execute(some).scalars())
    return found


def add_receipts(connection: Connection, digests: Sequence[str]) -> None:
    """Remember them, and let go of those that are old."""
    if not digests:
        return
    now = datetime.now(UTC)
    connection.execute(delete(tables.receipts).where(tables.receipts.c.at < now - KEPT))
    insert_new(connection, tables.receipts, [{"digest": digest, "at": now} for digest in digests])
