"""Time ranges in the grammar known from Grafana: ``now-6h``, ``now-1d/d``, absolute ISO, epoch milliseconds."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, Final
from zoneinfo import ZoneInfo

from app import format as fmt
from app.errors import TimeRangeError
from app.urlstate import UrlState, read
from app.usecases.incident_view import Span

GRAMMAR: Final = "Write now-6h, now-1d/d or 2026-11-21 13:00."
RECENT: Final = timedelta(hours=24)
NO_DATA: Final = timedelta(hours=6)
_SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_STEP = re.compile(r"([+-])(\d{1,6})([smhdwMy])")
_RELATIVE = re.compile(r"now((?:[+-]\d{1,6}[smhdwMy])*)(?:/([smhdwMy]))?")


@dataclass(frozen=True, slots=True)
class Resolved:
    """``[start, end)`` in UTC, asked for in ``this_year``.

    ``words`` says what a person must know (moved to the data, nonsense asked).
    """

    start: datetime
    end: datetime
    zone: ZoneInfo
    anchored: bool = False
    words: str = ""
    asked: bool = False
    this_year: int | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "zone", fmt.zone_for(self.zone, self.start, self.end))

    @property
    def label(self) -> str:
        """``Sat 21 Nov, 13:00 – 14:30``, with the year where it is not the present one."""
        past = self.this_year not in (None, self.end.astimezone(self.zone).year)
        return fmt.span(self.start, self.end, self.zone, year=past)


def find_zone(name: str) -> ZoneInfo:
    """A zone by its IANA name; raises TimeRangeError for one that is not known."""
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError) as error:
        raise _unknown_zone(name) from error


def zone_of(name: str) -> ZoneInfo:
    """The zone of that name, or UTC: for texts beside a page that already says what it could not read."""
    return _zone_or_default(name, "UTC")[0]


def moment(text: str, *, now: datetime, zone: tzinfo, end: bool = False) -> datetime:
    """One end of a range, in UTC; ``/d`` rounds down, or up where it is the ``end``. Raises TimeRangeError."""
    text = text.strip()
    try:
        found = _relative(text, now.astimezone(zone), end) or _epoch(text) or _iso(text, zone)
    except (OverflowError, ValueError) as error:
        raise _unreadable(text) from error
    return found.astimezone(UTC)


def parse(frm: str, to: str, *, now: datetime, zone: tzinfo) -> Span:
    """Both ends; raises TimeRangeError where one cannot be read or the start is not before the end."""
    start, end = moment(frm, now=now, zone=zone), moment(to, now=now, zone=zone, end=True)
    if start >= end:
        raise TimeRangeError(f"The range from {frm} to {to} has no length.", "Its start must lie before its end.")
    return Span(start, end)


def resolve(
    query: Mapping[str, Any] | UrlState,
    *,
    now: datetime,
    newest: datetime | None,
    oldest: datetime | None = None,
    default_zone: str = "UTC",
    recent: timedelta = RECENT,
) -> Resolved:
    """The range of a query, never failing: nonsense falls back to the range that fits the data and says so.

    ``recent`` is what fits where nothing is asked for. A relative range that lies wholly after ``newest`` moves back
    until it ends there.
    """
    state = query if isinstance(query, UrlState) else read(query)
    shown = _resolved(state, now, newest, oldest, default_zone, recent)
    return replace(shown, this_year=now.astimezone(shown.zone).year)


def _resolved(
    state: UrlState,
    now: datetime,
    newest: datetime | None,
    oldest: datetime | None,
    default_zone: str,
    recent: timedelta,
) -> Resolved:
    zone, words = _zone_or_default(state.zone, default_zone)
    if not (state.frm or state.to):
        return _fitted(now, oldest, newest, zone, words, recent)
    try:
        span = parse(state.frm or "now-6h", state.to or "now", now=now, zone=zone)
    except TimeRangeError as error:
        return _fitted(now, oldest, newest, zone, f"{words} {error} Showing what fits the data.".strip(), recent)
    if newest is not None and newest < span.start and "now" in f"{state.frm or 'now'}{state.to or 'now'}":
        return _anchored(span, newest, zone, words)
    return Resolved(span.start, span.end, zone, words=words, asked=True)


def _zone_or_default(name: str, default: str) -> tuple[ZoneInfo, str]:
    try:
        return find_zone(name or default), ""
    except TimeRangeError as error:
        return find_zone("UTC"), f"{error} Showing UTC."


def _fitted(
    now: datetime, oldest: datetime | None, newest: datetime | None, zone: ZoneInfo, words: str, recent: timedelta
) -> Resolved:
    if newest is None or oldest is None:
        return Resolved(now - NO_DATA, now, zone, words=words)
    start = oldest if newest - oldest <= 2 * recent else newest - recent
    minute = timedelta(minutes=1)
    return Resolved(_floor(start, minute), _floor(newest, minute) + minute, zone, words=words)


def _anchored(span: Span, newest: datetime, zone: ZoneInfo, words: str) -> Resolved:
    end = _floor(newest, timedelta(seconds=1)) + timedelta(seconds=1)
    length = span.end - span.start
    said = f"Newest data: {fmt.day(newest, zone, year=True)}, {fmt.clock(newest, zone)}. Showing the "
    said += f"{fmt.duration(length.total_seconds())} before."
    return Resolved(end - length, end, zone, anchored=True, words=f"{words} {said}".strip(), asked=True)


def _floor(at: datetime, step: timedelta) -> datetime:
    return at - (at - datetime(1970, 1, 1, tzinfo=UTC)) % step


def _relative(text: str, local_now: datetime, end: bool) -> datetime | None:
    found = _RELATIVE.fullmatch(text)
    if found is None:
        return None
    at = local_now
    for sign, amount, unit in _STEP.findall(found.group(1)):
        at = _moved(at, int(sign + amount), unit)
    return _rounded(at, found.group(2), end) if found.group(2) else at


def _moved(at: datetime, amount: int, unit: str) -> datetime:
    if unit in "smh":  # these count real seconds, also across a change of the clock
        return (at.astimezone(UTC) + timedelta(seconds=amount * _SECONDS[unit])).astimezone(at.tzinfo)
    if unit in "dw":
        return at + timedelta(seconds=amount * _SECONDS[unit])
    months = at.year * 12 + at.month - 1 + amount * (12 if unit == "y" else 1)
    year, month = divmod(months, 12)
    return at.replace(year=year, month=month + 1, day=min(at.day, monthrange(year, month + 1)[1]))


def _rounded(at: datetime, unit: str, end: bool) -> datetime:
    low = at.replace(
        month=1 if unit == "y" else at.month,
        day=1 if unit in "My" else at.day,
        hour=0 if unit in "dwMy" else at.hour,
        minute=0 if unit in "hdwMy" else at.minute,
        second=0 if unit in "mhdwMy" else at.second,
        microsecond=0,
    )
    if unit == "w":
        low -= timedelta(days=low.weekday())
    return _moved(low, 1, unit) if end and low != at else low


def _epoch(text: str) -> datetime | None:
    if not re.fullmatch(r"\d{9,14}", text):
        return None
    digits = int(text)
    return datetime.fromtimestamp(digits / 1000 if len(text) > 11 else digits, UTC)


def _iso(text: str, zone: tzinfo) -> datetime:
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=zone)


def _unreadable(text: str) -> TimeRangeError:
    return TimeRangeError(f"“{text[:40]}” is no time.", GRAMMAR)


def _unknown_zone(name: str) -> TimeRangeError:
    return TimeRangeError(f"“{name[:40]}” is no time zone.", "Write a name such as Europe/Berlin.")
