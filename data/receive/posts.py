"""What can be posted here: each receiver, and how a body becomes lines that a format of `data.ingest` reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from data.receive import json_bodies, otlp, remote_write
from data.receive.refusal import Refused

__all__ = ["RECEIVERS", "Body", "Receiver", "Refused"]


@dataclass(frozen=True, slots=True)
class Body:
    """An unpacked body, its media type without parameters, and these."""

    data: bytes
    media_type: str
    parameters: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Receiver:
    """An address to post to. ``name`` is that of its source, ``format`` and ``kind`` say how its lines are read.

    ``lines`` makes lines of a body, or raises `Refused`; ``packing`` is the only one that bodies may have, if any.
    """

    path: str
    name: str
    format: str
    kind: str
    lines: Callable[[Body], list[bytes]]
    packing: str = ""


RECEIVERS = (
    Receiver("/api/v1/write", "prometheus", "remote_write", "metrics", remote_write.lines, "snappy"),
    Receiver("/v1/metrics", "otlp", "otlp_json", "metrics", otlp.metrics),
    Receiver("/v1/logs", "otlp", "otlp_json", "logs", otlp.logs),
    Receiver("/loki/api/v1/push", "loki", "loki_push", "logs", json_bodies.loki),
    Receiver("/api/v1/alerts", "alerts", "alertmanager", "events", json_bodies.alerts),
    Receiver("/api/v1/events", "events", "jsonl", "events", json_bodies.records),
    Receiver("/api/v1/predictions", "predictions", "jsonl", "predictions", json_bodies.records),
    Receiver("/api/v1/labels", "labels", "jsonl", "labels", json_bodies.labels),
)
