"""Verdicts of incidents as far as one model is concerned: dear, and so kept."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from app.figures import cached
from app.timerange import Resolved
from app.usecases import incident
from app.usecases.incident_view import VerdictView
from app.usecases.model_look import VerdictOf


def verdicts(snap: Any, shown: Resolved) -> VerdictOf:
    """What asks for a verdict, from the cache where it has been asked before."""

    def verdict_of(incident_id: str, model: str) -> VerdictView:
        key = (snap.generation, snap.revision, incident_id, shown.zone.key, model)
        build = lambda: asdict(incident.final_verdict(snap, incident_id, shown.zone, model))  # noqa: E731
        return VerdictView(**cached("model-verdict", key, build))

    return verdict_of
