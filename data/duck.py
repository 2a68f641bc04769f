"""A hardened in-memory DuckDB: it reads the folders it was given and nothing else, and cannot be talked out of it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import duckdb
import pyarrow as pa

from data.views import quote


def connect(folders: Iterable[Path], *, memory_limit: str | None = None) -> duckdb.DuckDBPyConnection:
    """An in-memory database that may read below ``folders`` only; its settings are locked."""
    connection = duckdb.connect(":memory:")
    allowed = ", ".join(quote(f"{folder}/") for folder in folders)
    settings = {
        "TimeZone": "'UTC'",
        "parquet_metadata_cache": "true",
        "python_enable_replacements": "false",
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "allow_persistent_secrets": "false",
        "temp_directory": "''",
        **({"memory_limit": quote(memory_limit)} if memory_limit else {}),
        "allowed_directories": f"[{allowed}]",
        "enable_external_access": "false",
        "allowed_configs": "['search_path', 'schema']",
        "lock_configuration": "true",
    }
    for name, value in settings.items():
        connection.execute(f"SET GLOBAL {name} = {value}")
    return connection


def load(connection: duckdb.DuckDBPyConnection, name: str, table: pa.Table) -> None:
    """Copy an Arrow table into a table named ``name``."""
    connection.register("incoming", table)
    try:
        connection.execute(f"CREATE TABLE {name} AS SELECT * FROM incoming")  # noqa: S608 - our own name
    finally:
        connection.unregister("incoming")
