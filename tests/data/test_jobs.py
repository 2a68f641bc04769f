from __future__ import annotations

import os
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from data import jobs
from data.catalog.catalog import Catalog
from data.errors import NotFound
from data.store import Store
from tests.data.builders import printed, python

KINDS = ("scan",)


@pytest.fixture
def catalog(store: Store) -> Catalog:
    return store.catalog


def taken(catalog: Catalog, lease_s: float = 60) -> str | None:
    job = jobs.lease(catalog, "w", KINDS, lease_s)
    return job.job_id if job else None


def test_a_job_goes_from_queue_to_result(catalog: Catalog) -> None:
    job_id = jobs.enqueue(catalog, "scan", {"days": 3, "who": "Ünal"}, owner="ines")
    queued = jobs.get(catalog, job_id)
    assert (queued.state, queued.args, queued.owner, queued.attempts) == (
        "queued",
        {"days": 3, "who": "Ünal"},
        "ines",
        0,
    )
    leased = jobs.lease(catalog, "w1", KINDS, 60)
    assert leased == jobs.get(catalog, job_id)
    assert leased.lease_until
    assert leased.started_at
    assert leased.lease_until - leased.started_at == timedelta(seconds=60)
    assert jobs.progress(catalog, job_id, 0.4, "reading")
    running = jobs.get(catalog, job_id)
    assert (running.state, running.worker, running.progress, running.message) == ("running", "w1", 0.4, "reading")
    assert jobs.finish(catalog, job_id, {"incidents": 2})
    done = jobs.get(catalog, job_id)
    assert (done.state, done.progress, done.result, done.lease_until) == ("done", 1.0, {"incidents": 2}, None)
    assert done.finished_at


def test_the_oldest_of_the_kinds_asked_for_is_taken_first(catalog: Catalog) -> None:
    first, _other, second = (jobs.enqueue(catalog, kind, {}) for kind in ("scan", "mine", "scan"))
    assert [taken(catalog), taken(catalog), taken(catalog)] == [first, second, None]


def test_a_job_that_failed_says_why(catalog: Catalog) -> None:
    job_id = jobs.enqueue(catalog, "scan", {})
    taken(catalog)
    assert jobs.fail(catalog, job_id, "The file is gone.")
    assert (jobs.get(catalog, job_id).state, jobs.get(catalog, job_id).message) == ("failed", "The file is gone.")
    assert taken(catalog) is None


@pytest.mark.parametrize("running", [False, True])
def test_a_cancelled_job_stays_cancelled_whatever_its_worker_says(catalog: Catalog, running: bool) -> None:
    job_id = jobs.enqueue(catalog, "scan", {})
    if running:
        taken(catalog)
    assert jobs.cancel(catalog, job_id)
    assert not jobs.progress(catalog, job_id, 0.5)
    assert not jobs.finish(catalog, job_id, {})
    assert not jobs.fail(catalog, job_id, "late")
    assert not jobs.renew(catalog, job_id, "w", 60)
    assert not jobs.cancel(catalog, job_id)
    assert jobs.get(catalog, job_id).state == "cancelled"
    assert taken(catalog) is None


def test_a_lease_that_ran_out_is_taken_again(catalog: Catalog) -> None:
    job_id = jobs.enqueue(catalog, "scan", {})
    assert taken(catalog, lease_s=-1) == job_id
    again = jobs.lease(catalog, "w2", KINDS, 60)
    assert again
    assert (again.job_id, again.worker, again.attempts, again.progress) == (job_id, "w2", 2, 0.0)


def test_a_lease_can_be_renewed_by_its_holder_alone(catalog: Catalog) -> None:
    job_id = jobs.enqueue(catalog, "scan", {})
    taken(catalog, lease_s=-1)
    assert not jobs.renew(catalog, job_id, "someone else", 60)
    assert jobs.renew(catalog, job_id, "w", 60)
    assert taken(catalog) is None


def test_a_job_that_kills_its_workers_is_given_up(catalog: Catalog) -> None:
    job_id = jobs.enqueue(catalog, "scan", {})
    assert [taken(catalog, lease_s=-1) for _ in range(jobs.MAX_ATTEMPTS)] == [job_id] * jobs.MAX_ATTEMPTS
    other = jobs.enqueue(catalog, "scan", {})
    assert taken(catalog) == other
    assert jobs.get(catalog, job_id).state == "failed"
    assert "not tried again" in jobs.get(catalog, job_id).message


