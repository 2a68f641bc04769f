"""What the registry says: services, models, the meaning of metrics, who depends on whom."""

from __future__ import annotations

from collections.abc import Mapping

from data import view_tables
from data.records import Edge, MetricMeaning, Model, Season, Service
from data.snapshot import Snapshot


def services(snap: Snapshot) -> tuple[Service, ...]:
    """Stated services and those seen in the data, by name."""
    return snap.state.services


def models(snap: Snapshot) -> tuple[Model, ...]:
    """Stated models and those seen in the data, by name."""
    return snap.state.models


def meanings(snap: Snapshot) -> dict[str, MetricMeaning]:
    """The meaning of every metric, by its name; guessed from the name where nobody stated it."""
    return view_tables.meanings(snap.state)


def seasons(snap: Snapshot) -> Mapping[tuple[str, str, str], Season]:
    """What sources state of their seasons, by kind of record, service or model, and metric (empty but for metrics)."""
    return snap.state.seasons


def topology(snap: Snapshot) -> tuple[Edge, ...]:
    """Which service depends on which."""
    return snap.state.topology
