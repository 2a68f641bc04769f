"""Score everything: every series that is stored, whatever it means, over the stretch that a scan judges."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from app.format import count
from app.usecases import alarm_rate
from app.usecases.alarm_rate import Rates
from app.usecases.judgement import Excursion, excursions
from app.usecases.log_signals import counted_lines, log_signals
from app.usecases.model_history import load
from app.usecases.scan import EMPTY, HISTORY, anomaly_of, model_signals
from app.usecases.signals import Signal, series_of, signals_of
from data.jobs import Job, cancel, enqueue, recent
from data.queries import anomalies, metrics, registry
from data.records import MetricMeaning, Series
from data.store import Snapshot, Store

SCORE: Final = "score"
EVERY_H: Final = 6  # a worker scores everything as often, where something came in
SCORING: Final = 0.85  # of the progress; the rest is the replay of the budget
AT_ONCE: Final = 50  # series read in one pass
Progress = Callable[[float, str], None]


@dataclass(frozen=True, slots=True)
class ScoredAll:
    """How many series were scored, and how many episodes they have."""

    series: int
    episodes: int
    rates: Rates | None = None

    @property
    def words(self) -> str:
        """``1 000 series scored, 12 episodes``."""
        return f"{count(self.series, 'series', 'series')} scored, {count(self.episodes, 'episode')}"


def ask(store: Store, who: str = "") -> str:
    """Queue it for ``who``, once for all that asked before it began; returns its job_id."""
    generation = store.catalog.counters().generation
    return enqueue(store.catalog, SCORE, {"generation": generation}, owner=who, once=True)


def newest(store: Store) -> Job | None:
    """The last sweep that was asked for, whatever became of it."""
    return next(iter(recent(store.catalog, 1, (SCORE,))), None)


def stop(store: Store) -> bool:
    """Cancel the sweep that waits or runs; false where none does."""
    job = newest(store)
    return job is not None and cancel(store.catalog, job.job_id)


def score_all(store: Store, progress: Progress = lambda share, words: None) -> ScoredAll:
    """Score every series and keep its episodes; histograms, whose buckets only count, are left out."""
    with store.snapshot() as snap:
        reach = metrics.span(snap) or (EMPTY, EMPTY)
        start = max(reach[0], reach[1] - HISTORY) if reach[1] > EMPTY else EMPTY
        total, done, found = how_many(snap), 0, list[Excursion]()
        for signal in _signals(snap, start, reach):
            found += excursions(signal)
            done += 1
            if done % AT_ONCE == 0:
                progress(SCORING * min(done / max(total, 1), 1.0), f"{done:,} of {total:,} series")
        kept = [anomaly_of(one, snap) for one in found]
        rates = alarm_rate.measure(snap, _some(snap, start, reach[1]), len(_known(snap)), progress)
    anomalies.save(store.catalog, kept, scanned_from=start)
    made = ScoredAll(done, len(kept), rates)
    progress(1.0, made.words)
    return made


def _some(snap: Snapshot, start: datetime, last: datetime) -> Iterator[Signal]:
    """A few series, evenly picked, to replay the budget of false alarms over."""
    known = _known(snap)
    picked = known[:: max(1, -(-len(known) // alarm_rate.MOST_SERIES))]
    yield from signals_of(snap, picked, start, last + timedelta(seconds=1))


def how_many(snap: Snapshot) -> int:
    """Series of metrics, logs and models that a sweep scores, nearly: those without samples are among them."""
    unmeasured = sum(not series_of(snap, service.name) for service in registry.services(snap))
    return len(_known(snap)) + 2 * (unmeasured + len(registry.models(snap)))


def _signals(snap: Snapshot, start: datetime, reach: tuple[datetime, datetime]) -> Iterator[Signal]:
    end, known = reach[1] + timedelta(seconds=1), _known(snap)
    for first in range(0, len(known), AT_ONCE):
        yield from signals_of(snap, known[first : first + AT_ONCE], start, end)
    for service in registry.services(snap):
        yield from counted_lines(snap, service.name, start, end)
        if not series_of(snap, service.name):
            yield from log_signals(snap, service.name, start, end)
    for model in registry.models(snap):
        yield from model_signals(load(snap, model, reach[0], end))


def _known(snap: Snapshot) -> list[tuple[Series, MetricMeaning]]:
    meanings = registry.meanings(snap)
    every = [(s, meanings.get(s.metric, MetricMeaning(s.metric))) for s in metrics.list_series(snap)]
    return [(series, meaning) for series, meaning in every if meaning.kind != "histogram"]
