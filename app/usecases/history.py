"""What people changed: who, when, what was and what became, and whether it can still be undone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Final

from app.format import DASH
from app.usecases import undoing
from app.usecases.history_tellers import TELLERS, Part
from data.changes import Change, ChangeKind, list_changes
from data.store import Store

MOST: Final = 200
WORDS: Final[dict[ChangeKind, str]] = {
    "service": "service",
    "model": "model",
    "metric": "metric",
    "threshold": "threshold",
    "retention": "retention",
    "view": "saved view",
    "measure": "measure of logs",
    "incident": "incident",
    "mark": "mark",
    "verdict": "verdict on an episode",
    "file": "file",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One change in words. ``was`` and ``became`` hold what differs, ``words`` says both in one sentence.

    ``undo`` says whether a click can bring back what was.
    """

    change_id: int
    at: datetime
    who: str
    kind: str
    subject: str
    was: str
    became: str
    words: str
    undoes: int | None
    undo: bool


def lines(store: Store, kind: str, zone: tzinfo, most: int = MOST) -> tuple[Line, ...]:
    """The newest first, of one kind or, with "", of all; times in ``zone``."""
    known = next((name for name in WORDS if name == kind), None)
    changes = list_changes(store.catalog, known, limit=most)
    possible = undoing.undoable(store, changes)
    return tuple(_line(change, zone, change.change_id in possible) for change in changes)


def _line(change: Change, zone: tzinfo, undo: bool) -> Line:
    teller = TELLERS[change.kind]
    parts = teller.parts(change, zone)
    was = _side([(part.words, part.was) for part in parts]) if change.before else teller.absent
    became = _side([(part.words, part.became) for part in parts]) if change.after else teller.absent
    subject, kind = teller.subject(change), WORDS[change.kind]
    told = _told(change, parts)
    return Line(change.change_id, change.at, change.who, kind, subject, was, became, told, change.undoes, undo)


def _side(parts: list[tuple[str, str]]) -> str:
    return "; ".join(f"{words} {text or DASH}" for words, text in parts) or "nothing else"


def _told(change: Change, parts: tuple[Part, ...]) -> str:
    undone = "undo: " if change.undoes else ""
    if change.before is None or change.after is None:
        return undone + ("made" if change.before is None else "deleted")
    return undone + ("; ".join(part.sentence() for part in parts) or "nothing")
