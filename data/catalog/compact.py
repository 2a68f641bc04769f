"""Many small segments become few: a query opens each, and six hundred of them cost it more than their rows do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import func, select

from data.catalog import tables
from data.catalog.catalog import Catalog
from data.catalog.shared import swap
from data.segments import MIN_ROWS, write_segments

LEAST = 8  # fewer small ones than this are left as they are
MOST = 400
MOST_ROWS = 1_000_000
MOST_BYTES = 64 << 20
Progress = Callable[[float, str], None]
_segments = tables.segments
_small = (_segments.c.dead.is_(None)) & (_segments.c.rows < MIN_ROWS)


@dataclass(frozen=True, slots=True)
class Compacted:
    """How many segments were merged, into how many."""

    before: int = 0
    after: int = 0


@dataclass(frozen=True, slots=True)
class _Small:
    path: str
    kind: str
    rows: int
    bytes: int


def is_due(catalog: Catalog) -> bool:
    """Whether there are small segments enough for it to be worth while."""
    counts = select(func.count()).where(_small).group_by(_segments.c.kind)
    with catalog.read() as connection:
        return any(count >= LEAST for count in connection.execute(counts).scalars())


def compact(catalog: Catalog, told: Progress = lambda share, words: None) -> Compacted:
    """Merge what is small. Each group is one transaction: whatever ends this leaves every row in its place, once."""
    groups, before, after = list(_groups(_read(catalog))), 0, 0
    for number, group in enumerate(groups):
        told(number / len(groups), f"{len(group)} small segments of {group[0].kind} become few")
        merged = _merge(catalog, group)
        before, after = before + (len(group) if merged else 0), after + merged
    return Compacted(before, after)


def _read(catalog: Catalog) -> list[_Small]:
    """The small segments by kind and time."""
    names = [_segments.c[name] for name in _Small.__dataclass_fields__]
    some = select(*names).where(_small).order_by(_segments.c.kind, _segments.c.min_ts, _segments.c.path)
    with catalog.read() as connection:
        return [_Small(**row) for row in connection.execute(some).mappings()]


def _groups(small: Sequence[_Small]) -> Iterator[list[_Small]]:
    """Neighbours in time, as many as fit into memory; fewer than `LEAST` are no group."""
    group: list[_Small] = []
    for each in small:
        if group and not _fits(group, each):
            yield from [group] if len(group) >= LEAST else []
            group = []
        group.append(each)
    yield from [group] if len(group) >= LEAST else []


def _fits(group: Sequence[_Small], another: _Small) -> bool:
    return (
        another.kind == group[0].kind
        and len(group) < MOST
        and sum(each.rows for each in group) + another.rows <= MOST_ROWS
        and sum(each.bytes for each in group) + another.bytes <= MOST_BYTES
    )


def _merge(catalog: Catalog, group: Sequence[_Small]) -> int:
    """How many segments took the place of the group; 0 where one of it was taken back meanwhile."""
    table = pa.concat_tables([pq.read_table(catalog.home / each.path) for each in group])
    written = write_segments(catalog.home, group[0].kind, table)
    return len(written) if swap(catalog, [each.path for each in group], written) else 0
