"""Signals: the common currency of every page. A service's measures, read once, with what each of them means."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

import pandas as pd

from analytics.rates import counter_to_rate
from app.format import count, duration
from app.usecases import words
from app.usecases.learnt import Lesson
from app.usecases.left_out import Stretch, leaving
from app.usecases.thresholds import UNTOUCHED, limits
from data.queries import coarse, metrics, registry
from data.records import BadDirection, MetricMeaning, Role, Series
from data.store import Snapshot

# roles whose direction is understood; "other" metrics are shown on request, never judged by themselves
JUDGED_ROLES: tuple[Role, ...] = ("availability", "errors", "latency", "saturation", "traffic", "business")


@dataclass(frozen=True, slots=True)
class Signal:
    """One measure over time. ``values`` and ``known_at`` have shape (m,) on the same UTC index.

    ``owner`` is the service or model; ``name`` what a person calls it, with the version for a model. ``counts`` are
    the records behind each value where it is a counted share, ``records`` themselves (columns ``ts value known_at``)
    date an onset more exactly than a bucket can; ``pooled`` trailing buckets are judged together. ``limit`` is a
    fixed bound where one is stated, ``alarms_per_week`` the false alarms that its detector may raise. ``seasons_s``
    are stated by its source, empty where they are to be found. ``guessed`` says that nobody stated what the metric
    means. Nothing is learned from the stretches ``left_out``; ``lessons`` are what verdicts taught. Each value is the
    mean over ``mean_over_s`` where the range holds too many samples; 0 where they are as they came.
    """

    key: str
    side: Literal["service", "model"]
    owner: str
    name: str
    measure: str
    role: Role
    unit: str
    bad_direction: BadDirection
    values: pd.Series
    known_at: pd.Series
    metric: str = ""
    labels: tuple[tuple[str, str], ...] = ()
    counts: pd.Series | None = None
    limit: float | None = None
    records: pd.DataFrame | None = None
    pooled: int = 1
    alarms_per_week: float = UNTOUCHED.alarms_per_week
    seasons_s: tuple[float, ...] = ()
    guessed: bool = False
    left_out: tuple[Stretch, ...] = ()
    lessons: tuple[Lesson, ...] = ()
    mean_over_s: int = 0

    @property
    def seasons(self) -> tuple[pd.Timedelta, ...] | None:
        """The stated seasons as analysis takes them; None lets it find its own."""
        return tuple(pd.Timedelta(seconds=each) for each in self.seasons_s) or None

    @property
    def is_state(self) -> bool:
        """Whether it says that its owner answers or does not; a share of what was answered is no such state."""
        return self.role == "availability" and self.unit not in ("share", "percent")

    @property
    def made(self) -> str:
        """How its values were made where they are no samples, as a sentence."""
        most = count(coarse.MOST_SAMPLES, "sample")
        over = duration(self.mean_over_s)
        return f"Means over {over}: the range holds more than {most} of it." if self.mean_over_s else ""

    def between(self, start: datetime, end: datetime) -> Signal:
        """The same signal over ``[start, end)`` alone."""
        inside = (self.values.index >= pd.Timestamp(start)) & (self.values.index < pd.Timestamp(end))
        counts = None if self.counts is None else self.counts[inside]
        return replace(self, values=self.values[inside], known_at=self.known_at[inside], counts=counts)


def series_of(snap: Snapshot, service: str) -> list[tuple[Series, MetricMeaning]]:
    """Every series of a service that can be judged, with its meaning; most telling role first."""
    meanings = registry.meanings(snap)
    known = [(s, meanings.get(s.metric, MetricMeaning(s.metric))) for s in metrics.list_series(snap, service=service)]
    judged = [(s, m) for s, m in known if m.role in JUDGED_ROLES and m.kind != "histogram"]
    return sorted(judged, key=lambda pair: (JUDGED_ROLES.index(pair[1].role), pair[0].metric, pair[0].labels))


def read(
    snap: Snapshot, series: Series, meaning: MetricMeaning, start: datetime | None, end: datetime | None
) -> Signal:
    """One series as a signal over ``[start, end)``, open where None; a counter comes as its rate per second.

    Every sample is read, as detectors need them; `shown` is for pages.
    """
    found = to_signal(series, meaning, metrics.read(snap, series.series_id, start, end))
    return next(informed(snap, "metrics", [found]))


def shown(snap: Snapshot, series: Series, meaning: MetricMeaning, start: datetime, end: datetime) -> Signal:
    """The same for a page: where the range holds too many samples their means stand for them."""
    found = coarse.read_many(snap, {series.series_id: meaning.kind}, start, end)[series.series_id]
    return next(informed(snap, "metrics", [_signal(series, meaning, found)]))


def _signal(
    series: Series, meaning: MetricMeaning, found: coarse.Read, telling: frozenset[str] = frozenset()
) -> Signal:
    return replace(to_signal(series, meaning, found.frame, telling), mean_over_s=found.step_s)


def signals_of(
    snap: Snapshot, some: Sequence[tuple[Series, MetricMeaning]], start: datetime, end: datetime
) -> Iterator[Signal]:
    """These series over ``[start, end)``, whatever they mean, ready to be judged; those without a sample are left out.

    Labels do not stand beside their measures.
    """
    frames = metrics.read_many(snap, [series.series_id for series, _ in some], start, end)
    found = (to_signal(series, meaning, frames[series.series_id]) for series, meaning in some)
    yield from informed(snap, "metrics", (signal for signal in found if len(signal.values)))


def service_signals(
    snap: Snapshot, service: str, start: datetime, end: datetime, *, means: bool = False
) -> tuple[Signal, ...]:
    """The judged signals of a service over ``[start, end)`` that hold at least one sample.

    With ``means``, which is for pages, they stand for the samples where the range holds too many.
    """
    pairs = series_of(snap, service)
    frames = _frames(snap, pairs, start, end, means=means)
    telling = telling_labels([s for s, _ in pairs])
    found = (_signal(s, m, frames[s.series_id], telling[s.metric]) for s, m in pairs)
    kept = informed(snap, "metrics", (signal for signal in found if len(signal.values)))
    return tuple(_told_apart(list(kept)))


def _frames(
    snap: Snapshot, pairs: Sequence[tuple[Series, MetricMeaning]], start: datetime, end: datetime, *, means: bool
) -> dict[int, coarse.Read]:
    if means:
        return coarse.read_many(snap, {s.series_id: m.kind for s, m in pairs}, start, end)
    whole = metrics.read_many(snap, [s.series_id for s, _ in pairs], start, end)
    return {series_id: coarse.Read(frame) for series_id, frame in whole.items()}


def informed(snap: Snapshot, kind: str, signals: Iterable[Signal]) -> Iterator[Signal]:
    """Signals of services, from records of this kind, with all that people said of how they are to be judged."""
    budget, left = limits(snap).alarms_per_week, leaving(snap)
    for signal in signals:
        about = (signal.owner, "", signal.metric, signal.labels)
        yield replace(
            signal,
            alarms_per_week=budget,
            seasons_s=seasons_s(snap, kind, signal.owner, signal.metric if kind == "metrics" else ""),
            left_out=left.of(*about),
            lessons=left.taught(*about),
        )


def seasons_s(snap: Snapshot, kind: str, owner: str, metric: str = "") -> tuple[float, ...]:
    """The seasons that the source of these records states, in seconds; empty where it states none."""
    stated = registry.seasons(snap).get((kind, owner, metric))
    return stated.seasons_s if stated else ()


def _told_apart(signals: list[Signal]) -> list[Signal]:
    """Where two metrics would be called the same, the later ones go by their own names."""
    first = {signal.measure: signal.metric for signal in reversed(signals)}
    return [s if first[s.measure] == s.metric else replace(s, measure=_own_name(s)) for s in signals]


def _own_name(signal: Signal) -> str:
    _, comma, labels = signal.measure.partition(", ")
    return words.plain_name(signal.metric.removeprefix(f"{signal.owner}_")) + comma + labels


def telling_labels(series: Iterable[Series]) -> dict[str, frozenset[str]]:
    """Per metric the names of the labels that tell its series apart; what all share says nothing to a person."""
    sets: dict[str, list[frozenset[tuple[str, str]]]] = {}
    for one in series:
        sets.setdefault(one.metric, []).append(frozenset(one.labels))
    return {
        metric: frozenset(name for name, _ in frozenset.union(*pairs) - frozenset.intersection(*pairs))
        for metric, pairs in sets.items()
    }


def to_signal(
    series: Series, meaning: MetricMeaning, frame: pd.DataFrame, telling: frozenset[str] = frozenset()
) -> Signal:
    """A signal from a frame with columns value and known_at; labels named in ``telling`` stand beside its measure."""
    values, unit = frame["value"], meaning.unit
    if meaning.kind == "counter":
        values, unit = counter_to_rate(values), f"{unit}/s" if unit not in ("", "1", "count") else "/s"
    suffix = words.labels(tuple(pair for pair in series.labels if pair[0] in telling))
    return Signal(
        key=f"s:{series.series_id}",
        side="service",
        owner=series.service,
        name=series.service,
        measure=words.measure(meaning) + (f", {suffix}" if suffix else ""),
        role=meaning.role,
        unit=unit,
        bad_direction=meaning.bad_direction,
        values=values,
        known_at=frame["known_at"].reindex(values.index),
        metric=series.metric,
        labels=series.labels,
        guessed=meaning.guessed,
    )


def owners(signals: Iterable[Signal]) -> tuple[str, ...]:
    """Names of services or models in the order of their first signal."""
    return tuple(dict.fromkeys(signal.owner for signal in signals))
