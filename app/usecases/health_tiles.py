"""The four figures of Health."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, tzinfo

import numpy as np
import pandas as pd

from analytics import health
from app.format import DASH, clock, count, value
from app.usecases import health_words as words
from app.usecases.health_rows import Assessed, Member
from app.usecases.health_view import Tile
from app.usecases.judgement import Excursion
from app.usecases.words import first_upper
from data.records import Incident

PER_SECOND = ("/s", "1/s", "per_second")


def outside(members: Sequence[Member], zone: tzinfo) -> Tile:
    """Services outside an objective during an episode, and when the longest was."""
    services = [m for m in members if m.side == "service"]
    stated = [m for m in services if any(a.kept for a in m.assessed)]
    if not stated:
        return Tile("Services outside objective", DASH, f"of {len(services)}", "no objective is stated")
    missed = [(m, a) for m in stated if (a := longest_miss(m)) is not None]
    if not missed:
        return Tile("Services outside objective", "0", f"of {len(services)}", "all kept their objectives", "ok")
    member, worst = max(missed, key=lambda pair: pair[1].missed_s)
    main = worst.judged.main
    when = f", {words.between(main.start, main.end, zone)}" if main else ""
    return Tile(
        "Services outside objective", str(len(missed)), f"of {len(services)}", f"{member.name}{when}", member.state
    )


def longest_miss(member: Member) -> Assessed | None:
    """The signal that was outside its objective longest, of those that had an episode; None where none was."""
    missed = [a for a in member.assessed if a.missed_s > 0 and a.judged.excursions]
    return max(missed, key=lambda a: a.missed_s, default=None)


def business(members: Sequence[Member], zone: tzinfo) -> Tile | None:
    """What the business lost: a rate that should not fall, summed over its episodes against what was expected."""
    for member in members:
        for one in member.assessed:
            signal = one.judged.signal
            if signal.role == "business" and signal.bad_direction == "down" and signal.unit in PER_SECOND:
                return _shortfall(one, zone)
    return None


def _shortfall(one: Assessed, zone: tzinfo) -> Tile:
    name = first_upper(one.judged.signal.measure.removesuffix(" per s"))
    if not one.judged.excursions:
        return Tile(f"{name} below expected", "0", "", "as many as expected")
    lost, low, high, expected = shortfall(one, one.judged.excursions)
    first, last = one.judged.excursions[0].start, one.judged.excursions[-1].end
    when = f"of {round(expected)} expected, {words.between(first, last, zone)}"
    return Tile(f"{name} below expected", str(round(lost)), words.interval(low, high), when)


def shortfall(one: Assessed, excursions: Sequence[Excursion]) -> tuple[float, float, float, float]:
    """Expected minus observed over the excursions, its interval, and the expected sum, in whole units.

    The band's half width is taken as the error of each sample, independent of the others.
    """
    values, band = one.judged.signal.values, one.judged.band
    inside = np.zeros(len(values), dtype=bool)
    for e in excursions:
        inside |= (values.index >= pd.Timestamp(e.start)) & (values.index < pd.Timestamp(e.end))
    each = health.seconds_each(values)
    lost = float(np.nansum(((band["expected"] - values) * each)[inside]))
    half = ((band["upper"] - band["lower"]) / 2 * each)[inside]
    error = math.sqrt(float(np.nansum(half**2)))
    expected = float(np.nansum((band["expected"] * each)[inside]))
    return max(lost, 0.0), max(lost - error, 0.0), max(lost + error, 0.0), expected


def noticed(incident: Incident | None, members: Sequence[Member], zone: tzinfo) -> Tile:
    """From the start of the incident to its alert, and when it could have been known."""
    if incident is None:
        return Tile("Noticed after", DASH, "", "no incident in this range")
    number, below = words.noticed(incident.started_at, incident.detected_at, knowable(incident, members), zone)
    return Tile("Noticed after", number, "", below)


def knowable(incident: Incident, members: Sequence[Member]) -> datetime | None:
    """When the first of the incident's onsets could be known, from the arrival of the samples that confirm it."""
    names = {*incident.services, *incident.models}
    inside = [
        e.onset.known
        for m in members
        if m.owner in names
        for a in m.assessed
        for e in a.judged.excursions
        if e.end > incident.started_at and (incident.resolved_at is None or e.start < incident.resolved_at)
    ]
    return min(inside).to_pydatetime() if inside else None


def model(members: Sequence[Member], zone: tzinfo) -> Tile | None:
    """The performance of the worst model, now and at worst."""
    for member in members:
        found = [a for a in member.assessed if a.judged.signal.metric == "performance"]
        if member.side == "model" and found:
            return _performance(member, found[0], zone)
    return None


def _performance(member: Member, one: Assessed, zone: tzinfo) -> Tile:
    signal, worst, main = one.judged.signal, one.judged.worst, one.judged.main
    label = f"{first_upper(signal.measure)}, {member.name}"
    known = signal.values.dropna()
    now = value(float(known.iloc[-1]), signal.unit) if len(known) else DASH
    n = "" if signal.counts is None else f"; {count(int(signal.counts.sum()), 'label')}"
    if worst is None or main is None:
        return Tile(label, now, "", f"inside what is expected{n}")
    since = "outside since" if main.onset.ended is None else "back since"
    at = main.start if main.onset.ended is None else main.end
    return Tile(label, now, f"worst {value(worst.value, signal.unit)}", f"{since} {clock(at, zone)}{n}")
