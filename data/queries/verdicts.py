"""What people say of anomalies: given, changed, withdrawn, and taken back. Each is signed, logged, one transaction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from data.catalog import tables
from data.catalog.catalog import Catalog, bump
from data.catalog.rows import verdict_from, verdict_row
from data.changes import Change, record_change, take_back
from data.records import Anomaly, SeriesKey, Verdict, VerdictWord
from data.snapshot import Snapshot

TIMES = ("start_ts", "end_ts", "judged_at")
_table = tables.verdicts


def of(snap: Snapshot, anomaly: Anomaly) -> Verdict | None:
    """The newest verdict that speaks of this anomaly."""
    return newest(snap.state.verdicts, anomaly)


def by_series(snap: Snapshot) -> dict[SeriesKey, list[Verdict]]:
    """All verdicts by what they speak of, for many anomalies at once."""
    found: dict[SeriesKey, list[Verdict]] = {}
    for verdict in snap.state.verdicts:
        found.setdefault(verdict.key, []).append(verdict)
    return found


def newest(said: Iterable[Verdict], anomaly: Anomaly) -> Verdict | None:
    """The newest of these that speaks of the anomaly."""
    return max((v for v in said if v.judges(anomaly)), key=lambda verdict: verdict.judged_at, default=None)


def give(catalog: Catalog, who: str, anomaly: Anomaly, word: VerdictWord, note: str) -> int | None:
    """Let this be what is said of the anomaly; returns the change_id, None where it says that already.

    What was said of the same stretch under another id, before a scan dated it anew, gives way to it.
    """
    now = datetime.now(UTC)
    with catalog.write() as connection:
        before = _standing(connection, anomaly)
        verdict_id = before.verdict_id if before else anomaly.anomaly_id
        if before is not None and (before.verdict, before.note) == (word, note):
            return None
        about = (anomaly.service, anomaly.model, anomaly.metric, anomaly.labels, anomaly.start, anomaly.end)
        return _put(connection, who, before, Verdict(verdict_id, *about, word, note, who, now))


def withdraw(catalog: Catalog, who: str, anomaly: Anomaly) -> int | None:
    """Say nothing of it any more; returns the change_id, None where nothing was said."""
    with catalog.write() as connection:
        before = _standing(connection, anomaly)
        return None if before is None else _put(connection, who, before, None)


def undo(catalog: Catalog, who: str, change_id: int) -> int:
    """Bring back what was said before a change. Raises `Changed`, `NotFound`."""
    return take_back(catalog, who, change_id, holds, _put_back)


def holds(connection: Connection, change: Change) -> bool:
    """Whether what a change of a verdict made is still so."""
    return _written(_find(connection, change.subject)) == change.after


def _put_back(connection: Connection, who: str, change: Change) -> int:
    return _put(connection, who, _find(connection, change.subject), _read(change.before), change.change_id)


def _standing(connection: Connection, anomaly: Anomaly) -> Verdict | None:
    rows = connection.execute(select(_table).where(_table.c.metric == anomaly.metric)).mappings()
    return newest(map(verdict_from, map(dict, rows)), anomaly)


def _put(
    connection: Connection, who: str, before: Verdict | None, after: Verdict | None, undoes: int | None = None
) -> int:
    subject = next(one.verdict_id for one in (before, after) if one is not None)
    connection.execute(delete(_table).where(_table.c.verdict_id == subject))
    if after is not None:
        connection.execute(insert(_table), verdict_row(replace(after, verdict_id=subject)))
    bump(connection, "revision")
    return record_change(connection, who, "verdict", subject, _written(before), _written(after), undoes)


def _find(connection: Connection, verdict_id: str) -> Verdict | None:
    row = connection.execute(select(_table).where(_table.c.verdict_id == verdict_id)).mappings().first()
    return None if row is None else verdict_from(dict(row))


def _written(verdict: Verdict | None) -> dict[str, Any] | None:
    if verdict is None:
        return None
    row = verdict_row(verdict)
    return {name: given.isoformat() if isinstance(given, datetime) else given for name, given in row.items()}


def _read(record: dict[str, Any] | None) -> Verdict | None:
    if record is None:
        return None
    return verdict_from(record | {name: datetime.fromisoformat(record[name]) for name in TIMES})
