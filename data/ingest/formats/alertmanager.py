"""Alertmanager's webhook bodies (one a line, or one document) and lists of alerts from its API.

The status of the body is not the status of an alert; ``endsAt`` is year 1, or a moment to come, while an alert fires;
the whole group is sent again. An alert is known by fingerprint and startsAt: what is sent again without news is left
out, its end becomes a second record with the moment at which the end was known. An optional ``received_at`` beside the
alerts says when the body arrived; without one it is taken to have arrived when the alert began or ended.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from data.errors import FormatError
from data.ingest import happened, times
from data.ingest.alerts import Alert, read_body
from data.ingest.parts import Part, reject
from data.ingest.source import Format, Guess, Reader, Source
from data.ingest.streams import Block, blocks, read_whole
from data.records import Event

SERVICE_LABELS = ("service", "service_name", "job", "app", "application", "deployment", "container")
RESENT = "bodies only send again what is known; they are left out"


def sniff(source: Source) -> tuple[Guess, ...]:
    """Alerts with their fields."""
    start = source.head[: 1 << 14]
    sure = b'"startsAt"' in start and (b'"alerts"' in start or b'"fingerprint"' in start) and b'"labels"' in start
    return (Guess("events", 0.97),) if sure else ()


@dataclass(slots=True)
class Alerts:
    """Reads alerts; remembers what it has seen of each."""

    source: Source
    derived: dict[str, str] = field(default_factory=dict)
    seen: set[tuple[str, Any, Any]] = field(default_factory=set)

    def parts(self) -> Iterator[Part]:
        """See `Reader`."""
        if _is_lines(self.source.head):
            for block in blocks(self.source.path, self.source.mapping.encoding):
                yield self._lines(block)
        else:
            yield self._document(self.source.path)

    def _lines(self, block: Block) -> Part:
        part, bodies = Part(rejects=list(block.too_long)), list[tuple[int, bytes, list[Alert]]]()
        for index in range(len(block)):
            line, number = block.line(index), block.first + index
            if not line.strip():
                part.ignored += 1
                continue
            try:
                bodies.append((number, line, read_body(json.loads(line))))
            except (ValueError, RecursionError) as error:
                part.rejects.append(reject(number, _words(error), line))
        return self._events(part, bodies)

    def _document(self, path: Path) -> Part:
        try:
            document = json.loads(read_whole(path, self.source.mapping.encoding))
            body = document if isinstance(document, dict) else {}
            sent = body.get("alerts", []) if body else document
        except (ValueError, RecursionError) as error:
            raise FormatError(f"The document cannot be read: {_words(error)}.") from error
        if not isinstance(sent, list):
            raise FormatError("The document holds no list of alerts.")
        part, bodies = Part(), list[tuple[int, bytes, list[Alert]]]()
        for number, alert in enumerate(sent, start=1):
            raw = json.dumps(alert).encode()
            try:
                bodies.append((number, raw, read_body({**body, "alerts": [alert]})))
            except ValueError as error:
                part.rejects.append(reject(number, _words(error), raw))
        return self._events(part, bodies)

    def _events(self, part: Part, bodies: list[tuple[int, bytes, list[Alert]]]) -> Part:
        """Each line is stored wholly or refused wholly."""
        moments = _moments([alert for _, _, alerts in bodies for alert in alerts], self.source)
        stored: list[tuple[int, Event]] = []
        for number, raw, alerts in bodies:
            sent = [self._states(alert, next(moments)) for alert in alerts]
            if not all(sent):
                part.rejects.append(reject(number, "an alert has no startsAt, or a time that cannot be read", raw))
                continue
            fresh = [event for states in sent for event in states if self._is_news(event)]
            if fresh:
                part.accepted += 1
                stored.extend((number, event) for event in fresh)
            else:
                part.ignored += 1
                part.notes[RESENT] += 1
        if stored:
            part.batches = [happened.batch_of(stored)]
        return part

    def _states(self, alert: Alert, moment: Mapping[str, Any]) -> list[Event]:
        """The alert as it was sent; before its end, where nothing says when that arrived, also its beginning."""
        starts, ends, received = moment["starts"], moment["ends"], moment["received"]
        if starts is None or (alert.ends_at and ends is None) or (alert.received_at and received is None):
            return []
        over = alert.status == "resolved" or (not alert.status and ends is not None)
        begun = self._event(alert, starts, None, received or moment["lagged_start"])
        if not over or ends is None:
            return [begun]
        ended = self._event(alert, starts, max(ends, starts), received or moment["lagged_end"])
        return [ended] if received else [begun, ended]

    def _event(self, alert: Alert, starts: datetime, ends: datetime | None, known_at: datetime) -> Event:
        return Event(
            ts=starts,
            ends_at=ends,
            kind="alert",
            title=alert.title,
            known_at=known_at,
            service=self.source.mapping.service or _service(alert.labels, self.source),
            severity=alert.labels.get("severity", ""),
            source="alertmanager",
            fingerprint=alert.fingerprint,
            attributes={**alert.annotations, **alert.labels, "generator_url": alert.url},
        )

    def _is_news(self, event: Event) -> bool:
        key = (event.fingerprint, event.ts, event.ends_at)
        known = key in self.seen
        self.seen.add(key)
        return not known


def _is_lines(head: bytes) -> bool:
    first = head.lstrip().split(b"\n", 1)[0]
    try:
        return isinstance(json.loads(first), dict)
    except (ValueError, RecursionError):
        return len(first) >= len(head.lstrip()) and not head.lstrip().startswith(b"[")


def _service(labels: Mapping[str, str], source: Source) -> str:
    wanted = source.mapping.service_from.partition(":")[2]
    return next((labels[name] for name in ([wanted] if wanted else SERVICE_LABELS) if labels.get(name)), "")


def _moments(alerts: list[Alert], source: Source) -> Iterator[dict[str, Any]]:
    """The times of the alerts, aware, None where there is none."""
    clock = times.Clock(zone=source.mapping.tz)
    starts = times.read(pa.array([alert.starts_at for alert in alerts], pa.string()), clock).ts
    ends = times.read(pa.array([alert.ends_at for alert in alerts], pa.string()), clock).ts
    received = times.read(pa.array([alert.received_at for alert in alerts], pa.string()), clock).ts
    lag = source.mapping.known_lag_s or 0.0
    columns = {"starts": starts, "ends": ends, "received": received, "lagged_start": times.shift(starts, lag)}
    return iter(pa.table({**columns, "lagged_end": times.shift(ends, lag)}).to_pylist())


def _words(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "the line is nested too deeply"
    return "the line is no valid JSON" if isinstance(error, json.JSONDecodeError) else str(error)


def open_(source: Source) -> Reader:
    """See `Format`."""
    return Alerts(source)


FORMAT = Format("alertmanager", ("events",), sniff, open_)
