"""The nouns of the field as frozen records; every layer above speaks in these. Times are aware, UTC."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Literal

Role = Literal["latency", "errors", "traffic", "saturation", "availability", "business", "other"]
BadDirection = Literal["up", "down", "both"]
MetricKind = Literal["gauge", "counter", "histogram"]
SeriesKey = tuple[str, str, str, tuple[tuple[str, str], ...]]  # service, model, metric, labels
VerdictWord = Literal["real", "expected", "not useful"]
NO_ATTRIBUTES: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Objective:
    """A service-level objective: ``metric`` keeps ``comparison threshold`` for a share ``target`` of ``window_s``."""

    metric: str
    threshold: float
    comparison: Literal["<=", ">="]
    target: float
    window_s: float


@dataclass(frozen=True, slots=True)
class Service:
    """A service and who answers for it."""

    name: str
    owner: str = ""
    team: str = ""
    environment: str = ""
    objectives: tuple[Objective, ...] = ()


@dataclass(frozen=True, slots=True)
class FeatureSource:
    """Where a model's feature comes from ("request" or the name of a service) and its fall-back value there."""

    name: str
    source: str
    default: float | str | None = None


@dataclass(frozen=True, slots=True)
class Model:
    """``reads`` are the services (feature stores, tables) it takes features from; ``metric`` the one that counts."""

    name: str
    service: str = ""
    reads: tuple[str, ...] = ()
    kind: Literal["binary", "multiclass", "regression"] = "binary"
    metric: str = "accuracy"
    label_delay_s: float = 0.0
    stage: str = ""
    features: tuple[FeatureSource, ...] = ()
    version: str = ""
    trained_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class MetricMeaning:
    """What a metric means; ``limit`` is where it ends, in its unit, None where nobody stated one.

    ``guessed`` is true while it rests on its name alone.
    """

    metric: str
    role: Role = "other"
    unit: str = ""
    bad_direction: BadDirection = "both"
    kind: MetricKind = "gauge"
    limit: float | None = None
    guessed: bool = False


@dataclass(frozen=True, slots=True)
class Series:
    """One service + metric + label set; ``series_id`` is the same on every machine."""

    series_id: int
    service: str
    metric: str
    labels: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Season:
    """After what times records of one kind and owner (service or model) repeat, as a source stated.

    ``metric`` where they are metrics; ``source`` is the file that states it.
    """

    kind: str
    owner: str
    metric: str
    seasons_s: tuple[float, ...]
    source: str = ""


@dataclass(frozen=True, slots=True)
class Edge:
    """``service`` depends on ``depends_on``."""

    service: str
    depends_on: str
    kind: str = "calls"


@dataclass(frozen=True, slots=True)
class Event:
    """An alert, deploy, change, note or fault; ``known_at`` is when the team could know of it."""

    ts: datetime
    kind: str
    title: str
    known_at: datetime
    service: str = ""
    ends_at: datetime | None = None
    severity: str = ""
    source: str = ""
    fingerprint: str = ""
    attributes: Mapping[str, str] = field(default_factory=lambda: NO_ATTRIBUTES)


@dataclass(frozen=True, slots=True)
class Incident:
    """A stretch in which something failed. ``detected_at`` is the first alert; ``found_by`` "scan" or a person.

    ``scanned`` is what the last scan made of it, where a person has changed that; None where nobody has.
    """

    incident_id: str
    title: str
    severity: str
    status: Literal["open", "resolved"]
    started_at: datetime
    detected_at: datetime | None = None
    acknowledged_at: datetime | None = None
    mitigated_at: datetime | None = None
    resolved_at: datetime | None = None
    services: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    cause: str = ""
    found_by: str = "scan"
    scanned: Incident | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """What a person noted at a moment, or over ``[ts, ends_at)``, of a service, a model, an incident or everything.

    ``repeats`` is "" for once, "daily" and so on, or "holidays DE" for the public holidays of a country, by the clock
    of ``zone``.
    """

    mark_id: str
    kind: Literal["service", "model", "incident", "everything"]
    subject: str
    tag: str
    words: str
    ts: datetime
    ends_at: datetime | None
    who: str
    written_at: datetime
    repeats: str = ""
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class StatedThreshold:
    """A threshold that a registry file states."""

    name: str
    value: float


@dataclass(frozen=True, slots=True)
class SetThreshold:
    """A threshold that a person has set."""

    name: str
    value: float
    who: str
    set_at: datetime


@dataclass(frozen=True, slots=True)
class Retention:
    """How long a person has records of the kind ``name`` kept, seconds."""

    name: str
    keep_s: float
    who: str
    set_at: datetime


@dataclass(frozen=True, slots=True)
class SavedView:
    """A name for the address of a page, path and query."""

    name: str
    address: str
    who: str
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class LogMeasure:
    """A measure that a person has counted from log lines, per minute and service.

    ``counts`` says which lines: ``field`` (template, or the name of an attribute) and its ``value``, the ``service``
    ("" for every one that logs it), and whether they are ``loud``: errors, which hurt when there are more of them.
    """

    name: str
    counts: dict[str, Any]
    who: str
    kept_at: datetime


@dataclass(frozen=True, slots=True)
class Anomaly:
    """A stretch ``[start, end)`` in which one series was unusual; ``observed`` and the expected range at its peak.

    ``peak_score`` is 0-1, an alarm from 0.5; ``detector`` says what found it, ``mode`` is "full" in hindsight.
    Of a model's own measure ``model`` names it, and ``service`` what serves it.
    """

    service: str
    metric: str
    labels: tuple[tuple[str, str], ...]
    start: datetime
    end: datetime
    peak_score: float
    observed: float
    expected_low: float
    expected_high: float
    direction: Literal["up", "down"]
    detector: str
    mode: Literal["full", "causal"] = "full"
    model: str = ""

    @property
    def key(self) -> SeriesKey:
        """What it is a stretch of."""
        return self.service, self.model, self.metric, tuple(sorted(self.labels))

    @property
    def anomaly_id(self) -> str:
        """The same for the same series and start, in every scan and on every machine."""
        model = [self.model] if self.model else []
        said = [self.service, *model, self.metric, sorted(self.labels), self.start.astimezone(UTC).isoformat()]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a person says of an anomaly: it holds for whatever overlaps ``[start, end)`` in the same series.

    ``verdict_id`` is the id of the anomaly that was judged.
    """

    verdict_id: str
    service: str
    model: str
    metric: str
    labels: tuple[tuple[str, str], ...]
    start: datetime
    end: datetime
    verdict: VerdictWord
    note: str
    who: str
    judged_at: datetime

    @property
    def key(self) -> SeriesKey:
        """What it is a stretch of."""
        return self.service, self.model, self.metric, tuple(sorted(self.labels))

    def judges(self, anomaly: Anomaly) -> bool:
        """Whether it speaks of this anomaly."""
        return self.key == anomaly.key and self.start < anomaly.end and anomaly.start < self.end
