"""Which series lose their last sample when segments die."""

from __future__ import annotations

from pathlib import Path

import duckdb


def orphan_series(home: Path, dead: list[str], live: list[str]) -> list[int]:
    """Ids of the series in ``dead`` segments (paths relative to ``home``) that no ``live`` one holds."""
    if not dead:
        return []
    query = "SELECT DISTINCT series_id FROM read_parquet($paths)"
    with duckdb.connect() as connection:
        ids = _ids(connection, query, home, dead)
        kept = _ids(connection, query + " WHERE list_contains($ids, series_id)", home, live, ids) if live else set()
    return sorted(ids - kept)


def _ids(
    connection: duckdb.DuckDBPyConnection, query: str, home: Path, paths: list[str], among: set[int] | None = None
) -> set[int]:
    parameters: dict[str, object] = {"paths": [str(home / path) for path in paths]}
    if among is not None:
        parameters["ids"] = sorted(among)
    return {int(row[0]) for row in connection.execute(query, parameters).fetchall()}
