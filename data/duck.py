"""A hardened in-memory DuckDB: it reads the files it was given and nothing else, and cannot be talked out of it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import duckdb
import pyarrow as pa

from data.views import quote

_ABANDONED: list[duckdb.DuckDBPyConnection] = []


def settings(*, folders: Iterable[Path] = (), files: Iterable[Path] = (), memory: str = "") -> list[str]:
    """Statements that close a new database: only these folders and files can be read, and settings are locked."""
    values = {
        "TimeZone": "'UTC'",
        "parquet_metadata_cache": "true",
        "python_enable_replacements": "false",
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "allow_persistent_secrets": "false",
        "temp_directory": "''",
        **({"memory_limit": quote(memory)} if memory else {}),
        "allowed_directories": _texts(f"{folder}/" for folder in folders),
        "allowed_paths": _texts(map(str, files)),
        "enable_external_access": "false",
        "allowed_configs": "['search_path', 'schema']",
        "lock_configuration": "true",
    }
    return [f"SET GLOBAL {name} = {value}" for name, value in values.items()]


def connect(folders: Iterable[Path]) -> duckdb.DuckDBPyConnection:
    """An in-memory database that may read below ``folders`` only."""
    connection = duckdb.connect(":memory:")
    for statement in settings(folders=folders):
        connection.execute(statement)
    return connection


def abandon(connection: duckdb.DuckDBPyConnection) -> None:
    """Keep a connection that a fork left here alive: closing it would wait for threads that only its parent has."""
    _ABANDONED.append(connection)


def load(connection: duckdb.DuckDBPyConnection, name: str, table: pa.Table) -> None:
    """Copy an Arrow table into a table named ``name``."""
    connection.register("incoming", table)
    try:
        connection.execute(f"CREATE TABLE {name} AS SELECT * FROM incoming")  # noqa: S608 - our own name
    finally:
        connection.unregister("incoming")


def _texts(values: Iterable[str]) -> str:
    return f"[{', '.join(map(quote, values))}]"
