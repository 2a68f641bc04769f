"""W3C extended logs (IIS, Oracle, Incapsula): ``#Fields`` names the columns, and may do so again further down.

The time is UTC. Where the fields have only a clock, the day is that of the last ``#Date``; a new one begins a new day.
Cells may be in quotes, several spaces part them too; ``-`` is nothing, ``+`` in the names of browsers is a space.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from data.ingest import directed, http_log, reading
from data.ingest.directed import Columns, Said
from data.ingest.source import Format, Guess, Reader, Source

_CELL = re.compile(r'"((?:[^"]|"")*)"(?=\s|$)|(\S+)')
_DAY = re.compile(r"(\d{4}-\d\d-\d\d)|(\d\d/[A-Z][a-z]{2}/\d{4})")
NAMES = {"sc-status": "status", "cs-method": "method", "cs-uri-stem": "path", "cs-uri": "path"}


def _says(line: str) -> tuple[str, str]:
    key, _, words = line[1:].partition(":")
    return key.strip().lower(), words.strip()


def _names(said: Said) -> tuple[str, ...]:
    return tuple(said.get("fields", "").split())


def _cut(line: str, _: Said) -> list[str]:
    return [plain or quoted.replace('""', '"') for quoted, plain in _CELL.findall(line)]


def _finish(columns: Columns, said: Said) -> Columns:
    found = {name: ["" if cell == "-" else cell for cell in cells] for name, cells in columns.items()}
    ts = _ts(found, said)
    agents = {name: [cell.replace("+", " ") for cell in cells] for name, cells in found.items() if "Agent" in name}
    renamed = {NAMES.get(name, name): cells for name, cells in (found | agents).items()}
    if "status" in renamed:  # a request that was never answered is one all the same
        renamed["status"] = [cell or "-" for cell in renamed["status"]]
    return {"ts": ts} | renamed


def _ts(columns: dict[str, list[str]], said: Said) -> list[str]:
    """The times, taken out of the columns; one that is local carries no zone."""
    for suffix, zone in (("", "+00:00"), ("-local", ""), ("-UTC", "+00:00")):
        clock, days = columns.pop(f"time{suffix}", None), columns.pop(f"date{suffix}", None)
        if clock is not None:
            day = _DAY.search(said.get("date", said.get("start-date", "")))
            days = days or [day[0] if day else ""] * len(clock)
            return [f"{a} {b}{zone}" if a and b else "" for a, b in zip(days, clock, strict=True)]
    return columns.get("timestamp", [""] * len(next(iter(columns.values()), [])))


DIALECT = directed.Dialect(_says, _names, _cut, _finish)


def sniff(source: Source) -> tuple[Guess, ...]:
    """A line of ``#Fields:`` that names a time."""
    names = _names(directed.head_says(source, DIALECT))
    timed = any(name.startswith(("time", "date")) for name in names)
    return (Guess("logs", 0.97),) if len(names) > 1 and timed else ()


def open_(source: Source) -> Reader:
    """See `Format`."""
    requests = {"status", "method"} <= {NAMES.get(name) for name in _names(directed.head_says(source, DIALECT))}
    prepare = http_log.prepare if requests else None
    return reading.read(source, directed.pieces(source, DIALECT), _columns, mixed=False, prepare=prepare)


def _columns(frame: object) -> tuple[str, ...]:
    columns: Mapping[str, object] = getattr(frame, "columns", {})
    return tuple(columns)


FORMAT = Format("w3c_log", ("logs",), sniff, open_)
