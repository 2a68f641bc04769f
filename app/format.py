"""Numbers, durations and times as people read them: sensible digits, units after a no-break space, no ISO stamps."""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

NBSP: Final = "\u00a0"
THIN: Final = "\u202f"
DASH: Final = "–"
MINUS: Final = "−"
SECONDS_BELOW_S: Final = 3600
DAY: Final = timedelta(days=1)

_BYTES: Final = ("B", "kB", "MB", "GB", "TB")
_WORDS: Final = {
    "count": "",
    "1": "",
    "score": "",
    "ratio": "",
    "seconds": "s",
    "milliseconds": "ms",
    "per_second": "/s",
    "1/s": "/s",
}


def number(x: float | None, digits: int = 2) -> str:
    """``digits`` significant digits, whole numbers in groups of three from 100 on; a dash where there is none."""
    if x is None or not math.isfinite(x):
        return DASH
    sign, size = (MINUS if x < 0 else ""), abs(x)
    if size < 1e-6:
        return "0"
    decimals = max(0, digits - 1 - math.floor(math.log10(size)))
    text = f"{size:,.{min(decimals, 6)}f}".replace(",", THIN)
    return ("" if not text.strip("0.") else sign) + text


def exact(x: float) -> str:
    """The shortest text that reads back as exactly ``x``, for fields that people change: 500, 0.9999999, 1234567."""
    return repr(float(x)).removesuffix(".0")


def value(x: float | None, unit: str = "", digits: int = 2) -> str:
    """A value with its unit: ``(0.046, "share")`` is 4.6 %, ``(409.3, "ms")`` 409 ms, ``(90, "s")`` 1 min 30 s."""
    if x is None or not math.isfinite(x):
        return DASH
    if unit == "bool":
        return "up" if x >= 0.5 else "down"
    if unit in ("share", "percent"):
        return _percent(x * 100 if unit == "share" else x, digits)
    if unit in ("s", "seconds") and abs(x) >= 60:
        return (MINUS if x < 0 else "") + duration(abs(x))
    if unit in ("s", "seconds") and 0 < abs(x) < 1:
        return f"{number(x * 1000, digits)}{NBSP}ms"
    if unit in ("bytes", "B"):
        return _bytes(x, digits)
    return _with_unit(number(x, digits), _WORDS.get(unit, unit))


def _percent(percent: float, digits: int) -> str:
    close_to_whole = 99 < percent < 100
    return f"{number(percent, max(digits, 3) if close_to_whole else digits)}{NBSP}%"


def _bytes(x: float, digits: int) -> str:
    step = min(len(_BYTES) - 1, int(math.log(max(abs(x), 1), 1000)))
    return f"{number(x / 1000**step, digits)}{NBSP}{_BYTES[step]}"


def _with_unit(text: str, unit: str) -> str:
    return f"{text}{NBSP}{unit}" if unit else text


def change(x: float | None, unit: str = "") -> str:
    """A difference with its sign always written."""
    text = value(x, unit)
    return text if x is None or not math.isfinite(x) or x <= 0 else f"+{text}"


def duration(seconds: float | None) -> str:
    """Two units at most: 45 s, 1 min 35 s, 3 h 5 min, 2 days 4 h."""
    if seconds is None or not math.isfinite(seconds):
        return DASH
    if abs(seconds) < 1:
        return f"{number(seconds * 1000)}{NBSP}ms" if seconds else f"0{NBSP}s"
    sign, whole = (MINUS if seconds < 0 else ""), round(abs(seconds))
    return sign + " ".join(_largest_two(whole))


def _largest_two(whole: int) -> list[str]:
    days, rest = divmod(whole, 86_400)
    hours, rest = divmod(rest, 3_600)
    minutes, secs = divmod(rest, 60)
    parts = [(days, "day" if days == 1 else "days"), (hours, "h"), (minutes, "min"), (secs, "s")]
    first = next((i for i, (n, _) in enumerate(parts) if n), 3)
    return [f"{n}{NBSP}{unit}" for n, unit in parts[first : first + 2] if n]


