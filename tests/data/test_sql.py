"""SQL of people reads the views and nothing else, and ends in time, in memory and in rows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import psutil
import pytest

from data import sql, sql_child
from data.errors import QueryLimit, QueryRefused
from data.records import Service
from data.series import make_series
from data.sql import run
from data.store import Store
from tests.data.builders import put, samples

UP = make_series("shop", "up", {"zone": "a"})


@pytest.fixture(scope="module")
def child() -> Iterator[duckdb.DuckDBPyConnection]:
    """A database such as the one that the child looks at a query with."""
    with duckdb.connect() as connection:
        yield connection


@pytest.fixture
def full(store: Store) -> Store:
    put(store, series=[UP], metrics=samples(UP, [1.0, 2.0, 3.0]), services=[Service("shop", "Ines")])
    return store


def test_views_can_be_joined_in_one_query(full: Store) -> None:
    query = """
        SELECT owner, labels['zone'] AS zone, sum(value) AS total  -- a comment
        FROM metrics JOIN services USING (service) GROUP BY ALL;"""
    assert run(full, query).to_pylist() == [{"owner": "Ines", "zone": "a", "total": 6.0}]


@pytest.mark.parametrize(
    "query",
    [
        "FROM metrics",
        "WITH m AS (SELECT * FROM metrics) SELECT * FROM m UNION ALL SELECT * FROM m",
        "WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 5) FROM n",
        "SELECT * FROM range(4), unnest([1, 2])",
        "VALUES (1), (2)",
        "SHOW TABLES",
        "SUMMARIZE metrics",
        "SELECT * FROM metrics WHERE service = 'COPY x TO y; DROP TABLE z'",
        "EXPLAIN SELECT 1",
    ],
)
def test_what_reads_is_let_through(child: duckdb.DuckDBPyConnection, query: str) -> None:
    assert sql_child.checked(child, query) == query


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("DESCRIBE metrics", 8),
        ("FROM metrics PIVOT (count(*) FOR service IN ('shop'))", 3),
        ("explain analyze SELECT count(*) FROM metrics", 1),
    ],
)
def test_what_reads_is_answered(full: Store, query: str, rows: int) -> None:
    assert run(full, query).num_rows == rows


def test_an_empty_store_answers_too(store: Store) -> None:
    assert run(store, "SELECT count(*) AS n FROM metrics").to_pylist() == [{"n": 0}]


WRITES = [
    "INSERT INTO services VALUES ('x')",
    "UPDATE services SET owner = 'x'",
    "DELETE FROM metrics",
    "CREATE TABLE t (a INT)",
    "DROP VIEW metrics",
    "COPY (SELECT 1) TO '{out}'",
    "COPY metrics TO '{out}'",
    "EXPORT DATABASE '{out}'",
    "EXPLAIN COPY (SELECT 1) TO '{out}'",
    "EXPLAIN ANALYZE COPY (SELECT 1) TO '{out}'",
    "EXPLAIN /**/ ANALYZE COPY (SELECT 1) TO '{out}'",
    "EXPLAIN (ANALYZE) COPY (SELECT 1) TO '{out}'",
    "WITH x AS (COPY (SELECT 1) TO '{out}') SELECT * FROM x",
    "SELECT * FROM (WITH x AS (COPY (SELECT 1) TO '{out}') SELECT * FROM x)",
    "WITH x AS (COPY (SELECT 1) TO '{segment}' (USE_TMP_FILE false)) SELECT * FROM x",
    "WITH x AS (INSERT INTO base.services VALUES ('x') RETURNING *) SELECT * FROM x",
    "FROM query('WITH x AS (COPY (SELECT 1) TO ''{out}'') SELECT * FROM x')",
    "FROM json_execute_serialized_sql('{{}}')",
    "FROM copy_database('a', 'b')",
    "SELECT 1; COPY (SELECT 1) TO '{out}'",
]


@pytest.mark.parametrize("query", WRITES)
def test_what_writes_is_refused_before_it_runs(child: duckdb.DuckDBPyConnection, query: str) -> None:
    with pytest.raises((sql_child.Refused, duckdb.Error)):
        sql_child.checked(child, query.format(out="/tmp/out", segment="/tmp/segment"))


@pytest.mark.parametrize("query", [query for query in WRITES if "WITH" in query])
def test_nothing_can_be_written(full: Store, tmp_path: Path, query: str) -> None:
    with full.snapshot() as snap:
        segment = full.home / snap.segments("metrics")[0].path
    before = segment.read_bytes()
    with pytest.raises(QueryRefused):
        run(full, query.format(out=tmp_path / "out", segment=segment))
    assert not (tmp_path / "out").exists()
    assert segment.read_bytes() == before


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_blob('{home}/catalog.sqlite')",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM '{home}/catalog.sqlite'",
        "SELECT * FROM '{segment}'",
        "SELECT * FROM glob('/*')",
        "SELECT * FROM 'https://example.org/a.parquet'",
        "SELECT * FROM duckdb_secrets()",
        "SELECT * FROM arrow_scan(1, 2, 3)",
        "SELECT getenv('PATH')",
    ],
)
def test_nothing_but_the_views_can_be_read(full: Store, query: str) -> None:
    with full.snapshot() as snap:
        segment = full.home / snap.segments("metrics")[0].path
    if "{segment}" in query:
        assert run(full, query.format(segment=segment)).num_rows == 3
        return
    with pytest.raises(QueryRefused):
        run(full, query.format(home=full.home))


@pytest.mark.parametrize(
    "query",
    [
        "ATTACH '/tmp/x.db'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET memory_limit = '100GB'",
        "RESET lock_configuration",
        "PRAGMA enable_profiling",
        "CALL pragma_version()",
        "BEGIN",
        "PREPARE p AS SELECT 1",
        "CREATE SECRET s (TYPE s3)",
        "CHECKPOINT",
        "USE base",
    ],
)
def test_the_session_cannot_be_changed(child: duckdb.DuckDBPyConnection, query: str) -> None:
    with pytest.raises(sql_child.Refused, match="Only SELECT and EXPLAIN"):
        sql_child.checked(child, query)


@pytest.mark.parametrize("query", ["", " ", ";", "-- nothing", "SELECT 1; SELECT 2"])
def test_there_must_be_exactly_one_statement(child: duckdb.DuckDBPyConnection, query: str) -> None:
    with pytest.raises(sql_child.Refused, match="exactly one statement"):
        sql_child.checked(child, query)


def test_an_error_is_one_line_that_names_what_there_is(full: Store) -> None:
    with pytest.raises(QueryRefused) as refused:
        run(full, "SELECT *\nFROM metrix")
    assert "metrix" in str(refused.value)
    assert "The views are metrics, logs" in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("query", ["SELECT 'é", "SELECT " + "(" * 5000 + "1" + ")" * 5000, "\x00"])
def test_nonsense_is_refused_in_words(full: Store, query: str) -> None:
    with pytest.raises(QueryRefused):
        run(full, query)


def test_a_query_may_not_be_a_book(full: Store) -> None:
    with pytest.raises(QueryRefused, match="longer than"):
        run(full, "SELECT " + "1 + " * sql.MAX_QUERY_CHARS + "1")


def test_too_many_rows_are_refused_not_cut(full: Store) -> None:
    assert run(full, "FROM range(10)", max_rows=10).num_rows == 10
    with pytest.raises(QueryLimit, match="more than 10 rows"):
        run(full, "FROM range(11)", max_rows=10)


def test_too_many_bytes_are_refused(full: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sql, "MAX_RESULT_BYTES", 1_000_000)
    with pytest.raises(QueryLimit, match="larger than 1 MB"):
        run(full, "SELECT repeat('x', 100000) FROM range(100)")


@pytest.mark.parametrize(
    "query",
    [
        "SELECT count(*) FROM range(100000) a, range(1000000) b WHERE a.range * b.range % 7 = 3",
        "SELECT length(regexp_replace(repeat('ab', 100000000), '(a|b)(a|b)', '\\2\\1', 'g'))",
    ],
)
def test_a_query_that_takes_too_long_is_stopped_even_inside_one_function(full: Store, query: str) -> None:
    with pytest.raises(QueryLimit, match=r"longer than 1\.5 s"):
        run(full, query, timeout_s=1.5, memory="4GB")


@pytest.mark.parametrize(
    "query",
    [
        "SELECT count(DISTINCT range) FROM range(100000000)",
        "SELECT list(range) FROM range(500000000)",
        "SELECT length(string_agg(repeat('x', 1000000), '')) FROM range(2000)",
        "SELECT length(repeat('x', 4000000000))",
    ],
)
def test_memory_is_bounded_for_strings_and_lists_too(full: Store, query: str) -> None:
    with pytest.raises(QueryLimit, match="more than 200MB of memory"):
        run(full, query, memory="200MB", timeout_s=60)


def test_an_unknown_unit_of_memory_is_refused(full: Store) -> None:
    with pytest.raises(QueryRefused, match="Write it like 1GB"):
        run(full, "SELECT 1", memory="a lot")


def test_no_secret_of_this_process_reaches_the_one_that_runs_the_query(
    full: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DIPTYCH_SECRET", "s3cret")
    spy = tmp_path / "spy.py"
    spy.write_text(
        "import os, json, sys; sys.stdin.buffer.read()\n"
        "print(json.dumps({'error': 'Refused', 'words': str(dict(os.environ))}))"
    )
    monkeypatch.setattr(sql, "_CHILD", spy)
    with pytest.raises(QueryRefused) as seen:
        run(full, "SELECT 1")
    assert "s3cret" not in str(seen.value)


def test_no_process_is_left_behind(full: Store) -> None:
    before = set(psutil.Process().children())
    with pytest.raises(QueryLimit):
        run(full, "SELECT count(*) FROM range(100000) a, range(1000000) b WHERE a.range * b.range % 7 = 3", timeout_s=1)
    assert set(psutil.Process().children()) <= before
