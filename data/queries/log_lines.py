"""Log lines themselves: page by page along (time, file, line), newest first, within a bound of time."""
# ruff: noqa: S608 - what is put into SQL here are segment lists and column names of ours

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, Final

import duckdb

from data import log_templates
from data.queries.log_filter import LogFilter, WrongPattern
from data.snapshot import Snapshot

SLICE_ROWS: Final = 250_000  # of lines that are read between two looks at the clock
MOST_SLICES: Final = 2_000
MICROSECOND: Final = timedelta(microseconds=1)
_COLUMNS: Final = "ts, file_id, line, service, severity, message, attributes"


@dataclass(frozen=True, slots=True, order=True)
class LineKey:
    """Where a line stands: by its time, then by where it came from."""

    ts: datetime
    file_id: int
    line: int


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line; ``attributes`` is JSON text, "" where there are none."""

    key: LineKey
    service: str
    severity: str
    message: str
    attributes: str = ""


@dataclass(frozen=True, slots=True)
class FoundLines:
    """Lines, the newest first. ``more`` of them lie beyond; ``stopped_at`` is how far was read when time was up."""

    lines: tuple[LogLine, ...]
    more: bool
    stopped_at: datetime | None = None


def older(
    snap: Snapshot,
    some: LogFilter,
    start: datetime,
    end: datetime,
    limit: int,
    before: LineKey | None = None,
    budget_s: float | None = None,
) -> FoundLines:
    """The newest lines of ``[start, end)`` that lie before a key. Raises `WrongPattern`."""
    return _walk(snap, some, start, min(end, before.ts + MICROSECOND) if before else end, limit, before, budget_s, -1)


def newer(
    snap: Snapshot,
    some: LogFilter,
    start: datetime,
    end: datetime,
    limit: int,
    after: LineKey,
    budget_s: float | None = None,
) -> FoundLines:
    """The oldest lines of ``[start, end)`` that lie after a key; the newest of them first, too."""
    return _walk(snap, some, max(start, after.ts), end, limit, after, budget_s, 1)


def one(snap: Snapshot, key: LineKey) -> LogLine | None:
    """The line with this key, None where it is not there (any more)."""
    end = key.ts + MICROSECOND
    rows = snap.rows(
        f"SELECT {_COLUMNS} FROM {snap.source('logs', key.ts, end)} "
        "WHERE ts = $ts AND file_id = $file AND line = $line",
        {"ts": key.ts, "file": key.file_id, "line": key.line},
    )
    return _line(rows[0]) if rows else None


def bounds(snap: Snapshot) -> tuple[datetime, datetime] | None:
    """From the first line of all to just after the last."""
    dated = [(s.min_ts, s.max_ts) for s in snap.segments("logs") if s.min_ts is not None and s.max_ts is not None]
    if not dated:
        return None
    return min(first for first, _ in dated), max(last for _, last in dated) + MICROSECOND


def estimate(snap: Snapshot, start: datetime, end: datetime) -> float:
    """About how many lines lie in ``[start, end)``, from the catalog alone."""
    return sum(_inside(s.min_ts, s.max_ts, s.rows, start, end) for s in snap.segments("logs", start, end))


def _inside(first: datetime | None, last: datetime | None, rows: int, start: datetime, end: datetime) -> float:
    if first is None or last is None:
        return 0.0
    length = max((last - first).total_seconds(), 1e-6)
    return rows * max(0.0, min(1.0, (min(last, end) - max(first, start)).total_seconds() / length))


def slices(snap: Snapshot, start: datetime, end: datetime, rows: float = SLICE_ROWS) -> list[tuple[datetime, datetime]]:
    """``[start, end)`` in equal parts of about so many lines, the newest first."""
    parts = max(1, min(MOST_SLICES, math.ceil(estimate(snap, start, end) / rows)))
    edges = [start + (end - start) * i / parts for i in range(parts)] + [end]
    return list(pairwise(edges))[::-1]


def _walk(
    snap: Snapshot,
    some: LogFilter,
    start: datetime,
    end: datetime,
    limit: int,
    key: LineKey | None,
    budget_s: float | None,
    sense: int,
) -> FoundLines:
    """Read slice after slice, each twice as large as the one before, until there are enough lines or time is up."""
    began, found = time.monotonic(), list[LogLine]()
    if start >= end:
        return FoundLines((), more=False)
    if some.template and not some.searches and log_templates.kept(snap, start, end).whole:
        return _found(_of_template(snap, some, start, end, limit, key, sense), limit, sense, None)
    for low, high in _growing(snap, start, end, limit, sense):
        rows = _read(snap, some, low, high, limit + 1 - len(found), key, sense)
        found += [_line(row) for row in rows]
        if len(found) > limit:
            break
        if budget_s is not None and time.monotonic() - began > budget_s and (low, high)[sense > 0] not in (start, end):
            return _found(found, limit, sense, low if sense < 0 else high)
    return _found(found, limit, sense, None)


def _found(lines: list[LogLine], limit: int, sense: int, stopped_at: datetime | None) -> FoundLines:
    kept = lines[:limit]
    return FoundLines(tuple(kept if sense < 0 else kept[::-1]), len(lines) > limit, stopped_at)


def _growing(
    snap: Snapshot, start: datetime, end: datetime, limit: int, sense: int
) -> Iterator[tuple[datetime, datetime]]:
    """Neighbouring parts of ``[start, end)`` from its end (or, with sense 1, from its start)."""
    whole = end - start
    lines = max(estimate(snap, start, end), 1.0)
    width = max(whole * min(1.0, 4 * limit / lines), MICROSECOND)
    most = max(whole * min(1.0, SLICE_ROWS / lines), MICROSECOND)
    at = end if sense < 0 else start
    while start < at if sense < 0 else at < end:
        then = max(start, at - width) if sense < 0 else min(end, at + width)
        yield (then, at) if sense < 0 else (at, then)
        at, width = then, min(2 * width, most)


def _read(
    snap: Snapshot,
    some: LogFilter,
    start: datetime,
    end: datetime,
    limit: int,
    key: LineKey | None,
    sense: int,
    times: list[datetime] | None = None,
) -> list[tuple[Any, ...]]:
    asked = some.of_lines(start, end).add("ts IN (SELECT unnest($times))", times=times)
    sign, order = ("<", "DESC") if sense < 0 else (">", "ASC")
    if key is not None:
        asked.add(f"(ts {sign} $k_ts OR (ts = $k_ts AND (file_id, line) {sign} ($k_file, $k_line)))",
                  k_ts=key.ts, k_file=key.file_id, k_line=key.line)  # fmt: skip
    try:
        return snap.rows(
            f"SELECT {_COLUMNS} FROM {snap.source('logs', start, end)} WHERE {asked.where} "
            f"ORDER BY ts {order}, file_id {order}, line {order} LIMIT {int(limit)}",
            asked.params,
        )
    except duckdb.InvalidInputException as error:
        raise wrong_pattern(some, error) from error


def wrong_pattern(some: LogFilter, error: Exception) -> Exception:
    """What to raise where a query failed: the regular expression of a person, or what it was."""
    if some.pattern is None:
        return error
    return WrongPattern(f"“{some.pattern[:60]}” is no regular expression.", "Text without slashes is looked for as is.")


def _of_template(
    snap: Snapshot, some: LogFilter, start: datetime, end: datetime, limit: int, key: LineKey | None, sense: int
) -> list[LogLine]:
    """Where the times of a template are kept, only the lines of these times are read."""
    asked, order = some.of_templates(start, end), "DESC" if sense < 0 else "ASC"
    extra = 0 if key is None else _SAME_TIME
    times = snap.rows(
        f"SELECT ts FROM {log_templates.source(snap, start, end)} WHERE {asked.where} "
        f"ORDER BY ts {order} LIMIT {int(limit) + 1 + extra}",
        asked.params,
    )
    if not times:
        return []
    moments = [at for (at,) in times]
    span = min(moments), max(moments) + MICROSECOND
    return [_line(row) for row in _read(snap, some, *span, limit + 1, key, sense, moments)]


_SAME_TIME: Final = 100  # lines of one template at the very time of the key, which may lie before it


def _line(row: tuple[Any, ...]) -> LogLine:
    ts, file_id, line, service, severity, message, attributes = row
    return LogLine(LineKey(ts, file_id, line), service or "", severity or "", message or "", attributes or "")
