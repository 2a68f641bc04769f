"""What is expected of a signal, and where it left that: the one place that decides which analysis judges what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

import numpy as np
import pandas as pd

from analytics import anomaly, proportions
from analytics.onset import Onset, change_point, find_onset, switch_point
from analytics.samples import outside
from app.usecases import learnt
from app.usecases.learnt import ALARM
from app.usecases.signals import Signal

Mode = Literal["full", "causal"]
CONFIRM_SAMPLES = 3  # one sample outside is noise, two a coincidence
CONFIRM_BUCKETS = 2  # a bucket of performance already holds many predictions
CLEAR_WIDTHS = 2.0
BUCKETS_BEFORE = 3  # a change may have begun before the first bucket that shows it
MIN_RECORDS = 20
USUAL_BUCKETS = 20  # before a loss, from which it is learned what the records are like when they are right
RANGE_DETECTOR = "expected range"  # left so plainly, or counted so well, that it needs no score of its own
SCORE_DETECTOR = "decomposition and isolation forest"


@dataclass(frozen=True, slots=True)
class Excursion:
    """A stretch ``[start, end)`` in which a signal was outside what is expected.

    ``peak_score`` 0-1, 0.5 is an alarm; ``expected_low`` to ``expected_high`` is the range that judged its peak, and
    ``detector`` says what did.
    """

    signal: Signal
    onset: Onset
    start: datetime
    end: datetime
    peak_score: float
    expected_low: float
    expected_high: float
    detector: str


def expected_range(signal: Signal, mode: Mode) -> pd.DataFrame:
    """Columns ``expected lower upper`` on the signal's index, shape (m,); with "causal" from the past alone."""
    if signal.limit is not None:
        bounds = {"expected": 0.0, "lower": 0.0, "upper": signal.limit}
        return pd.DataFrame(bounds, index=signal.values.index)
    if signal.counts is not None:
        return proportions.band(_taught(signal, mode), signal.counts, causal=mode == "causal")
    known = anomaly.expect(signal.values, mode=mode, seasons=signal.seasons, unit=signal.unit, left_out=spans(signal))
    return known.reindex(signal.values.index)


def spans(signal: Signal) -> tuple[tuple[pd.Timestamp, pd.Timestamp], ...]:
    """The stretches that nothing is learned from, as the analysis takes them."""
    return tuple((pd.Timestamp(one.start), pd.Timestamp(one.end)) for one in signal.left_out)


def _taught(signal: Signal, mode: Mode) -> pd.Series:
    """The shares that the range is learned from; as known then nothing is left out, for that was said later."""
    kept = outside(pd.DatetimeIndex(signal.values.index), spans(signal)) if mode == "full" else None
    return signal.values if kept is None else signal.values.where(kept)


def onset_between(signal: Signal, band: pd.DataFrame, start: datetime, end: datetime | None = None) -> Onset | None:
    """The first onset of a signal in ``[start, end)``, or None where it stayed inside ``band``."""
    signal, band = pooled(signal, band)
    found = find_onset(
        signal.values,
        band["lower"],
        band["upper"],
        known_at=signal.known_at,
        start=pd.Timestamp(start),
        end=None if end is None else pd.Timestamp(end),
        bad_direction=signal.bad_direction,
        confirm=CONFIRM_BUCKETS if signal.metric == "performance" else CONFIRM_SAMPLES,
    )
    return (
        found if found is None or signal.records is None else _dated(found, signal, signal.records, pd.Timestamp(start))
    )


def alarmed(signal: Signal, band: pd.DataFrame, onset: Onset) -> Onset | None:
    """The onset as the detector lets it pass: known when its causal score first alarms, None where it never does.

    Counted shares and fixed limits have no detector: three widths of a counted share are its alarm. Where the samples
    that confirmed it all lie two widths outside, there is nothing to ask.
    """
    if signal.counts is not None or signal.limit is not None or _clear(signal, band, onset):
        return onset
    budget = signal.alarms_per_week
    scores = anomaly.score(
        signal.values, mode="causal", seasons=signal.seasons, unit=signal.unit, alarms_per_week=budget
    )
    in_it = scores[(scores.index >= onset.first) & (scores.index < (onset.ended or scores.index[-1]))]
    passed = learnt.level_known(scores, signal.lessons, onset.first)
    alarms = in_it.index[(in_it >= ALARM) & (in_it > passed)]
    if not len(alarms):
        return None
    return replace(onset, known=max(onset.known, signal.known_at[alarms[0]]))


def _clear(signal: Signal, band: pd.DataFrame, onset: Onset) -> bool:
    inside = (signal.values.index >= onset.first) & (signal.values.index <= onset.confirmed)
    values, lower, upper = (s.to_numpy(float)[inside] for s in (signal.values, band["lower"], band["upper"]))
    beyond = np.maximum(values - upper, lower - values)
    return bool((beyond >= CLEAR_WIDTHS * (upper - lower)).all())


def pooled(signal: Signal, band: pd.DataFrame) -> tuple[Signal, pd.DataFrame]:
    """The signal over its trailing buckets with the range that so many records give; itself where it is not pooled."""
    if signal.pooled <= 1 or signal.counts is None:
        return signal, band
    values, counts = proportions.pool(signal.values, signal.counts, signal.pooled)
    centre = band["expected"]
    half = proportions.half_width(centre, counts)
    bounds = pd.DataFrame({"expected": centre, "lower": centre - half, "upper": centre + half})
    return replace(signal, values=values, counts=counts, known_at=signal.known_at.cummax()), bounds


