"""What is stored, in a few figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from data.queries import metrics
from data.store import Store


@dataclass(frozen=True, slots=True)
class Status:
    """``rows`` by kind of record, ``start`` and ``end`` the first and last time of any; ``bytes`` of live segments."""

    rows: dict[str, int]
    start: datetime | None
    end: datetime | None
    services: int
    models: int
    series: int
    incidents: int
    files: int
    bytes: int
    quarantine: int
    generation: int
    revision: int


def status(store: Store) -> Status:
    """Counts over the newest state; nothing is scanned for them."""
    with store.snapshot() as snap:
        state = snap.state
        rows: dict[str, int] = {}
        for segment in state.segments:
            rows[segment.kind] = rows.get(segment.kind, 0) + segment.rows
        start, end = metrics.span(snap) or (None, None)
        return Status(
            quarantine=rows.pop("quarantine", 0),
            rows=rows,
            start=start,
            end=end,
            services=len(state.services),
            models=len(state.models),
            series=state.series.num_rows,
            incidents=len(state.incidents),
            files=state.files.num_rows,
            bytes=sum(segment.bytes for segment in state.segments),
            generation=snap.generation,
            revision=snap.revision,
        )
