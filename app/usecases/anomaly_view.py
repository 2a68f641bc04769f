"""What stands beside a chosen episode, as frozen records with finished words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.usecases.incident_view import EventMark, Span
from app.usecases.service_lane import ChartLane
from data.records import Anomaly, Verdict


@dataclass(frozen=True, slots=True)
class Bar:
    """A share 0-1 with its words."""

    words: str
    share: float


@dataclass(frozen=True, slots=True)
class Moved:
    """Another episode near this one; ``when`` is ``3 min earlier``."""

    anomaly_id: str
    words: str
    when: str
    detail: str


@dataclass(frozen=True, slots=True)
class Near:
    """An incident near an episode."""

    incident_id: str
    title: str
    when: str


@dataclass(frozen=True, slots=True)
class Why:
    """Why an episode is one. ``lane`` is None where its records are gone; ``carries`` and ``weighs`` are the largest
    first, each with its sentence; ``band_how`` says how the expected range was made."""

    anomaly: Anomaly
    owner: str
    measure: str
    sentence: str
    lane: ChartLane | None
    span: Span
    events: tuple[EventMark, ...]
    carries_words: str
    carries: tuple[Bar, ...]
    weighs_words: str
    weighs: tuple[Bar, ...]
    moved: tuple[Moved, ...]
    moved_more: int
    deployed: tuple[EventMark, ...]
    near: tuple[Near, ...]
    verdict: Verdict | None
    band_how: tuple[str, ...]
    at: datetime
