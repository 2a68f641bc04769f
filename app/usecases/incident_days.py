"""On which days incidents began; of a long range, in which weeks, months or years."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Final, Literal

from data.records import Incident

Step = Literal["day", "week", "month", "year"]
DAYS_SHOWN: Final = 31
MOST: Final[dict[Step, int]] = {"day": DAYS_SHOWN, "week": 32, "month": 36, "year": 400}


@dataclass(frozen=True, slots=True)
class Bar:
    """How many incidents began in ``[day, until)`` of the shown zone; ``inside`` the page's range or not."""

    day: date
    until: date
    n: int
    critical: int
    inside: bool


@dataclass(frozen=True, slots=True)
class Strip:
    """One bar a ``step``, in order of time."""

    step: Step
    bars: tuple[Bar, ...]


def strip(found: Sequence[Incident], start: datetime, end: datetime, zone: tzinfo) -> Strip:
    """The range in the shortest steps that fit; under 31 days the days before it stand there too."""
    first, last = start.astimezone(zone).date(), (end - timedelta(microseconds=1)).astimezone(zone).date()
    step = next(one for one, most in MOST.items() if len(_starts(first, last, one)) <= most)
    shown = min(first, last - timedelta(days=DAYS_SHOWN - 1)) if step == "day" else first
    starts = _starts(shown, last, step)
    begun: dict[date, list[Incident]] = {}
    for incident in found:
        begun.setdefault(_floor(incident.started_at.astimezone(zone).date(), step), []).append(incident)
    return Strip(step, tuple(_bar(at, step, begun.get(at, []), _after(at, step) > first) for at in starts))


def bounds_of(at: date, zone: tzinfo, until: date | None = None) -> tuple[datetime, datetime]:
    """First moment of a day in the zone, and of ``until``, else of the next day."""
    after = until or at + timedelta(days=1)
    ends = (datetime(each.year, each.month, each.day, tzinfo=zone).astimezone(UTC) for each in (at, after))
    return next(ends), next(ends)


def _bar(at: date, step: Step, begun: Sequence[Incident], inside: bool) -> Bar:
    return Bar(at, _after(at, step), len(begun), sum(i.severity == "critical" for i in begun), inside)


def _starts(first: date, last: date, step: Step) -> list[date]:
    """The first days of the steps that touch ``[first, last]``."""
    found = [_floor(first, step)]
    while (after := _after(found[-1], step)) <= last and len(found) <= MOST[step]:
        found.append(after)
    return found


def _floor(at: date, step: Step) -> date:
    """The first day of the step that holds a day; weeks begin on Monday."""
    floors: dict[Step, Callable[[], date]] = {
        "day": lambda: at,
        "week": lambda: at - timedelta(days=at.weekday()),
        "month": lambda: at.replace(day=1),
        "year": lambda: at.replace(month=1, day=1),
    }
    return floors[step]()


def _after(at: date, step: Step) -> date:
    """The first day of the next step; ``at`` is one's first day."""
    if step in ("day", "week"):
        return at + timedelta(days=1 if step == "day" else 7)
    return _floor(at + timedelta(days=31 if step == "month" else 366), step)