def test_an_equal_job_that_waits_can_stand_for_another(catalog: Catalog) -> None:
    job_id = jobs.enqueue(catalog, "scan", {"a": 1}, once=True)
    assert jobs.enqueue(catalog, "scan", {"a": 1}, once=True) == job_id
    assert jobs.enqueue(catalog, "scan", {"a": 2}, once=True) != job_id
    assert jobs.enqueue(catalog, "scan", {"a": 1}) != job_id
    taken(catalog)
    assert jobs.enqueue(catalog, "mine", {"a": 1}, once=True) != job_id


@pytest.mark.parametrize(("given", "kept"), [(-1, 0.0), (0.25, 0.25), (7, 1.0)])
def test_progress_is_a_share(catalog: Catalog, given: float, kept: float) -> None:
    job_id = jobs.enqueue(catalog, "scan", {})
    taken(catalog)
    jobs.progress(catalog, job_id, given)
    assert jobs.get(catalog, job_id).progress == kept


def test_the_newest_are_shown_first(catalog: Catalog) -> None:
    ids = [jobs.enqueue(catalog, kind, {}) for kind in ("scan", "mine", "scan")]
    assert [job.job_id for job in jobs.recent(catalog)] == ids[::-1]
    assert [job.job_id for job in jobs.recent(catalog, limit=1, kinds=KINDS)] == [ids[2]]


def test_a_job_that_is_not_there_is_not_found(catalog: Catalog) -> None:
    with pytest.raises(NotFound, match="no job nothing"):
        jobs.get(catalog, "nothing")
    assert not jobs.finish(catalog, "nothing", {})


def test_jobs_change_no_revision_for_pages_do_not_depend_on_them(catalog: Catalog) -> None:
    jobs.enqueue(catalog, "scan", {})
    taken(catalog)
    assert (catalog.generation, catalog.revision) == (0, 0)


RACER = """if True:
    import sys, json
    from data import jobs
    from data.store import Store
    catalog, taken = Store.open(sys.argv[1]).catalog, []
    print("ready", flush=True)
    sys.stdin.readline()
    while job := jobs.lease(catalog, sys.argv[2], ("scan",), 60):
        taken.append(job.job_id)
    print(json.dumps(taken))
"""


def test_racing_workers_never_take_the_same_job(catalog: Catalog, home: Path) -> None:
    queued = {jobs.enqueue(catalog, "scan", {"n": n}) for n in range(30)}
    racers = [python(RACER, home, name) for name in "abc"]
    for racer in racers:
        assert racer.stdout
        assert racer.stdout.readline() == "ready\n"
    for racer in racers:
        assert racer.stdin
        racer.stdin.write("go\n")
        racer.stdin.flush()
    taken_by = [printed(racer) for racer in racers]
    assert sorted(job_id for taken in taken_by for job_id in taken) == sorted(queued)


WORKER = """if True:
    import sys, time
    from data import jobs
    from data.store import Store
    catalog = Store.open(sys.argv[1]).catalog
    job = jobs.lease(catalog, "doomed", ("scan",), 1.0)
    jobs.progress(catalog, job.job_id, 0.5, "half way")
    print("working", flush=True)
    time.sleep(600)
"""


def test_a_worker_killed_in_the_middle_loses_nothing(catalog: Catalog, home: Path) -> None:
    job_id = jobs.enqueue(catalog, "scan", {"n": 1})
    worker = python(WORKER, home)
    assert worker.stdout
    assert worker.stdout.readline() == "working\n"
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait(30)
    left = jobs.get(catalog, job_id)
    assert (left.state, left.worker, left.message) == ("running", "doomed", "half way")
    assert left.lease_until
    while datetime.now(UTC) <= left.lease_until:
        pass
    again = jobs.lease(catalog, "next", KINDS, 60)
    assert again
    assert (again.job_id, again.args, again.attempts) == (job_id, {"n": 1}, 2)
    assert jobs.finish(catalog, job_id, {})
