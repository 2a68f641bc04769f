"""What does the Logs page cost on millions of lines?

`python -m tests.benchmarks.logs [LINES]` (2,000,000 by default) makes a day of lines of six services with a burst of
errors, keeps their templates once, and prints the CPU seconds of each part of the page as a first look pays them.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa

from app.usecases import logs, logs_changes, logs_templates
from app.usecases.incident_view import Span
from data import log_templates
from data.catalog.commit import commit_file
from data.queries.log_filter import LogFilter
from data.schemas import LOGS
from data.segments import write_segments
from data.store import Snapshot, Store
from tests.data.builders import file_commit

LINES = 2_000_000
DAY = Span(datetime(2026, 11, 20, tzinfo=UTC), datetime(2026, 11, 21, tzinfo=UTC))
BURST = Span(DAY.start + timedelta(hours=14), DAY.start + timedelta(hours=14, minutes=15))
SERVICES = ("checkout", "cart", "gateway", "recommender", "feature store", "payments/eu")
KINDS = (
    ("INFO", "GET /api/v1/items/{a} 200 in {b}ms", 40.0), ("INFO", "POST /api/v1/orders/{a} 201 in {b}ms", 12.0),
    ("INFO", "order {a} placed by user u{b} total={c}.99 EUR", 9.0), ("DEBUG", "cache hit key=item:{a} ttl={b}", 12.0),
    ("DEBUG", "features of session {a} loaded with {b} values", 9.0), ("WARN", "slow query took {b}ms on {c}", 4.0),
    ("ERROR", "payment gateway timed out after {b}ms for order {a}", 1.5), ("INFO", "health check ok", 6.0),
    ("ERROR", "connection refused by feature-store.shop.internal:{c}", 0.5),
)  # fmt: skip
REFUSED = len(KINDS) - 1


def made(lines: int) -> pa.Table:
    """The lines; in the burst three in ten are refused connections, all of one zone."""
    rng = np.random.default_rng(0)
    start_us = int(DAY.start.timestamp() * 1e6)
    ts = np.sort(rng.integers(0, 86_400_000_000, lines)) + start_us
    weights = np.array([weight for *_, weight in KINDS])
    kinds = rng.choice(len(KINDS), lines, p=weights / weights.sum())
    burst = (ts >= BURST.start.timestamp() * 1e6) & (ts < BURST.end.timestamp() * 1e6)
    kinds = np.where(burst & (rng.random(lines) < 0.3), REFUSED, kinds)
    a, b, c = (rng.integers(1, most, lines) for most in (10**7, 900, 64))
    zones = np.where(burst, 0, rng.integers(0, 3, lines))
    told = zip(zones, c % 12, b, strict=True)
    columns = {
        "ts": pa.array(ts, pa.timestamp("us", tz="UTC")),
        "service": pa.array([SERVICES[i] for i in rng.integers(0, len(SERVICES), lines)]),
        "severity": pa.array([KINDS[k][0] for k in kinds]),
        "message": pa.array([KINDS[k][1].format(a=x, b=y, c=z) for k, x, y, z in zip(kinds, a, b, c, strict=True)]),
        "attributes": pa.array([f'{{"zone":"z{z}","pod":"p{p}","took_ms":"{y}"}}' for z, p, y in told]),
        "file_id": pa.array(np.ones(lines, int)),
        "line": pa.array(np.arange(1, lines + 1)),
    }
    missing = {name: pa.nulls(lines, LOGS.field(name).type) for name in ("template_id", "known_at")}
    return pa.table({name: {**columns, **missing}[name] for name in LOGS.names})


def timed(words: str, part: Callable[[], Any]) -> Any:
    began, wall = time.process_time(), time.perf_counter()
    found = part()
    print(f"{words:44} {time.process_time() - began:6.2f} CPU s {time.perf_counter() - wall:7.2f} s")
    return found


def measure(snap: Snapshot) -> None:
    every, zone = LogFilter(), ZoneInfo("UTC")
    before = Span(BURST.start - (BURST.end - BURST.start), BURST.start)
    refused = LogFilter(template="connection refused by <*>")
    timed("lines over time, a day", lambda: logs.bars(snap, every, DAY))
    newest = timed("the newest 50 lines", lambda: logs.lines(snap, every, DAY))
    timed("the 50 before them", lambda: logs.lines(snap, every, DAY, newest.older))
    timed("a line between its neighbours", lambda: logs.around(snap, newest.lines[20].id))
    timed("templates kept, once for all pages", lambda: log_templates.prepare(snap))
    timed("templates of a day", lambda: logs_templates.templates(snap, every, DAY, zone))
    timed("lines of one template over time", lambda: logs.bars(snap, refused, DAY))
    timed("its newest 50 lines", lambda: logs.lines(snap, refused, DAY))
    timed("a text that is rare, bounded to 2 s", lambda: logs.bars(snap, LogFilter(text="u1234567"), DAY))
    found = timed("what changed, 15 min against 15 min", lambda: logs_changes.changes(snap, before, BURST))
    halves = Span(DAY.start, BURST.start), Span(BURST.start, DAY.end)
    timed("what changed, most of the day against the rest", lambda: logs_changes.changes(snap, *halves))
    print("first:", *(f"{one.field} {one.value}: {one.words};" for one in found.changes[:3]))


def main(lines: int) -> None:
    with tempfile.TemporaryDirectory() as folder, Store.open(Path(folder)) as store:
        segments = write_segments(store.home, "logs", made(lines))
        commit_file(store.catalog, file_commit(1, segments=segments))
        print(f"{lines:,} lines, {sum(segment.bytes for segment in segments) / 1e6:.0f} MB")
        with store.snapshot() as snap:
            measure(snap)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else LINES)
