"""The catalog: a small transactional database that lists what is live. Writers queue, readers never wait."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, Table, create_engine, event, inspect, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DatabaseError, OperationalError

from data.catalog import tables
from data.catalog.mounts import mount_of
from data.errors import StoreError

HEAD = "0010"
FOLDERS = ("segments", "staging", "tmp", "cache", "logs")
BUSY_S = 30.0


@dataclass(frozen=True, slots=True)
class Counters:
    """``generation`` grows with every commit of ingest, ``revision`` with every other change that a page shows."""

    generation: int
    revision: int
    series_version: int


class Catalog:
    """The catalog of one home. Safe to share between threads; a forked child gets connections of its own."""

    def __init__(self, home: Path, engine: Engine) -> None:
        self.home = home
        self.engine = engine
        self._owner = os.getpid()

    @staticmethod
    def is_in(home: Path) -> bool:
        """Whether there is a catalog in ``home``, without making one."""
        return (home / "catalog.sqlite").is_file()

    @classmethod
    def open(cls, home: Path, *, create: bool = True) -> Catalog:
        """Open the catalog in ``home`` and bring it to this version. Raises `StoreError` in words."""
        home = home.absolute()
        _check_home(home, create)
        try:
            with _only_one(home):
                (home / "catalog.sqlite").touch(mode=0o600)
                catalog = cls(home, _engine(URL.create("sqlite", database=str(home / "catalog.sqlite"))))
                _upgrade(catalog)
        except OSError as error:
            raise StoreError(
                f"The home {home} cannot be written: {error.strerror}.", "Choose another --home."
            ) from error
        except DatabaseError as error:
            raise StoreError(f"The catalog in {home} cannot be read: {error.orig}.", "Restore it or --home.") from error
        return catalog

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that sees one state of the catalog throughout."""
        with self._own_engine().connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that takes its turn among all writers of all processes before it begins."""
        engine = self._own_engine().execution_options(diptych_write=True)
        with _words(), engine.begin() as connection:
            yield connection

    def counters(self) -> Counters:
        """Where the catalog stands now."""
        with self.read() as connection:
            return read_counters(connection)

    @property
    def generation(self) -> int:
        """Commits of ingest so far."""
        return self.counters().generation

    @property
    def revision(self) -> int:
        """Other changes so far."""
        return self.counters().revision

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()

    def _own_engine(self) -> Engine:
        if self._owner != os.getpid():
            self.engine.dispose(close=False)
            self._owner = os.getpid()
        return self.engine


def read_counters(connection: Connection) -> Counters:
    """The counters as this transaction sees them."""
    row = connection.execute(
        select(tables.state.c.generation, tables.state.c.revision, tables.state.c.series_version)
    ).one()
    return Counters(*row)


def bump(connection: Connection, counter: str, by: int = 1) -> int:
    """Count one change; returns the new value."""
    column = tables.state.c[counter]
    connection.execute(update(tables.state).values({counter: column + by}))
    return int(connection.execute(select(column)).scalar_one())


def insert_new(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> int:
    """Insert the rows whose key is not there yet; returns how many were new."""
    if not rows:
        return 0
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    return int(connection.execute(insert(table).on_conflict_do_nothing(), rows).rowcount)


def _check_home(home: Path, create: bool) -> None:
    mount = mount_of(home)
    if mount is not None and mount.is_network:
        raise StoreError(
            f"The home {home} lies on a network file system ({mount.type}, mounted at {mount.point}), on which the "
            "catalog would be damaged: its locks do not hold there.",
            "Choose a --home on a disk of this machine.",
        )
    if (home / "catalog.sqlite").exists():
        return
    if not create:
        raise StoreError(f"There is no Diptych store in {home}.", "Ingest a file first, or name another --home.")
    try:
        for folder in (home, *(home / name for name in FOLDERS)):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"The home {home} cannot be made: {error.strerror}.", "Choose another --home.") from error


def _engine(url: URL) -> Engine:
    engine = create_engine(url, connect_args={"timeout": BUSY_S})
    event.listen(engine, "connect", _configure)
    event.listen(engine, "begin", _begin)
    return engine


def _configure(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    """A writer takes the lock first: it queues at the start instead of failing in the middle."""
    write = connection.get_execution_options().get("diptych_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


@contextmanager
def _only_one(home: Path) -> Iterator[None]:
    """One process at a time opens a home: switching SQLite to WAL does not wait for its busy timeout."""
    with (home / ".open.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def _words() -> Iterator[None]:
    try:
        yield
    except OperationalError as error:
        raise _unwritable(str(error.orig)) from error


def _unwritable(reason: str) -> StoreError:
    if "locked" in reason:
        what = f"The catalog was busy for more than {BUSY_S:.0f} s."
        return StoreError(what, "Another process holds it: try again when it is done.")
    return StoreError(
        f"The catalog cannot be written: {reason}.", "Nothing was changed; look at the disk and its rights."
    )


def _upgrade(catalog: Catalog) -> None:
    with catalog.read() as connection:
        at = _version(connection)
    if at == HEAD:
        return
    if at is not None and at > HEAD:
        raise StoreError(
            f"The store in {catalog.home} was written by a newer Diptych (catalog {at}, this one knows {HEAD}).",
            "Update Diptych.",
        )
    with catalog.write() as connection:
        _migrate(connection)


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return None if found is None else str(found)


def _migrate(connection: Connection) -> None:
    """Alembic is imported here: a store that is up to date starts without it."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
