"""The four figures of Health."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

import numpy as np
import pandas as pd

from analytics import health
from analytics.anomaly.expectation import BAND_SIGMAS
from app.format import DASH, clock, count, value
from app.usecases import health_words as words
from app.usecases.health_rows import Assessed, Member
from app.usecases.health_view import Tile
from app.usecases.incident_view import Span
from app.usecases.service_judged import Judged
from app.usecases.words import first_upper
from data.records import Incident

TWO_SIDED_95 = 1.96
PER_SECOND = ("/s", "1/s", "per_second")


def outside(members: Sequence[Member], zone: tzinfo) -> Tile:
    """Services outside an objective during an episode, and when the longest was."""
    services = [m for m in members if m.side == "service"]
    if not any(m.assessed for m in services):
        return Tile("Services outside objective", DASH, f"of {len(services)}", "no data in this range")
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


def business(members: Sequence[Member], incident: Incident | None, zone: tzinfo) -> Tile | None:
    """What the business lost: a rate that should not fall, over the incident or else its own episodes."""
    for member in members:
        for one in member.assessed:
            signal = one.judged.signal
            if signal.role == "business" and signal.bad_direction == "down" and signal.unit in PER_SECOND:
                return _shortfall(one.judged, incident, zone)
    return None


def _shortfall(judged: Judged, incident: Incident | None, zone: tzinfo) -> Tile:
    label = f"{first_upper(judged.signal.measure.removesuffix(' per s'))} below expected"
    spans = [Span(e.start, e.end) for e in judged.excursions]
    if incident is not None:
        spans = [Span(incident.started_at, incident.resolved_at or judged.signal.values.index[-1])]
    if not spans:
        return Tile(label, "0", "", "never below what is expected")
    lost = shortfall(judged, spans)
    when = words.between(spans[0].start, spans[-1].end, zone)
    return Tile(
        label, str(round(lost.value)), words.interval(lost.low, lost.high), f"of {round(lost.expected)}, {when}"
    )


@dataclass(frozen=True, slots=True)
class Shortfall:
    """Whole units below expected with a 95 % interval, and how many were expected; below 0 when there were more."""

    value: float
    low: float
    high: float
    expected: float


def shortfall(judged: Judged, spans: Sequence[Span]) -> Shortfall:
    """Expected minus observed, summed over ``spans``; the error of each sample is independent, its sigma the band's."""
    values, band = judged.signal.values, judged.band
    inside = np.zeros(len(values), dtype=bool)
    for span in spans:
        inside |= (values.index >= pd.Timestamp(span.start)) & (values.index < pd.Timestamp(span.end))
    each = health.seconds_each(values)
    lost = float(np.nansum(((band["expected"] - values) * each)[inside]))
    sigma = ((band["upper"] - band["lower"]) / 2 / BAND_SIGMAS * each)[inside]
    error = TWO_SIDED_95 * math.sqrt(float(np.nansum(sigma**2)))
    return Shortfall(lost, lost - error, lost + error, float(np.nansum((band["expected"] * each)[inside])))


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
    signal, worst = one.judged.signal, one.judged.worst
    label = f"{first_upper(signal.measure)}, {member.name}"
    known = signal.values.dropna()
    now = value(float(known.iloc[-1]), signal.unit) if len(known) else DASH
    n = "" if signal.counts is None else f"; {count(int(signal.counts.sum()), 'label')}"
    if worst is None or not one.judged.excursions:
        return Tile(label, now, "", f"inside what is expected{n}")
    last = one.judged.excursions[-1]
    since = (
        f"outside since {clock(last.start, zone)}"
        if last.onset.ended is None
        else f"back since {clock(last.end, zone)}"
    )
    return Tile(label, now, f"worst {value(worst.value, signal.unit)}", f"{since}{n}")
