"""Background jobs as rows of the catalog: any process can queue, show or cancel one, a restart loses none.

A worker holds a job by a lease that it renews; when the worker dies the lease runs out and another takes the job.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, insert, or_, select, update

from data.catalog import tables
from data.catalog.catalog import Catalog
from data.errors import NotFound

JobState = Literal["queued", "running", "done", "failed", "cancelled"]
MAX_ATTEMPTS = 3
_jobs = tables.jobs


@dataclass(frozen=True, slots=True)
class Job:
    """One job. ``progress`` is a share 0-1; ``owner`` asked for it, ``worker`` holds it until ``lease_until``."""

    job_id: str
    kind: str
    args: dict[str, Any]
    state: JobState
    progress: float
    message: str
    owner: str
    worker: str
    lease_until: datetime | None
    attempts: int
    result: dict[str, Any] | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


def enqueue(catalog: Catalog, kind: str, args: Mapping[str, Any], owner: str = "", *, once: bool = False) -> str:
    """Queue a job and return its id; with ``once`` an equal one that nobody has begun yet stands for it."""
    with catalog.write() as connection:
        waiting = _waiting(connection, kind, args) if once else None
        return waiting or _insert(connection, kind, args, owner)


def lease(catalog: Catalog, worker: str, kinds: Sequence[str], lease_s: float) -> Job | None:
    """Take the oldest job of these kinds that is queued, or whose worker let its lease run out; None if there is none.

    A job whose worker died `MAX_ATTEMPTS` times is failed instead: it would take down the next one too.
    """
    now = datetime.now(UTC)
    free = or_(_jobs.c.state == "queued", and_(_jobs.c.state == "running", _jobs.c.lease_until < now))
    oldest = select(_jobs).where(free, _jobs.c.kind.in_(kinds)).order_by(_jobs.c.created_at, _jobs.c.id)
    with catalog.write() as connection:
        while row := connection.execute(oldest.limit(1).with_for_update(skip_locked=True)).mappings().first():
            if row["attempts"] < MAX_ATTEMPTS:
                return _take(connection, row, worker, now, lease_s)
            _end(connection, row["id"], "failed", f"Its worker died {MAX_ATTEMPTS} times; it is not tried again.")
    return None


def renew(catalog: Catalog, job_id: str, worker: str, lease_s: float) -> bool:
    """Hold on to a running job; false when it is no longer this worker's."""
    until = datetime.now(UTC) + timedelta(seconds=lease_s)
    return _change(catalog, job_id, _jobs.c.worker == worker, lease_until=until)


def progress(catalog: Catalog, job_id: str, share: float, message: str = "") -> bool:
    """Say how far a running job is; false when it is not running any more."""
    return _change(catalog, job_id, progress=min(max(share, 0.0), 1.0), message=message)


def finish(catalog: Catalog, job_id: str, result: Mapping[str, Any] | None = None) -> bool:
    """Store the result of a running job; false when it was cancelled meanwhile."""
    with catalog.write() as connection:
        return _end(connection, job_id, "done", "", progress=1.0, result=dict(result or {}))


def fail(catalog: Catalog, job_id: str, message: str) -> bool:
    """Store in words why a running job ended; false when it was not running."""
    with catalog.write() as connection:
        return _end(connection, job_id, "failed", message)


def cancel(catalog: Catalog, job_id: str) -> bool:
    """Cancel a job that waits or runs (its worker kills it); false when it had ended already."""
    with catalog.write() as connection:
        return _end(connection, job_id, "cancelled", "Cancelled.", states=("queued", "running"))


def get(catalog: Catalog, job_id: str) -> Job:
    """The job of this id. Raises `NotFound`."""
    with catalog.read() as connection:
        row = connection.execute(select(_jobs).where(_jobs.c.id == job_id)).mappings().first()
    if row is None:
        raise NotFound(f"There is no job {job_id}.", "The list of jobs shows those there are.")
    return _job(row)


def recent(catalog: Catalog, limit: int = 50, kinds: Sequence[str] | None = None) -> tuple[Job, ...]:
    """The newest jobs first."""
    newest = select(_jobs).order_by(_jobs.c.created_at.desc(), _jobs.c.id).limit(limit)
    if kinds is not None:
        newest = newest.where(_jobs.c.kind.in_(kinds))
    with catalog.read() as connection:
        return tuple(_job(row) for row in connection.execute(newest).mappings())


def _waiting(connection: Connection, kind: str, args: Mapping[str, Any]) -> str | None:
    queued = select(_jobs.c.id, _jobs.c.args).where(_jobs.c.state == "queued", _jobs.c.kind == kind)
    return next((str(row.id) for row in connection.execute(queued) if row.args == dict(args)), None)


def _insert(connection: Connection, kind: str, args: Mapping[str, Any], owner: str) -> str:
    job_id = str(uuid.uuid4())
    row = {"id": job_id, "kind": kind, "args": dict(args), "owner": owner, "created_at": datetime.now(UTC)}
    connection.execute(
        insert(_jobs), row | {"state": "queued", "progress": 0.0, "message": "", "worker": "", "attempts": 0}
    )
    return job_id


def _take(connection: Connection, row: RowMapping, worker: str, now: datetime, lease_s: float) -> Job:
    taken = {
        "state": "running",
        "worker": worker,
        "lease_until": now + timedelta(seconds=lease_s),
        "attempts": row["attempts"] + 1,
        "started_at": now,
        "progress": 0.0,
    }
    connection.execute(update(_jobs).where(_jobs.c.id == row["id"]).values(taken))
    return _job({**row, **taken})


def _change(catalog: Catalog, job_id: str, *conditions: ColumnElement[bool], **values: Any) -> bool:
    running = (_jobs.c.id == job_id, _jobs.c.state == "running", *conditions)
    with catalog.write() as connection:
        return connection.execute(update(_jobs).where(*running).values(values)).rowcount == 1


def _end(
    connection: Connection,
    job_id: str,
    state: JobState,
    message: str,
    *,
    states: Sequence[JobState] = ("running",),
    **values: Any,
) -> bool:
    ended = {"state": state, "message": message, "lease_until": None, "finished_at": datetime.now(UTC), **values}
    change = update(_jobs).where(_jobs.c.id == job_id, _jobs.c.state.in_(states)).values(ended)
    return connection.execute(change).rowcount == 1


def _job(row: RowMapping | dict[str, Any]) -> Job:
    return Job(job_id=row["id"], **{name: row[name] for name in Job.__dataclass_fields__ if name != "job_id"})
