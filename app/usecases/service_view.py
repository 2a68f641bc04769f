"""What the Service page shows, as frozen records: words are finished, arrays are left to the charts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from app.usecases.incident_view import EventMark, Span
from app.usecases.service_lane import ChartLane, Floats, State

ChipKind = Literal["depends", "used", "runs", "feeds"]


@dataclass(frozen=True, slots=True)
class Chip:
    """A neighbour with its state in the range: a service or model, ``through`` says what lies between."""

    kind: ChipKind
    name: str
    state: State
    through: str = ""


@dataclass(frozen=True, slots=True)
class MetricChoice:
    """An entry of the picker: any series of the service."""

    key: str
    words: str


@dataclass(frozen=True, slots=True)
class IncidentLine:
    """An incident that touched the service."""

    incident_id: str
    title: str
    started_at: datetime
    resolved_at: datetime | None
    severity: str


@dataclass(frozen=True, slots=True)
class Soon:
    """A measure that runs out soon, by its key; ``guessed`` where its limit is."""

    key: str
    words: str
    guessed: bool


@dataclass(frozen=True, slots=True)
class ServiceView:
    """The page without its figures' bodies. ``headline`` is the bold sentence, ``why`` what explains it.

    ``chosen`` is the key of the lane that is taken apart; ``notes`` say what could not be judged,
    ``soon`` what runs out.
    """

    name: str
    span: Span
    state: State
    small: str
    headline: str
    why: str
    chips: tuple[Chip, ...]
    lanes: tuple[ChartLane, ...]
    choices: tuple[MetricChoice, ...]
    chosen: str
    events: tuple[EventMark, ...]
    incidents: tuple[IncidentLine, ...]
    notes: tuple[str, ...] = ()
    soon: tuple[Soon, ...] = ()


@dataclass(frozen=True, slots=True)
class Apart:
    """One signal taken apart: arrays (m,) that add up, observed = trend + season + remainder.

    ``at`` is the moment beside whose values the lanes stand: the worst episode's peak, else the last sample.
    ``spread`` is the usual half width of the remainder.
    """

    lane: ChartLane
    trend: Floats
    season: Floats
    remainder: Floats
    at: datetime
    trend_words: str
    season_words: str
    spread: float
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PatternLine:
    """A log pattern of the service in the range; ``severity`` is the commonest, and of how many lines the worst.

    ``new`` is what Health calls so; ``template`` names the pattern in addresses.
    """

    pattern: str
    severity: str
    lines: int
    first: datetime
    last: datetime
    new: bool
    template: str = ""
