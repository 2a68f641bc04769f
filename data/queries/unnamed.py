"""Files with records that name no service."""
# ruff: noqa: S608 - what is put into SQL here are segment lists and whole numbers of ours

from __future__ import annotations

from data.ingest.fields import UNKNOWN_SERVICE
from data.queries import metrics
from data.snapshot import Snapshot


def unnamed_files(snap: Snapshot) -> frozenset[int]:
    """The file_id of every file of which some metrics, log records or events stand under `UNKNOWN_SERVICE`."""
    if all(service.name != UNKNOWN_SERVICE for service in snap.state.services):
        return frozenset()
    ids = [series.series_id for series in metrics.list_series(snap, service=UNKNOWN_SERVICE)]
    named = dict.fromkeys(("logs", "events"), "service = $service")
    unnamed = {**named, "metrics": f"series_id IN ({', '.join(map(str, ids))})" if ids else "false"}
    parts = [f"SELECT file_id FROM {snap.source(kind)} WHERE {where}" for kind, where in unnamed.items()]
    rows = snap.rows(" UNION ".join(parts), {"service": UNKNOWN_SERVICE})
    return frozenset(file_id for (file_id,) in rows)
