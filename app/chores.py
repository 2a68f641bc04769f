"""What the worker does unasked: it lets go of what is old enough, removes what nobody reads any more, merges small
segments, sums up large ones where that pays, scores every series now and then, and makes pages ready once the store
stands still.

Whether a chore is due is read from the jobs of the catalog, so that several workers share one memory.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from app.jobs import COMPACT, PREPARE, RETAIN, ROLL_UP, SWEEP
from app.usecases import retention, score_all
from data import jobs, rollups
from data.catalog import compact
from data.catalog.catalog import Counters
from data.store import Store

SWEEP_EVERY: Final = timedelta(hours=6)
RETAIN_EVERY: Final = timedelta(hours=6)
SCORE_EVERY: Final = timedelta(hours=score_all.EVERY_H)
COMPACT_EVERY: Final = timedelta(minutes=10)
FIRST_SWEEP_S: Final = 600.0  # not while somebody waits for the first page
REST: Final = 3  # times as long as the last preparing took: a store that grows all the time keeps a core free
Clock = Callable[[], float]


class Chores:
    """The chores of one worker."""

    def __init__(self, store: Store, clock: Clock = time.monotonic) -> None:
        self._store, self._clock = store, clock
        self._began = clock()
        self._seen: Counters | None = None
        self._summed = -1

    def queue(self) -> None:
        """Queue what is due now."""
        if self._is_due(SWEEP, SWEEP_EVERY):
            jobs.enqueue(self._store.catalog, SWEEP, {}, once=True)
        if self._is_due(RETAIN, RETAIN_EVERY) and self._is_aged():
            jobs.enqueue(self._store.catalog, RETAIN, {}, once=True)
        if self._is_due(COMPACT, COMPACT_EVERY) and compact.is_due(self._store.catalog):
            jobs.enqueue(self._store.catalog, COMPACT, {}, once=True)
        counters = self._store.catalog.counters()
        if self._score_is_due(counters):
            score_all.ask(self._store)
        if counters == self._seen and counters.generation != self._summed:
            self._sum_up(counters)
        if counters == self._seen and self._pages_are_stale(counters):
            jobs.enqueue(self._store.catalog, PREPARE, _of(counters), once=True)
        self._seen = counters

    def _is_aged(self) -> bool:
        with self._store.snapshot() as snap:
            return retention.is_due(snap, datetime.now(UTC))

    def _sum_up(self, counters: Counters) -> None:
        """Queue the rollups that are missing, once per generation: what fails is tried again when there is more."""
        with self._store.snapshot() as snap:
            if rollups.due(self._store.home, snap.state.segments):
                jobs.enqueue(self._store.catalog, ROLL_UP, {}, once=True)
        self._summed = counters.generation

    def _is_due(self, kind: str, every: timedelta) -> bool:
        last = self._last(kind)
        awake = self._clock() - self._began > FIRST_SWEEP_S
        return awake and (last is None or datetime.now(UTC) - last.created_at > every)

    def _score_is_due(self, counters: Counters) -> bool:
        """Every few hours, where something came in since the last time; never before the first records are there."""
        last = self._last(score_all.SCORE)
        if not counters.generation or self._clock() - self._began <= FIRST_SWEEP_S:
            return False
        rested = last is None or datetime.now(UTC) - last.created_at > SCORE_EVERY
        return rested and (last is None or last.args.get("generation") != counters.generation)

    def _pages_are_stale(self, counters: Counters) -> bool:
        last = self._last(PREPARE)
        if last is None or last.started_at is None or last.finished_at is None:
            return last is None
        rested = datetime.now(UTC) - last.finished_at > REST * (last.finished_at - last.started_at)
        return rested and last.args != _of(counters)

    def _last(self, kind: str) -> jobs.Job | None:
        return next(iter(jobs.recent(self._store.catalog, 1, (kind,))), None)


def _of(counters: Counters) -> dict[str, int]:
    return {"generation": counters.generation, "revision": counters.revision}
