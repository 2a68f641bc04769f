"""What can be done in the background: a job's kind is a function of store, arguments and progress."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from app.usecases import alarm_rate, retention, uploads
from app.usecases.rescan import SCAN
from app.usecases.scan import scan
from app.usecases.score_all import SCORE, score_all
from data import jobs
from data.catalog.sweep import sweep
from data.errors import DiptychError
from data.store import Store

Progress = Callable[[float, str], None]
Task = Callable[[Store, Mapping[str, Any], Progress], dict[str, Any]]


def _scan(store: Store, args: Mapping[str, Any], progress: Progress) -> dict[str, Any]:  # noqa: ARG001
    return {"incidents": scan(store, progress=progress)}


def _sweep(store: Store, args: Mapping[str, Any], progress: Progress) -> dict[str, Any]:  # noqa: ARG001
    swept = sweep(store.catalog, now=datetime.now(UTC))
    return {"files": swept.files, "bytes": swept.bytes}


def _retain(store: Store, args: Mapping[str, Any], progress: Progress) -> dict[str, Any]:  # noqa: ARG001
    return retention.let_go(store, datetime.now(UTC))


def _score(store: Store, args: Mapping[str, Any], progress: Progress) -> dict[str, Any]:  # noqa: ARG001
    made = score_all(store, progress)
    return {"series": made.series, "episodes": made.episodes, "said": made.words, **alarm_rate.written(made.rates)}


def _prepare(store: Store, args: Mapping[str, Any], progress: Progress) -> dict[str, Any]:  # noqa: ARG001
    from app.preparing import prepare

    return {"pages": prepare(store, progress)}


def _compact(store: Store, args: Mapping[str, Any], progress: Progress) -> dict[str, Any]:  # noqa: ARG001
    from data.catalog.compact import compact

    done = compact(store.catalog, progress)
    return {"before": done.before, "after": done.after}


def _roll_up(store: Store, args: Mapping[str, Any], progress: Progress) -> dict[str, Any]:  # noqa: ARG001
    from data import rollups

    with store.snapshot() as snap:
        return {"segments": rollups.build(store.home, snap.state.segments, progress)}


HERE_S = 900.0  # a process that takes a job itself holds it so long, for nobody renews it
SWEEP = "sweep"
RETAIN = "retain"
COMPACT = "compact"
ROLL_UP = "roll_up"
PREPARE = "prepare"
KINDS: dict[str, Task] = {
    SCAN: _scan,
    SWEEP: _sweep,
    RETAIN: _retain,
    COMPACT: _compact,
    ROLL_UP: _roll_up,
    PREPARE: _prepare,
    SCORE: _score,
    uploads.TAKE_IN: uploads.run,
}


def run_here(store: Store, kind: str, told: Progress) -> jobs.Job | None:
    """Run the oldest waiting job of this ``kind`` in this process; the job as it ended, None without one."""
    job = jobs.lease(store.catalog, f"{os.uname().nodename}:{os.getpid()}", (kind,), HERE_S)
    if job is None:
        return None
    run(store, job.job_id, told)
    return jobs.get(store.catalog, job.job_id)


def run(store: Store, job_id: str, told: Progress = lambda share, words: None) -> None:
    """Run the leased job ``job_id`` here; its result or its error in words is written to the catalog.

    ``told`` hears of its progress, beside the catalog.
    """
    job = jobs.get(store.catalog, job_id)
    task = KINDS.get(job.kind)
    if task is None:
        jobs.fail(store.catalog, job_id, f"No such kind of job: {job.kind}.")
        return

    def report(share: float, words: str) -> None:
        jobs.progress(store.catalog, job_id, share, words)
        told(share, words)

    try:
        result = task(store, job.args, report)
    except DiptychError as error:
        jobs.fail(store.catalog, job_id, str(error))
    else:
        jobs.finish(store.catalog, job_id, result)
