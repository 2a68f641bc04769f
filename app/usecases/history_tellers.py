"""How each kind of change is told: which fields, in which words, and what is shown of their values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any, Final

from app.format import exact, moment
from app.usecases.field_words import FIELDS
from app.usecases.logs_words import counted_words
from app.usecases.registry_form import HURTS, feature_words, objective_words
from app.usecases.thresholds import BY_NAME
from app.usecases.words import plain_name, shortened
from data.changes import Change, ChangeKind
from data.records import FeatureSource, Objective
from data.timespan import span_text

Show = Callable[[Any, tzinfo], str]


@dataclass(frozen=True, slots=True)
class Part:
    """A field that a change touched; "" is empty. ``quoted``: its text is a person's."""

    words: str
    was: str
    became: str
    quoted: bool

    def sentence(self) -> str:
        """``title from “Shop slow” to “Shop down”``."""
        return f"{self.words} from {self._shown(self.was)} to {self._shown(self.became)}"

    def _shown(self, text: str) -> str:
        if not text:
            return "nothing"
        return f"“{shortened(text)}”" if self.quoted else text


@dataclass(frozen=True, slots=True)
class Teller:
    """``fields``: of the logged record -> words; ``shown``: of those that are no plain text; ``absent``: no record."""

    fields: Mapping[str, str]
    shown: Mapping[str, Show] = field(default_factory=dict)
    subject: Callable[[Change], str] = lambda change: change.subject
    absent: str = "nothing"

    def parts(self, change: Change, zone: tzinfo) -> tuple[Part, ...]:
        """Those of the fields that differ."""
        before, after = change.before or {}, change.after or {}
        touched = [name for name in self.fields if before.get(name) != after.get(name)]
        return tuple(self._part(name, before.get(name), after.get(name), zone) for name in touched)

    def _part(self, name: str, was: Any, became: Any, zone: tzinfo) -> Part:
        show = self.shown.get(name, _plain)
        return Part(self.fields[name], show(was, zone), show(became, zone), quoted=name not in self.shown)


def _plain(given: Any, _: tzinfo) -> str:
    if isinstance(given, list):
        return ", ".join(str(one) for one in given)
    return "" if given is None else str(given)


def _number(given: Any, _: tzinfo) -> str:
    return "" if given is None else exact(given)


def _time(given: Any, zone: tzinfo) -> str:
    return moment(datetime.fromisoformat(given), zone) if given else ""


def _delay(given: Any, _: tzinfo) -> str:
    return span_text(given) if given else ""


def _hurts(given: Any, _: tzinfo) -> str:
    return HURTS.get(given, "")


def _objectives(given: Any, _: tzinfo) -> str:
    return ", ".join(objective_words(Objective(**one)) for one in given or [])


def _features(given: Any, _: tzinfo) -> str:
    return ", ".join(feature_words(FeatureSource(**one)) for one in given or [])


def _counted(given: Any, _: tzinfo) -> str:
    return counted_words(given) if given else ""


def _threshold(change: Change) -> str:
    one = BY_NAME.get(change.subject)
    return f"{one.words} ({one.unit})" if one else change.subject


def _mark(change: Change) -> str:
    record = change.after or change.before or {}
    return f"“{shortened(str(record.get('words', '')))}” on {record.get('subject') or 'everything'}"


def _judged(change: Change) -> str:
    record = change.after or change.before or {}
    return f"{record.get('model') or record.get('service', '')}: {plain_name(str(record.get('metric', '')))}"


_FILE: Final = {
    "lines": "lines",
    "accepted": "accepted",
    "rejected": "rejected",
    "span_start": "first record",
    "span_end": "last record",
}
TELLERS: Final[Mapping[ChangeKind, Teller]] = {
    "service": Teller(FIELDS["service"], {"objectives": _objectives}, absent="nothing stated"),
    "model": Teller(
        FIELDS["model"],
        {"features": _features, "label_delay_s": _delay, "trained_at": _time},
        absent="nothing stated",
    ),
    "metric": Teller(FIELDS["metric"], {"bad_direction": _hurts, "limit": _number}, absent="nothing stated"),
    "threshold": Teller(FIELDS["threshold"], {"value": _number}, _threshold, "the default"),
    "retention": Teller(FIELDS["retention"], {"keep_s": _delay}, absent="kept for ever"),
    "view": Teller(FIELDS["view"]),
    "measure": Teller(FIELDS["measure"], {"counts": _counted}, absent="not counted"),
    "incident": Teller(FIELDS["incident"], {name: _time for name in FIELDS["incident"] if name.endswith("_at")}),
    "mark": Teller(FIELDS["mark"], {"ts": _time, "ends_at": _time}, _mark),
    "verdict": Teller(FIELDS["verdict"], {}, _judged, "not judged"),
    "file": Teller(_FILE, dict.fromkeys(("span_start", "span_end"), _time)),
}
