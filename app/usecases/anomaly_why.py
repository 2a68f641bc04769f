"""Why an episode is one: what was expected, which label value and which window carry it, what else happened near."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo

import pandas as pd

from analytics.anomaly.explain import Explanation, explain
from app.format import duration, number, value
from app.usecases import anomaly_words as words
from app.usecases import learnt
from app.usecases.anomaly_carried import carried
from app.usecases.anomaly_expected import band_how, basis_of
from app.usecases.anomaly_list import FARTHEST, Names, known_as, times_out
from app.usecases.anomaly_signal import Behind, behind
from app.usecases.anomaly_view import Bar, Moved, Near, Why
from app.usecases.incident_events import from_event
from app.usecases.incident_view import EventMark, Span
from app.usecases.judgement import spans
from app.usecases.known_events import Planned
from app.usecases.mark_events import of_people
from app.usecases.service_around import depends_on
from app.usecases.service_judged import Judged, chart_lane
from app.usecases.service_lane import ChartLane, LaneEpisode
from app.usecases.service_words import Unusual
from data.queries import anomalies, events, incidents, registry, verdicts
from data.records import Anomaly, Incident
from data.store import Snapshot

MINUTES = timedelta(minutes=10)  # what moved so near may belong to it
DEPLOYED_BEFORE = timedelta(hours=1)
MOST_MOVED = 8
MOST_BARS = 4
NEGLIGIBLE = 1e-5  # of the distance: a line that never moved has no spread to speak of
LEAST_SHARE = 0.05
AROUND = 4  # times the episode on each side of it in the figure
LEAST_AROUND = timedelta(minutes=5)


def load(snap: Snapshot, one: Anomaly, zone: tzinfo) -> Why:
    """The why of an episode; where its records are gone, what is still known."""
    named, found = Names(snap).of(one), behind(snap, one)
    span = _span(one, found)
    near = _events(snap, one, span)
    weighs_words, weighs = _weighs(one, found)
    taught = learnt.words(found.signal.lessons) if found else ""
    carries_words, carries = carried(snap, one, found, named.unit) if found else ("", ())
    moved = tuple(_moved(snap, one))
    at, said = _sentence(one, found, zone)
    planned = known_as(Planned(snap), one)
    return Why(
        anomaly=one,
        owner=named.owner,
        measure=named.measure,
        sentence=f"{said} It fell into “{planned}”, which was known." if planned else said,
        lane=_lane(snap, one, found) if found else None,
        span=span,
        events=near,
        carries_words=carries_words,
        carries=carries,
        weighs_words=f"{weighs_words} {taught}".strip(),
        weighs=weighs,
        moved=moved[:MOST_MOVED],
        moved_more=max(len(moved) - MOST_MOVED, 0),
        deployed=tuple(e for e in _events(snap, one, _before(one)) if e.kind in ("deploy", "change")),
        near=tuple(_near(snap, one)),
        verdict=verdicts.of(snap, one),
        band_how=band_how(found) if found else (),
        at=at,
    )


def _span(one: Anomaly, found: Behind | None) -> Span:
    around = max(AROUND * (one.end - one.start), LEAST_AROUND)
    if found is not None:
        index = found.signal.values.index
        around = max(around, 40 * pd.Timedelta(index.to_series().diff().median()).to_pytimedelta())
        first, last = index[0].to_pydatetime(), index[-1].to_pydatetime() + timedelta(seconds=1)
        return Span(max(one.start - around, first), max(min(one.end + around, last), one.end))
    return Span(one.start - around, one.end + around)


def _before(one: Anomaly) -> Span:
    return Span(one.start - DEPLOYED_BEFORE, one.end)


def _lane(snap: Snapshot, one: Anomaly, found: Behind) -> ChartLane:
    """The observed values with the band, and all kept episodes of the series; the chosen one is marked by its peak."""
    lane = chart_lane(Judged(found.signal, found.band, ()), "degraded")
    same = [a for a in snap.state.anomalies if a.key == one.key]
    return replace(lane, episodes=tuple(_episode(found, a) for a in same))


def _episode(found: Behind, one: Anomaly) -> LaneEpisode:
    at, seen = peak(found, one)
    return LaneEpisode(one.start, one.end, at, seen, "degraded")


def peak(found: Behind, one: Anomaly) -> tuple[datetime, float]:
    """The sample of an episode that lies farthest in its direction."""
    values = found.signal.values
    inside = values[(values.index >= pd.Timestamp(one.start)) & (values.index < pd.Timestamp(one.end))].dropna()
    if inside.empty:
        return one.start, one.observed
    place = int(inside.argmin() if one.direction == "down" else inside.argmax())
    return inside.index[place].to_pydatetime(), float(inside.iloc[place])


def _sentence(one: Anomaly, found: Behind | None, zone: tzinfo) -> tuple[datetime, str]:
    lasted = (one.end - one.start).total_seconds()
    if found is None:
        return one.start, f"The records of this episode are gone; it lasted {duration(lasted)}."
    at, seen = peak(found, one)
    place = max(int(found.band.index.searchsorted(pd.Timestamp(at), side="right")) - 1, 0)
    expected, lower, upper = found.band[["expected", "lower", "upper"]].to_numpy(float)[place].tolist()
    basis, seasonal = basis_of(found, at)
    half = max(upper - expected, expected - lower)
    half = half if half > NEGLIGIBLE * abs(seen - expected) else 0.0
    begin = one.start if found.signal.unit == "bool" else at
    odd = Unusual(found.signal.measure, found.signal.unit, seen, expected, half, begin, lasted, None, seasonal)
    return at, words.sentence(odd, basis, zone)


def _weighs(one: Anomaly, found: Behind | None) -> tuple[str, tuple[Bar, ...]]:
    """Which windows and how much of the forest made the strength of the alarm."""
    if found is None:
        return "", ()
    signal = found.signal
    if signal.counts is not None:
        return "A share that is counted: judged by its standard error, not by windows.", ()
    if signal.limit is not None:
        return f"Judged against a fixed limit of {value(signal.limit, signal.unit)}.", ()
    made = explain(
        signal.values, pd.Timestamp(one.start), pd.Timestamp(one.end),
        alarms_per_week=signal.alarms_per_week, unit=signal.unit,
        left_out=spans(signal), seasons=signal.seasons,
    )  # fmt: skip
    return ("", ()) if made is None else (_weighs_words(made), tuple(_bars(made)))


def _weighs_words(made: Explanation) -> str:
    times = f"{number(made.strength / made.threshold)} times what raises an alarm"
    return f"Strength {number(made.strength)}, {times}. The forest sets it apart by {words.FEATURES[made.feature]}."


def _bars(made: Explanation) -> Iterator[Bar]:
    for part in made.parts[:MOST_BARS]:
        if part.share >= LEAST_SHARE:
            name = "isolation forest" if part.window_s is None else f"window of {duration(part.window_s)}"
            yield Bar(name, part.share)


def _moved(snap: Snapshot, one: Anomaly) -> Iterator[Moved]:
    """Other episodes that began within minutes, by time."""
    names = Names(snap)
    for other in anomalies.list_anomalies(snap, one.start - MINUTES, one.end + MINUTES):
        if other.key != one.key and abs(other.start - one.start) <= MINUTES:
            named = names.of(other)
            times = times_out(other)
            far = f"over {FARTHEST:g}" if times >= FARTHEST else number(times)
            seen = f"{value(other.observed, named.unit)}, {far} times out"
            title = f"{named.owner} {named.measure}"
            yield Moved(other.anomaly_id, title, words.relative(other.start, one.start), seen)


def _events(snap: Snapshot, one: Anomaly, span: Span) -> tuple[EventMark, ...]:
    """Events of its service, of what that depends on, and of nobody in particular; and what people marked."""
    own = [name for name in (one.service, *_read_by(snap, one)) if name]
    below = [name for service in own for name in depends_on(snap, service)]
    services = list(dict.fromkeys([*own, *below]))
    recorded = [from_event(e) for e in events.read(snap, span.start, span.end, services=[*services, one.model, ""])]
    marked = of_people(snap, {"service": services, "model": [one.model]}, span.start, span.end)
    return tuple(sorted([*recorded, *marked], key=lambda mark: (mark.ts, mark.title)))


def _read_by(snap: Snapshot, one: Anomaly) -> tuple[str, ...]:
    return next((model.reads for model in registry.models(snap) if model.name == one.model), ())


def _near(snap: Snapshot, one: Anomaly) -> Iterator[Near]:
    """Incidents that touch it or began within minutes, those of its own service or model first."""
    found = incidents.list_incidents(snap, one.start - MINUTES, one.end + MINUTES)
    for each in sorted(found, key=lambda i: (not _own(i, one), i.started_at)):
        whose = "" if _own(each, one) else ", of others"
        yield Near(each.incident_id, each.title, words.relative(each.started_at, one.start) + whose)


def _own(incident: Incident, one: Anomaly) -> bool:
    return one.service in incident.services or bool(one.model and one.model in incident.models)
