"""The sentences of the Logs page: pure functions of facts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analytics.changes import Change
from app.format import MINUS, NBSP, count, grouped, number

SURE: float = 0.001


def certainty(change: Change) -> str:
    """How sure it is that something changed: ``q below 0.001``."""
    said = "below 0.001" if change.q_value < SURE else number(change.q_value)
    return f"Its share of all lines changed (q {said})."


def rise(change: Change) -> str:
    """``51.8 times as often``, ``new``, ``gone``; of a number its sentence without its name."""
    if change.value is None:
        return change.sentence.removeprefix(f"{change.field} ")
    if not change.before or not change.during:
        return "gone" if change.before else "new"
    return f"{ratio_of(change.during / change.before)} as often"


def ratio(lines: int, before: int) -> str:
    """``4.2 times``, ``+38 %``, ``as before``; against nothing it is new."""
    if not before:
        return "new" if lines else ""
    if not lines:
        return "gone"
    times = lines / before
    if 0.5 < times < 2:
        percent = round(100 * (times - 1))
        return f"{'+' if percent > 0 else MINUS}{abs(percent)}{NBSP}%" if percent else "as before"
    return ratio_of(times)


def ratio_of(times: float) -> str:
    """``4.2 times``, ``70 %``, ``1/4.2``."""
    if times >= 2:
        return f"{number(times)} times"
    return f"1/{number(1 / times)}" if times <= 0.5 else f"{round(100 * times)}{NBSP}%"


def counted_words(counts: Mapping[str, Any]) -> str:
    """``lines like “timed out after <*>” of shop, per minute``."""
    field, service = str(counts.get("field", "")), str(counts.get("service", ""))
    value = str(counts.get("value", ""))
    lines = f"lines like “{value}”" if field == "template" else f"lines whose {field} is “{value}”"
    return f"{lines} of {service or 'every service'}, per minute"


def summary(lines: int, services: int) -> str:
    """``1 204 332 lines of 6 services in this range``."""
    of = f" of {count(services, 'service')}" if services > 1 and lines else ""
    return f"{count(lines, 'line')}{of} in this range"


def reading(done: int, lines: int) -> str:
    """Said while templates are read for the first time."""
    return f"Lines are sorted into templates for the first time: {grouped(done)} of {count(lines, 'line')} so far."
