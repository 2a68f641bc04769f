"""The store: the catalog of a home and one in-memory DuckDB that every thread of this process reads through."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from data import views
from data.catalog.catalog import Catalog
from data.catalog.state import CatalogState, read_state
from data.duck import abandon, connect, load
from data.snapshot import Snapshot
from data.view_tables import base_tables

__all__ = ["Snapshot", "Store"]


@dataclass(slots=True)
class _Pinned:
    """A state with its schemas in DuckDB, and how many snapshots read it."""

    state: CatalogState
    name: str
    readers: int = 0

    @property
    def base(self) -> str:
        return f"{self.name}_base"


class Store:
    """Process-wide and safe between threads.

    A forked child builds a DuckDB of its own at its first snapshot; it must end by ``os._exit``, as children of
    multiprocessing do, for DuckDB's threads are not in it.
    """

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.home = catalog.home
        self._duckdb: duckdb.DuckDBPyConnection | None = None
        self._current: _Pinned | None = None
        self._made = 0
        self._owner = os.getpid()
        self._lock = threading.RLock()

    @classmethod
    def open(cls, home: Path | str, create: bool = True) -> Store:
        """Open the store in ``home``. Raises `StoreError` where there is none and ``create`` is false."""
        return cls(Catalog.open(Path(home), create=create))

    def snapshot(self) -> Snapshot:
        """Pin the newest state; close it or use it as a context."""
        self._leave_parent()
        with self._lock:
            pinned = self._newest()
            cursor = self._database().cursor()
            cursor.execute(f"SET search_path = '{pinned.name},{pinned.base}'")
            pinned.readers += 1
        return Snapshot(self.home, pinned.state, cursor, self._releaser(pinned))

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def close(self) -> None:
        """Close DuckDB and the catalog."""
        self._leave_parent()
        with self._lock:
            if self._duckdb is not None:
                self._duckdb.close()
            self._duckdb = None
            self._current = None
        self.catalog.close()

    def _leave_parent(self) -> None:
        """After a fork neither DuckDB nor a lock that some thread of the parent held is of any use."""
        if self._owner == os.getpid():
            return
        if self._duckdb is not None:
            abandon(self._duckdb)
        self._duckdb = self._current = None
        self._owner = os.getpid()
        self._lock = threading.RLock()

    def _database(self) -> duckdb.DuckDBPyConnection:
        if self._duckdb is None:
            self._duckdb = connect([self.home / "segments"])
        return self._duckdb

    def _newest(self) -> _Pinned:
        """The newest state with its views, made once per generation and revision."""
        current = self._current
        if current is not None and current.state.counters == self.catalog.counters():
            return current
        with self.catalog.read() as connection:
            state = read_state(connection, current.state if current else None)
        self._current = self._make(state)
        if current is not None:
            self._drop_unread(current)
        return self._current

    def _make(self, state: CatalogState) -> _Pinned:
        self._made += 1
        pinned = _Pinned(state, f"state{self._made}")
        cursor = self._database().cursor()
        cursor.execute("BEGIN")
        cursor.execute(f"CREATE SCHEMA {pinned.name}; CREATE SCHEMA {pinned.base}")
        for name, table in base_tables(state).items():
            load(cursor, f"{pinned.base}.{name}", table)
        for statement in views.script(self.home, state, pinned.name, pinned.base):
            cursor.execute(statement)
        cursor.execute("COMMIT")
        cursor.close()
        return pinned

    def _releaser(self, pinned: _Pinned) -> Callable[[], None]:
        def release() -> None:
            with self._lock:
                pinned.readers -= 1
                self._drop_unread(pinned)

        return release

    def _drop_unread(self, pinned: _Pinned) -> None:
        if pinned is self._current or pinned.readers or self._duckdb is None:
            return
        cursor = self._duckdb.cursor()
        cursor.execute(f"DROP SCHEMA {pinned.name} CASCADE; DROP SCHEMA {pinned.base} CASCADE")
        cursor.close()
