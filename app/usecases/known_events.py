"""When a mark holds: once, again and again by the clock of its zone, or on the public holidays of a country."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from data.queries import metrics
from data.records import Mark
from data.store import Snapshot

MAINTENANCE: Final = "maintenance"
KNOWN: Final = "known event"
PLANNED: Final = (MAINTENANCE, KNOWN)  # what people knew of: it names what happens in it
EVERYTHING: Final = "everything"
RULES: Final = ("daily", "weekly", "monthly", "yearly")
SEASONAL: Final = {
    "daily": timedelta(days=1),
    "weekly": timedelta(days=7),
}  # what comes so often is a season: it is learned, not left out
HOLIDAYS: Final = "holidays "
LONGEST: Final = timedelta(days=3_660)  # that repetitions are followed back
EARLIEST, LATEST = datetime(1902, 1, 1, tzinfo=UTC), datetime(9990, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A mark at one time: ``[start, end)``, or a moment where ``end`` is None."""

    mark: Mark
    start: datetime
    end: datetime | None
    name: str


class NoHolidays(ValueError):
    """There is no such country, or it has no such part."""


def occurrences(mark: Mark, start: datetime, end: datetime) -> tuple[Occurrence, ...]:
    """All that lasted into ``[start, end)``, of repetitions those of its last ten years, by time."""
    if not mark.repeats:
        once = Occurrence(mark, mark.ts, mark.ends_at, mark.words)
        return (once,) if once.start < end and start <= (once.end or once.start) else ()
    last = min(max(end, EARLIEST), LATEST)
    first = min(max(start, EARLIEST, last - LONGEST), last)
    found = _holidays(mark, first, last) if mark.repeats.startswith(HOLIDAYS) else _repeated(mark, first, last)
    return tuple(one for one in found if one.start < last and one.end is not None and first < one.end)


@lru_cache(64)
def _repeated(mark: Mark, first: datetime, last: datetime) -> tuple[Occurrence, ...]:
    from dateutil import rrule

    zone, length = ZoneInfo(mark.zone), (mark.ends_at or mark.ts) - mark.ts
    begin = mark.ts.astimezone(zone).replace(tzinfo=None)
    part_us = timedelta(microseconds=begin.microsecond)  # rules count in whole seconds
    after, before = (at.astimezone(zone).replace(tzinfo=None) for at in (first - length, last))
    if step := SEASONAL.get(mark.repeats):
        begin += max((after - begin) // step, 0) * step  # a rule counts from its begin, however long ago that was
    rule = rrule.rrule(getattr(rrule, mark.repeats.upper()), dtstart=begin)
    starts = ((at + part_us).replace(tzinfo=zone).astimezone(UTC) for at in rule.between(after, before, inc=True))
    return tuple(Occurrence(mark, at, at + length, mark.words) for at in starts)


@lru_cache(64)
def _holidays(mark: Mark, first: datetime, last: datetime) -> tuple[Occurrence, ...]:
    zone = ZoneInfo(mark.zone)
    days = named_days(mark.repeats.removeprefix(HOLIDAYS), range(first.year - 1, last.year + 2))
    return tuple(
        Occurrence(mark, _midnight(day, zone), _midnight(day + timedelta(days=1), zone), f"{mark.words}: {name}")
        for day, name in days
    )


def named_days(country: str, years: Iterable[int]) -> list[tuple[date, str]]:
    """The public holidays of ``DE`` or of a part such as ``US-CA``, by date. Raises NoHolidays."""
    import holidays

    name, _, part = country.partition("-")
    if name not in (known := holidays.list_supported_countries()) or (part and part not in known[name]):
        raise NoHolidays(f"There are no public holidays known of “{country[:20]}”.")
    return sorted(holidays.country_holidays(name, subdiv=part or None, years=years, language="en_US").items())


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def planned(snap: Snapshot) -> Iterator[Occurrence]:
    """Known events and maintenance as far as records reach, those that last."""
    reach = metrics.span(snap)
    if reach is None:
        return
    for mark in (one for one in snap.state.marks if one.tag in PLANNED):
        yield from (one for one in occurrences(mark, *reach) if one.end is not None)


class Planned:
    """What was planned in a state of the store, worked out once for many questions."""

    def __init__(self, snap: Snapshot) -> None:
        self._by_owner: dict[tuple[str, str], list[Occurrence]] = {}
        for one in planned(snap):
            self._by_owner.setdefault((one.mark.kind, one.mark.subject), []).append(one)

    def name(self, kind: str, subject: str, start: datetime, end: datetime) -> str:
        """What was planned for a service or model, or for everything, within ``[start, end)``; "" where nothing was."""
        own = (*self._by_owner.get((kind, subject), ()), *self._by_owner.get((EVERYTHING, ""), ()))
        return next((one.name for one in own if one.start < end and one.end is not None and start < one.end), "")
