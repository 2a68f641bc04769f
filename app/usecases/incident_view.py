"""What the Incident page shows as frozen records: lanes, onsets, events, verdicts, each with when it could be known.

Nothing here is a string of markup: charts and components decide how it looks. All times are aware, UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import numpy as np

Side = Literal["service", "model"]
VerdictKind = Literal["infra", "model", "both", "neither", "unknown"]
LaneKind = Literal["strip", "signal", "share", "drift"]
Sign = Literal["+", "-", "?"]
EventKind = Literal["alert", "deploy", "change", "note", "fault", "down", "recovery", "burst"]


@dataclass(frozen=True, slots=True)
class Span:
    """Half-open ``[start, end)``."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Onset:
    """Where a lane left what is usual. ``order`` counts from 1; ``tie`` when another shares the order.

    ``happened`` is the change point, ``known`` the arrival of the sample that confirmed it. ``detail`` is what was
    known then; ``worst`` became known later and belongs to hindsight alone; it lies before ``until``.
    """

    lane: str
    order: int
    tie: bool
    happened: datetime
    known: datetime
    title: str
    detail: str
    worst: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Lane:
    """One row of the figure. Arrays have shape (m,): ``ts`` and ``known_at`` datetime64[us] in UTC, the rest float.

    ``lower``/``upper`` are the expected range in hindsight, ``lower_known``/``upper_known`` from the past alone.
    ``kind``: "strip" (0/1 state), "signal", "share" (inputs on defaults or null), "drift" (effect size). ``quiet``
    lanes stand folded: they did not move, or repeat what a lane above them tells.
    """

    key: str
    side: Side
    kind: LaneKind
    name: str
    measure: str
    unit: str
    ts: np.ndarray
    known_at: np.ndarray
    value: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    lower_known: np.ndarray
    upper_known: np.ndarray
    limit: float | None = None
    quiet: bool = False
    bad_direction: Literal["up", "down", "both"] = "both"


@dataclass(frozen=True, slots=True)
class PerformanceFrame:
    """Performance per bucket with the labels that were in at ``known_from``; arrays of shape (buckets,), NaN = none.

    ``labelled`` counts labels in, ``predicted`` predictions known; ``estimate`` stands where labels are missing.
    """

    known_from: datetime
    value: np.ndarray
    estimate: np.ndarray
    labelled: np.ndarray
    predicted: np.ndarray


@dataclass(frozen=True, slots=True)
class PerformanceLane:
    """The metric that counts, at prediction time; ``frames`` sorted by ``known_from``, the last is hindsight."""

    key: str
    name: str
    metric: str
    bucket_start: np.ndarray
    bucket_s: float
    lower: float
    upper: float
    frames: tuple[PerformanceFrame, ...]
    higher_is_better: bool = True
    labels_needed: float = 0.8


@dataclass(frozen=True, slots=True)
class EventMark:
    """Something reported, or seen in the signals; ``tag`` is what a person marked it as, ``mark`` the mark's id,
    ``href`` where it can be looked at."""

    ts: datetime
    known_at: datetime
    kind: EventKind
    title: str
    service: str = ""
    source: str = ""
    tag: str = ""
    mark: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class VerdictView:
    """The verdict that held from ``known_from``. Shares are 0-1; ``None`` where it cannot be split yet.

    ``headline`` "Outage, not drift." ``sentence`` why, ``advice`` what to do, ``bar`` the words under the bar.
    ``labels_percent`` of the incident's labels were in, where the verdict waits for them. ``lost``: the model lost
    something that has been split, whoever's fault it was.
    """

    known_from: datetime
    kind: VerdictKind
    headline: str
    sentence: str
    advice: str
    bar: str
    explained_share: float | None = None
    low: float | None = None
    high: float | None = None
    labels_percent: int | None = None
    lost: bool = False


@dataclass(frozen=True, slots=True)
class Evidence:
    """A line for (+), against (-) or not known yet (?), shown while ``known_from <= T < known_until``."""

    sign: Sign
    text: str
    figure: str
    known_from: datetime
    known_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class TitleView:
    """Title and small line that held from ``known_from`` on."""

    known_from: datetime
    title: str
    small: str


@dataclass(frozen=True, slots=True)
class IncidentView:
    """Everything the page shows. ``titles``, ``verdicts`` sorted by ``known_from``; the last of each is hindsight.

    ``lanes`` are in the order of onset per side, the quiet ones last. ``thread`` joins lane keys along the topology.
    ``arrivals`` are the moments at which anything became known: the frames of the replay. ``cause`` is what people
    wrote afterwards: hindsight.
    """

    incident_id: str
    status: Literal["open", "resolved"]
    services: tuple[str, ...]
    models: tuple[str, ...]
    titles: tuple[TitleView, ...]
    verdicts: tuple[VerdictView, ...]
    lanes: tuple[Lane, ...]
    performance: tuple[PerformanceLane, ...]
    onsets: tuple[Onset, ...]
    thread: tuple[tuple[str, str], ...]
    reached_model_s: float | None
    events: tuple[EventMark, ...]
    evidence: tuple[Evidence, ...]
    arrivals: np.ndarray
    zoom_onset: Span
    zoom_incident: Span
    zoom_recording: Span
    detected_at: datetime | None = None
    notes: tuple[str, ...] = ()
    cause: str = ""
