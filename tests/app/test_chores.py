"""What the worker does unasked, and when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from app.chores import FIRST_SWEEP_S, SWEEP_EVERY, Chores
from app.jobs import COMPACT, PREPARE, RETAIN, ROLL_UP, SWEEP, run_here
from app.usecases.score_all import EVERY_H, SCORE
from data import jobs, kept, rollups
from data.catalog import tables
from data.catalog.compact import LEAST
from data.catalog.sweep import sweep
from data.series import make_series
from data.store import Store
from tests.data.builders import at, put, samples


class Clock:
    """Seconds that pass when the test says so."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def chores(store: Store, clock: Clock) -> Chores:
    put(store, logs=[{"ts": at(0)}])
    return Chores(store, clock)


def queued(store: Store, kind: str) -> list[jobs.Job]:
    return list(jobs.recent(store.catalog, kinds=(kind,)))


def done(store: Store, kind: str, **changes: Any) -> None:
    """The waiting job of this kind is begun and finished, at the times given in ``changes``."""
    job = jobs.lease(store.catalog, "me", (kind,), 60)
    assert job is not None
    jobs.finish(store.catalog, job.job_id)
    with store.catalog.write() as connection:
        connection.execute(update(tables.jobs).where(tables.jobs.c.id == job.job_id).values(**changes))


def ago(**time: float) -> datetime:
    return datetime.now(UTC) - timedelta(**time)


def test_what_is_old_enough_is_let_go_of_where_somebody_said_so(store: Store, clock: Clock, chores: Chores) -> None:
    clock.now = FIRST_SWEEP_S + 1
    chores.queue()
    assert not queued(store, RETAIN), "nobody said anything"
    kept.keep_records(store.catalog, "Mara", "logs", 86_400.0)
    with store.catalog.write() as connection:
        connection.execute(update(tables.retention).values(set_at=ago(hours=2)))
    for _ in range(2):
        chores.queue()
    assert len(queued(store, RETAIN)) == 1
    job = run_here(store, RETAIN, lambda share, words: None)
    assert job
    assert (job.state, job.result) == ("done", {"logs": 1})
    with store.snapshot() as snap:
        assert snap.state.segments == ()


def test_pages_are_made_ready_once_the_store_stood_still_for_a_look(store: Store, chores: Chores) -> None:
    chores.queue()
    assert not queued(store, PREPARE)
    chores.queue()
    assert [job.args for job in queued(store, PREPARE)] == [{"generation": 1, "revision": 0}]


def test_pages_wait_while_records_still_come_in(store: Store, chores: Chores) -> None:
    chores.queue()
    put(store, 2, logs=[{"ts": at(1)}])
    chores.queue()
    assert not queued(store, PREPARE)


def test_pages_are_made_ready_once_for_one_state(store: Store, chores: Chores) -> None:
    for _ in range(4):
        chores.queue()
    done(store, PREPARE, started_at=ago(minutes=5), finished_at=ago(minutes=5))
    for other in (chores, Chores(store)):
        other.queue()
        other.queue()
    assert len(queued(store, PREPARE)) == 1


@pytest.mark.parametrize(("finished_s_ago", "again"), [(29, False), (31, True)])
def test_preparing_rests_three_times_as_long_as_it_took(
    store: Store, chores: Chores, finished_s_ago: int, again: bool
) -> None:
    chores.queue()
    chores.queue()
    done(store, PREPARE, started_at=ago(seconds=finished_s_ago + 10), finished_at=ago(seconds=finished_s_ago))
    put(store, 2, logs=[{"ts": at(1)}])
    chores.queue()
    chores.queue()
    assert (len(queued(store, PREPARE)) == 2) == again


def test_nobody_sweeps_while_the_first_page_is_waited_for(store: Store, chores: Chores, clock: Clock) -> None:
    clock.now = FIRST_SWEEP_S
    chores.queue()
    assert not queued(store, SWEEP)
    clock.now += 1
    chores.queue()
    chores.queue()
    assert len(queued(store, SWEEP)) == 1


