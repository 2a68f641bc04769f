"""CloudEvents and CDEvents: what happened is in the type, to what in the subject.

A service that was deployed, upgraded or rolled back is a deploy; a commit or a finished build is none, and becomes a
change. CDEvents come by themselves or as the data of a CloudEvent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from data.ingest.happened import moment
from data.ingest.source import Format, Guess, Reader, Source
from data.ingest.unfolded import Record, Unfolded
from data.records import Event

KINDS = {
    "deploy": ("service.deployed", "service.upgraded", "service.rolledback", "deployment", "deployed", "released"),
    "alert": ("incident.detected", "incident.reported", "alert", "alarm"),
    "change": ("change", "service.", "environment", "pipeline", "task", "build", "artifact", "branch", "repository"),
}


def sniff(source: Source) -> tuple[Guess, ...]:
    """The names that every such event has."""
    start = source.head[: 1 << 16]
    cloud = b'"specversion"' in start and b'"type"' in start and b'"source"' in start
    continuous = b'"context"' in start and b'"dev.cdevents.' in start
    return (Guess("events", 0.97),) if cloud or continuous else ()


def unfold(event: Mapping[str, Any]) -> Iterator[Record | str]:
    """The one event of an object."""
    inner = event.get("data") if isinstance(event.get("data"), Mapping) else event
    is_inner = isinstance(inner, Mapping) and isinstance(inner.get("context"), Mapping)
    yield _continuous(inner) if is_inner and isinstance(inner, Mapping) else _cloud(event)


def _cloud(event: Mapping[str, Any]) -> Record | str:
    said = {name: event.get(name) for name in ("subject", "dataschema", "datacontenttype")}
    data = event.get("data")
    said |= {f"data.{name}": value for name, value in data.items()} if isinstance(data, Mapping) else {"data": data}
    name = str(event.get("subject") or event.get("source") or "").rstrip("/").rpartition("/")[2]
    return _event(event, event.get("time"), name, said)


def _continuous(event: Mapping[str, Any]) -> Record | str:
    context, subject = event["context"], event.get("subject") or {}
    content = subject.get("content") or {}
    environment = content.get("environment") or {}
    said = {"environment": environment.get("id") if isinstance(environment, Mapping) else environment}
    said |= {name: value for name, value in content.items() if isinstance(value, str | int | float)}
    return _event(context, context.get("timestamp"), str(subject.get("id") or ""), said)


def _event(told: Mapping[str, Any], time: Any, subject: str, said: Mapping[str, Any]) -> Record | str:
    ts, kind = moment(time), str(told.get("type") or "")
    if ts is None or not kind:
        return "the event has no type, or no time that can be read"
    words = kind.removeprefix("dev.cdevents.").rstrip("0123456789.").replace(".", " ")
    return Event(
        ts=ts,
        kind=next((ours for ours, theirs in KINDS.items() if any(each in kind.lower() for each in theirs)), "note"),
        title=f"{words}: {subject}" if subject else words,
        known_at=ts,
        service=subject.rpartition("/")[2],
        source=str(told.get("source") or ""),
        fingerprint=str(told.get("id") or ""),
        attributes={name: str(value) for name, value in {**said, "type": kind}.items() if value not in (None, "")},
    )


def open_(source: Source) -> Reader:
    """See `Format`."""
    return Unfolded(source, unfold)


FORMAT = Format("cloud_events", ("events",), sniff, open_)
