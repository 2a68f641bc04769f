"""A form that stood open while others changed the same thing: what this person changed is written, nothing else.

Forms are compared as they show things: field -> text, names chosen, or rows.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, is_dataclass
from datetime import datetime, tzinfo
from types import MappingProxyType
from typing import Any, Final

from app.errors import AppError
from app.format import moment
from app.usecases.field_words import FIELDS
from data.catalog.catalog import Catalog
from data.changes import Change, ChangeKind, list_changes

Fields = Mapping[str, Any]
NOTHING: Final[Fields] = MappingProxyType({})
MOST_SHOWN: Final = 60
COPY: Final = "Nothing was saved: copy what you wrote, and open the form anew."


class Meanwhile(AppError):
    """Another has changed the same field since the form was opened."""


@dataclass(frozen=True, slots=True)
class Witness:
    """Says who changed a field of the ``subject`` that ``who`` edits; what no person changed is ``otherwise``'s."""

    catalog: Catalog
    who: str
    kind: ChangeKind
    subject: str
    otherwise: str
    zone: tzinfo

    def told(self, name: str, held: Any, shown: Any) -> str:
        """``Jo changed “Title” (Sat 21 Nov, 14:06): it is “Shop slow” now.``"""
        words, found = FIELDS[self.kind].get(name, name), self._newest(name, held)
        by = self.otherwise if found is None else "You" if found.who == self.who else found.who
        when = "" if found is None else f" ({moment(found.at, self.zone)})"
        return f"{by} changed “{words[:1].upper()}{words[1:]}”{when}: {_now(shown)}."

    def _newest(self, name: str, held: Any) -> Change | None:
        """The newest change of the field, where it made what is held now."""
        found = list_changes(self.catalog, self.kind, self.subject)
        newest = next((c for c in found if (c.before or {}).get(name) != (c.after or {}).get(name)), None)
        return newest if newest and (newest.after or {}).get(name) == as_json(held) else None


def mine(given: Fields, opened: Fields) -> tuple[str, ...]:
    """Names of the fields that differ from what the form was opened with."""
    return tuple(name for name in given if differs(name, given, opened))


def taken(names: Iterable[str], opened: Fields, now: Fields) -> tuple[str, ...]:
    """Those of the fields that another has changed since the form was opened."""
    return tuple(name for name in names if name in opened and differs(name, opened, now))


def rebased(given: Fields, opened: Fields, now: Fields, times: Collection[str]) -> dict[str, Any]:
    """What a form would show now, with what this person changed in it since it was opened.

    Another zone changes all times.
    """
    changed = {*mine(given, opened or now)}
    changed |= {*times} if "zone" in changed else set()
    return {**now, **{name: given[name] for name in now if name in changed and name in given}}


def refuse(said: Collection[str]) -> None:
    """Raises `Meanwhile` where there is anything to say."""
    if said:
        raise Meanwhile(" ".join(said), COPY)


def differs(name: str, one: Fields, other: Fields) -> bool:
    """Whether two forms show a field differently; an empty one is one that is not there."""
    return (one.get(name) or "") != (other.get(name) or "")


def read_opened(text: Any) -> dict[str, Any]:
    """What a form was opened with, as the browser gives it back. Raises `AppError` where that is nonsense."""
    try:
        found = json.loads(text or "{}")
    except (TypeError, ValueError) as error:
        raise AppError("This form cannot be read.", "Open it anew.") from error
    if not isinstance(found, dict) or not all(isinstance(given, str | list) for given in found.values()):
        raise AppError("This form cannot be read.", "Open it anew.")
    return found


def as_json(value: Any) -> Any:
    """A field of a record as the log of changes has it."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, tuple):
        return [as_json(part) for part in value]
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else value


def _now(shown: Any) -> str:
    parts = shown if isinstance(shown, list) else [shown]
    text = ", ".join(" ".join(filter(None, one.values())) if isinstance(one, dict) else str(one) for one in parts)
    short = f"{text[: MOST_SHOWN - 1]}…" if len(text) > MOST_SHOWN else text
    return f"it is “{short}” now" if short else "it is empty now"
