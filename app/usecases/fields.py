"""What a person wrote into a field of a form, read. Readers add a sentence to ``wrong`` for what cannot be read."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from typing import Any

from app.errors import AppError, TimeRangeError
from app.timerange import find_zone, moment

MOST_READ = 80


class Refused(AppError):
    """What was written cannot be kept; the sentences say why."""


def one_line(text: Any, most: int | None = None) -> str:
    """The text as one line of printable characters, its first ``most``; "" for None."""
    printable = "".join(c if c.isprintable() else " " for c in str(text or ""))
    return " ".join(printable.split())[:most].rstrip()


def written(at: datetime | None, zone: tzinfo) -> str:
    """A time as a form shows it and `read_time` reads it again."""
    if at is None:
        return ""
    local = at.astimezone(zone)
    exact = bool(local.microsecond)
    return f"{local:%Y-%m-%d %H:%M:%S}" + (f".{local.microsecond:06d}".rstrip("0") if exact else "")


def in_zone(text: str, zone: str, other: Any) -> str:
    """A time as `written` in one zone, written in another; as it is where there is no such zone."""
    wrong: list[str] = []
    there = read_zone(other, wrong)
    at = read_time(text, "", read_zone(zone, wrong), None, wrong)
    return text if wrong else written(at, there or UTC)


def read_zone(given: Any, wrong: list[str]) -> tzinfo | None:
    """The zone of this name, UTC where none is given; None where there is no such zone."""
    try:
        return find_zone(str(given or "UTC").strip()[:MOST_READ])
    except TimeRangeError as error:
        wrong.append(str(error))
        return None


def read_time(given: Any, label: str, zone: tzinfo | None, kept: datetime | None, wrong: list[str]) -> datetime | None:
    """The time in UTC; None where the field is empty or cannot be read, ``kept`` where its text is as it was.

    An hour that the clock shows twice so stays the one that it was.
    """
    text = str(given or "").strip()[:MOST_READ]
    if not text:
        return None
    if zone is None or text == written(kept, zone):
        return kept
    try:
        return moment(text, now=datetime.now(UTC), zone=zone)
    except TimeRangeError:
        wrong.append(f"“{label}”: “{text[:40]}” is no time. Write 2026-11-21 14:06:35, or now.")
        return None
