"""The sentences of the Health page: pure functions of facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from app.format import DASH, MINUS, NBSP, clock, count, duration, moment
from app.usecases.words import first_upper, listed


@dataclass(frozen=True, slots=True)
class Miss:
    """A service that was outside an objective, for how long in all."""

    name: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Moved:
    """A signal that left its expected range: ``shop errors`` for 200 s, at worst ``4.6 %``."""

    name: str
    seconds: float
    worst: str


def headline(
    misses: Sequence[Miss],
    services: Sequence[Moved],
    models: Sequence[Moved],
    story: str,
    of: tuple[int, int],
    silent: int = 0,
) -> str:
    """What a person must know first: objectives, else what moved, else that all is well; then the ``story``.

    ``of`` is how many services and models there are, ``silent`` of how many of them there is nothing in the range.
    """
    told = f" {story.rstrip('.')}." if story else ""
    if misses:
        return missed(misses, of[0]) + told
    if services:
        return moved(services) + told
    if models:
        return moved(models) + (told or (" The services were well." if of[0] else " No service is recorded."))
    unheard = f"; of {silent} of them there is nothing to judge in this range" if silent else ""
    return f"{first_upper(members(*of))}: all inside what is expected{unheard}.{told}"


def missed(misses: Sequence[Miss], services: int) -> str:
    """``Shop missed its objective for 3 min.``; of two the longest leads; more are counted."""
    longest = sorted(misses, key=lambda miss: (-miss.seconds, miss.name))
    first, lasted = longest[0].name, duration(longest[0].seconds)
    if len(longest) == 1:
        return f"{first_upper(first)} missed its objective for {lasted}."
    if len(longest) == 2:
        return f"{first_upper(listed([miss.name for miss in longest]))} missed objectives, {first} for {lasted}."
    which = f"All {services} services" if len(longest) == services else f"{len(longest)} of {services} services"
    return f"{which} missed objectives, up to {lasted}."


def moved(signals: Sequence[Moved]) -> str:
    """``Shop errors left what is expected for 3 min, 4.6 % at worst.`` and how many more."""
    first, rest = signals[0], len(signals) - 1
    more = f" {first_upper(count(rest, 'more measure'))} did too." if rest else ""
    worst = f", {first.worst} at worst" if first.worst else ""
    return f"{first_upper(first.name)} left what is expected for {duration(first.seconds)}{worst}.{more}"


def members(services: int, models: int) -> str:
    """``5 services, 4 models``."""
    parts = [count(n, word) for n, word in ((services, "service"), (models, "model")) if n]
    return ", ".join(parts) or "no services"


def small_line(services: int, models: int, newest: datetime | None, zone: tzinfo) -> str:
    """``5 services, 4 models · last record Sat 21 Nov, 14:30:00``."""
    last = f" · last record {moment(newest, zone)}" if newest else ""
    return members(services, models) + last


def means(over_s: int) -> str:
    """`` · means over 5 min``, where a range is too long for samples; empty where it is not."""
    return f" · means over {duration(over_s)}" if over_s else ""


def incident_state(started: datetime, resolved: datetime | None, zone: tzinfo) -> str:
    """``Resolved 14:09:30.`` or ``Open since 14:06:00.``"""
    return f"Resolved {clock(resolved, zone)}." if resolved else f"Open since {clock(started, zone)}."


def noticed(started: datetime, detected: datetime | None, knowable: datetime | None, zone: tzinfo) -> tuple[str, str]:
    """Number and line of the tile "Noticed after": from the start to the alert, and when it could have been known."""
    could = f"; knowable {clock(knowable, zone)}" if knowable else ""
    if detected is None:
        return DASH, f"no alert{could}"
    return duration((detected - started).total_seconds()), f"alert {clock(detected, zone)}{could}"


def between(start: datetime, end: datetime, zone: tzinfo) -> str:
    """``14:06:35 – 14:09:40``."""
    return f"{clock(start, zone)} {DASH} {clock(end, zone)}"


def interval(low: float, high: float) -> str:
    """``(28 – 55)``; what may be less than nothing with its sign."""
    signed = [str(round(x)).replace("-", MINUS) for x in (low, high)]
    return f"({signed[0]}{NBSP}{DASH}{NBSP}{signed[1]})"


def pattern_line(service: str, lines: int, first: datetime, zone: tzinfo) -> str:
    """``recommender · 1 204 lines, first 14:06:10``."""
    return f"{service} · {count(lines, 'line')}, first {clock(first, zone)}"


def patterns_line(new: int, all_: int) -> str:
    """``3 of 212 patterns first seen in this range``."""
    return f"{new} of {count(all_, 'pattern')} first seen in this range"
