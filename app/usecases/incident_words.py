"""What happened in an incident, in a line: its title, and what is said of one that no signal tells of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.usecases.incident_facts import FELT, Change
from app.usecases.incident_view import VerdictView
from app.usecases.words import first_upper

QUIET = "Nothing unusual is known yet."


def outage_words(change: Change) -> str:
    """``feature-store stopped``, ``shop errors rose``: what a service did, as the subject of a sentence."""
    signal = change.signal
    if signal.is_state:
        return f"{signal.name} stopped"
    if signal.role == "latency":
        return f"{signal.name} slowed down"
    measure = signal.measure.removeprefix(f"{signal.name} ")
    return f"{signal.name} {measure} {'rose' if rose(change) else 'fell'}"


def rose(change: Change) -> bool:
    """Whether the signal went up."""
    return change.onset.direction == "up"


def model_words(change: Change) -> str:
    """``recommender fell back to defaults``, ``recommender v4 lost accuracy``."""
    signal = change.signal
    if signal.metric == "defaults":
        return f"{signal.owner} fell back to default features"
    if signal.metric == "performance":
        return f"{signal.owner} lost {signal.measure}"
    return f"{signal.name} drifted"


def title(services: Sequence[Change], models: Sequence[Change], rollout: str = "") -> str:
    """One line that tells the story: what broke first, and what it did to the model."""
    effect = next((c for kind in ("defaults", "performance") for c in models if c.signal.metric == kind), None)
    parts = [outage_words(services[0])] if services else []
    if effect:
        parts.append(model_words(effect) + (f" after {rollout}" if rollout and not services else ""))
    elif others := [c for c in services if c.signal.owner != services[0].signal.owner]:
        felt = [c for c in others if c.signal.role in FELT]
        parts.append(outage_words((felt or others)[-1]))
    return first_upper("; ".join(parts)) or QUIET


def quiet(at: datetime) -> VerdictView:
    """The verdict line while nothing is known."""
    return VerdictView(at, "unknown", QUIET, "", "", "")


def told_by_alerts(at: datetime, measured: bool) -> VerdictView:
    """The verdict line of an incident of which no signal tells; ``measured`` where its services have metrics."""
    return VerdictView(at, "unknown", "Only alerts tell of this incident.", _unmoved(measured), "", "")


def told_by_hand(at: datetime, who: str, measured: bool) -> VerdictView:
    """The verdict line of an incident that a person made and no signal tells of."""
    return VerdictView(at, "unknown", f"{first_upper(who)} made this incident by hand.", _unmoved(measured), "", "")


def _unmoved(measured: bool) -> str:
    return "No metric of its services has left what is usual." if measured else "Its services have no metrics."
