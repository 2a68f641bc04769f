"""What Diptych says of a recording, fault by fault, beside the truth: was it the outage, the model, both or neither?"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from app.usecases.incident import final_verdict
from app.usecases.intake import take_in
from app.usecases.scan import scan
from data.queries import incidents
from data.records import Incident
from data.store import Snapshot, Store
from tests.lab.recording import Fault, Recording

EARLY_S = 20.0  # an incident may be dated so much before the fault it tells of
LATE_S = 60.0  # and so much after its end
HALF = 0.5  # of a fault that lies in an incident: then it is a part of its truth
NONE = "no incident"
QUIET = ("neither", NONE)  # of what hit nobody


@dataclass(frozen=True, slots=True)
class Answer:
    """``said`` is the verdict of the incident in which the fault lies, `NONE` where none does; ``truth`` is the fault's
    own, or that of all faults which lie in that incident together."""

    fault: Fault
    truth: str
    said: str
    title: str

    @property
    def right(self) -> bool:
        """Whether that is the truth; of what hit nobody no incident is right too."""
        return self.said in QUIET if self.truth == "neither" else self.said == self.truth


@dataclass(frozen=True, slots=True)
class Judged:
    """One answer per fault; ``more`` are incidents that no fault began."""

    answers: tuple[Answer, ...]
    more: tuple[str, ...]


def judge(folder: Path) -> Judged:
    """Take a recording into a store of its own, look for incidents, and ask for the verdict of each."""
    faults = Recording(folder).faults()
    with tempfile.TemporaryDirectory() as home:
        take_in(Path(home), [folder])
        with Store.open(Path(home)) as store:
            scan(store)
            with store.snapshot() as snap:
                found = incidents.list_incidents(snap)
                answers = tuple(_answer(snap, fault, found, faults) for fault in faults)
                told = {incident.incident_id for fault in faults for incident in _began_in(fault, found)}
                return Judged(answers, tuple(i.title for i in found if i.incident_id not in told))


def _answer(snap: Snapshot, fault: Fault, found: tuple[Incident, ...], faults: list[Fault]) -> Answer:
    """The incident that lies in it most: one that began in it, or that covers most of it."""
    length_s = fault.end - fault.start
    around = [one for one in found if _shared_s(fault, one) > HALF * length_s and one.resolved_at is not None]
    own = max([*_began_in(fault, found), *around], key=lambda one: _shared_s(fault, one), default=None)
    if own is None:
        return Answer(fault, fault.verdict, NONE, "")
    inside = {one.verdict for one in faults if _shared_s(one, own) > HALF * (one.end - one.start)}
    return Answer(fault, together({fault.verdict, *inside}), final_verdict(snap, own.incident_id).kind, own.title)


def together(verdicts: set[str]) -> str:
    """What is true of an incident in which faults of all these verdicts lie."""
    hit = verdicts - {"neither"}
    return "both" if len(hit) > 1 else next(iter(hit), "neither")


def _began_in(fault: Fault, found: tuple[Incident, ...]) -> Iterator[Incident]:
    return (one for one in found if fault.start - EARLY_S <= one.started_at.timestamp() <= fault.end + LATE_S)


def _shared_s(fault: Fault, one: Incident) -> float:
    end = (one.resolved_at or datetime.max.replace(tzinfo=UTC)).timestamp()
    return min(fault.end, end) - max(fault.start, one.started_at.timestamp())


def lines(judged: Judged) -> list[str]:
    """A table for people."""
    right = sum(one.right for one in judged.answers)
    rows = [
        f"{'ok ' if one.right else '   '}{one.fault.name:24} {one.truth:8} {one.said:12} {one.title}"
        for one in judged.answers
    ]
    return [*rows, *(f"   no fault: {title}" for title in judged.more), f"{right} of {len(judged.answers)} right"]
