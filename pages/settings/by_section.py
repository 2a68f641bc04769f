"""What saving, previewing and resetting mean in each section of Settings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import Any, Final

from app import people
from app.context import current
from app.format import exact
from app.judging import excursions_once, judge_once
from app.timerange import Resolved
from app.usecases import registry_edit, retention, settings_preview, thresholds

Done = tuple[str, int | None]  # what was done, and the number of the change that can be undone


@dataclass(frozen=True, slots=True)
class Asked:
    """A form as it was sent: ``name`` of what it changes, its fields, and those that it was opened with."""

    section: str
    name: str
    fields: dict[str, Any]
    opened: dict[str, Any]
    is_new: bool

    @property
    def text(self) -> str:
        """Of a form with one field."""
        return str(self.fields.get("value") or "")


@dataclass(frozen=True, slots=True)
class Section:
    """``reset`` takes the name of what goes back to its default."""

    save: Callable[[Asked, tzinfo], Done]
    preview: Callable[[Any, Asked, Resolved], tuple[str, ...]]
    reset: Callable[[str], Done] | None = None


def of(name: str) -> Section:
    """The section of this name; what is no other is a part of the registry."""
    return SECTIONS.get(name, REGISTRY)


def _registry_saved(asked: Asked, zone: tzinfo) -> Done:
    store, who = current().store, people.who()
    change = registry_edit.save(store, who, asked.section, asked.name, asked.fields, asked.opened, zone)
    return (f"{asked.name} saved." if change is not None else _unchanged(asked.name)), change


def _registry_previewed(snap: Any, asked: Asked, shown: Resolved) -> tuple[str, ...]:
    store = current().store
    before = registry_edit.entry(snap, store, asked.section, asked.name, shown.zone)
    told = registry_edit.witness(store, "", asked.section, asked.name, shown.zone)
    service = registry_edit.service_of(before.record, asked.fields, asked.opened, told)
    return settings_preview.objective_words(snap, service, shown.start, shown.end, judge_once)


def _threshold_saved(asked: Asked, zone: tzinfo) -> Done:
    one, value = thresholds.find(asked.name), thresholds.checked(asked.name, asked.text)
    seen = thresholds.checked(one.name, asked.opened["value"]) if "value" in asked.opened else None
    if value == seen:
        return _unchanged(one.words), None
    change = thresholds.save(current().store, people.who(), one.name, value, seen, zone)
    return f"{one.words}: {exact(value)}. Incidents are looked for again in the background.", change


def _threshold_previewed(snap: Any, asked: Asked, shown: Resolved) -> tuple[str, ...]:
    value = thresholds.checked(asked.name, asked.text)
    said = settings_preview.threshold_words(snap, asked.name, value, shown.start, shown.end, excursions_once)
    return (said,)


def _threshold_reset(name: str) -> Done:
    change = thresholds.save(current().store, people.who(), name, None)
    return f"{thresholds.find(name).words}: back to its default.", change


def _retention_saved(asked: Asked, zone: tzinfo) -> Done:
    keep_s = retention.checked(asked.name, asked.text)
    seen = (retention.checked(asked.name, asked.opened["value"]),) if "value" in asked.opened else ()
    if keep_s in seen:
        return _unchanged(asked.name), None
    change = retention.save(current().store, people.who(), asked.name, keep_s, seen, zone)
    return retention.saved_words(asked.name, keep_s), change


def _retention_previewed(_: Any, asked: Asked, shown: Resolved) -> tuple[str, ...]:
    keep_s = retention.checked(asked.name, asked.text)
    return (retention.preview_words(current().store, asked.name, keep_s, shown.zone),)


def _retention_reset(name: str) -> Done:
    retention.checked(name, "")
    change = retention.save(current().store, people.who(), name, None, (), UTC)
    return retention.saved_words(name, None), change


def _unchanged(words: str) -> str:
    return f"{words} is as it was: nothing was changed."


REGISTRY: Final = Section(_registry_saved, _registry_previewed)
SECTIONS: Final = {
    "thresholds": Section(_threshold_saved, _threshold_previewed, _threshold_reset),
    "retention": Section(_retention_saved, _retention_previewed, _retention_reset),
}
