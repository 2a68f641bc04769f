"""What the buttons of Settings do; each is signed, written, told in a toast, and the page is built anew."""

from __future__ import annotations

from typing import Any, Final

from dash import ALL, ctx, html, no_update
from dash.exceptions import PreventUpdate

from app import people
from app.components.empty import empty
from app.context import current, page_range
from app.errors import words_of
from app.routing import read_address
from app.shell.live import rebuilt, state_now
from app.shell.toasts import say
from app.urlstate import again, read
from app.usecases import registry_edit, views
from app.usecases.meanwhile import read_opened
from pages.settings import by_section
from pages.settings.by_section import Asked, Done

FIELD: Final[dict[str, Any]] = {"type": "settings-field", "name": ALL}
SAVE, PREVIEW, RESET = "settings-save", "settings-preview", "settings-reset"
SAID: Final = "settings-said"
DELETE = "view-delete"
OPENED: Final = "opened"
Rebuilt = tuple[Any, Any]


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


def _added(asked: Asked, here: str) -> str:
    """The address at which what was added can be changed."""
    name, change = registry_edit.add_service(current().store, people.who(), asked.fields)
    say(f"{name} added.", undo=change)
    return again("", read(_query(here)), new=None, edit=name)


def _saved(asked: Asked, here: str) -> Done:
    with current().store.snapshot() as snap:
        zone = page_range(snap, _query(here)).zone
    return by_section.of(asked.section).save(asked, zone)


def preview(clicks: int | None, values: list[Any], ids: list[dict[str, str]], here: str) -> Any:
    """What the form would have done over the range of the page."""
    if not clicks:
        raise PreventUpdate
    try:
        return [html.P(words) for words in _previewed(_asked(values, ids, here), here)]
    except Exception as error:
        return empty("error", words_of(error, "previewing a setting"))


def _previewed(asked: Asked, here: str) -> tuple[str, ...]:
    with current().store.snapshot() as snap:
        return by_section.of(asked.section).preview(snap, asked, page_range(snap, _query(here)))


def reset(clicks: int | None, here: str) -> Rebuilt:
    """Back to the default."""
    query = _query(here)
    back = by_section.of(query.get("section", "")).reset
    if not clicks or back is None:
        raise PreventUpdate
    words, change = back(query.get("edit", ""))
    say(words, undo=change)
    return rebuilt(here)


def delete_view(clicks: list[int | None], here: str) -> Rebuilt:
    """Forget a saved view."""
    if not any(clicks):
        raise PreventUpdate
    name = str(ctx.triggered_id["name"])
    change = views.delete(current().store, people.who(), name)
    say(f"View “{name}” deleted.", undo=change)
    return rebuilt(here)


def _asked(values: list[Any], ids: list[dict[str, str]], here: str) -> Asked:
    query = _query(here)
    fields = {each["name"]: value for each, value in zip(ids, values, strict=True)}
    opened = read_opened(fields.pop(OPENED, None))
    section = query.get("section", "services")
    return Asked(section, query.get("edit", ""), fields, opened, section == "services" and bool(query.get("new")))


def _query(here: str) -> dict[str, str]:
    return read_address(here, "/settings")[1]
