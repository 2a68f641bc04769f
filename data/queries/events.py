"""Reads of events: alerts, deploys, changes, notes, faults."""
# ruff: noqa: S608 - what is put into SQL here are segment lists and column names of ours

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from data.queries.conditions import Conditions
from data.records import Event
from data.snapshot import Snapshot

_COLUMNS = ("ends_at", "kind", "service", "severity", "title", "source", "fingerprint", "attributes")
_ONE_OF_ITS_OWN = "if(coalesce(fingerprint, '') = '', (file_id, line), NULL)"


def read(
    snap: Snapshot,
    start: datetime | None = None,
    end: datetime | None = None,
    services: Sequence[str] | None = None,
    kinds: Sequence[str] | None = None,
    known_by: datetime | None = None,
) -> tuple[Event, ...]:
    """Events that began in ``[start, end)``, by time.

    An event that was sent again (same kind, fingerprint and start: an alert that fires, then resolves) is one event:
    as the last that was known said it, known since the first.
    """
    some = Conditions().span("ts", start, end).known_by("coalesce(known_at, ts)", known_by)
    some.add("list_contains($services, service)", services=_listed(services))
    some.add("list_contains($kinds, kind)", kinds=_listed(kinds))
    rows = snap.arrow(
        f"SELECT ts, {', '.join(_COLUMNS)}, coalesce(known_at, ts) AS known, min(known) OVER same AS known_at "
        f"FROM {snap.source('events', start, end)} WHERE {some.where} "
        f"WINDOW same AS (PARTITION BY ts, kind, fingerprint, {_ONE_OF_ITS_OWN}) "
        "QUALIFY row_number() OVER (same ORDER BY known DESC, file_id DESC, line DESC) = 1 "
        "ORDER BY ts, kind, title, fingerprint",
        some.params,
    ).to_pylist()
    return tuple(_event(row) for row in rows)


def _listed(names: Sequence[str] | None) -> list[str] | None:
    return list(names) if names is not None else None


def _event(row: dict[str, Any]) -> Event:
    words = {name: row[name] or "" for name in ("kind", "title", "service", "severity", "source", "fingerprint")}
    return Event(
        ts=row["ts"],
        known_at=row["known_at"],
        ends_at=row["ends_at"],
        attributes=_attributes(row["attributes"]),
        **words,
    )


def _attributes(text: str | None) -> Mapping[str, str]:
    try:
        found = json.loads(text or "{}")
    except ValueError:
        return {}
    if not isinstance(found, dict):
        return {}
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in found.items()}
