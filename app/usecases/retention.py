"""How long records of each kind are kept: for ever, or as long as a person said; the worker lets older ones go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, Final

from app.errors import AppError
from app.format import count, span, value
from app.usecases.meanwhile import COPY, Meanwhile, Witness
from data import kept
from data.catalog import retain
from data.changes import Changed
from data.records import Retention
from data.store import Snapshot, Store
from data.timespan import parse_span, span_text

LEAST: Final = timedelta(days=1)
MOST: Final = timedelta(days=36_500)
THINK: Final = timedelta(hours=1)  # in which an undo still loses nothing
FOR_EVER: Final = "for ever"
KINDS: Final[Mapping[str, str]] = {
    "metrics": "Samples of every series, with their rollups",
    "logs": "Records of logs, with what is counted from them",
    "events": "Alerts, deploys, changes and what else happened",
    "predictions": "What models predicted, and from what",
    "labels": "What turned out to be true",
}
NOUNS: Final[Mapping[str, str]] = {
    "metrics": "sample",
    "logs": "log record",
    "events": "event",
    "predictions": "prediction",
    "labels": "label",
}


class WrongAge(AppError):
    """A time that records cannot be kept for."""


@dataclass(frozen=True, slots=True)
class Kept:
    """How long records of a kind are kept, seconds; None for ever. ``who`` and ``set_at`` where a person said so."""

    kind: str
    keep_s: float | None = None
    who: str = ""
    set_at: datetime | None = None

    @property
    def words(self) -> str:
        """``90d``, or for ever."""
        return FOR_EVER if self.keep_s is None else span_text(self.keep_s)


def effective(snap: Snapshot) -> tuple[Kept, ...]:
    """Every kind, in the order of the table."""
    said = {one.name: one for one in snap.state.retention}
    return tuple(
        Kept(kind, said[kind].keep_s, said[kind].who, said[kind].set_at) if kind in said else Kept(kind)
        for kind in KINDS
    )


def checked(kind: str, text: str) -> float | None:
    """The seconds that a text such as 90d means, None for an empty one. Raises `WrongAge` in words."""
    if kind not in KINDS:
        raise WrongAge("There is no such kind of record.")
    text = str(text).strip()
    if text in ("", FOR_EVER):
        return None
    try:
        seconds = parse_span(text)
    except ValueError as error:
        raise WrongAge(f"“{text[:40]}” is no span of time.", "Write days like 90d, or nothing for ever.") from error
    if not LEAST.total_seconds() <= seconds <= MOST.total_seconds():
        raise WrongAge(f"Records are kept for at least {LEAST.days} day and at most {MOST.days:,} days.")
    return seconds


def save(store: Store, who: str, kind: str, keep_s: float | None, seen: tuple[float | None, ...], zone: tzinfo) -> int:
    """Keep records of ``kind`` so long from now on; returns the change's number.

    Raises `Meanwhile` where none of those ``seen`` holds any more.
    """
    try:
        return kept.keep_records(store.catalog, who, kind, keep_s, seen or None)
    except Changed as error:
        raise _meanwhile(store, who, kind, zone) from error


def _meanwhile(store: Store, who: str, kind: str, zone: tzinfo) -> Meanwhile:
    with store.snapshot() as snap:
        now = next(one for one in effective(snap) if one.kind == kind)
    witness = Witness(store.catalog, who, "retention", kind, "Somebody", zone)
    return Meanwhile(witness.told("keep_s", now.keep_s, now.words), COPY)


def saved_words(kind: str, keep_s: float | None) -> str:
    """What is told when it was saved."""
    if keep_s is None:
        return f"{kind.capitalize()} are kept for ever."
    hours = f"{THINK.total_seconds() / 3600:g} hour"
    return f"{kind.capitalize()} are kept for {span_text(keep_s)}. What is older goes in {hours} at the earliest."


def preview_words(store: Store, kind: str, keep_s: float | None, zone: tzinfo, now: datetime | None = None) -> str:
    """What would go, were it kept so long: a look, nothing is changed."""
    if keep_s is None:
        return "All of them are kept."
    before = border(keep_s, now or datetime.now(UTC))
    found = retain.look(store.catalog, kind, before)
    if not found.rows or found.start is None or found.end is None:
        return f"Nothing would go now: no {NOUNS[kind]} is so old."
    records = count(found.rows, NOUNS[kind])
    when = span(found.start, found.end, zone, year=True)
    return f"{records} would go, {when}, about {value(float(found.bytes), 'bytes')}. They do not come back by an undo."


def border(keep_s: float, now: datetime) -> datetime:
    """The midnight (UTC) before which records go: whole days, as segments hold them."""
    return (now - timedelta(seconds=keep_s)).replace(hour=0, minute=0, second=0, microsecond=0)


def is_due(snap: Snapshot, now: datetime) -> bool:
    """Whether anything is older than it need be kept."""
    return any(True for _ in _aged(snap, now))


def let_go(store: Store, now: datetime) -> dict[str, Any]:
    """Let go of everything that is older than it need be kept; returns how many records of each kind went."""
    with store.snapshot() as snap:
        aged = list(_aged(snap, now))
    return {one.name: retain.retain(store.catalog, one.name, border(one.keep_s, now)).rows for one in aged}


def _aged(snap: Snapshot, now: datetime) -> Iterator[Retention]:
    oldest = dict[str, datetime]()
    for segment in snap.state.segments:
        if segment.min_ts is not None:
            oldest[segment.kind] = min(segment.min_ts, oldest.get(segment.kind, segment.min_ts))
    for one in snap.state.retention:
        if one.set_at <= now - THINK and one.name in oldest and oldest[one.name] < border(one.keep_s, now):
            yield one
