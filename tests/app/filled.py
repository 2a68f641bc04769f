"""A small store made by hand: ten minutes of one service, a model on it, one open and one resolved incident."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyarrow as pa

from data.catalog.commit import FileCommit, commit_file
from data.queries.incidents import save_incidents
from data.records import Incident, Model, Series, Service
from data.schemas import BY_KIND
from data.segments import write_segments
from data.store import Store

START = datetime(2026, 11, 21, 14, 0, tzinfo=UTC)
SAMPLES = 120
STEP = timedelta(seconds=5)
LAST = START + (SAMPLES - 1) * STEP


def fill(store: Store, file_id: int = 1) -> None:
    """Samples of shop's latency, and who runs what."""
    times = [START + n * STEP for n in range(SAMPLES)]
    rows = {
        "ts": times,
        "series_id": [7] * SAMPLES,
        "value": [20.0 + n % 3 for n in range(SAMPLES)],
        "known_at": times,
        "file_id": [file_id] * SAMPLES,
        "line": list(range(1, SAMPLES + 1)),
    }
    segments = write_segments(store.home, "metrics", pa.table(rows, schema=BY_KIND["metrics"]))
    commit = FileCommit(
        file_id=file_id,
        key=f"key{file_id}",
        path="metrics.csv",
        content_hash="c",
        mapping_hash="m",
        target="metrics",
        lines=SAMPLES,
        accepted=SAMPLES,
        segments=segments,
        series=(Series(7, "shop", "latency_p95_ms"),),
        services=(Service("shop", owner="checkout"), Service("a/b <i>")),
        models=(Model("recommender", service="shop"),),
    )
    commit_file(store.catalog, commit)


def add_incidents(store: Store) -> None:
    """One that is open and two that are over."""
    day = timedelta(days=1)
    opened = Incident("", "Shop slow", "critical", "open", START, services=("shop",))
    over = [
        Incident("", title, "warning", "resolved", START - n * day, resolved_at=START - n * day + STEP, services=("q",))
        for n, title in ((1, "Queue full"), (2, "Queue lost"))
    ]
    save_incidents(store.catalog, (opened, *over))
