"""A snapshot: one state of the store, pinned for as long as it is open, however much is ingested meanwhile."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa

from data import views
from data.catalog.state import CatalogState
from data.duck import abandon
from data.errors import StoreError
from data.segments import SegmentInfo

if TYPE_CHECKING:
    import pandas as pd

Parameters = Mapping[str, Any] | Sequence[Any] | None


class Snapshot:
    """Reads of one thread over one state; SQL names the contract's views, the tables beneath are in reach too."""

    def __init__(
        self,
        home: Path,
        state: CatalogState,
        cursor: duckdb.DuckDBPyConnection,
        release: Callable[[], None],
    ) -> None:
        self.home = home
        self.state = state
        self._cursor = cursor
        self._release = release
        self._owner = os.getpid()
        self._open = True

    @property
    def generation(self) -> int:
        """Commits of ingest that this snapshot sees."""
        return self.state.counters.generation

    @property
    def revision(self) -> int:
        """Other changes that this snapshot sees."""
        return self.state.counters.revision

    def arrow(self, sql: str, params: Parameters = None) -> pa.Table:
        """The result as an Arrow table."""
        try:
            return self._cursor.sql(sql, params=params).to_arrow_table()
        except duckdb.IOException as error:
            raise StoreError(
                f"A segment of the store in {self.home} cannot be read.", "Restore the folder segments from a backup."
            ) from error

    def frame(self, sql: str, params: Parameters = None) -> pd.DataFrame:
        """The result as a frame; times are ``datetime64[us, UTC]``."""
        frame: pd.DataFrame = self.arrow(sql, params).to_pandas()
        return frame

    def rows(self, sql: str, params: Parameters = None) -> list[tuple[Any, ...]]:
        """The result as plain tuples; times are aware."""
        columns = [column.to_pylist() for column in self.arrow(sql, params).columns]
        return list(zip(*columns, strict=True))

    def segments(self, kind: str, start: datetime | None = None, end: datetime | None = None) -> list[SegmentInfo]:
        """The segments of a kind that may hold records in ``[start, end)``."""
        return [s for s in self.state.segments if s.kind == kind and _touches(s, start, end)]

    def source(self, kind: str, start: datetime | None = None, end: datetime | None = None) -> str:
        """A FROM item over those segments only: with many of them, pruning here is what keeps a query fast."""
        return views.source(self.home, kind, self.segments(kind, start, end))

    def source_of(self, kind: str, segments: Iterable[SegmentInfo]) -> str:
        """A FROM item over these segments alone."""
        return views.source(self.home, kind, segments)

    def close(self) -> None:
        """Let go of the state; a second call does nothing."""
        if not self._open:
            return
        self._open = False
        if self._owner != os.getpid():
            abandon(self._cursor)
            return
        self._cursor.close()
        self._release()

    def __enter__(self) -> Snapshot:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def __del__(self) -> None:
        self.close()


def _touches(segment: SegmentInfo, start: datetime | None, end: datetime | None) -> bool:
    if segment.min_ts is None or segment.max_ts is None:
        return True
    return (start is None or segment.max_ts >= start) and (end is None or segment.min_ts < end)
