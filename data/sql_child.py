"""The process that runs one query of a person; it is started as a script and imports nothing of ours.

DuckDB's own limits do not reach inside a scalar function and do not bound lists and strings. A process can be bounded
from outside, and killed: so the kernel limits memory here and forbids files to grow, and an alarm ends it in time.

In: a line of JSON, then one Arrow stream per table. Out: a line of JSON, then an Arrow stream with the result.
"""

from __future__ import annotations

import json
import re
import resource
import signal
import sys
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

# Of a SELECT's syntax tree: WITH x AS (COPY ... TO ...) is a SELECT to DuckDB, and so is query('...').
QUERY_NODES = {"SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE", "CTE_NODE"}
TABLE_FUNCTIONS = {"range", "generate_series", "unnest", "json_each", "json_tree", "repeat", "repeat_row"}
BATCH_ROWS = 10_000
_EXPLAIN = re.compile(r"\s*EXPLAIN(\s+ANALYZE)?\s", re.IGNORECASE)


class Refused(Exception):
    """The query is not one read-only statement."""


class Limit(Exception):
    """The result is larger than it may be."""


def main() -> None:
    """Answer the one query on stdin."""
    spec = json.loads(sys.stdin.buffer.readline())
    signal.setitimer(signal.ITIMER_REAL, spec["timeout_s"])
    answer: dict[str, str]
    try:
        answer, payload = {}, _run(spec)
    except (Refused, Limit) as error:
        answer, payload = {"error": type(error).__name__, "words": str(error)}, b""
    except (duckdb.OutOfMemoryException, MemoryError, pa.ArrowMemoryError):
        answer, payload = {"error": "Memory", "words": ""}, b""
    except (duckdb.Error, RecursionError, ValueError) as error:
        answer, payload = {"error": "Refused", "words": _first_words(error)}, b""
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + payload)


def _run(spec: dict[str, Any]) -> bytes:
    connection = duckdb.connect(":memory:")
    for statement in spec["settings"]:
        connection.execute(statement)
    _load(connection, spec)
    query = checked(connection, spec["query"])
    _confine(spec["memory_bytes"])
    connection.execute("BEGIN TRANSACTION READ ONLY")
    return _fetch(connection, query, spec["max_rows"], spec["max_bytes"])


def _load(connection: duckdb.DuckDBPyConnection, spec: dict[str, Any]) -> None:
    for statement in spec["before"]:
        connection.execute(statement)
    for name in spec["tables"]:
        with pa.ipc.open_stream(sys.stdin.buffer) as stream:
            connection.register("incoming", stream.read_all())
        connection.execute(f"CREATE TABLE {name} AS SELECT * FROM incoming")  # noqa: S608 - named by our parent
        connection.unregister("incoming")
    for statement in spec["after"]:
        connection.execute(statement)


def checked(connection: duckdb.DuckDBPyConnection, query: str) -> str:
    """The query to run: one SELECT, or EXPLAIN put before one. Everything in it is read-only."""
    statements = connection.extract_statements(query)
    if len(statements) != 1:
        raise Refused(f"There must be exactly one statement, here are {len(statements)}.")
    kind, text = statements[0].type, statements[0].query
    if kind == duckdb.StatementType.EXPLAIN and (explain := _EXPLAIN.match(text)):
        _check_select(connection, text[explain.end() :])
        return text
    if kind != duckdb.StatementType.SELECT:
        raise Refused(f"Only SELECT and EXPLAIN of a SELECT are allowed, not {_name(kind)}.")
    _check_select(connection, text)
    return text


def _name(kind: Any) -> str:
    name = str(kind).rpartition(".")[2]
    return "a PIVOT without IN (...)" if name == "MULTI" else name


def _check_select(connection: duckdb.DuckDBPyConnection, text: str) -> None:
    row = connection.execute("SELECT json_serialize_sql(?)", [text]).fetchone()
    tree: dict[str, Any] = json.loads(row[0]) if row else {"error": True}
    if tree.get("error_type") == "not implemented":
        raise Refused("Only a SELECT can be explained.")
    if tree["error"] or len(tree["statements"]) != 1:
        raise Refused(str(tree.get("error_message", "This is not one SELECT.")))
    pending: list[Any] = [tree["statements"]]
    while pending:
        node = pending.pop()
        if isinstance(node, dict):
            _check_node(node)
            pending.extend(node.values())
        elif isinstance(node, list):
            pending.extend(node)


def _check_node(node: dict[str, Any]) -> None:
    kind = str(node.get("type", ""))
    if kind.endswith("_NODE") and kind not in QUERY_NODES:
        raise Refused(f"Only reading is allowed, not {kind.removesuffix('_NODE').removesuffix('_QUERY')}.")
    if kind == "TABLE_FUNCTION" and (name := str(node["function"]["function_name"]).lower()) not in TABLE_FUNCTIONS:
        raise Refused(f"The table function {name} is not allowed; read from the views.")


def _confine(memory_bytes: int) -> None:
    """From here on no file grows, no core is written, and memory ends at ``memory_bytes`` more than is in use."""
    used = re.search(r"VmData:\s+(\d+) kB", Path("/proc/self/status").read_text())
    most = memory_bytes + (int(used[1]) * 1024 if used else 0)
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _fetch(connection: duckdb.DuckDBPyConnection, query: str, max_rows: int, max_bytes: int) -> bytes:
    reader = connection.sql(query).to_arrow_reader(min(BATCH_ROWS, max_rows + 1))
    sink = pa.BufferOutputStream()
    rows = 0
    with pa.ipc.new_stream(sink, reader.schema) as stream:
        for batch in reader:
            rows += batch.num_rows
            if rows > max_rows:
                raise Limit(f"The result has more than {max_rows:,} rows.")
            stream.write_batch(batch)
            if sink.tell() > max_bytes:
                raise Limit(f"The result is larger than {max_bytes / 1e6:,.0f} MB.")
    return bytes(sink.getvalue())


def _first_words(error: Exception) -> str:
    """DuckDB's message in one line, without the part that points into the text."""
    return " ".join(str(error).split("\n\nLINE ")[0].split())


if __name__ == "__main__":
    main()
