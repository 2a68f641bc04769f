"""Which part of the store takes back which kind of change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from app.errors import AppError
from data import kept, statements
from data.catalog.catalog import Catalog
from data.changes import get_change
from data.queries import incident_edits, marks
from data.store import Store

#: Each takes a catalog, who undoes and a change_id, and gives the number of the undo.
UNDO: Final[dict[str, Callable[[Catalog, str, int], int]]] = {
    "incident": incident_edits.undo,
    "mark": marks.undo,
    **dict.fromkeys(statements.KINDS, statements.take_back),
    **dict.fromkeys(kept.KINDS, kept.undo),
}
LARGEST: Final = 2**63 - 1


def undo(store: Store, who: str, change_id: int) -> int:
    """Take a change back. Raises NotFound, or in words what stands against it."""
    change = get_change(store.catalog, min(max(change_id, -1), LARGEST))
    if change.kind not in UNDO:
        raise AppError("A change of this kind cannot be undone here.", "Settings lists all changes.")
    return UNDO[change.kind](store.catalog, who, change.change_id)
