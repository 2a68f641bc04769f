"""What the buttons of Settings do; each is signed, written, told in a toast, and the page is built anew."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo
from typing import Any, Final

from dash import ALL, ctx, html, no_update
from dash.exceptions import PreventUpdate

from app import people
from app.components.empty import empty
from app.context import current, page_range
from app.errors import words_of
from app.format import exact
from app.judging import excursions_once, judge_once
from app.routing import read_address
from app.shell.live import rebuilt, state_now
from app.shell.toasts import say
from app.urlstate import again, read
from app.usecases import registry_edit, settings_preview, thresholds, views
from app.usecases.meanwhile import read_opened

FIELD: Final[dict[str, Any]] = {"type": "settings-field", "name": ALL}
SAVE, PREVIEW, RESET = "settings-save", "settings-preview", "settings-reset"
SAID: Final = "settings-said"
DELETE = "view-delete"
OPENED: Final = "opened"
Rebuilt = tuple[Any, Any]
_Done = tuple[str, int | None]  # what was done, and the number of the change that can be undone


@dataclass(frozen=True, slots=True)
class _Asked:
    """A form as it was sent: ``name`` of what it changes, its fields, and those that it was opened with."""

    section: str
    name: str
    fields: dict[str, Any]
    opened: dict[str, Any]
    is_new: bool

    def value(self) -> float:
        """Of a threshold. Raises `WrongThreshold`."""
        return thresholds.checked(self.name, self.fields.get("value") or "")


def save(clicks: int | None, values: list[Any], ids: list[dict[str, str]], here: str) -> tuple[Any, Any, Any, Any]:
    """Keep what the form says, or say beside it why not."""
    if not clicks:
        raise PreventUpdate
    try:
        asked = _asked(values, ids, here)
        if asked.is_new:
            return no_update, state_now(), "", _added(asked, here)
        words, change = _saved(asked, here)
    except Exception as error:
        return no_update, no_update, empty("error", words_of(error, "saving a setting")), no_update
    say(words, undo=change)
    return *rebuilt(here), "", no_update


def _added(asked: _Asked, here: str) -> str:
    """The address at which what was added can be changed."""
    name, change = registry_edit.add_service(current().store, people.who(), asked.fields)
    say(f"{name} added.", undo=change)
    return again("", read(_query(here)), new=None, edit=name)


def _saved(asked: _Asked, here: str) -> _Done:
    store, who = current().store, people.who()
    with store.snapshot() as snap:
        zone = page_range(snap, _query(here)).zone
    if asked.section == "thresholds":
        return _threshold_saved(asked, zone)
    changed = registry_edit.save(store, who, asked.section, asked.name, asked.fields, asked.opened, zone)
    said = f"{asked.name} saved." if changed is not None else f"{asked.name} is as it was: nothing was changed."
    return said, changed


def _threshold_saved(asked: _Asked, zone: tzinfo) -> _Done:
    one, value = thresholds.find(asked.name), asked.value()
    seen = thresholds.checked(one.name, asked.opened["value"]) if "value" in asked.opened else None
    if value == seen:
        return f"{one.words} is as it was: nothing was changed.", None
    change = thresholds.save(current().store, people.who(), one.name, value, seen, zone)
    return f"{one.words}: {exact(value)}. Incidents are looked for again in the background.", change


def preview(clicks: int | None, values: list[Any], ids: list[dict[str, str]], here: str) -> Any:
    """What the form would have done over the range of the page."""
    if not clicks:
        raise PreventUpdate
    try:
        return [html.P(words) for words in _previewed(_asked(values, ids, here), here)]
    except Exception as error:
        return empty("error", words_of(error, "previewing a setting"))


def _previewed(asked: _Asked, here: str) -> tuple[str, ...]:
    store = current().store
    with store.snapshot() as snap:
        shown = page_range(snap, _query(here))
        span = (shown.start, shown.end)
        if asked.section == "thresholds":
            return (settings_preview.threshold_words(snap, asked.name, asked.value(), *span, excursions_once),)
        before = registry_edit.entry(snap, store, asked.section, asked.name, shown.zone)
        told = registry_edit.witness(store, "", asked.section, asked.name, shown.zone)
        service = registry_edit.service_of(before.record, asked.fields, asked.opened, told)
        return settings_preview.objective_words(snap, service, *span, judge_once)


def reset(clicks: int | None, here: str) -> Rebuilt:
    """Back to the default."""
    if not clicks:
        raise PreventUpdate
    name = _query(here).get("edit", "")
    change = thresholds.save(current().store, people.who(), name, None)
    say(f"{thresholds.find(name).words}: back to its default.", undo=change)
    return rebuilt(here)


def delete_view(clicks: list[int | None], here: str) -> Rebuilt:
    """Forget a saved view."""
    if not any(clicks):
        raise PreventUpdate
    name = str(ctx.triggered_id["name"])
    change = views.delete(current().store, people.who(), name)
    say(f"View “{name}” deleted.", undo=change)
    return rebuilt(here)


def _asked(values: list[Any], ids: list[dict[str, str]], here: str) -> _Asked:
    query = _query(here)
    fields = {each["name"]: value for each, value in zip(ids, values, strict=True)}
    opened = read_opened(fields.pop(OPENED, None))
    section = query.get("section", "services")
    return _Asked(section, query.get("edit", ""), fields, opened, section == "services" and bool(query.get("new")))


def _query(here: str) -> dict[str, str]:
    return read_address(here, "/settings")[1]
