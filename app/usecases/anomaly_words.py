"""The sentences about an episode: pure functions of facts."""

from __future__ import annotations

from datetime import datetime, tzinfo

from app.format import clock, duration, number, value
from app.usecases.service_words import Unusual, expectation
from app.usecases.words import first_upper

MOST_TIMES = 100.0
FEATURES = {
    "deviation": "how far the single sample lies outside",
    "shift": "how long the shift lasts",
    "jump": "how abruptly it jumped",
    "spread": "how restless its neighbours are",
}


def sentence(odd: Unusual, basis: str, zone: tzinfo) -> str:
    """``P95 latency 812 ms, expected 240 ± 60 for a Tuesday 14:00 (median of 8 weeks), 9 times ..., for 18 min.``"""
    if odd.unit == "bool":
        return f"Down for {duration(odd.seconds)}, from {clock(odd.at, zone)}."
    seen = f"{first_upper(odd.measure)} {value(odd.observed, odd.unit)}"
    parts = [seen, f"{expectation(odd)} {when(odd, zone)} ({basis})", spread(odd), f"for {duration(odd.seconds)}"]
    return f"{', '.join(part for part in parts if part)}."


def when(odd: Unusual, zone: tzinfo) -> str:
    """``for a Tuesday 14:00`` where the expectation knows the time of day, else ``at 14:06:35``."""
    if odd.seasonal:
        return f"for a {odd.at.astimezone(zone):%A} {odd.at.astimezone(zone):%H:%M}"
    return f"at {clock(odd.at, zone)}"


def spread(odd: Unusual) -> str:
    """``9 times the usual spread``; of a line that never moved nothing."""
    if odd.half_width <= 0:
        return ""
    times = abs(odd.observed - odd.expected) / odd.half_width
    if times > MOST_TIMES:
        return f"over {number(MOST_TIMES)} times the usual spread"
    return f"{number(times)} times the usual spread" if times >= 1.05 else ""


def basis(period_s: float | None, cycles: int, around_s: float) -> str:
    """What the expected value is the median of: ``median of 8 weeks``, or of the samples around it."""
    if period_s is None:
        return f"median of the {duration(around_s)} around it"
    names = {3_600.0: ("hour", "hours"), 86_400.0: ("day", "days"), 604_800.0: ("week", "weeks")}
    one, many = names.get(period_s, (f"cycle of {duration(period_s)}", f"cycles of {duration(period_s)}"))
    return f"median of {cycles} {one if cycles == 1 else many}"


def relative(at: datetime, to: datetime) -> str:
    """``3 min earlier``, ``20 s later`` or ``at the same moment``."""
    seconds = (at - to).total_seconds()
    if abs(seconds) < 1:
        return "at the same moment"
    return f"{duration(abs(seconds))} {'later' if seconds > 0 else 'earlier'}"