def _dated(onset: Onset, signal: Signal, records: pd.DataFrame, start: pd.Timestamp) -> Onset:
    """The onset of a bucketed signal, dated by the records around its first bucket outside that were known then."""
    bucket = signal.values.index.to_series().diff().min()
    begin = max(onset.first - (BUCKETS_BEFORE + signal.pooled) * bucket, start)
    near = (records["ts"] >= begin) & (records["ts"] < onset.confirmed + bucket)
    seen = records[near & (records["known_at"] <= onset.known)]
    if len(seen) < MIN_RECORDS:
        return onset
    at = seen["ts"].iloc[change_point(seen["value"].to_numpy(float))]
    return replace(onset, happened=at)


def _mended(signal: Signal, onset: Onset, end: pd.Timestamp) -> pd.Timestamp:
    """When the records were right again: trailing buckets still hold what was wrong before."""
    if signal.records is None or onset.ended is None:
        return end
    bucket = signal.values.index.to_series().diff().min()
    begin = max(end - (BUCKETS_BEFORE + signal.pooled) * bucket, onset.confirmed)
    ts, values = signal.records["ts"], signal.records["value"]
    usual = values[(ts >= onset.happened - USUAL_BUCKETS * bucket) & (ts < onset.happened)]
    wrong = values[(ts >= onset.happened) & (ts < begin)]
    near = (ts >= begin) & (ts < end)
    if min(len(usual), len(wrong), near.sum()) < MIN_RECORDS:
        return end
    place = switch_point(values[near].to_numpy(float), float(wrong.mean()), float(usual.mean()))
    return ts[near].iloc[place] if place < near.sum() else end


def excursions(signal: Signal, band: pd.DataFrame | None = None) -> tuple[Excursion, ...]:
    """Every stretch of a signal outside its expected range in hindsight, in order of time, but for those that are no
    stronger than what a person judged not useful; those that were judged stay.

    ``band`` is that range, where it is known already.
    """
    if len(signal.values) < 2 * CONFIRM_SAMPLES:
        return ()
    band = expected_range(signal, "full") if band is None else band
    found = _found(signal, band)
    return tuple(_worth_raising(signal, band, found)) if signal.lessons else found


def _worth_raising(signal: Signal, band: pd.DataFrame, found: tuple[Excursion, ...]) -> Iterator[Excursion]:
    judged = [(one, lesson) for one in found for lesson in signal.lessons if _overlap(one, lesson)]
    passed = learnt.level((one.peak_score, lesson.real) for one, lesson in judged)
    heard = {id(one) for one, _ in judged}
    for one in found:
        if one.peak_score > passed or id(one) in heard or _clear(signal, band, one.onset):
            yield one


def _overlap(one: Excursion, lesson: learnt.Lesson) -> bool:
    return one.start < lesson.end and lesson.start < one.end


def _found(signal: Signal, band: pd.DataFrame) -> tuple[Excursion, ...]:
    if onset_between(signal, band, signal.values.index[0]) is None:
        return ()  # most signals: scores would cost thirty times as much and change nothing
    found = tuple(_outside(signal, band))
    if signal.counts is not None or signal.limit is not None or all(_clear(signal, band, e.onset) for e in found):
        return found
    return tuple(_anomalous(signal))


def _anomalous(signal: Signal) -> Iterator[Excursion]:
    """Episodes of the detector, dated by their change point; only those in the direction that hurts."""
    budget = signal.alarms_per_week
    result = anomaly.detect(
        signal.values,
        mode="full",
        seasons=signal.seasons,
        unit=signal.unit,
        alarms_per_week=budget,
        left_out=spans(signal),
    )
    band = pd.DataFrame({"lower": result.lower, "upper": result.upper})
    for episode in result.episodes:
        if signal.bad_direction not in ("both", episode.direction):
            continue
        onset = onset_between(signal, band, episode.start, episode.end)
        if onset is not None:
            low, high = _range_at(band, onset.peak_ts)
            end = max(episode.end, onset.ended or episode.end)
            yield Excursion(signal, onset, onset.happened, end, episode.peak_score, low, high, SCORE_DETECTOR)


def _outside(signal: Signal, band: pd.DataFrame) -> Iterator[Excursion]:
    last = signal.values.index[-1]
    start = signal.values.index[0]
    _, judged = pooled(signal, band)
    while (onset := onset_between(signal, band, start)) is not None:
        end = onset.ended or last
        low, high = _range_at(judged, onset.peak_ts)
        score = _score(onset.peak_value, low, high)
        yield Excursion(signal, onset, onset.happened, _mended(signal, onset, end), score, low, high, RANGE_DETECTOR)
        if onset.ended is None or onset.ended <= start:
            return
        start = onset.ended


def _range_at(band: pd.DataFrame, moment: pd.Timestamp) -> tuple[float, float]:
    at = band.loc[:moment].iloc[-1]
    return float(at["lower"]), float(at["upper"])


def _score(value: float, low: float, high: float) -> float:
    """An alarm at the edge of the range, 1 from one width of it outside."""
    beyond = max(value - high, low - value)
    return ALARM + (1 - ALARM) * (min(1.0, beyond / (high - low)) if high > low else 1.0)
