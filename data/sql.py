"""SQL of people: one read-only statement over the views, in a process of its own that can be bounded and killed."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa

from data import duck, views
from data.errors import DataError, QueryLimit, QueryRefused
from data.snapshot import Snapshot
from data.store import Store
from data.view_tables import base_tables

MAX_RESULT_BYTES = 64_000_000
MAX_QUERY_CHARS = 100_000
_CHILD = Path(__file__).with_name("sql_child.py")
_KEPT_ENVIRONMENT = ("PATH", "PYTHONPATH", "PYTHONHOME", "LD_LIBRARY_PATH", "VIRTUAL_ENV", "LANG", "LC_ALL")
_UNITS = {"": 1, "K": 1_000, "M": 1_000_000, "G": 1_000_000_000}
_VIEWS = "The views are " + ", ".join(views.CONTRACT_VIEWS) + "."


def run(store: Store, query: str, *, timeout_s: float = 30, max_rows: int = 100_000, memory: str = "1GB") -> pa.Table:
    """The result of one SELECT or EXPLAIN over the views of the newest state.

    Raises `QueryRefused` for anything else and for what DuckDB cannot run, `QueryLimit` past a limit.
    """
    if len(query) > MAX_QUERY_CHARS:
        raise QueryRefused(f"The query is longer than {MAX_QUERY_CHARS:,} characters.", "Make it shorter.")
    with store.snapshot() as snap:
        request = _request(snap, query, timeout_s, max_rows, memory)
        output, status = _ask(request, timeout_s)
    return _result(output, status, timeout_s, memory)


def _request(snap: Snapshot, query: str, timeout_s: float, max_rows: int, memory: str) -> bytes:
    tables = base_tables(snap.state)
    files = [snap.home / segment.path for segment in snap.state.segments]
    spec = {
        "query": query,
        "timeout_s": timeout_s,
        "max_rows": max_rows,
        "max_bytes": MAX_RESULT_BYTES,
        "memory_bytes": _bytes(memory),
        "settings": duck.settings(files=files, memory=memory),
        "before": ["CREATE SCHEMA base"],
        "tables": [f"base.{name}" for name in tables],
        "after": list(views.script(snap.home, snap.state, "main", "base")),
    }
    streams = b"".join(_stream(table) for table in tables.values())
    return json.dumps(spec).encode() + b"\n" + streams


def _stream(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return sink.getvalue()


def _ask(request: bytes, timeout_s: float) -> tuple[bytes, int]:
    """What the child printed, and its exit status; it is dead when this returns."""
    environment = {name: os.environ[name] for name in _KEPT_ENVIRONMENT if name in os.environ}
    command = [sys.executable, "-P", str(_CHILD)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, env=environment) as child:
        try:
            output, _ = child.communicate(request, timeout=timeout_s)
        except subprocess.TimeoutExpired as error:
            raise _too_slow(timeout_s) from error
        finally:
            child.kill()
    return output, child.returncode


def _result(output: bytes, status: int, timeout_s: float, memory: str) -> pa.Table:
    head, _, payload = output.partition(b"\n")
    if -status == signal.SIGALRM:
        raise _too_slow(timeout_s)
    answer: dict[str, Any] = json.loads(head) if head else {"error": "Memory"}
    if "error" not in answer:
        return pa.ipc.open_stream(payload).read_all()
    raise _error(answer, memory)


def _too_slow(timeout_s: float) -> QueryLimit:
    return QueryLimit(f"The query took longer than {timeout_s:g} s.", "Ask for a shorter range or fewer columns.")


def _error(answer: dict[str, Any], memory: str) -> DataError:
    words = answer.get("words", "")
    if answer["error"] == "Memory":
        return QueryLimit(f"The query needed more than {memory} of memory.", "Group, filter or limit it.")
    if answer["error"] == "Limit":
        return QueryLimit(words, "Add LIMIT, or group the rows.")
    return QueryRefused(words, _VIEWS if "does not exist" in words else "")


def _bytes(size: str) -> int:
    found = re.fullmatch(r"\s*([\d.]+)\s*([KMG]?)i?B?\s*", size, re.IGNORECASE)
    if found is None:
        raise QueryRefused(f"{size!r} is no amount of memory.", "Write it like 1GB or 500MB.")
    return int(float(found[1]) * _UNITS[found[2].upper()])
