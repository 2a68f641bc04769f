"""What a person wrote about a mark, read and checked, and kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from typing import Any, Final, Literal, cast
from zoneinfo import ZoneInfo

from app.timerange import zone_of
from app.usecases.field_words import FIELDS
from app.usecases.fields import Refused, one_line, read_time, read_zone, written
from app.usecases.known_events import EARLIEST, EVERYTHING, HOLIDAYS, RULES, NoHolidays, named_days
from app.usecases.mark_events import TAGS
from app.usecases.meanwhile import NOTHING, Fields, Witness, rebased, refuse, taken
from data.queries import marks
from data.records import Mark
from data.store import Snapshot, Store

MOST_WORDS: Final = 300
MOST_COUNTRY: Final = 12
PROBED: Final = 2026  # any year: whether a country is known does not depend on it
TIMES: Final = (("ts", "When"), ("ends_at", "Until, where it lasted"))
Kind = Literal["service", "model", "incident", "everything"]
WHERE: Final = {"here": "Here alone", EVERYTHING: "Everything"}
REPEATS: Final = {"": "Once", **{rule: rule.capitalize() for rule in RULES}}


@dataclass(frozen=True, slots=True)
class Kept:
    """The change that can be undone (None where nothing changed), and the words."""

    change_id: int | None
    words: str


def knows(snap: Snapshot, kind: str, subject: str) -> bool:
    """Whether there is such a service, model or incident; everything is always there."""
    if (kind, subject) == (EVERYTHING, ""):
        return True
    names = {
        "service": [one.name for one in snap.state.services],
        "model": [one.name for one in snap.state.models],
        "incident": [one.incident_id for one in snap.state.incidents],
    }
    return subject in names.get(kind, [])


def find(snap: Snapshot, mark_id: str) -> Mark | None:
    """The mark of this id."""
    return next((mark for mark in snap.state.marks if mark.mark_id == mark_id), None)


def marks_of(snap: Snapshot, kind: str, subject: str) -> tuple[Mark, ...]:
    """All marks on a subject and on everything, by time."""
    about = {(kind, subject), (EVERYTHING, "")}
    return tuple(mark for mark in snap.state.marks if (mark.kind, mark.subject) in about)


def shown(mark: Mark | None, zone: ZoneInfo, at: datetime | None = None) -> dict[str, Any]:
    """What the fields of the form show: a mark, or what a new one ``at`` a moment begins with."""
    tag, words, ts, ends_at = (mark.tag, mark.words, mark.ts, mark.ends_at) if mark else (TAGS[0], "", at, None)
    repeats = mark.repeats if mark else ""
    country = repeats.removeprefix(HOLIDAYS) if repeats.startswith(HOLIDAYS) else ""
    times = {"ts": written(ts, zone), "ends_at": written(ends_at, zone), "zone": zone.key}
    return {"tag": tag, "words": words, **times, "repeats": "" if country else repeats, "holidays": country}


@dataclass(frozen=True, slots=True)
class Written:
    """What a form says of a mark, checked."""

    tag: str
    words: str
    ts: datetime
    ends_at: datetime | None
    repeats: str
    zone: str


def read(given: Mapping[str, Any], before: Mark | None = None) -> Written:
    """What is written in the form. Raises Refused with one sentence for each thing that is wrong."""
    wrong: list[str] = []
    text = one_line(given.get("words"))
    if not text:
        wrong.append("Write a few words on what it was.")
    if len(text) > MOST_WORDS:
        wrong.append(f"The words have {len(text)} characters, {MOST_WORDS} fit.")
    tag = str(given.get("tag") or "")
    if tag not in TAGS:
        wrong.append("Choose what kind of mark it is.")
    ts, ends_at = _times(given, before, wrong)
    repeats = _repeats(given, ts, ends_at, wrong)
    if wrong or ts is None:
        raise Refused(" ".join(wrong))
    return Written(tag, text, ts, ends_at, repeats, str(given.get("zone") or "UTC").strip())


def _repeats(given: Mapping[str, Any], ts: datetime | None, ends_at: datetime | None, wrong: list[str]) -> str:
    rule, country = str(given.get("repeats") or ""), one_line(given.get("holidays"), MOST_COUNTRY).upper()
    if country:
        if rule:
            wrong.append("It is on public holidays or repeats: choose one of both.")
        try:
            named_days(country, [PROBED])
        except NoHolidays as error:
            wrong.append(f"{error} Write a code such as DE or US-CA.")
        return f"{HOLIDAYS}{country}"
    if rule not in REPEATS:
        wrong.append("Choose how it repeats.")
    if rule and ts and not ends_at:
        wrong.append("Say until when it lasts the first time, so that it can repeat.")
    if rule and ts and ts < EARLIEST:
        wrong.append(f"What repeats begins in {EARLIEST.year} or later.")
    return rule


def _times(given: Mapping[str, Any], before: Mark | None, wrong: list[str]) -> tuple[datetime | None, datetime | None]:
    zone = read_zone(given.get("zone"), wrong)
    ts, ends_at = (read_time(given.get(name), label, zone, getattr(before, name, None), wrong) for name, label in TIMES)
    if not str(given.get("ts") or "").strip():
        wrong.append("Say when it was.")
    if ts and ends_at and ends_at <= ts:
        wrong.append("It ends before it begins.")
    return ts, ends_at


def change(store: Store, who: str, mark_id: str, given: Fields, opened: Fields = NOTHING, zone: tzinfo = UTC) -> Kept:
    """Change a mark in what differs from what the form was ``opened`` with.

    Raises NotFound, Refused, and Meanwhile where that has been changed by another since.
    """
    witness = Witness(store.catalog, who, "mark", mark_id, "Somebody", zone)
    change_id = marks.amend_mark(store.catalog, who, mark_id, lambda now: _changed(now, given, opened, witness))
    return Kept(change_id, "The mark was changed." if change_id is not None else "The mark is as before.")


def _changed(now: Mark, given: Fields, opened: Fields, witness: Witness) -> Mark:
    """What a form makes of the mark as it is now."""
    held = shown(now, zone_of(str(opened.get("zone"))))
    said = read(rebased(given, opened, held, dict(TIMES)), now)
    wanted = replace(now, tag=said.tag, words=said.words, ts=said.ts, ends_at=said.ends_at, repeats=said.repeats)
    if said.repeats and (not now.repeats or str(given.get("zone")) != str(opened.get("zone"))):
        wanted = replace(wanted, zone=said.zone)  # the form shows times by the reader's clock, not by the mark's
    asked = [name for name in FIELDS["mark"] if getattr(wanted, name) != getattr(now, name)]
    refuse([witness.told(name, getattr(now, name), held[name]) for name in taken(asked, opened, held)])
    return wanted


def add(store: Store, who: str, kind: str, subject: str, given: Mapping[str, Any]) -> Kept:
    """Add a mark to a subject, or to everything where it says so. Raises Refused."""
    said = read(given)
    if given.get("where") == EVERYTHING:
        kind, subject = EVERYTHING, ""
    with store.snapshot() as snap:
        if not knows(snap, kind, subject):
            raise Refused(f"There is no {kind[:20] or 'subject'} “{subject[:60]}” to mark.")
    made = Mark(
        "",
        cast(Kind, kind),
        subject,
        said.tag,
        said.words,
        said.ts,
        said.ends_at,
        who,
        said.ts,
        said.repeats,
        said.zone,
    )
    return Kept(marks.add_mark(store.catalog, made)[1], "The mark was added.")


def delete(store: Store, who: str, mark_id: str) -> Kept:
    """Raises NotFound."""
    return Kept(marks.delete_mark(store.catalog, who, mark_id), "The mark was deleted.")
