"""Small, real pieces of a store: records as people think of them, turned into segments and committed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from data.catalog.commit import FileCommit, commit_file
from data.records import Edge, MetricMeaning, Model, Season, Series, Service
from data.schemas import BY_KIND
from data.segments import SegmentInfo, write_segments
from data.store import Store

ROOT = Path(__file__).resolve().parents[2]
NOON = datetime(2024, 3, 1, 12, tzinfo=UTC)


def at(minutes: float = 0.0, seconds: float = 0.0) -> datetime:
    """So long after noon of the day on which the tests play."""
    return NOON + timedelta(minutes=minutes, seconds=seconds)


def table(kind: str, rows: Iterable[Mapping[str, Any]], file_id: int = 1) -> pa.Table:
    """Rows with the columns that matter; the rest is null, the line is counted."""
    schema = BY_KIND[kind]
    full = [{"file_id": file_id, "line": line, **row} for line, row in enumerate(rows, start=1)]
    return pa.Table.from_pylist([{name: row.get(name) for name in schema.names} for row in full], schema=schema)


def samples(
    series: Series, values: Sequence[float], *, step_s: float = 60, start: datetime = NOON, lag_s: float = 0
) -> list[dict[str, Any]]:
    times = [start + timedelta(seconds=step_s * i) for i in range(len(values))]
    lag = timedelta(seconds=lag_s)
    return [
        {"ts": ts, "series_id": series.series_id, "value": value, "known_at": ts + lag}
        for ts, value in zip(times, values, strict=True)
    ]


def file_commit(file_id: int, **fields: Any) -> FileCommit:
    given = {"path": f"file{file_id}.csv", "content_hash": "c", "mapping_hash": "m", "target": "t", **fields}
    return FileCommit(file_id=file_id, key=given.pop("key", f"key{file_id}"), **given)


def segments_of(
    store: Store, file_id: int, by_kind: Mapping[str, Iterable[Mapping[str, Any]]]
) -> tuple[SegmentInfo, ...]:
    parts = [write_segments(store.home, kind, table(kind, rows, file_id)) for kind, rows in by_kind.items()]
    return tuple(segment for part in parts for segment in part)


def put(
    store: Store,
    file_id: int = 1,
    *,
    series: Sequence[Series] = (),
    edges: Sequence[Edge] = (),
    services: Sequence[Service] = (),
    models: Sequence[Model] = (),
    meanings: Sequence[MetricMeaning] = (),
    seasons: Sequence[Season] = (),
    supersedes: tuple[int, ...] = (),
    path: str = "",
    **by_kind: Iterable[Mapping[str, Any]],
) -> int:
    """Ingest one file that holds these records; returns the new generation."""
    commit = file_commit(
        file_id,
        path=path or f"file{file_id}.csv",
        segments=segments_of(store, file_id, by_kind),
        series=tuple(series),
        edges=tuple(edges),
        services=tuple(services),
        models=tuple(models),
        meanings=tuple(meanings),
        seasons=tuple(seasons),
        supersedes=supersedes,
    )
    return commit_file(store.catalog, commit)


def python(code: str, *args: object) -> subprocess.Popen[str]:
    """Another process of ours that runs ``code`` with ``sys.argv[1:] == args``."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", code, *map(str, args)]
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def printed(process: subprocess.Popen[str], timeout_s: float = 60) -> Any:
    """The JSON that a process printed before it ended well."""
    output, _ = process.communicate(timeout=timeout_s)
    assert process.returncode == 0, output
    return json.loads(output)