@pytest.mark.parametrize(("last", "again"), [(timedelta(minutes=-1), False), (timedelta(minutes=1), True)])
def test_a_sweep_is_due_six_hours_after_the_last_whoever_did_it(
    store: Store, chores: Chores, clock: Clock, last: timedelta, again: bool
) -> None:
    jobs.enqueue(store.catalog, SWEEP, {})
    done(store, SWEEP, created_at=datetime.now(UTC) - SWEEP_EVERY - last)
    clock.now = FIRST_SWEEP_S + 1
    chores.queue()
    assert (len(queued(store, SWEEP)) == 2) == again


def test_everything_is_scored_after_a_while_and_again_where_something_came_in(
    store: Store, chores: Chores, clock: Clock
) -> None:
    chores.queue()
    assert not queued(store, SCORE)
    clock.now = FIRST_SWEEP_S + 1
    chores.queue()
    assert [job.args for job in queued(store, SCORE)] == [{"generation": 1}]
    done(store, SCORE, created_at=ago(hours=EVERY_H + 1))
    chores.queue()
    assert len(queued(store, SCORE)) == 1, "nothing came in since"
    put(store, 2, logs=[{"ts": at(1)}])
    chores.queue()
    assert len(queued(store, SCORE)) == 2


def test_what_was_scored_a_moment_ago_is_not_scored_again(store: Store, chores: Chores, clock: Clock) -> None:
    clock.now = FIRST_SWEEP_S + 1
    chores.queue()
    done(store, SCORE, created_at=ago(hours=EVERY_H - 1))
    put(store, 2, logs=[{"ts": at(1)}])
    chores.queue()
    assert len(queued(store, SCORE)) == 1


def test_large_segments_are_summed_up_once_they_stand_still(
    store: Store, chores: Chores, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rollups, "MIN_ROWS", 2)
    monkeypatch.setattr(rollups, "LEAST_STORED", 4)
    up = make_series("shop", "up")
    put(store, 2, series=[up], metrics=samples(up, [1.0, 2.0, 3.0]))
    for _ in range(3):
        chores.queue()
    assert not queued(store, ROLL_UP), "a store so small is read as it is"
    put(store, 3, metrics=samples(up, [1.0, 2.0], start=at(10)))
    chores.queue()
    assert not queued(store, ROLL_UP), "it may go on growing"
    for _ in range(3):
        chores.queue()
    assert len(queued(store, ROLL_UP)) == 1
    done = run_here(store, ROLL_UP, lambda share, words: None)
    assert done is not None
    assert done.result == {"segments": 2}
    for other in (chores, Chores(store)):
        other.queue()
        other.queue()
    assert [job.state for job in queued(store, ROLL_UP)] == ["done"]


def test_what_was_merged_is_summed_up_anew_and_its_old_sums_are_swept(
    store: Store, chores: Chores, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rollups, "MIN_ROWS", 2)
    monkeypatch.setattr(rollups, "LEAST_STORED", 1)
    up = make_series("shop", "up")
    for number in range(2, LEAST + 2):
        put(store, number, series=[up], metrics=samples(up, [1.0, 2.0], start=at(number * 10)))
    for kind, segments in ((ROLL_UP, LEAST), (COMPACT, 1), (ROLL_UP, 1)):
        if kind == COMPACT:
            jobs.enqueue(store.catalog, COMPACT, {})
        chores.queue()
        chores.queue()
        done = run_here(store, kind, lambda share, words: None)
        assert done is not None
        assert done.state == "done"
        assert segments in (done.result or {}).values()
    assert len(_sums(store)) == 2 * (LEAST + 1)
    sweep(store.catalog, now=datetime.now(UTC) + timedelta(days=3))
    assert len(_sums(store)) == 2


def _sums(store: Store) -> list[Path]:
    return [path for path in (store.home / rollups.FOLDER).rglob("*") if path.is_file()]


def test_small_segments_are_merged_when_there_are_enough_of_them(store: Store, chores: Chores, clock: Clock) -> None:
    clock.now = FIRST_SWEEP_S + 1
    chores.queue()
    assert not queued(store, COMPACT)
    for number in range(2, LEAST + 1):
        put(store, number, logs=[{"ts": at(number)}])
    chores.queue()
    chores.queue()
    assert len(queued(store, COMPACT)) == 1
    done = run_here(store, COMPACT, lambda share, words: None)
    assert done is not None
    assert done.result == {"before": LEAST, "after": 1}
