"""What people changed: who, when, what was and what became, and whether it can still be undone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from app.usecases import undoing
from data import kept, statements
from data.catalog.state import CatalogState
from data.changes import Change, ChangeKind, get_change, list_changes
from data.store import Store

MOST: Final = 200
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
    undone = {change.undoes for change in changes}
    with store.snapshot() as snap:
        holding = {origin.change_id for origin in statements.origins(store.catalog).values()}
        return tuple(_line(change, snap.state, holding, undone) for change in changes)


def undo(store: Store, who: str, change_id: int) -> Change:
    """Bring back what was before; returns what is undone. Raises a sentence where that is not possible any more."""
    undoing.undo(store, who, change_id)
    return get_change(store.catalog, change_id)


def _line(change: Change, state: CatalogState, holding: set[int | None], undone: set[int | None]) -> Line:
    was, became = _differences(change.before, change.after)
    return Line(
        change.change_id,
        change.at,
        change.who,
        WORDS.get(change.kind, change.kind),
        change.subject,
        was,
        became,
        change.undoes,
        _undoable(change, state, holding, undone),
    )


def _undoable(change: Change, state: CatalogState, holding: set[int | None], undone: set[int | None]) -> bool:
    if change.kind in statements.KINDS:
        return change.change_id in holding
    if change.kind not in kept.KINDS:
        return change.kind in undoing.UNDO and change.undoes is None and change.change_id not in undone
    now: dict[str, dict[str, Any]] = {}
    if change.kind == "threshold":
        now = {one.name: {"value": one.value} for one in state.thresholds}
    elif change.kind == "view":
        now = {one.name: {"address": one.address} for one in state.saved_views}
    return change.after == now.get(change.subject)


def _differences(before: dict[str, Any] | None, after: dict[str, Any] | None) -> tuple[str, str]:
    names = [
        name for name in {**(before or {}), **(after or {})} if (before or {}).get(name) != (after or {}).get(name)
    ]
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
    return f"{value:g}" if isinstance(value, float) else str(value)
