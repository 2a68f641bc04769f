"""One line of the Health table from everything that is measured of a service or a model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo

import pandas as pd

from analytics import health
from app.format import clock, count, duration, value
from app.usecases.health_view import HealthRow, RowFigures, SparkView
from app.usecases.incident_view import Span
from app.usecases.judgement import CONFIRM_SAMPLES
from app.usecases.service_judged import Judged, marked
from app.usecases.service_lane import Side, State
from data.records import Incident, Objective, Role

TELLING: tuple[Role, ...] = ("errors", "latency", "availability", "traffic", "saturation", "business", "other")
FEWEST = 2 * CONFIRM_SAMPLES  # samples below which nothing is judged


@dataclass(frozen=True, slots=True)
class Kept:
    """How well a signal kept the objective on it over the range, and what is left of the objective's budget."""

    objective: Objective
    missed_s: float
    budget_left: float | None


@dataclass(frozen=True, slots=True)
class Assessed:
    """A judged signal with its state by the definitions of analytics.health."""

    judged: Judged
    state: State
    kept: tuple[Kept, ...]

    @property
    def missed_s(self) -> float:
        """The longest time outside one of its objectives."""
        return max((k.missed_s for k in self.kept), default=0.0)


@dataclass(frozen=True, slots=True)
class Member:
    """A service or model with its assessed signals; ``nothing`` says why it has none."""

    side: Side
    owner: str
    name: str
    assessed: tuple[Assessed, ...]
    nothing: str = "no metrics in this range"
    measure: str = ""

    @property
    def state(self) -> State:
        """The worst of its signals'."""
        return min((a.state for a in self.assessed), key=health.SEVERITY.__getitem__, default="nodata")

    @property
    def budget_left(self) -> float | None:
        """The least of its objectives'."""
        return min((k.budget_left for a in self.assessed for k in a.kept if k.budget_left is not None), default=None)

    @property
    def mean_over_s(self) -> int:
        """The longest time that one value of its signals is the mean of; 0 where all are samples."""
        return max((a.judged.signal.mean_over_s for a in self.assessed), default=0)

    @property
    def telling(self) -> Assessed | None:
        """The signal that tells most: of a model the metric that counts, of a service the one in the worst state."""
        counts = [a for a in self.assessed if a.judged.signal.metric == "performance" and a.state != "nodata"]
        return min(counts or self.assessed, key=_order, default=None)


def _order(one: Assessed) -> tuple[int, float, bool, int]:
    """The worst state, then the farthest out, then what has an objective, then the most telling role."""
    worst = one.judged.worst if one.judged.excursions else None
    far = -min(worst.widths, health.CUT) if worst else 0.0
    return health.SEVERITY[one.state], far, not one.kept, TELLING.index(one.judged.signal.role)


def assess(judged: Judged, objectives: Sequence[Objective]) -> Assessed:
    """State of a signal over its range."""
    signal = judged.signal
    kept = tuple(_kept(judged, o) for o in objectives if o.metric == signal.metric)
    budgets = [k.budget_left for k in kept if k.budget_left is not None]
    state = health.state(
        samples=int(signal.values.notna().sum()),
        episodes=len(judged.excursions),
        missed_s=max((k.missed_s for k in kept), default=0.0),
        budget_left=min(budgets, default=None),
        down=signal.role == "availability" and bool(judged.excursions),
    )
    return Assessed(judged, state, kept)


def _kept(judged: Judged, objective: Objective) -> Kept:
    values = judged.signal.values.dropna()
    threshold, comparison = objective.threshold, objective.comparison
    missed = health.missed_s(values, threshold=threshold, comparison=comparison)
    budget = health.budget_left(
        values, threshold=threshold, comparison=comparison, target=objective.target, window_s=objective.window_s
    )
    return Kept(objective, missed, budget.left if budget else None)


