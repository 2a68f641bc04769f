"""What the buttons of Settings do; each is signed, written, told in a toast, and the page is built anew."""

from __future__ import annotations

from typing import Any, Final

from dash import ALL, ctx, html, no_update, set_props
from dash.exceptions import PreventUpdate

from app import people
from app.components.empty import empty
from app.context import current, page_range
from app.errors import words_of
from app.format import exact
from app.judging import excursions_once, judge_once
from app.routing import page_at, read_address
from app.shell.live import state_now
from app.shell.toasts import message
from app.usecases import registry_edit, settings_preview, thresholds, views

FIELD: Final[dict[str, Any]] = {"type": "settings-field", "name": ALL}
SAVE, PREVIEW, RESET = "settings-save", "settings-preview", "settings-reset"
SAID, PREVIEWED = "settings-said", "settings-previewed"
DELETE = "view-delete"
Rebuilt = tuple[Any, Any]


def save(clicks: int | None, values: list[Any], ids: list[dict[str, str]], here: str) -> tuple[Any, Any, Any]:
    """Keep what the form says, or say beside it why not."""
    if not clicks:
        raise PreventUpdate
    section, name, fields = _asked(values, ids, here)
    try:
        done = _saved(section, name, fields, here)
    except Exception as error:
        return no_update, no_update, empty("error", words_of(error, "saving a setting"))
    _say(done)
    return *_rebuilt(here), ""


def _saved(section: str, name: str, fields: dict[str, Any], here: str) -> str:
    store, who = current().store, people.who()
    if section == "thresholds":
        value = thresholds.checked(name, fields.get("value") or "")
        thresholds.save(store, who, name, value)
        return f"{thresholds.find(name).words}: {exact(value)}. Incidents are looked for again in the background."
    with store.snapshot() as snap:
        zone = page_range(snap, _query(here)).zone
    changed = registry_edit.save(store, who, section, name, fields, zone)
    return f"{name} saved. History can undo it." if changed else f"{name} is as it was: nothing was changed."


def preview(clicks: int | None, values: list[Any], ids: list[dict[str, str]], here: str) -> Any:
    """What the form would have done over the range of the page."""
    if not clicks:
        raise PreventUpdate
    section, name, fields = _asked(values, ids, here)
    try:
        return [html.P(words) for words in _previewed(section, name, fields, here)]
    except Exception as error:
        return empty("error", words_of(error, "previewing a setting"))


def _previewed(section: str, name: str, fields: dict[str, Any], here: str) -> tuple[str, ...]:
    store = current().store
    with store.snapshot() as snap:
        shown = page_range(snap, _query(here))
        if section == "thresholds":
            value = thresholds.checked(name, fields.get("value") or "")
            return (settings_preview.threshold_words(snap, name, value, shown.start, shown.end, excursions_once),)
        before = registry_edit.entry(snap, store, section, name, shown.zone)
        service = registry_edit.service_of(before.record, fields)
        return settings_preview.objective_words(snap, service, shown.start, shown.end, judge_once)


def reset(clicks: int | None, here: str) -> Rebuilt:
    """Back to the default."""
    if not clicks:
        raise PreventUpdate
    name = _query(here).get("edit", "")
    thresholds.save(current().store, people.who(), name, None)
    _say(f"{thresholds.find(name).words}: back to its default.")
    return _rebuilt(here)


def delete_view(clicks: list[int | None], here: str) -> Rebuilt:
    """Forget a saved view."""
    if not any(clicks):
        raise PreventUpdate
    name = str(ctx.triggered_id["name"])
    views.delete(current().store, people.who(), name)
    _say(f"View “{name}” deleted. History can undo it.")
    return _rebuilt(here)


def _asked(values: list[Any], ids: list[dict[str, str]], here: str) -> tuple[str, str, dict[str, Any]]:
    query = _query(here)
    fields = {each["name"]: value for each, value in zip(ids, values, strict=True)}
    return query.get("section", "services"), query.get("edit", ""), fields


def _query(here: str) -> dict[str, str]:
    return read_address(here, "/settings")[1]


def _say(words: str) -> None:
    set_props("toast", {"data": message(words)})


def _rebuilt(here: str) -> Rebuilt:
    return page_at(current().pages, here), state_now()
