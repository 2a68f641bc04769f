"""Look ahead of one series on demand: the question of `diptych forecast`."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from app.usecases import ahead_words as words
from app.usecases.ahead import look_ahead
from app.usecases.ahead_limits import limit_of
from app.usecases.ahead_view import Ahead, Limit, RunOutView
from app.usecases.scoring import asked_signal
from app.usecases.service_lane import seconds
from app.usecases.signals import Signal
from app.usecases.wanted import Wanted
from data.errors import QueryRefused
from data.queries import registry
from data.records import Objective
from data.store import Snapshot, Store


@dataclass(frozen=True, slots=True)
class RunsOut:
    """``at`` is None where it is not reached, ``limit`` for an error budget; ``guessed`` where nobody stated it."""

    sentence: str
    limit: float | None
    guessed: bool
    at: datetime | None
    earliest: datetime | None
    latest: datetime | None


@dataclass(frozen=True, slots=True)
class Told:
    """``points`` are (ts, expected, lower, upper), one per sample ahead; empty where nothing can be said.

    ``mase`` and ``inside`` (a share) are those of the backtest from ``origins`` moments.
    """

    service: str
    metric: str
    labels: dict[str, str]
    unit: str
    ahead_s: float
    coverage: float
    sentence: str
    tested: str
    origins: int
    mase: float | None
    inside: float | None
    runs_out: tuple[RunsOut, ...]
    notes: tuple[str, ...]
    points: tuple[tuple[datetime, float, float, float], ...]


def forecast_series(
    store: Store, wanted: Wanted, *, ahead: str = "", limit: float | None = None, zone: tzinfo = UTC
) -> Told:
    """What comes after the last sample of the one series that matches, and when it reaches ``limit``, or its own.

    Raises NotFound when none matches, QueryRefused when several do, or for a time ahead that is none.
    """
    ahead_s = _ahead_s(ahead)
    if limit is not None and not math.isfinite(limit):
        raise QueryRefused(f"{limit} is no limit.", "Write a number such as 100.")
    with store.snapshot() as snap:
        signal = asked_signal(snap, wanted)
        known = limit_of(signal, registry.meanings(snap).get(wanted.metric))
        objectives = _objectives(snap, wanted.service)
    asked = known if limit is None else Limit(limit, "asked for", guessed=False)
    return _told(signal, look_ahead(signal, ahead_s, zone, limit=asked, objectives=objectives))


def _ahead_s(text: str) -> float | None:
    found = words.asked_s(text) if text else None
    if text and found is None:
        raise QueryRefused(f"'{text}' is not a time to look ahead.", "Write a number and s, m, h, d or w, such as 6h.")
    return found


def _objectives(snap: Snapshot, service: str) -> tuple[Objective, ...]:
    return next((one.objectives for one in registry.services(snap) if one.name == service), ())


def _told(signal: Signal, found: Ahead) -> Told:
    test = found.backtest
    moments = [datetime.fromtimestamp(at, UTC) for at in seconds(found.ts).tolist()]
    columns = (found.expected.tolist(), found.lower.tolist(), found.upper.tolist())
    return Told(
        service=signal.owner,
        metric=signal.metric,
        labels=dict(signal.labels),
        unit=signal.unit,
        ahead_s=found.horizon_s,
        coverage=found.coverage,
        sentence=found.sentence,
        tested=found.tested,
        origins=test.origins if test else 0,
        mase=test.mase if test else None,
        inside=test.coverage if test else None,
        runs_out=tuple(_runs_out(one) for one in found.run_outs),
        notes=(*found.notes, *([found.no_limit] if found.no_limit else [])),
        points=tuple(zip(moments, *columns, strict=True)),
    )


def _runs_out(one: RunOutView) -> RunsOut:
    limit, guessed = (one.limit.value, one.limit.guessed) if one.limit else (None, False)
    said = f"{one.sentence} The limit is a guess: {one.limit.why}." if one.limit and guessed else one.sentence
    return RunsOut(said, limit, guessed, one.at, one.earliest, one.latest)
