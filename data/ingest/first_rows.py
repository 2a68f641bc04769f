"""In the parser's process: what a file would become, from its first records. Nothing of it is written anywhere."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

import pyarrow.compute as pc

from data.ingest.detect import guesses
from data.ingest.kinds.metrics import Metrics
from data.ingest.parts import Part, Reject
from data.ingest.reading import Records
from data.ingest.sink import Total
from data.ingest.source import Reader, Source
from data.schemas import TIME_COLUMN

MOST_LINES = 20_000
REJECTS_SHOWN = 20
CHARS_SHOWN = 300
OTHERS_SHOWN = 2
UNSEEN = ("file_id", "series_id")


def look(source: Source, known: Source, reader: Reader, rows: int) -> dict[str, Any]:
    """Kind, format and why, columns, notes, the first ``rows`` of each kind as they would be stored, and counts.

    At most about `MOST_LINES` lines are read; ``whole`` says whether that was all of the file.
    """
    total, stored, whole = Total(), dict[str, list[dict[str, str]]](), True
    for part in reader.parts():
        total.add(part)
        _widen(total, part)
        _keep(stored, part, rows)
        if total.accepted + total.rejected + total.ignored >= MOST_LINES:
            whole = False
            break
    return {
        "kind": known.mapping.kind,
        "format": known.mapping.format,
        "others": _others(source, known),
        "columns": _columns(reader),
        "derived": dict(reader.derived),
        "notes": dict(total.notes),
        "rows": stored,
        "rejects": [_shown(each) for each in total.problems[:REJECTS_SHOWN]],
        **{name: getattr(total, name) for name in ("accepted", "rejected", "ignored")},
        "by_kind": dict(total.by_kind),
        "span": [total.first.isoformat(), total.last.isoformat()] if total.first and total.last else None,
        "whole": whole,
    }


def _widen(total: Total, part: Part) -> None:
    for each in part.batches:
        column = TIME_COLUMN[each.kind]
        if column:
            bounds = pc.min_max(each.table[column]).as_py()
            total.span(bounds["min"], bounds["max"])


def _others(source: Source, known: Source) -> list[list[str]]:
    """What else it looks like, the likeliest first."""
    chosen = (known.mapping.kind, known.mapping.format)
    found = sorted(guesses(source), key=lambda pair: -pair[0].confidence)
    likely = [[guess.kind, format_.name] for guess, format_ in found if guess.confidence > 0.1]
    return [pair for pair in likely if tuple(pair) != chosen][:OTHERS_SHOWN]


def _columns(reader: Reader) -> list[list[str]]:
    """Column of the file and what it becomes, where the file has columns."""
    if not isinstance(reader, Records):
        return []
    builder = reader.builders[0]
    fields = [[column, name] for name, column in builder.fields.columns.items()]
    if not isinstance(builder, Metrics):
        return fields
    layout, plain = builder.layout, [pair for pair in fields if pair[1] != "value"]
    values = [[column.name, f"value of {column.metric}" if column.metric else "value"] for column in layout.values]
    return [*plain, *values, *([name, "label"] for name in layout.labels), *([name, ""] for name in layout.left_out)]


def _keep(stored: dict[str, list[dict[str, str]]], part: Part, rows: int) -> None:
    for kind, record in _records(part, rows):
        kept = stored.setdefault(kind, [])
        if len(kept) < rows:
            kept.append({name: _text(value) for name, value in record.items() if name not in UNSEEN})


def _records(part: Part, rows: int) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for each in part.batches:
        for row in each.table.slice(0, rows).to_pylist():
            yield each.kind, {**_series(part, row), **row}
    stated: tuple[tuple[str, list[Any]], ...] = (
        ("topology", list(part.edges)),
        ("services", part.services),
        ("models", part.models),
        ("meanings", part.meanings),
        ("thresholds", part.thresholds),
    )
    for kind, records in stated:
        yield from ((kind, asdict(record)) for record in records[:rows])


def _series(part: Part, row: Mapping[str, Any]) -> dict[str, Any]:
    """Names in place of the number of a series."""
    series = part.series.get(row.get("series_id", -1))
    if series is None:
        return {}
    labels = ", ".join(f"{name}={value}" for name, value in series.labels)
    return {"service": series.service, "metric": series.metric, "labels": labels}


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list | tuple | dict):
        return json.dumps(value, ensure_ascii=False, default=str)[:CHARS_SHOWN]
    return (value.isoformat() if hasattr(value, "isoformat") else str(value))[:CHARS_SHOWN]


def _shown(each: Reject) -> list[Any]:
    return [each.line, each.reason, each.raw[: 4 * CHARS_SHOWN].decode("utf-8", "backslashreplace")[:CHARS_SHOWN]]
