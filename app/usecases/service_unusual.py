"""Why a service is unusual: the worst episode against what was expected, and what it depends on that moved first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pandas as pd

from analytics import health
from analytics.decompose import decompose
from app.usecases.health_rows import Assessed, Member
from app.usecases.judgement import Excursion
from app.usecases.service_judged import Judged, peak
from app.usecases.service_words import Mover, Unusual

BEFORE = timedelta(minutes=10)  # how long before it a dependency may have moved to be named
SEASONAL = pd.Timedelta("1D")


def unusual(one: Assessed) -> Unusual | None:
    """The main episode of a signal, None where it had none."""
    judged, main = one.judged, one.judged.main
    if main is None:
        return None
    signal, (at, observed) = judged.signal, peak(judged.signal, main)
    down = signal.unit == "bool"
    place = max(int(judged.band.index.searchsorted(at, side="right")) - 1, 0)
    expected, lower, upper = judged.band[["expected", "lower", "upper"]].to_numpy(float)[place].tolist()
    return Unusual(
        measure=signal.measure,
        unit=signal.unit,
        observed=observed,
        expected=expected,
        half_width=max(upper - expected, expected - lower),
        at=(main.onset.happened if down else at).to_pydatetime(),
        seconds=(main.end - main.start).total_seconds(),
        calm_s=_calm_s(judged, main),
        seasonal=_seasonal(judged),
    )


def _calm_s(judged: Judged, main: Excursion) -> float | None:
    """How long before the episode nothing was as far out; None where something was."""
    before = judged.signal.values[judged.signal.values.index < pd.Timestamp(main.start)].dropna()
    if before.empty:
        return None
    extreme = before.max() if main.onset.direction == "up" else before.min()
    peak = main.onset.peak_value
    as_far = extreme >= peak if main.onset.direction == "up" else extreme <= peak
    return None if as_far else float((pd.Timestamp(main.start) - before.index[0]).total_seconds())


def _seasonal(judged: Judged) -> bool:
    """Whether the expectation knows the time of day: never from less than two days."""
    index = judged.signal.values.index
    if index[-1] - index[0] < 2 * SEASONAL:
        return False
    return any(period >= SEASONAL for period in decompose(judged.signal.values, seasons=judged.signal.seasons).periods)


def movers(main: Excursion, dependencies: Sequence[Member]) -> tuple[Mover, ...]:
    """What left what is expected shortly before the episode or during it, one entry per dependency."""
    found = (_mover(main, member) for member in dependencies)
    return tuple(mover for mover in found if mover is not None)


def _mover(main: Excursion, member: Member) -> Mover | None:
    near = [
        (e, a.judged.signal.role == "availability")
        for a in member.assessed
        for e in a.judged.excursions
        if main.start - BEFORE <= e.start < main.end
    ]
    if not near:
        return None
    first, stopped = min(near, key=lambda pair: (not pair[1], pair[0].onset.happened))
    earlier = (main.onset.happened - first.onset.happened).total_seconds()
    return Mover(member.name, earlier, stopped)


def now_state(member: Member) -> health.State:
    """The state at the end of the range: that of the range where an episode goes on, healthy where none does."""
    if member.state == "nodata":
        return "nodata"
    going_on = [a for a in member.assessed if any(e.onset.ended is None for e in a.judged.excursions)]
    return min((a.state for a in going_on), key=health.SEVERITY.__getitem__, default="ok")
