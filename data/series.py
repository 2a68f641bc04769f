"""The identity of a series: service + metric + label set, the same on every machine without coordination."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping

from data.records import Series

Labels = Mapping[str, str] | Iterable[tuple[str, str]]


def labels_json(labels: Labels) -> str:
    """Labels as canonical JSON: sorted by name, no spaces, not escaped beyond what JSON needs."""
    return json.dumps(dict(sorted(dict(labels).items())), separators=(",", ":"), ensure_ascii=False)


def canonical_key(service: str, metric: str, labels: Labels = ()) -> str:
    """The text whose MD5 is the series id."""
    names = json.dumps([service, metric], separators=(",", ":"), ensure_ascii=False)
    return f"{names[:-1]},{labels_json(labels)}]"


def series_id(service: str, metric: str, labels: Labels = ()) -> int:
    """63-bit id: ``(md5_number_lower(key) >> 1)::BIGINT`` in DuckDB's words, the upper eight bytes little-endian."""
    digest = hashlib.md5(canonical_key(service, metric, labels).encode(), usedforsecurity=False).digest()
    return int.from_bytes(digest[8:], "little") >> 1


def make_series(service: str, metric: str, labels: Labels = ()) -> Series:
    """A `Series` with its id and its labels in canonical order."""
    pairs = tuple(sorted(dict(labels).items()))
    return Series(series_id(service, metric, pairs), service, metric, pairs)
