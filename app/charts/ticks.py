"""Where the ticks of a time axis stand: round local times, never more than fit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

_STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200)
_STEPS_DAYS = (1, 2, 7, 14)
_STEPS_MONTHS = (1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 2400, 6000, 12_000, 24_000)
_DAY_S = 86_400
_MONTH_S = 365 * _DAY_S // 12
_LAST_MONTH = 9999 * 12 + 11


@dataclass(frozen=True, slots=True)
class Tick:
    """A time and what stands below it."""

    at: datetime
    text: str


def time_ticks(start: datetime, end: datetime, zone: tzinfo = UTC, *, most: int = 8) -> tuple[Tick, ...]:
    """At most ``most`` inside ``[start, end]`` at round times of ``zone``: ``14:05:30``, ``21 Nov``, ``Nov``, ``2026``.

    Among months the first and each January say their year.
    """
    span_s = max((end - start).total_seconds(), 1.0)
    steps = (*_STEPS_S, *(days * _DAY_S for days in _STEPS_DAYS))
    step_s = next((step for step in steps if span_s / step <= most - 1), None)
    local = start.astimezone(zone)
    times = _by_month(local, end, _months(span_s, most)) if step_s is None else _by_second(local, end, zone, step_s)
    inside = [at for at in times if at >= start][:most]
    if step_s is None:
        return tuple(Tick(at, _month(at, first=at is inside[0])) for at in inside)
    return tuple(Tick(at, _text(at, step_s)) for at in inside)


def _by_second(local: datetime, end: datetime, zone: tzinfo, step_s: int) -> Iterator[datetime]:
    at = _floor(local, step_s)
    while at <= end:
        yield at
        at = _next(at, step_s, zone)


def _months(span_s: float, most: int) -> int:
    """The least step in months; a February makes some shorter than the mean of them."""
    fits = (months for months in _STEPS_MONTHS if span_s / (months * _MONTH_S - 2.5 * _DAY_S) <= most - 1)
    return next(fits, _STEPS_MONTHS[-1])


def _by_month(local: datetime, end: datetime, months: int) -> Iterator[datetime]:
    month = local.year * 12 + local.month - 1
    for each in range(month - month % months, _LAST_MONTH + 1, months):
        if each < 12:
            continue
        at = datetime(each // 12, each % 12 + 1, 1, tzinfo=local.tzinfo)
        if at > end:
            return
        yield at


def _month(at: datetime, *, first: bool) -> str:
    if at.month == 1:
        return str(at.year)
    return f"{at:%b} {at.year}" if first else f"{at:%b}"


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
