"""One small DuckDB per thread that only computes: it sees the tables it is handed, no file and no network."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import duckdb
import pyarrow as pa

MEMORY = "1GB"
_local = threading.local()


def run(sql: str, table: pa.Table, params: Sequence[Any] = ()) -> pa.Table:
    """The result of ``sql`` over ``table``, which it calls ``t``. Foreign values go in as ``params``, never as text.

    Raises `duckdb.Error`.
    """
    connection = _connection()
    connection.register("t", table)
    try:
        return connection.sql(sql, params=list(params)).to_arrow_table()
    except UnicodeDecodeError as error:  # the words of an error quote the value, and may end within a letter
        raise duckdb.InvalidInputException("a value that is quoted in part") from error
    finally:
        connection.unregister("t")


def map_text(expression: str, texts: pa.Array, params: Sequence[Any] = ()) -> pa.Array:
    """One value of ``expression`` per text ``x``, in order."""
    table = run(f"SELECT {expression} AS y FROM t", pa.table({"x": texts}), params)  # noqa: S608 our own words
    return flat(table["y"])


def flat(column: pa.ChunkedArray) -> pa.Array:
    """A column in one piece."""
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def _connection() -> duckdb.DuckDBPyConnection:
    if not hasattr(_local, "connection"):
        config: dict[str, str | bool | int | float | list[str]] = {
            "threads": 1,
            "memory_limit": MEMORY,
            "enable_external_access": "false",
        }
        _local.connection = duckdb.connect(":memory:", config=config)
        _local.connection.execute("SET TimeZone = 'UTC'; SET preserve_insertion_order = true")
        _local.connection.execute("SET lock_configuration = true")
    connection: duckdb.DuckDBPyConnection = _local.connection
    return connection
