"""The sentences of the Service page: pure functions of facts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from app.format import NBSP, clock, duration, value
from app.usecases.words import first_upper, listed
from data.records import Objective

_SMALL = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_NO_TENTHS = re.compile(r"\.0(?=\D|$)")
STATE_WORDS = {"critical": "critical", "degraded": "degraded", "ok": "healthy", "nodata": "no data"}


@dataclass(frozen=True, slots=True)
class Unusual:
    """The worst sample of an episode: what was measured, what was expected there, and for how long it lasted.

    ``half_width`` is that of the expected band; ``calm_s`` how long before the episode nothing was as far out,
    None where something was. ``seasonal`` when the expectation knows the time of day.
    """

    measure: str
    unit: str
    observed: float
    expected: float
    half_width: float
    at: datetime
    seconds: float
    calm_s: float | None
    seasonal: bool = False


@dataclass(frozen=True, slots=True)
class Mover:
    """What the service depends on and left what is expected, ``earlier_s`` before it; ``stopped``: it was down."""

    name: str
    earlier_s: float
    stopped: bool


def headline(unusual: Unusual, zone: tzinfo) -> str:
    """``412 ms, expected 118 ± 24 ms for a Saturday 14:06, for 3 min 20 s.``"""
    if unusual.unit == "bool":
        return f"Down for {duration(unusual.seconds)}, from {clock(unusual.at, zone)}."
    what = f"{first_upper(unusual.measure)} {value(unusual.observed, unusual.unit)}"
    return f"{what}, {expectation(unusual)} {_when(unusual, zone)}, for {duration(unusual.seconds)}."


def expectation(unusual: Unusual) -> str:
    """``expected 118 ± 24 ms``; without a spread, the value alone."""
    expected, spread = value(unusual.expected, unusual.unit), value(unusual.half_width, unusual.unit)
    if unusual.half_width <= 0:
        return f"expected {expected}"
    number, _, unit = expected.partition(NBSP)
    same_unit = unit and spread.endswith(f"{NBSP}{unit}")
    return f"expected {number if same_unit else expected} ± {spread}"


def _when(unusual: Unusual, zone: tzinfo) -> str:
    if unusual.seasonal:
        return f"for a {unusual.at.astimezone(zone):%A} {clock(unusual.at, zone, seconds=False)}"
    return f"at {clock(unusual.at, zone)}"


def why(unusual: Unusual, movers: Sequence[Mover], name: str, depends_on: int) -> str:
    """What makes it unusual, and what it depends on that moved first."""
    return " ".join(filter(None, [_spread(unusual), _before(unusual), _movers(movers, name, depends_on)]))


def _spread(unusual: Unusual) -> str:
    if unusual.unit == "bool" or unusual.half_width <= 0:
        return ""
    times = abs(unusual.observed - unusual.expected) / unusual.half_width
    if times < 1.5:
        return ""
    whole = round(times)
    said = _SMALL[whole] if whole < len(_SMALL) else "over a hundred" if whole > 100 else str(whole)
    return f"{first_upper(said)} times the usual spread{'.' if unusual.calm_s is None else ';'}"


def _before(unusual: Unusual) -> str:
    if unusual.calm_s is None or unusual.calm_s < 60:
        return ""
    said = f"not seen in the {duration(unusual.calm_s)} before."
    return said if _spread(unusual) else first_upper(said)


def _movers(movers: Sequence[Mover], name: str, depends_on: int) -> str:
    if not depends_on:
        return ""
    if not movers:
        return f"Nothing that {name} depends on moved."
    first = max(movers, key=lambda mover: mover.earlier_s)
    did = "stopped" if first.stopped else "left what is expected"
    return f"{first.name} {did} {_earlier(first.earlier_s)}{_others(movers, first, depends_on)}."


def _earlier(seconds: float) -> str:
    if abs(seconds) < 1:
        return "at the same moment"
    return f"{duration(abs(seconds))} {'earlier' if seconds > 0 else 'later'}"


def _others(movers: Sequence[Mover], first: Mover, depends_on: int) -> str:
    rest = [mover.name for mover in movers if mover is not first]
    if rest:
        return f"; {listed(rest)} moved too"
    return " and is the only thing it depends on that moved" if depends_on > 1 else ""


def calm(measures: int, shown: str) -> str:
    """``All 6 measures stay inside what is expected.`` and the one that matters most."""
    if not measures:
        return "No measure of this service can be judged yet."
    said = "Its measure stays" if measures == 1 else f"All {measures} measures stay"
    return f"{said} inside what is expected.{' ' + shown if shown else ''}"


def objectives(found: Sequence[tuple[Objective, str, str]]) -> str:
    """``errors within 2 % and p95 latency within 250 ms, 95 % of the time`` of (objective, measure, unit)."""
    targets = list(dict.fromkeys(one.target for one, _, _ in found))
    of_target = {target: [kept_words(*each) for each in found if each[0].target == target] for target in targets}
    told = [f"{listed(kept)}, {stated(target, 'share')} of the time" for target, kept in of_target.items()]
    return "; ".join(told)


def kept_words(one: Objective, measure: str, unit: str) -> str:
    """``p95 latency within 250 ms``."""
    if unit == "bool":
        return measure
    sense = "within" if one.comparison == "<=" else "at least"
    return f"{measure} {sense} {stated(one.threshold, unit)}"


def stated(x: float, unit: str) -> str:
    """A number that a person has written: ``2 %``, not ``2.0 %``."""
    return _NO_TENTHS.sub("", value(x, unit))


def budget(left: float) -> str:
    """``budget left 58 %`` or ``budget spent``."""
    return f"budget left {value(round(left, 2), 'share')}" if left > 0 else "budget spent"


def small_line(state: str, now: str, owner: str, objectives: str, budget_left: float | None) -> str:
    """``in range, healthy now · owner: personalisation · objective ... · budget left 58 %``, after the state."""
    parts = [f"in range, {STATE_WORDS[now]} now" if now != state else "in range and now"]
    parts += [f"owner: {owner}"] if owner else ["no owner stated"]
    parts += [objectives] if objectives else ["no objective stated"]
    parts += [budget(budget_left)] if budget_left is not None else []
    return " · ".join(parts)
