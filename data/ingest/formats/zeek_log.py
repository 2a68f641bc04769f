"""Zeek's (Bro's) logs: ``#separator``, ``#fields`` and ``#unset_field`` say how the table below is written.

Times are seconds since 1970. http.log holds requests, the others records of their own kind, named by ``#path``.
"""

from __future__ import annotations

import re

from data.ingest import directed, http_log, reading
from data.ingest.directed import Columns, Said
from data.ingest.formats.w3c_log import _columns
from data.ingest.source import Format, Guess, Reader, Source

_ESCAPED = re.compile(r"\\x([0-9a-fA-F]{2})")
NAMES = {"status_code": "status", "uri": "path", "ts": "ts"}


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


def _says(line: str) -> tuple[str, str]:
    """The separator stands behind a space, all else behind the separator."""
    key, words = re.split(r"[\t ,|]", line[1:] + " ", maxsplit=1)
    return key, words[:-1]


def _separator(said: Said) -> str:
    return _unescaped(said.get("separator", "\\x09").strip()) or "\t"


def _names(said: Said) -> tuple[str, ...]:
    return tuple(said["fields"].split(_separator(said))) if said.get("fields") else ()


def _cut(line: str, said: Said) -> list[str]:
    return line.split(_separator(said))


def _finish(columns: Columns, said: Said) -> Columns:
    nothing = {said.get("unset_field", "-"), said.get("empty_field", "(empty)")}
    return {NAMES.get(name, name): ["" if c in nothing else c for c in cells] for name, cells in columns.items()}


DIALECT = directed.Dialect(_says, _names, _cut, _finish)


def sniff(source: Source) -> tuple[Guess, ...]:
    """Its directives."""
    said = directed.head_says(source, DIALECT)
    return (Guess("logs", 0.97),) if {"separator", "fields"} <= said.keys() and "ts" in _names(said) else ()


def open_(source: Source) -> Reader:
    """See `Format`."""
    requests = {"status_code", "method", "uri"} <= set(_names(directed.head_says(source, DIALECT)))
    prepare = http_log.prepare if requests else None
    return reading.read(source, directed.pieces(source, DIALECT), _columns, mixed=False, prepare=prepare)


FORMAT = Format("zeek_log", ("logs",), sniff, open_)
