"""What a person says of an episode, read and kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from app.errors import AppError
from app.usecases.anomaly_list import find
from app.usecases.fields import Refused, one_line
from app.usecases.rescan import rescan
from data.queries import verdicts
from data.records import Anomaly, VerdictWord
from data.store import Store

MOST_NOTE: Final = 500
WORDS: Final[dict[VerdictWord, str]] = {"real": "Real", "expected": "Expected", "not useful": "Not useful"}
MEANS: Final[dict[VerdictWord, str]] = {
    "real": "Something was wrong. It is left out of what later scoring expects.",
    "expected": "It was known or planned, such as a sale or a load test: a false alarm.",
    "not useful": "It was nothing, or nothing to act on: a false alarm. What is no stronger is not raised again here.",
}


@dataclass(frozen=True, slots=True)
class Said:
    """The change that can be undone (None where nothing changed), and the words."""

    change_id: int | None
    words: str


class NoSuchEpisode(AppError):
    """An episode that is not there any more."""


def give(store: Store, who: str, anomaly_id: str, asked: str, note: object) -> Said:
    """Judge an episode; signals are then looked at again with it. Raises Refused, NoSuchEpisode."""
    word = next((word for word in WORDS if word == asked), None)
    text = one_line(note)
    if word is None:
        raise Refused("Choose real, expected or not useful.")
    if len(text) > MOST_NOTE:
        raise Refused(f"The note has {len(text)} characters, {MOST_NOTE} fit.")
    change = verdicts.give(store.catalog, who, _found(store, anomaly_id), word, text)
    return _said(store, who, change, f"Judged {word}.")


def withdraw(store: Store, who: str, anomaly_id: str) -> Said:
    """Say nothing of it any more. Raises NoSuchEpisode."""
    change = verdicts.withdraw(store.catalog, who, _found(store, anomaly_id))
    return _said(store, who, change, "The verdict is withdrawn.")


def _said(store: Store, who: str, change: int | None, words: str) -> Said:
    if change is None:
        return Said(None, "That is said of it already.")
    rescan(store, who)
    return Said(change, words)


def _found(store: Store, anomaly_id: str) -> Anomaly:
    with store.snapshot() as snap:
        found = find(snap, anomaly_id)
    if found is None:
        raise NoSuchEpisode("There is no such episode any more.", "The list shows those there are.")
    return found
