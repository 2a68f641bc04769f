"""Anomalies: what the last scan found unusual in each series; read from a snapshot, saved to the catalog."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from sqlalchemy import Connection, delete

from data.catalog import tables
from data.catalog.catalog import Catalog, bump, insert_new
from data.catalog.rows import anomaly_row
from data.catalog.state import NOTHING_GONE, read_anomalies
from data.records import Anomaly, SeriesKey
from data.snapshot import Snapshot

AT_ONCE = 500  # ids in one statement


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


def save(
    catalog: Catalog,
    anomalies: Iterable[Anomaly],
    *,
    scanned_from: datetime | None = None,
    not_scanned: Collection[SeriesKey] = (),
    let_go: Mapping[str, datetime] = NOTHING_GONE,
) -> None:
    """Replace what earlier scans found by ``anomalies``, but for what was over at ``scanned_from``, and for the series
    that were ``not_scanned``. Of models all is replaced: their whole past is judged. What was over when records of its
    kind were ``let_go`` stays.

    Nothing changed, nothing written.
    """
    new = {anomaly.anomaly_id: anomaly for anomaly in anomalies}
    with catalog.write() as connection:
        old = {
            anomaly.anomaly_id: anomaly
            for anomaly in read_anomalies(connection)
            if anomaly.key not in not_scanned
            and (scanned_from is None or anomaly.model or anomaly.end > scanned_from)
            and not _outlasts(anomaly, let_go)
        }
        if old != new:
            _replace(connection, old, new.values())


def _outlasts(anomaly: Anomaly, let_go: Mapping[str, datetime]) -> bool:
    """Whether it was over when the records that told of it were let go of."""
    gone = let_go.get("predictions" if anomaly.model else "metrics")
    return gone is not None and anomaly.end <= gone


def _replace(connection: Connection, gone: Collection[str], new: Iterable[Anomaly]) -> None:
    ids = sorted(gone)
    for first in range(0, len(ids), AT_ONCE):
        connection.execute(
            delete(tables.anomalies).where(tables.anomalies.c.anomaly_id.in_(ids[first : first + AT_ONCE]))
        )
    insert_new(connection, tables.anomalies, [anomaly_row(anomaly) for anomaly in new])
    bump(connection, "revision")
