"""Bodies of Loki's push API: streams with labels, and values of time (nanoseconds as a text), line and metadata.

Answers of Loki's query_range (a result of streams) are written alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from data.ingest import levels, severity
from data.ingest.sampled import SERVICE_LABELS
from data.ingest.source import Format, Guess, Reader, Source
from data.ingest.unfolded import Log, Record, Unfolded

_STREAMS = re.compile(rb'"streams"\s*:\s*\[|"resultType"\s*:\s*"streams"')


def sniff(source: Source) -> tuple[Guess, ...]:
    """Streams with values."""
    start = source.head[: 1 << 16]
    return (Guess("logs", 0.98),) if _STREAMS.search(start) and b'"values"' in start else ()


def unfold(body: Mapping[str, Any]) -> Iterator[Record | str]:
    """The records of a body."""
    inside = body.get("data")
    data: Mapping[str, Any] = inside if isinstance(inside, Mapping) else body
    for stream in data.get("streams") or data.get("result") or []:
        labels = stream.get("stream") or stream.get("metric") or {}
        service = next((str(labels[name]) for name in SERVICE_LABELS if labels.get(name)), "")
        for value in stream.get("values") or []:
            yield _log(value, service, labels)


def _log(value: Any, service: str, labels: Mapping[str, Any]) -> Record | str:
    if not isinstance(value, list) or len(value) < 2 or not str(value[0]).isdecimal():
        return "a value is no list of time and line"
    more = value[2] if len(value) > 2 and isinstance(value[2], Mapping) else {}
    said = {**labels, **more.get("structuredMetadata", {}), **more}
    level = severity.word(str(said.get("level") or said.get("detected_level") or ""))
    level = level or severity.word(str(levels.find(pa.array([str(value[1])]))[0].as_py() or ""))
    return Log(int(value[0]) // 1000, str(value[1]), level, service, said)


def open_(source: Source) -> Reader:
    """See `Format`."""
    return Unfolded(source, unfold)


FORMAT = Format("loki_push", ("logs",), sniff, open_, grows=True)
