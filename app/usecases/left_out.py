"""What people said of the past: what ranges are not learned from (confirmed incidents, episodes judged real,
maintenance), and what verdicts teach of each series."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Final

from app.usecases.learnt import Lesson, lesson_of
from app.usecases.mark_events import MAINTENANCE
from data.queries import incidents
from data.records import Incident, Mark, SeriesKey
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
    """Stretches by service, by model, and by the one series that was judged; lessons by series."""

    services: Mapping[str, tuple[Stretch, ...]] = field(default_factory=lambda: MappingProxyType({}))
    models: Mapping[str, tuple[Stretch, ...]] = field(default_factory=lambda: MappingProxyType({}))
    series: Mapping[SeriesKey, tuple[Stretch, ...]] = field(default_factory=lambda: MappingProxyType({}))
    lessons: Mapping[SeriesKey, tuple[Lesson, ...]] = field(default_factory=lambda: MappingProxyType({}))

    def of(self, service: str, model: str, metric: str, labels: Labels = ()) -> tuple[Stretch, ...]:
        """Those of a series, by start; of a model's measure what is left out of the model."""
        owned = self.models.get(model, ()) if model else self.services.get(service, ())
        own = self.series.get((service, model, metric, tuple(sorted(labels))), ())
        return tuple(sorted({*owned, *own}, key=lambda one: (one.start, one.end, one.why)))

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
    for mark in snap.state.marks:
        kinds = {"service": services, "model": models}
        if mark.tag == MAINTENANCE and mark.ends_at is not None and mark.kind in kinds:
            kinds[mark.kind][mark.subject] = (*kinds[mark.kind].get(mark.subject, ()), _of_mark(mark, mark.ends_at))
    lessons: dict[SeriesKey, tuple[Lesson, ...]] = {}
    for said in snap.state.verdicts:
        if said.verdict == "real":
            one = Stretch(said.start, said.end, f"an episode judged real by {said.who}")
            series[said.key] = (*series.get(said.key, ()), one)
        if lesson := lesson_of(said):
            lessons[said.key] = (*lessons.get(said.key, ()), lesson)
    return Left(services, models, series, lessons)


def confirmed(incident: Incident) -> bool:
    """Whether a person stands behind it: made by hand, acknowledged, or changed."""
    return incident.found_by != incidents.SCAN or incident.acknowledged_at is not None or incident.scanned is not None


def _of_incident(one: Incident) -> Stretch:
    return Stretch(one.started_at, one.resolved_at or OPEN_END, f"{one.incident_id} (confirmed)")


def _of_mark(one: Mark, end: datetime) -> Stretch:
    return Stretch(one.ts, end, f"maintenance marked by {one.who}")
