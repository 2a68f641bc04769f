"""Events that a format makes itself, as records of the store."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from data.ingest.parts import Batch, batch
from data.records import Event
from data.schemas import TIME


def batch_of(stored: Sequence[tuple[int, Event]]) -> Batch:
    """The events, each with the number of its line."""
    events = [event for _, event in stored]
    columns: dict[str, Any] = {
        name: pa.array([getattr(event, name) for event in events], TIME) for name in ("ts", "ends_at", "known_at")
    }
    for name in ("kind", "service", "severity", "title", "source", "fingerprint"):
        columns[name] = pa.array([clean(getattr(event, name)) for event in events], pa.string())
    said = [{key: value for key, value in event.attributes.items() if value} for event in events]
    columns["attributes"] = pa.array([clean(json.dumps(each, ensure_ascii=False)) for each in said], pa.string())
    columns["line"] = pa.array([number for number, _ in stored], pa.int64())
    return batch("events", len(events), columns)


def clean(text: str) -> str:
    """The text with half surrogates shown as question marks: JSON may hold them, UTF-8 not."""
    return text.encode("utf-8", "replace").decode()


def moment(text: object) -> datetime | None:
    """A time of ISO 8601, one without a zone as UTC; None where there is none, or none of our days."""
    try:
        found = datetime.fromisoformat(str(text).strip())
    except ValueError:
        return None
    found = found if found.tzinfo else found.replace(tzinfo=UTC)
    return found if 1900 < found.year < 2200 else None