class PageZone(ZoneInfo):
    """A zone as one page says its times: with the day where the page is ``dated``, with a year that is not its own."""

    dated: bool
    year: int | None


def zone_for(zone: tzinfo, start: datetime, end: datetime) -> tzinfo:
    """``zone`` as a page over ``[start, end)`` says its times, whatever page asked before.

    Over more than a day a time of day alone says little, so `clock` adds the day. A page within one year says the year
    of other years alone; one that reaches over the turn of a year says it of every day.
    """
    if not isinstance(zone, ZoneInfo):
        return zone
    last = max(start, end - timedelta(microseconds=1))
    years = {at.astimezone(zone).year for at in (start, last)}
    return _page_zone(zone.key, end - start > DAY, min(years) if len(years) == 1 else None)


@lru_cache(maxsize=256)
def _page_zone(key: str, dated: bool, year: int | None) -> PageZone:
    made = PageZone.no_cache(key)
    made.dated, made.year = dated, year
    return made


def _says_year(at: datetime | date, zone: tzinfo) -> bool:
    return isinstance(zone, PageZone) and at.year != zone.year


def clock(at: datetime, zone: tzinfo, seconds: bool = True) -> str:
    """``14:06:35`` in the zone; ``21 Nov, 14:06`` on a page of more than a day."""
    local = at.astimezone(zone)
    if not isinstance(zone, PageZone) or not zone.dated:
        return _time(local, seconds)
    year = f" {local.year}" if _says_year(local, zone) else ""
    return f"{local.day}{NBSP}{local:%b}{year}, {_time(local, seconds=False)}"


def _time(local: datetime, seconds: bool) -> str:
    return local.strftime("%H:%M:%S" if seconds else "%H:%M")


def day(at: datetime | date, zone: tzinfo, year: bool = False) -> str:
    """``Sat 21 Nov`` in the zone, with the ``year`` or where it is not that of the page."""
    local = at.astimezone(zone) if isinstance(at, datetime) else at
    return f"{local:%a} {local.day}{NBSP}{local:%b}" + (f" {local.year}" if year or _says_year(local, zone) else "")


def moment(at: datetime, zone: tzinfo, seconds: bool = True, year: bool = False) -> str:
    """``Sat 21 Nov, 14:06:35``."""
    return f"{day(at, zone, year)}, {_time(at.astimezone(zone), seconds)}"


def span(start: datetime, end: datetime, zone: tzinfo, seconds: bool | None = None, year: bool = False) -> str:
    """``Sat 21 Nov, 13:00 – 14:30``; both days where they differ, days with years where those do.

    Seconds stand where a short span has them, the ``year`` of a span within one on request.
    """
    if seconds is None:
        seconds = bool(start.second or end.second) and (end - start).total_seconds() < SECONDS_BELOW_S
    first, last = start.astimezone(zone), end.astimezone(zone)
    if first.date() == last.date():
        return f"{moment(start, zone, seconds, year)} {DASH} {_time(last, seconds)}"
    if first.year != last.year:
        return f"{day(start, zone, year=True)[4:]} {DASH} {day(end, zone, year=True)[4:]}"
    return f"{moment(start, zone, seconds)} {DASH} {moment(end, zone, seconds, year)}"


def offset(at: datetime, zone: tzinfo) -> str:
    """``UTC``, ``UTC+2`` or ``UTC+5:30``: what the zone was at that moment."""
    delta = at.astimezone(zone).utcoffset()
    minutes = round(delta.total_seconds() / 60) if delta else 0
    if not minutes:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'+' if minutes > 0 else MINUS}{hours}" + (f":{rest:02d}" if rest else "")


def grouped(n: int) -> str:
    """``16 204``."""
    return f"{n:,}".replace(",", THIN)


def count(n: int, one: str, many: str | None = None) -> str:
    """``1 service``, ``16 204 rows``."""
    word = one if n == 1 else (many or f"{one}s")
    return f"{grouped(n)}{NBSP}{word}"
