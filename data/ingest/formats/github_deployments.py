"""Deployments of GitHub: the list of its API, or webhooks of deployment_status one a line.

A deployment is when it was created, or by a webhook when it succeeded or failed; pending ones are left out. The service
is the repository. A rollback is a deployment of an older commit: it has its own id and is stored like any other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from data.ingest.happened import moment
from data.ingest.source import Format, Guess, Reader, Source
from data.ingest.unfolded import Record, Unfolded
from data.records import Event

STATES = {"success": "INFO", "failure": "ERROR", "error": "ERROR", "": ""}
PENDING = "deployments that are not finished are left out"


def sniff(source: Source) -> tuple[Guess, ...]:
    """What a deployment is of and where it goes."""
    start = source.head[: 1 << 16]
    sure = all(each in start for each in (b'"sha"', b'"environment"', b'"created_at"'))
    return (Guess("events", 0.97),) if sure and (b'"statuses_url"' in start or b'"deployment_status"' in start) else ()


def unfold(said: Mapping[str, Any]) -> Iterator[Record | str]:
    """The one deployment of an object."""
    status = said.get("deployment_status") or {}
    deployment = said.get("deployment") or said
    state = str(status.get("state") or "")
    ts = moment(status.get("created_at") or deployment.get("created_at"))
    if state not in STATES:
        yield PENDING
    elif ts is None:
        yield "the deployment has no created_at that can be read"
    else:
        yield _event(deployment, said.get("repository") or {}, state, ts)


def _event(deployment: Mapping[str, Any], repository: Mapping[str, Any], state: str, ts: Any) -> Event:
    url = str(deployment.get("statuses_url") or "").partition("/repos/")[2].split("/")
    service = str(repository.get("name") or (url[1] if len(url) > 1 else ""))
    place, ref = str(deployment.get("environment") or ""), str(deployment.get("ref") or deployment.get("sha") or "")
    task = str(deployment.get("task") or "deploy")
    creator = deployment.get("creator")
    return Event(
        ts=ts,
        kind="deploy",
        title=f"{task} {ref[:60]} to {place}" + (f": {state}" if state else ""),
        known_at=ts,
        service=service,
        severity=STATES[state],
        source="github",
        fingerprint=str(deployment.get("id") or ""),
        attributes={
            "sha": str(deployment.get("sha") or ""),
            "environment": place,
            "description": str(deployment.get("description") or ""),
            "creator": str(creator.get("login") or "") if isinstance(creator, Mapping) else "",
        },
    )


def open_(source: Source) -> Reader:
    """See `Format`."""
    return Unfolded(source, unfold)


FORMAT = Format("github_deployments", ("events",), sniff, open_)
