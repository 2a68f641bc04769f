"""What people changed: who, when, what was and what became, and whether it can still be undone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from app.format import exact
from app.usecases import undoing
from data.changes import Change, ChangeKind, list_changes
from data.store import Store

MOST: Final = 200
SIGNED: Final = ("who", "saved_at", "set_at", "written_at")  # stands in columns of its own
WORDS: Final[dict[ChangeKind, str]] = {
    "service": "service",
    "model": "model",
    "metric": "metric",
    "threshold": "threshold",
    "view": "saved view",
    "incident": "incident",
    "mark": "mark",
    "file": "file",
}


@dataclass(frozen=True, slots=True)
class Line:
    """``was`` and ``became`` hold only what differs; ``undo`` says whether a click can bring back what was."""

    change_id: int
    at: datetime
    who: str
    kind: str
    subject: str
    was: str
    became: str
    undoes: int | None
    undo: bool


def lines(store: Store, kind: str = "") -> tuple[Line, ...]:
    """The newest first, of one kind or of all."""
    known = next((name for name in WORDS if name == kind), None)
    changes = list_changes(store.catalog, known, limit=MOST)
    possible = undoing.undoable(store, changes)
    return tuple(_line(change, change.change_id in possible) for change in changes)


def _line(change: Change, undo: bool) -> Line:
    was, became = _differences(change.before, change.after)
    words = WORDS.get(change.kind, change.kind)
    return Line(change.change_id, change.at, change.who, words, change.subject, was, became, change.undoes, undo)


def _differences(before: dict[str, Any] | None, after: dict[str, Any] | None) -> tuple[str, str]:
    was, became = before or {}, after or {}
    names = [name for name in {**was, **became} if name not in SIGNED and was.get(name) != became.get(name)]
    return _told(before, names), _told(after, names)


def _told(record: dict[str, Any] | None, names: list[str]) -> str:
    if record is None:
        return "nothing stated"
    return "; ".join(f"{name.replace('_', ' ')} {_shown(record.get(name))}" for name in names)


def _shown(value: Any) -> str:
    if value in ("", None, []):
        return "–"
    if isinstance(value, list):
        return ", ".join(_shown(part) for part in value)
    if isinstance(value, dict):
        return " ".join(_shown(part) for part in value.values() if part not in ("", None))
    return exact(value) if isinstance(value, float) else str(value)
