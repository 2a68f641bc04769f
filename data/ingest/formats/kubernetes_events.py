"""Events of Kubernetes: a list as ``kubectl get events -o json`` prints it, or one a line.

One event stands for many: it carries a count and first and last times, newer ones eventTime and a series. It begins at
the first, ends at the last, and was known by the last. Pods are called by what they belong to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from data.ingest.happened import moment
from data.ingest.source import Format, Guess, Reader, Source
from data.ingest.unfolded import Record, Unfolded
from data.records import Event

_OWNED = {"Pod": re.compile(r"(-[a-z0-9]{6,10})?-[a-z0-9]{5}$|-\d+$"), "ReplicaSet": re.compile(r"-[a-z0-9]{6,10}$")}
CHANGES = {"ScalingReplicaSet", "SuccessfulRescale", "Drain", "Cordon", "NodeNotSchedulable"}
OBJECTS = ("involvedObject", "regarding")


def sniff(source: Source) -> tuple[Guess, ...]:
    """What an event is about, and why."""
    start = source.head[: 1 << 16]
    about = b'"involvedObject"' in start or b'"regarding"' in start
    return (Guess("events", 0.98),) if about and b'"reason"' in start and b'"metadata"' in start else ()


def unfold(event: Mapping[str, Any]) -> Iterator[Record | str]:
    """The one event of an object; a watch wraps it."""
    event = event["object"] if isinstance(event.get("object"), Mapping) else event
    about = next((event[name] for name in OBJECTS if event.get(name)), None)
    if about is None:
        yield "the object is no event of Kubernetes"
        return
    series = event.get("series") or {}
    created = (event.get("metadata") or {}).get("creationTimestamp")
    first = _first(event.get("firstTimestamp"), event.get("eventTime"), event.get("deprecatedFirstTimestamp"), created)
    if first is None:
        yield "the event has no time"
        return
    last = _first(series.get("lastObservedTime"), event.get("lastTimestamp"), event.get("deprecatedLastTimestamp"))
    last = max(last or first, first)
    kind, name, reason = (str(each or "") for each in (about.get("kind"), about.get("name"), event.get("reason")))
    attributes = {
        "namespace": about.get("namespace"),
        "object": f"{kind}/{name}",
        "count": series.get("count") or event.get("count"),
        "message": event.get("message") or event.get("note"),
    }
    yield Event(
        ts=first,
        ends_at=last if last > first else None,
        known_at=last,
        kind="change" if reason in CHANGES else "note",
        title=f"{reason}: {kind} {name}".strip(),
        service=_OWNED[kind].sub("", name) if kind in _OWNED else name,
        severity="WARN" if event.get("type") == "Warning" else "INFO",
        source="kubernetes",
        fingerprint=str((event.get("metadata") or {}).get("uid") or ""),
        attributes={key: str(value) for key, value in attributes.items() if value},
    )


def _first(*texts: Any) -> Any:
    return next((found for text in texts if (found := moment(text))), None)


def open_(source: Source) -> Reader:
    """See `Format`."""
    return Unfolded(source, unfold)


FORMAT = Format("kubernetes_events", ("events",), sniff, open_)
