from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import BigInteger, insert, select, text
from sqlalchemy.exc import StatementError

import data.catalog
from data.catalog import catalog as module
from data.catalog import tables
from data.catalog.catalog import HEAD, Catalog, Counters, bump, insert_new
from data.errors import StoreError
from tests.data.builders import NOON, printed, python

MIGRATIONS = Path(data.catalog.__file__).parent / "migrations"


@pytest.fixture
def catalog(home: Path) -> Catalog:
    return Catalog.open(home)


def test_a_new_home_has_its_folders_for_its_owner_alone_and_starts_at_nothing(home: Path) -> None:
    catalog = Catalog.open(home)
    assert catalog.counters() == Counters(0, 0, 0)
    assert {"segments", "staging", "tmp", "cache", "logs", "catalog.sqlite"} <= {p.name for p in home.iterdir()}
    assert home.stat().st_mode & 0o077 == 0


def test_in_a_home_that_others_may_enter_the_catalog_is_still_its_owner_s_alone(home: Path) -> None:
    home.mkdir(mode=0o755)
    Catalog.open(home)
    assert [(home / name).stat().st_mode & 0o077 for name in ("catalog.sqlite", "segments", "cache")] == [0, 0, 0]


def test_the_migrations_make_exactly_the_tables_that_the_code_uses(catalog: Catalog) -> None:
    def same_type(
        _context: object, _inspected: object, column: object, inspected: object, stated: object
    ) -> bool | None:
        return False if isinstance(stated, tables.Utc) and isinstance(inspected, BigInteger) else None

    with catalog.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": same_type})
        assert compare_metadata(context, tables.metadata) == []


def test_the_newest_migration_is_the_one_that_open_asks_for() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


def test_a_store_that_is_up_to_date_opens_without_alembic(home: Path) -> None:
    Catalog.open(home)
    code = """if True:
        import sys, json
        from pathlib import Path
        from data.catalog.catalog import Catalog
        Catalog.open(Path(sys.argv[1])); print(json.dumps("alembic" in sys.modules))"""
    assert printed(python(code, home)) is False


def test_writes_are_durable_and_readers_do_not_wait(catalog: Catalog) -> None:
    with catalog.read() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert connection.execute(text("PRAGMA synchronous")).scalar() == 2


def test_opening_twice_keeps_what_is_there(home: Path) -> None:
    first = Catalog.open(home)
    with first.write() as connection:
        bump(connection, "revision")
    assert Catalog.open(home).revision == 1


def test_processes_that_race_to_open_a_new_home_all_succeed(home: Path) -> None:
    code = """if True:
        import sys, json
        from pathlib import Path
        from data.catalog.catalog import Catalog
        print(json.dumps(Catalog.open(Path(sys.argv[1])).generation))"""
    racers = [python(code, home) for _ in range(4)]
    assert [printed(racer) for racer in racers] == [0, 0, 0, 0]


def test_where_there_is_no_store_it_says_so(home: Path) -> None:
    with pytest.raises(StoreError, match="no Diptych store in"):
        Catalog.open(home, create=False)
    assert not home.exists()


def test_a_file_in_the_place_of_the_home_is_said_in_words(home: Path) -> None:
    home.write_text("not a folder")
    with pytest.raises(StoreError, match="cannot be made"):
        Catalog.open(home)


def test_a_catalog_that_is_no_database_is_said_in_words(home: Path) -> None:
    home.mkdir()
    (home / "catalog.sqlite").write_text("this is not SQLite, and long enough to be seen as not being it" * 20)
    with pytest.raises(StoreError, match=r"cannot be read: file is not a database"):
        Catalog.open(home)


def test_a_store_of_a_newer_version_is_left_alone(home: Path) -> None:
    Catalog.open(home).close()
    with sqlite3.connect(home / "catalog.sqlite") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError, match=r"newer Diptych .* Update Diptych"):
        Catalog.open(home)


def test_a_failed_write_leaves_nothing(catalog: Catalog) -> None:
    with pytest.raises(ZeroDivisionError), catalog.write() as connection:
        bump(connection, "generation", by=1 // 0 if bump(connection, "revision") else 1)
    assert catalog.counters() == Counters(0, 0, 0)


def test_a_reader_sees_one_state_while_others_write(catalog: Catalog) -> None:
    with catalog.read() as reading:
        before = module.read_counters(reading)
        with catalog.write() as writing:
            bump(writing, "generation")
        assert module.read_counters(reading) == before
    assert catalog.generation == 1


def test_writers_of_several_processes_take_turns(home: Path) -> None:
    code = """if True:
        import sys, json
        from pathlib import Path
        from data.catalog.catalog import Catalog, bump
        catalog = Catalog.open(Path(sys.argv[1]))
        for _ in range(25):
            with catalog.write() as connection:
                bump(connection, "generation")
        print(json.dumps(True))"""
    catalog = Catalog.open(home)
    writers = [python(code, home) for _ in range(3)]
    assert all(printed(writer) for writer in writers)
    assert catalog.generation == 75


def test_a_catalog_held_by_another_for_too_long_is_said_in_words(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BUSY_S", 0.05)
    one, other = Catalog.open(home), Catalog.open(home)
    with one.write(), pytest.raises(StoreError, match="busy"), other.write():
        pass


def test_only_new_rows_are_inserted_and_counted(catalog: Catalog) -> None:
    rows = [{"series_id": i, "service": "s", "metric": "m", "labels": "{}"} for i in range(5)]
    with catalog.write() as connection:
        assert insert_new(connection, tables.series, []) == 0
        assert insert_new(connection, tables.series, rows[:3]) == 3
        assert insert_new(connection, tables.series, rows) == 2


def test_times_come_back_exact_and_in_utc(catalog: Catalog) -> None:
    moment = datetime(1969, 12, 31, 22, 59, 59, 999_999, tzinfo=timezone(timedelta(hours=1)))
    row = {"incident_id": "x", "title": "", "severity": "", "status": "open", "cause": "", "found_by": "hand"}
    with catalog.write() as connection:
        connection.execute(insert(tables.incidents), row | {"started_at": moment, "services": [], "models": []})
        found = connection.execute(select(tables.incidents.c.started_at)).scalar_one()
    assert found == moment
    assert found.tzinfo is UTC


def test_a_time_without_a_zone_is_refused(catalog: Catalog) -> None:
    with catalog.write() as connection, pytest.raises(StatementError, match="without a zone"):
        connection.execute(select(tables.files).where(tables.files.c.ingested_at > NOON.replace(tzinfo=None)))
