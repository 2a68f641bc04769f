"""What the Health page shows, as frozen records: words are finished, arrays are left to the charts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo

import numpy as np
import numpy.typing as npt

from app.usecases.incident_view import EventMark, Span, VerdictKind
from app.usecases.service_lane import ChartLane, Floats, Side, State


@dataclass(frozen=True, slots=True)
class SparkView:
    """Shapes (m,): seconds since the start of the span, distance in widths of the band, whether in an episode."""

    seconds: Floats
    distance: Floats
    marked: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class RowFigures:
    """What a row says in numbers of ``unit``; ``worst`` and ``outside_s``, the seconds outside, where it was."""

    unit: str
    now: float
    worst: float | None
    outside_s: float | None


@dataclass(frozen=True, slots=True)
class HealthRow:
    """One line of the table: a service or model by the measure that tells most about it.

    ``key`` names it in an address; ``worst_at`` is None where nothing was outside; ``nothing`` stands in place of the
    spark where there is too little to draw one. ``budget_left`` is a share, 0-1, None without an objective;
    ``figures`` are the numbers behind the words.
    """

    key: str
    side: Side
    owner: str
    name: str
    measure: str
    state: State
    now: str = ""
    worst: str = ""
    worst_at: datetime | None = None
    spark: SparkView | None = None
    nothing: str = ""
    budget_left: float | None = None
    episodes: int = 0
    incident: str = ""
    said: str = ""
    figures: RowFigures | None = None


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure of the row of tiles; ``state`` puts its sign before the line below."""

    label: str
    number: str
    beside: str = ""
    below: str = ""
    state: State | None = None


@dataclass(frozen=True, slots=True)
class PatternView:
    """A log pattern first seen in the range; ``first`` and ``last`` are shares of the range, 0-1.

    ``template`` names it in addresses.
    """

    pattern: str
    service: str
    words: str
    first: float
    last: float
    severe: bool
    template: str = ""


@dataclass(frozen=True, slots=True)
class VerdictWords:
    """The verdict that holds on an incident in hindsight, and what to do."""

    kind: VerdictKind
    headline: str
    advice: str


@dataclass(frozen=True, slots=True)
class IncidentLink:
    """An incident in the range, worst first."""

    incident_id: str
    title: str


@dataclass(frozen=True, slots=True)
class HealthView:
    """The page. ``verdict`` is None where there is no incident to open; ``rows`` are sorted, services before models."""

    span: Span
    zone: tzinfo
    small: str
    headline: str
    advice: str
    verdict: VerdictKind | None
    incidents: tuple[IncidentLink, ...]
    tiles: tuple[Tile, ...]
    rows: tuple[HealthRow, ...]
    patterns: tuple[PatternView, ...]
    patterns_words: str


@dataclass(frozen=True, slots=True)
class RowDetail:
    """What stands beside the table for the chosen row: its lane, and the events of its owner and what it leans on.

    ``whose`` says in words whose events these are; ``compared`` from when the period behind the lane is, or None.
    """

    row: HealthRow
    span: Span
    lane: ChartLane | None
    events: tuple[EventMark, ...]
    sentence: str
    whose: str = ""
    compared: str | None = None
