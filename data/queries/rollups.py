"""Reads of metrics by 5 minutes or by the hour: exact counts, sums and extremes, quantiles to 2 %."""
# ruff: noqa: S608 - what is put into SQL here are segment lists, whole numbers and expressions of ours

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import pandas as pd

from data import rollups
from data.snapshot import Snapshot

MERGED: Final = {
    "n": "sum(n)::BIGINT",
    "sum": "sum(sum)",
    "min": "min(min)",
    "max": "max(max)",
    "last": "arg_max(last, (last_ts, known_at))",
    "known_at": "max(known_at)",
}
_NEEDED: Final = {"last": ("last", "last_ts", "known_at")}  # to merge it
HOUR_S: Final = 3_600


def buckets(
    snap: Snapshot,
    start: datetime,
    end: datetime,
    step_s: int,
    ids: Sequence[int] | None = None,
    known_by: datetime | None = None,
    columns: Sequence[str] = tuple(MERGED),
) -> pd.DataFrame:
    """Series by buckets of ``step_s`` (a multiple of 300) over ``[start, end)``; all series without ``ids``.

    Columns ``series_id bucket`` and these, of ``n sum min max last known_at``: the fewer, the less is read. A bucket
    without a number has no row. One that the range cuts holds the records inside the range alone. Repeated samples
    count as often as they are stored. With ``known_by`` only what was known by then counts, which the records alone
    can tell.
    """
    needed = dict.fromkeys(one for name in columns for one in _NEEDED.get(name, (name,)))
    width_us, rows = step_s * 1_000_000, _summed(snap, start, end, step_s, ids, tuple(needed), known_by)
    merged = "".join(f", {MERGED[name]} AS {name}" for name in columns)
    return snap.frame(
        f"SELECT series_id, make_timestamptz(epoch_us(bucket) // {width_us} * {width_us}) AS bucket{merged} "
        f"FROM ({rows}) GROUP BY series_id, 2 ORDER BY series_id, 2"
    )


def extents(snap: Snapshot, start: datetime, end: datetime, ids: Sequence[int]) -> pd.DataFrame:
    """How many numbers each series has in ``[start, end)``, and the hours of the first and the last of them.

    Columns ``series_id n first last``; a series without a number has no row.
    """
    return snap.frame(
        "SELECT series_id, sum(n)::BIGINT AS n, min(bucket) AS first, max(bucket) AS last "
        f"FROM ({_summed(snap, start, end, HOUR_S, ids, ('n',))}) GROUP BY series_id ORDER BY series_id"
    )


def quantiles(
    snap: Snapshot, start: datetime, end: datetime, step_s: int, share: float, ids: Sequence[int]
) -> pd.DataFrame:
    """The value under which ``share`` of each bucket's samples lie: columns ``series_id bucket value``.

    From rollups where ``step_s`` is a multiple of an hour, else from the records.
    """
    width_us = step_s * 1_000_000
    return snap.frame(
        f"WITH cells AS (SELECT series_id, epoch_us(bucket) // {width_us} * {width_us} AS bucket, "
        "unnest(map_entries(histogram), recursive := true) "
        f"FROM ({_summed(snap, start, end, step_s, ids, ('histogram',))})), "
        "counted AS (SELECT series_id, bucket, key, sum(value) AS n FROM cells GROUP BY ALL), "
        "ranked AS (SELECT *, sum(n) OVER (PARTITION BY series_id, bucket ORDER BY key) AS below, "
        "sum(n) OVER (PARTITION BY series_id, bucket) AS total FROM counted) "
        f"SELECT series_id, make_timestamptz(bucket) AS bucket, {rollups.value_of('min(key)')} AS value "
        "FROM ranked WHERE below >= greatest(1, ceil($share * total)) GROUP BY series_id, bucket ORDER BY ALL",
        {"share": share},
    )


def _summed(
    snap: Snapshot,
    start: datetime,
    end: datetime,
    step_s: int,
    ids: Sequence[int] | None,
    columns: Sequence[str],
    known_by: datetime | None = None,
) -> str:
    """Rows to be added up: rollups of the largest step that fits, and records at the edges that the range cuts."""
    step = max(each for each in rollups.STEPS_S if step_s % each == 0)
    inner = _ceiled(start, step), _ceiled(end + timedelta(microseconds=1), step) - timedelta(seconds=step)
    among = "true" if ids is None else f"series_id IN ({', '.join(str(int(one)) for one in ids) or 'NULL'})"
    if known_by is not None:
        return _edge(snap, start, end, step, columns, f"{among} AND coalesce(known_at, ts) <= {_at(known_by)}")
    if inner[0] >= inner[1] or ("histogram" in columns and step < rollups.CELLS_FROM_S):
        return _edge(snap, start, end, step, columns, among)
    whole = rollups.summed(snap.home, snap.segments("metrics", *inner), step, columns)
    parts = [f"SELECT * FROM ({whole}) WHERE bucket >= {_at(inner[0])} AND bucket < {_at(inner[1])} AND {among}"]
    edges = [pair for pair in ((start, inner[0]), (inner[1], end)) if pair[0] < pair[1]]
    return " UNION ALL ".join([*parts, *(_edge(snap, *pair, step, columns, among) for pair in edges)])


def _edge(snap: Snapshot, start: datetime, end: datetime, step_s: int, columns: Sequence[str], among: str) -> str:
    where = f"{among} AND ts >= {_at(start)} AND ts < {_at(end)}"
    return rollups.aggregated(snap.source("metrics", start, end), step_s, columns, where)


def _at(moment: datetime) -> str:
    """A literal: DuckDB prunes row groups by it."""
    return f"make_timestamptz({(moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)})"


def _ceiled(moment: datetime, step_s: int) -> datetime:
    epoch, step = datetime(1970, 1, 1, tzinfo=UTC), timedelta(seconds=step_s)
    return epoch + -((epoch - moment) // step) * step
