"""What an incident of a model is set against: the predictions before it that its verdict rests on, too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.usecases.incident_case import around
from app.usecases.model_history import ModelHistory, load
from app.usecases.model_view import Measured
from app.usecases.model_window import baseline, inside, own_rows, touching
from data.queries import incidents
from data.records import Incident
from data.store import Snapshot


@dataclass(frozen=True, slots=True)
class Before:
    """``history`` reaches back to what surrounds the first incident; ``known`` are all incidents of the store."""

    history: ModelHistory
    known: tuple[Incident, ...]

    def rows(self, one: Incident) -> np.ndarray:
        """Which predictions the verdict on an incident sets it against, shape (n,): those before it in no other."""
        until = one.resolved_at or self.history.end
        found = inside(self.history, one.started_at - around(one.started_at, until), one.started_at)
        for other in self.known:
            if other.incident_id != one.incident_id:
                found = found & ~inside(self.history, other.started_at, other.resolved_at or self.history.end)
        return found

    def measured(self, one: Incident, version: str) -> Measured:
        """The metric before an incident: of the version itself, or of all where it has too few labels there."""
        return baseline(self.history, own_rows(self.history, version), self.rows(one))


def load_before(snap: Snapshot, whole: ModelHistory, found: Sequence[Incident]) -> Before:
    """``whole`` itself where it reaches back far enough for the incidents ``found`` in it."""
    known = incidents.list_incidents(snap)
    starts = [i.started_at - around(i.started_at, i.resolved_at or whole.end) for i in touching(whole.model, found)]
    first = min(starts, default=whole.start)
    wide = load(snap, whole.model, first, whole.end) if first < whole.start and _earlier(snap, whole) else None
    return Before(wide or whole, known)


def _earlier(snap: Snapshot, whole: ModelHistory) -> bool:
    """Whether the store holds predictions of the model before those of ``whole``."""
    firsts = [s.min_ts for s in snap.segments("predictions") if whole.model.name in s.models and s.min_ts is not None]
    return min(firsts, default=whole.start) < whole.start
