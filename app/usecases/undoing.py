"""Which part of the store takes back which kind of change, and whether it still can."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from app.errors import AppError
from app.usecases.rescan import rescan
from data import kept, statements
from data.catalog.catalog import Catalog
from data.changes import Change, get_change
from data.queries import incident_edits, marks, verdicts
from data.store import Store


@dataclass(frozen=True, slots=True)
class Way:
    """``undo`` takes a catalog, who undoes and a change_id; ``holds`` says whether what the change made is still so.

    ``rescan``: what incidents are found depends on it.
    """

    undo: Callable[[Catalog, str, int], int]
    holds: Callable[[Connection, Change], bool]
    rescan: bool = False


WAYS: Final[dict[str, Way]] = {
    "incident": Way(incident_edits.undo, incident_edits.holds),
    "mark": Way(marks.undo, marks.holds),
    "verdict": Way(verdicts.undo, verdicts.holds, rescan=True),
    "view": Way(kept.undo, kept.holds),
    "threshold": Way(kept.undo, kept.holds, rescan=True),
    "retention": Way(kept.undo, kept.holds),
    "measure": Way(kept.undo, kept.holds, rescan=True),
    **dict.fromkeys(statements.KINDS, Way(statements.undo, statements.holds, rescan=True)),
}
LARGEST: Final = 2**63 - 1


def undo(store: Store, who: str, change_id: int) -> Change:
    """Take a change back and return it. Raises NotFound, or in words what stands against it."""
    change = get_change(store.catalog, min(max(change_id, -1), LARGEST))
    way = WAYS.get(change.kind)
    if way is None:
        raise AppError("A change of this kind cannot be undone here.", "Settings lists all changes.")
    way.undo(store.catalog, who, change.change_id)
    if way.rescan:
        rescan(store, who)
    return change


def undoable(store: Store, changes: Iterable[Change]) -> frozenset[int]:
    """The change_ids that can be taken back now; an undo is no such change."""
    with store.catalog.read() as connection:
        return frozenset(
            change.change_id
            for change in changes
            if change.undoes is None and change.kind in WAYS and WAYS[change.kind].holds(connection, change)
        )
