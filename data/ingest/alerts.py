"""An alert as Alertmanager sends it, in a webhook body or a list of its API."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from data.ingest.happened import clean


@dataclass(frozen=True, slots=True)
class Alert:
    """An alert as it was sent; times are still texts."""

    starts_at: str
    ends_at: str | None
    received_at: str | None
    status: str
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    fingerprint: str
    url: str

    @property
    def title(self) -> str:
        """What it says in one line; its name where it says nothing."""
        name = self.labels.get("alertname", "alert")
        return self.annotations.get("summary") or self.annotations.get("title") or name


def read_body(body: Any) -> list[Alert]:
    """The alerts of a body. Raises `ValueError` in words."""
    if not isinstance(body, dict):
        raise ValueError("the line is no JSON object")
    sent = body.get("alerts", [body])
    if not isinstance(sent, list) or not sent or not all(isinstance(alert, dict) for alert in sent):
        raise ValueError("the body holds no list of alerts")
    return [_alert(alert, body.get("received_at") or body.get("receivedAt")) for alert in sent]


def _alert(sent: Mapping[str, Any], received: Any) -> Alert:
    labels, annotations = _texts(sent.get("labels")), _texts(sent.get("annotations"))
    status = sent.get("status")
    state = status.get("state") if isinstance(status, dict) else status
    ends = sent.get("endsAt")
    return Alert(
        starts_at=_text(sent.get("startsAt") or ""),
        ends_at=None if not ends or str(ends).startswith("0001-") else _text(ends),
        received_at=_text(received) if received else None,
        status="firing" if state in ("active", "suppressed", "unprocessed") else _text(state or ""),
        labels=labels,
        annotations=annotations,
        fingerprint=_text(sent.get("fingerprint") or _fingerprint(labels)),
        url=_text(sent.get("generatorURL") or ""),
    )


def _texts(given: Any) -> dict[str, str]:
    return {_text(key): _text(value) for key, value in given.items()} if isinstance(given, dict) else {}


def _text(given: Any) -> str:
    return clean(str(given))


def _fingerprint(labels: Mapping[str, str]) -> str:
    return hashlib.sha256(json.dumps(labels, sort_keys=True).encode()).hexdigest()[:16]
