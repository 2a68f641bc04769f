"""Where the ticks of a time axis stand: round local times, never more than fit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

_STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200)
_STEPS_DAYS = (1, 2, 7, 14, 28, 91, 182, 364)
_DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class Tick:
    """A time and what stands below it."""

    at: datetime
    text: str


def time_ticks(start: datetime, end: datetime, zone: tzinfo = UTC, *, most: int = 8) -> tuple[Tick, ...]:
    """At most ``most`` inside ``[start, end]`` at round times of ``zone``: ``14:05``, ``14:05:30`` or ``21 Nov``."""
    step_s = _step(max((end - start).total_seconds(), 1.0), most)
    found = []
    at = _floor(start.astimezone(zone), step_s)
    while at <= end:
        if at >= start:
            found.append(Tick(at, _text(at, step_s)))
        at = _next(at, step_s, zone)
    return tuple(found[:most])


def _step(span_s: float, most: int) -> int:
    steps = (*_STEPS_S, *(days * _DAY_S for days in _STEPS_DAYS))
    return next((step for step in steps if span_s / step <= most - 1), steps[-1])


def _floor(at: datetime, step_s: int) -> datetime:
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    if step_s >= _DAY_S:
        return midnight - timedelta(days=midnight.toordinal() % (step_s // _DAY_S))
    into = int((at.replace(tzinfo=None) - midnight.replace(tzinfo=None)).total_seconds())
    return midnight + timedelta(seconds=into - into % step_s)


def _next(at: datetime, step_s: int, local: tzinfo) -> datetime:
    """Short steps count real seconds, longer ones the local clock: round on both sides of a change of the clock."""
    if step_s < 3600:
        return (at.astimezone(UTC) + timedelta(seconds=step_s)).astimezone(local)
    wall = at.replace(tzinfo=None) + timedelta(seconds=step_s)
    return wall.replace(tzinfo=local)


def _text(at: datetime, step_s: int) -> str:
    if step_s >= _DAY_S or (at.hour == at.minute == at.second == 0 and step_s >= 3600):
        return f"{at.day} {at:%b}"
    return f"{at:%H:%M:%S}" if step_s < 60 else f"{at:%H:%M}"
