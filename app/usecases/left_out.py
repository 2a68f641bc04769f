"""What people said of the past: what ranges are not learned from (confirmed incidents, episodes judged real,
planned events), and what verdicts teach of each series."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Final

from app.usecases.known_events import EVERYTHING, SEASONAL, planned
from app.usecases.learnt import Lesson, lesson_of
from data.queries import incidents
from data.records import Incident, SeriesKey
from data.store import Snapshot

OPEN_END: Final = datetime(9999, 1, 1, tzinfo=UTC)
Labels = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Stretch:
    """``[start, end)`` that nothing is learned from; ``why`` in words."""

    start: datetime
    end: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Left:
    """Stretches by service, by model, by the one series that was judged, and for everything; lessons by series."""

    services: Mapping[str, tuple[Stretch, ...]] = field(default_factory=lambda: MappingProxyType({}))
    models: Mapping[str, tuple[Stretch, ...]] = field(default_factory=lambda: MappingProxyType({}))
    series: Mapping[SeriesKey, tuple[Stretch, ...]] = field(default_factory=lambda: MappingProxyType({}))
    lessons: Mapping[SeriesKey, tuple[Lesson, ...]] = field(default_factory=lambda: MappingProxyType({}))
    everywhere: tuple[Stretch, ...] = ()

    def of(self, service: str, model: str, metric: str, labels: Labels = ()) -> tuple[Stretch, ...]:
        """Those of a series, by start; of a model's measure what is left out of the model."""
        owned = self.models.get(model, ()) if model else self.services.get(service, ())
        own = self.series.get((service, model, metric, tuple(sorted(labels))), ())
        return tuple(sorted({*owned, *own, *self.everywhere}, key=lambda one: (one.start, one.end, one.why)))

    def taught(self, service: str, model: str, metric: str, labels: Labels = ()) -> tuple[Lesson, ...]:
        """What verdicts taught of a series."""
        return self.lessons.get((service, model, metric, tuple(sorted(labels))), ())


NOTHING_LEFT: Final = Left()


def leaving(snap: Snapshot) -> Left:
    """What is left out in this state of the store."""
    services: dict[str, tuple[Stretch, ...]] = {}
    models: dict[str, tuple[Stretch, ...]] = {}
    series: dict[SeriesKey, tuple[Stretch, ...]] = {}
    for incident in filter(confirmed, snap.state.incidents):
        for names, found in ((incident.services, services), (incident.models, models)):
            for name in names:
                found[name] = (*found.get(name, ()), _of_incident(incident))
    everywhere = _planned(snap, {"service": services, "model": models})
    lessons: dict[SeriesKey, tuple[Lesson, ...]] = {}
    for said in snap.state.verdicts:
        if said.verdict == "real":
            one = Stretch(said.start, said.end, f"an episode judged real by {said.who}")
            series[said.key] = (*series.get(said.key, ()), one)
        if lesson := lesson_of(said):
            lessons[said.key] = (*lessons.get(said.key, ()), lesson)
    return Left(services, models, series, lessons, everywhere)


def _planned(snap: Snapshot, kinds: Mapping[str, dict[str, tuple[Stretch, ...]]]) -> tuple[Stretch, ...]:
    """Add what was planned for a service or model to its own; returns what was planned for everything."""
    everywhere: list[Stretch] = []
    for one in planned(snap):
        if one.mark.repeats in SEASONAL or one.end is None:
            continue
        stretch = Stretch(one.start, one.end, f"{one.name} ({one.mark.tag} marked by {one.mark.who})")
        if one.mark.kind == EVERYTHING:
            everywhere.append(stretch)
        elif one.mark.kind in kinds:
            own = kinds[one.mark.kind]
            own[one.mark.subject] = (*own.get(one.mark.subject, ()), stretch)
    return tuple(everywhere)


def confirmed(incident: Incident) -> bool:
    """Whether a person stands behind it: made by hand, acknowledged, or changed."""
    return incident.found_by != incidents.SCAN or incident.acknowledged_at is not None or incident.scanned is not None


def _of_incident(one: Incident) -> Stretch:
    return Stretch(one.started_at, one.resolved_at or OPEN_END, f"{one.incident_id} (confirmed)")