def row(member: Member, span: Span, incidents: Sequence[Incident], zone: tzinfo) -> HealthRow:
    """The line of a member; ``incidents`` are those of the range, the worst first."""
    one = member.telling
    if one is None or one.state == "nodata":
        return _told(member, span, [i for i in incidents if member.owner in (*i.services, *i.models)])
    signal, worst = one.judged.signal, one.judged.worst
    known = signal.values.dropna()
    enough = len(known) >= FEWEST
    words = worst_words(one.judged) if enough else f"has {count(len(known), 'sample')} of {FEWEST}"
    return HealthRow(
        key=signal.key,
        side=member.side,
        owner=member.owner,
        name=member.name,
        measure=signal.measure,
        state=member.state,
        now=value(float(known.iloc[-1]), signal.unit),
        worst=words,
        worst_at=_utc(worst.ts) if worst and enough else None,
        spark=spark_view(one.judged, span) if enough else None,
        nothing="" if enough else "too few samples",
        budget_left=member.budget_left,
        episodes=len(one.judged.excursions),
        incident=_incident(member, one.judged, incidents),
        said=_said(member, one.judged, words, zone),
        figures=_figures(one.judged, float(known.iloc[-1]), enough),
    )


def _figures(judged: Judged, now: float, enough: bool) -> RowFigures:
    worst = judged.worst if enough else None
    found = (float(worst.value), float(worst.outside_s)) if worst else (None, None)
    return RowFigures(judged.signal.unit, now, *found)


def _told(member: Member, span: Span, incidents: Sequence[Incident]) -> HealthRow:
    """The line of a member without samples: what its incidents tell, as alerts of a status page do."""
    bare = HealthRow(f"n:{member.owner}", member.side, member.owner, member.name, member.measure, "nodata",
                     worst="–", nothing=member.nothing)  # fmt: skip
    if not incidents:
        return bare
    lasted = {i.incident_id: ((i.resolved_at or span.end) - i.started_at).total_seconds() for i in incidents}
    longest = max(incidents, key=lambda i: lasted[i.incident_id])
    return replace(
        bare,
        measure="alerts",
        state="critical" if any(i.severity == "critical" for i in incidents) else "degraded",
        now="open" if any(i.status == "open" for i in incidents) else "over",
        worst=duration(lasted[longest.incident_id]),
        worst_at=longest.started_at,
        nothing=f"{count(len(incidents), 'incident')}, no metrics",
        episodes=len(incidents),
        incident=longest.incident_id,
    )


def worst_words(judged: Judged) -> str:
    """``4.6 %``, for a service that was down the time for which it was, or ``none outside``."""
    worst = judged.worst
    if worst is None:
        return "none outside"
    return duration(worst.outside_s) if judged.signal.unit == "bool" else value(worst.value, judged.signal.unit)


def spark_view(judged: Judged, span: Span) -> SparkView:
    """The line of the last column but four: nothing but distances."""
    stamps = pd.DatetimeIndex(judged.signal.values.index).as_unit("us").asi8 / 1e6
    return SparkView(stamps - span.start.timestamp(), judged.distance.to_numpy(dtype=float), marked(judged))


def _incident(member: Member, judged: Judged, incidents: Sequence[Incident]) -> str:
    """The incident that the main excursion lies in, else the first that names the member."""
    named = [i for i in incidents if member.owner in (*i.services, *i.models)]
    main = judged.main
    if main is not None:
        holding = [
            i for i in named if main.end > i.started_at and (i.resolved_at is None or main.start < i.resolved_at)
        ]
        named = holding or named
    return named[0].incident_id if named else ""


def _said(member: Member, judged: Judged, words: str, zone: tzinfo) -> str:
    worst = judged.worst
    when = f", worst {words} at {clock(_utc(worst.ts), zone)}" if worst else ", never outside what is expected"
    return f"{member.name}, {judged.signal.measure}: {count(len(judged.excursions), 'episode')}{when}"


def _utc(at: pd.Timestamp) -> datetime:
    return at.tz_convert("UTC").to_pydatetime()
