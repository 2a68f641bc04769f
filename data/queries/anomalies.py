"""Anomalies: what the last scan found unusual in each series; read from a snapshot, saved to the catalog."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, delete

from data.catalog import tables
from data.catalog.catalog import Catalog, bump, insert_new
from data.catalog.rows import anomaly_row
from data.catalog.state import read_anomalies
from data.records import Anomaly
from data.snapshot import Snapshot


def list_anomalies(
    snap: Snapshot, start: datetime | None = None, end: datetime | None = None, service: str | None = None
) -> tuple[Anomaly, ...]:
    """Anomalies that lasted into ``[start, end)``, by start."""
    return tuple(
        anomaly
        for anomaly in snap.state.anomalies
        if (end is None or anomaly.start < end)
        and (start is None or anomaly.end > start)
        and service in (None, anomaly.service)
    )


def save(catalog: Catalog, anomalies: Iterable[Anomaly], *, scanned_from: datetime | None = None) -> None:
    """Replace what earlier scans found by ``anomalies``, but for what was over at ``scanned_from``.

    Nothing changed, nothing written.
    """
    new = {anomaly.anomaly_id: anomaly for anomaly in anomalies}
    with catalog.write() as connection:
        old = {anomaly.anomaly_id: anomaly for anomaly in read_anomalies(connection, scanned_from)}
        if old != new:
            _replace(connection, new.values(), scanned_from)


def _replace(connection: Connection, new: Iterable[Anomaly], scanned_from: datetime | None) -> None:
    gone = delete(tables.anomalies)
    if scanned_from is not None:
        gone = gone.where(tables.anomalies.c.end_ts > scanned_from)
    connection.execute(gone)
    insert_new(connection, tables.anomalies, [anomaly_row(anomaly) for anomaly in new])
    bump(connection, "revision")
