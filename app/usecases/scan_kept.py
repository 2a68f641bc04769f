"""Incidents that a scan does not look for again: it would not find them, or not whole, and they did happen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from data.queries import incidents
from data.records import Incident
from data.store import Snapshot

MEASURED = ("metrics",)
UNMEASURED = ("logs", "metrics", "events")


@dataclass(frozen=True, slots=True)
class Kept:
    """``earlier``: over before the stretch that is judged, their records are there; ``outlasting``: of records that
    were let go of since. Both as a scan found them, whatever a person made of them.
    """

    earlier: tuple[Incident, ...] = ()
    outlasting: tuple[Incident, ...] = ()

    def is_judged(self, one: Incident) -> bool:
        """Whether the scan would find it again, were it still one."""
        return all(one.incident_id != known.incident_id for known in self.earlier)

    def outlasts(self, one: Incident) -> bool:
        """Whether it stays although the scan does not find it."""
        return any(one.incident_id == known.incident_id for known in self.outlasting)


def kept(snap: Snapshot, start: datetime) -> Kept:
    """What stays of earlier scans when services are judged from ``start``."""
    known = [incidents.as_found(i) for i in incidents.list_incidents(snap) if i.found_by == incidents.SCAN]
    measured = set(snap.state.series["service"].unique().to_pylist())
    earlier = tuple(i for i in known if _is_earlier(snap, i, start, measured))
    return Kept(earlier, tuple(i for i in known if i not in earlier and _outlasts(snap, i, measured)))


def _is_earlier(snap: Snapshot, one: Incident, start: datetime, measured: set[str]) -> bool:
    over = one.resolved_at
    if over is None or over > start:
        return False
    return any(snap.segments(_told_by(name, measured)[0], one.started_at, over) for name in one.services)


def _outlasts(snap: Snapshot, one: Incident, measured: set[str]) -> bool:
    told = {kind for name in one.services for kind in _told_by(name, measured)}
    told |= {"predictions"} if one.models else set()
    over, gone = one.resolved_at, snap.state.let_go
    return over is not None and any(over <= gone[kind] for kind in told if kind in gone)


def _told_by(service: str, measured: set[str]) -> tuple[str, ...]:
    """The kinds of record that may have told of a service, the likeliest first."""
    return MEASURED if service in measured else UNMEASURED
