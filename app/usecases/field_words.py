"""What the fields of what people change are called, in a form's refusal and in the log alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from data.changes import ChangeKind

#: Kind of change -> field of its record -> the words for it. What is not here is not told.
FIELDS: Final[Mapping[ChangeKind, Mapping[str, str]]] = {
    "service": {"owner": "owner", "team": "team", "environment": "environment", "objectives": "objectives"},
    "model": {
        "service": "served by",
        "reads": "reads from",
        "kind": "kind",
        "metric": "metric that counts",
        "label_delay_s": "labels come within",
        "stage": "stage",
        "features": "features",
        "version": "version",
        "trained_at": "trained",
    },
    "metric": {"role": "role", "unit": "unit", "bad_direction": "hurts when", "kind": "kind", "limit": "limit"},
    "threshold": {"value": "value"},
    "retention": {"keep_s": "kept for"},
    "view": {"address": "address"},
    "measure": {"counts": "what is counted"},
    "incident": {
        "title": "title",
        "severity": "severity",
        "started_at": "started",
        "detected_at": "detected",
        "acknowledged_at": "acknowledged",
        "mitigated_at": "mitigated",
        "resolved_at": "resolved",
        "services": "services",
        "models": "models hit",
        "cause": "cause",
    },
    "verdict": {"verdict": "verdict", "note": "note"},
    "mark": {"words": "words", "tag": "kind", "ts": "when", "ends_at": "until", "repeats": "repeats"},
}
