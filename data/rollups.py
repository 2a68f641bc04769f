"""Rollups: what each series came to in 5 minutes and in an hour, a file beside each segment of metrics.

A rollup is made of one immutable segment and lives and dies with it, so late data, files that are taken back and merged
segments need no further thought: a query adds up those of the live segments, and reads the others as they are.
"""
# ruff: noqa: S608 - what is put into SQL here are paths and numbers of ours

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final

import duckdb

from data.errors import StoreError
from data.segments import MIN_ROWS, SegmentInfo
from data.views import quote, source

STEPS_S: Final = (300, 3_600)
FOLDER: Final = "segments/rollups"
GROWTH: Final = 1.04  # of the cells of a histogram: a quantile is at most 2 % off
_ZERO: Final = 1e-9  # what is smaller stands in the cell of 0
_CELLS_BELOW_1: Final = 529  # cells from `_ZERO` to 1
LEAST_STORED: Final = 5_000_000  # samples; a store of fewer is read as it is before anybody waits
CELLS_FROM_S: Final = 3_600  # a histogram of few samples takes more room than they do
Progress = Callable[[float, str], None]


def path_of(home: Path, segment: SegmentInfo, step_s: int) -> Path:
    """Where the rollup of a segment lies, if there is one."""
    return home / FOLDER / str(step_s) / Path(segment.path).name


def missing(home: Path, segments: Iterable[SegmentInfo]) -> list[SegmentInfo]:
    """Segments that are worth one and have none. Small ones are merged first, and quick to read until then."""
    large = (each for each in segments if each.kind == "metrics" and each.rows >= MIN_ROWS)
    return [each for each in large if not path_of(home, each, STEPS_S[-1]).exists()]


def due(home: Path, segments: Sequence[SegmentInfo]) -> bool:
    """Whether some are missing in a store that is large enough for them to pay."""
    stored = sum(each.rows for each in segments if each.kind == "metrics")
    return stored >= LEAST_STORED and bool(missing(home, segments))


def build(home: Path, segments: Iterable[SegmentInfo], told: Progress = lambda share, words: None) -> int:
    """Make what is missing; returns for how many segments. Raises `StoreError` in words, for a full disk too."""
    due = missing(home, segments)
    for number, segment in enumerate(due):
        told(number / len(due), f"Rollups of segment {number + 1} of {len(due)}")
        for step_s in STEPS_S:
            _build(home, segment, step_s)
    return len(due)


def summed(home: Path, segments: Iterable[SegmentInfo], step_s: int, columns: Sequence[str]) -> str:
    """A query with ``series_id bucket`` and these of `COLUMNS`: rollups where there are some, computed where not.

    For a histogram ``step_s`` must be `CELLS_FROM_S` or more. A series has one row per bucket and segment; whoever
    reads them adds them up. What is not asked for is not read.
    """
    chosen = [each for each in segments if each.kind == "metrics"]
    ready = {each.path: path_of(home, each, step_s) for each in chosen if path_of(home, each, step_s).exists()}
    files, names = ", ".join(quote(str(path)) for path in ready.values()), ", ".join(["series_id, bucket", *columns])
    left = [each for each in chosen if each.path not in ready]
    computed = aggregated(source(home, "metrics", left), step_s, columns)
    parts = [f"SELECT {names} FROM read_parquet([{files}])"] if ready else []
    return " UNION ALL ".join([*parts, *([computed] if left or not ready else [])])


def aggregated(records: str, step_s: int, columns: Sequence[str], where: str = "true") -> str:
    """The same computed from records; values that are no number count for nothing."""
    width_us = step_s * 1_000_000
    made = "".join(f", {COLUMNS[name]} AS {name}" for name in columns)
    return (
        f"SELECT series_id, make_timestamptz(epoch_us(ts) // {width_us} * {width_us}) AS bucket{made} "
        f"FROM (SELECT *, coalesce(known_at, ts) AS known FROM {records} WHERE {where} AND NOT isnan(value)) "
        "GROUP BY series_id, bucket"
    )


_CELL = (
    f"(CASE WHEN abs(value) < {_ZERO} THEN 0 WHEN isfinite(value) THEN "
    f"sign(value) * (ceil(ln(abs(value)) / ln({GROWTH})) + {_CELLS_BELOW_1}) END)::SMALLINT"
)
COLUMNS: Final = {
    "n": "count(*)",
    "sum": "sum(value)",
    "min": "min(value)",
    "max": "max(value)",
    "last": "arg_max(value, (ts, known))",
    "last_ts": "max(ts)",
    "known_at": "max(known)",
    "histogram": f"histogram({_CELL})",
}


def value_of(cell: str) -> str:
    """SQL: the value that stands for a cell of a histogram."""
    return (
        f"CASE WHEN {cell} = 0 THEN 0.0 ELSE "
        f"sign({cell}) * 2 * pow({GROWTH}, abs({cell}) - {_CELLS_BELOW_1}) / (1 + {GROWTH}) END"
    )


def _build(home: Path, segment: SegmentInfo, step_s: int) -> None:
    """Appears when it is whole; a second one that is made meanwhile is the same."""
    target, temporary = path_of(home, segment, step_s), home / "tmp" / f"{uuid.uuid4().hex}.parquet"
    columns = [name for name in COLUMNS if name != "histogram" or step_s >= CELLS_FROM_S]
    query = f"{aggregated(source(home, 'metrics', [segment]), step_s, columns)} ORDER BY series_id, bucket"
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary.parent.mkdir(exist_ok=True)
        with duckdb.connect(config={"threads": 1}) as connection:
            connection.execute("SET TimeZone = 'UTC'")
            connection.execute(
                f"COPY ({query}) TO {quote(str(temporary))} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 8192)"
            )
        _flush(temporary)
        temporary.rename(target)
        _flush(target.parent)
    except (OSError, duckdb.IOException) as error:
        raise StoreError(
            f"A rollup cannot be written: {_reason(error)}.", "Nothing was changed; make room on the disk."
        ) from error
    finally:
        temporary.unlink(missing_ok=True)


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.errno:
        return os.strerror(error.errno)
    return str(error).rpartition(": ")[2].strip().rstrip(".")


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
