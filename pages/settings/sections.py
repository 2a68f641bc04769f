"""The body of each section of Settings."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from dash import html

from app.components import cards
from app.components.controls import button, link_button, segmented_links
from app.components.empty import NOTHING, empty
from app.components.filters import filter_box, holds
from app.components.sheet import Plain
from app.components.tables import Column, Row, table
from app.context import current
from app.format import count, exact, moment
from app.people import signed
from app.shell import stories
from app.shell.acts import act
from app.timerange import Resolved
from app.urlstate import UrlState, again
from app.usecases import environment, history, registry_edit, registry_form, retention, season_words, thresholds, views
from app.usecases.registry_edit import Entry
from pages.settings import acts, cells, forms

PATH: Final = "/settings"
MOST_ROWS: Final = 300
ROWS: Final = "settings-rows"
FOUND: Final = "as found"
WORDS: Final = {
    "services": "Services",
    "models": "Models",
    "metrics": "Metrics",
    "thresholds": "Thresholds",
    "retention": "Retention",
    "views": "Saved views",
    "display": "Display",
    "history": "History",
}
HOLDS: Final = (
    "The newest statement of a name holds, be it of a file or of this page. A file that was loaded before and has not "
    "changed is no new statement: change it, or undo in History."
)


def body(snap: Any, section: str, state: UrlState, shown: Resolved) -> html.Div:
    """What stands below the choice of section."""
    build = _BODIES.get(section, _registry)
    return html.Div(build(snap, section, state, shown), className="stack settings")


def _registry(snap: Any, section: str, state: UrlState, shown: Resolved) -> list[Any]:
    found = registry_edit.entries(snap, current().store, section, shown.zone)
    edited = next((one for one in found if one.name == state.extra.get("edit")), None)
    close = again(PATH, state, edit=None, new=None)
    form = [forms.registry(snap, section, edited, close)] if edited else []
    if section == "services" and state.extra.get("new"):
        form = [forms.new_service(snap, close)]
    return [*form, _listed(section, found, state, season_words.by_metric(snap) if section == "metrics" else None)]


def _season(name: str, seasons: Mapping[str, tuple[str, str]]) -> Any:
    """What the sources of a metric state of its season, with the files that do so."""
    words, files = seasons.get(name, ("", ""))
    return html.Span(words, title=f"Stated by {files}", dir="auto") if words else html.Span(FOUND, className="muted")


def _listed(
    section: str, found: Sequence[Entry], state: UrlState, seasons: Mapping[str, tuple[str, str]] | None
) -> html.Section:
    """``seasons`` by metric, where the section has a column for them."""
    new = link_button("New service", again(PATH, state, edit=None, new="1")) if section == "services" else None
    if not found:
        return html.Section(empty("nothing", NOTHING, new), className="card")
    wanted = state.extra.get("q", "")
    fitting = [one for one in found if holds(wanted, one.origin, *registry_form.texts_of(one.name, one.record))]
    rows = [
        Row([*cells.of(section, one.record), *([] if seasons is None else [_season(one.name, seasons)]),
             html.Span(one.origin, dir="auto"), _edit(one.name, state)],
            selected=one.name == state.extra.get("edit"),
            lines=[[*cells.texts(section, one.record),
                    *([] if seasons is None else [seasons.get(one.name, (FOUND,))[0]]), one.origin]])
        for one in fitting[:MOST_ROWS]
    ]  # fmt: skip
    own = [*cells.COLUMNS[section], *([] if seasons is None else [Column("Season", 90)])]
    columns = [*own, Column("From", 170), Column("", 60)]
    heads = [*(column.label for column in own), "From"]
    drawn = (
        table(columns, rows, caption=WORDS[section], foot=HOLDS, heads=heads)
        if rows
        else empty("no_match", "Nothing matches.")
    )
    download = html.A("Download as TOML", href="/registry.toml", download="registry.toml", className="button")
    shown = html.Span(_number(len(fitting), len(found)))
    tools = html.Div([shown, filter_box(ROWS, "q", wanted), download, new], className="settings-tools")
    return cards.card(WORDS[section], tools, html.Div(drawn, id=ROWS), flush=True)


def _number(fitting: int, all_there_are: int) -> str:
    shown = f"{min(fitting, MOST_ROWS):,} of " if min(fitting, MOST_ROWS) < all_there_are else ""
    return f"{shown}{all_there_are:,}"


def _edit(name: str, state: UrlState) -> html.A:
    named: dict[str, Any] = {"aria-label": f"Edit {name}"}
    return html.A("Edit", href=again(PATH, state, edit=name, new=None), **named)


def _thresholds(snap: Any, _: str, state: UrlState, shown: Resolved) -> list[Any]:
    found = thresholds.effective(snap)
    edited = next((one for one in found if one.threshold.name == state.extra.get("edit")), None)
    columns = (
        Column("Threshold", 150), Column("Value", 70, numeric=True), Column("Unit", 150), Column("What it does"),
        Column("From", 170), Column("", 60),
    )  # fmt: skip
    rows = [
        Row([html.Strong(one.threshold.words), exact(one.value), one.threshold.unit, one.threshold.does,
             _origin(one.who, one.set_at, shown), _edit(one.threshold.name, state)],
            selected=one is edited, lines=[_threshold_line(one)])
        for one in found
    ]  # fmt: skip
    form = [forms.threshold(edited, again(PATH, state, edit=None))] if edited else []
    foot = "Pages follow at once, incidents when they have been looked for again, which a change starts."
    heads = ("Threshold", "Value", "Unit", "What it does", "Set by", "Set at (UTC)")
    drawn = table(columns, rows, caption="Thresholds", foot=foot, heads=heads)
    return [*form, cards.card("Thresholds", None, drawn, flush=True)]


def _threshold_line(one: thresholds.Effective) -> list[Plain]:
    return [one.threshold.words, one.value, one.threshold.unit, one.threshold.does, one.who, one.set_at]


def _origin(who: str, set_at: datetime | None, shown: Resolved) -> Any:
    if set_at is None:
        return "default"
    return html.Span(f"{who}, {moment(set_at, shown.zone, seconds=False)}", dir="auto")


def _retention(snap: Any, _: str, state: UrlState, shown: Resolved) -> list[Any]:
    found = retention.effective(snap)
    edited = next((one for one in found if one.kind == state.extra.get("edit")), None)
    columns = (
        Column("Records", 112), Column("Kept for", 72), Column("From", 124), Column("", 52), Column("What they are"),
    )  # fmt: skip
    rows = [
        Row([html.Strong(one.kind.capitalize()), one.words, _origin(one.who, one.set_at, shown),
             _edit(one.kind, state), retention.KINDS[one.kind]],
            selected=one is edited, lines=[[one.kind, one.words, one.who, one.set_at]])
        for one in found
    ]  # fmt: skip
    form = [forms.kept_for(edited, again(PATH, state, edit=None))] if edited else []
    heads = ("Records", "Kept for", "Set by", "Set at (UTC)")
    drawn = table(columns, rows, caption="How long records are kept", heads=heads)
    return [*form, cards.card("Retention", "how long records are kept", drawn, flush=True)]


def _views(snap: Any, _: str, __: UrlState, shown: Resolved) -> list[Any]:
    found = views.listed(snap)
    if not found:
        words = "No view is saved. “Save view” at the foot of the navigation gives the page you are on a name."
        return [cards.card("Saved views", None, empty("nothing", words))]
    columns = (Column("View"), Column("Saved by", 160), Column("When", 170), Column("", 80))
    rows = [
        Row([html.A(one.name, href=one.address, dir="auto"), html.Span(one.who, dir="auto"),
             moment(one.saved_at, shown.zone, seconds=False),
             button("Delete", id={"type": acts.DELETE, "name": one.name}, **signed())],
            lines=[[one.name, one.address, one.who, one.saved_at]])
        for one in found
    ]  # fmt: skip
    heads = ("View", "Address", "Saved by", "Saved at (UTC)")
    drawn = table(columns, rows, caption="Saved views", heads=heads)
    return [cards.card("Saved views", count(len(found), "view"), drawn, flush=True)]


def _display(snap: Any, __: str, ___: UrlState, shown: Resolved) -> list[Any]:
    theme = html.P([button("Change theme", **act("theme")), " ", html.Span(className="theme-shown")])
    zone = html.P(["Times are shown in ", html.Strong(shown.zone.key), ". The range at the top changes it."])
    name = html.P([button("Change your name", **act("name")), " It stands at the foot of the navigation."])
    this = cards.card("This browser", "kept in this browser alone", html.Div([theme, name, zone], className="stack"))
    columns = (Column("Variable", 240), Column("Value", 200), Column("From", 120), Column("What it sets"))
    found = environment.settings_of(current().settings, os.environ)
    rows = [Row([html.Code(one.variable), html.Span(one.value, dir="auto"), one.origin, one.does]) for one in found]
    foot = "Read when Diptych starts. The secret key is a file of the home and is never shown."
    drawn = table(columns, rows, caption="Settings of this process", foot=foot)
    told = stories.card(bool(snap.state.segments))
    return [this, cards.card("This process", "read only", drawn, flush=True), told]


def _history(_: Any, __: str, state: UrlState, shown: Resolved) -> list[Any]:
    kind = state.extra.get("kind", "")
    kind = kind if kind in history.WORDS else ""
    choices = [("", "All", again(PATH, state, kind=None))]
    choices += [(name, f"{words[0].upper()}{words[1:]}", again(PATH, state, kind=name))
                for name, words in history.WORDS.items()]  # fmt: skip
    found = history.lines(current().store, kind, shown.zone)
    chosen = html.Div(segmented_links("Kinds of change", choices, kind), className="settings-sections")
    if not found:
        return [chosen, cards.card("History", None, empty("no_match", "Nothing was changed yet."))]
    columns = (
        Column("When", 140), Column("Who", 120), Column("What", 170), Column("Was", 330), Column("Became", 330),
        Column("", 70),
    )  # fmt: skip
    rows = [Row(_change(one, shown), lines=[_change_line(one)]) for one in found]
    small = f"the newest {history.MOST}" if len(found) == history.MOST else count(len(found), "change")
    heads = ("When (UTC)", "Who", "Kind", "What", "Undo", "Was", "Became")
    drawn = table(columns, rows, caption="Changes, the newest first", heads=heads)
    return [chosen, cards.card("History", small, drawn, flush=True)]


def _change_line(one: history.Line) -> list[Plain]:
    return [one.at, one.who, one.kind, one.subject, "yes" if one.undoes else "no", one.was, one.became]


def _change(one: history.Line, shown: Resolved) -> list[Any]:
    undone = html.Span("undo", className="pill") if one.undoes else ""
    what: list[Any] = [html.Span(f"{one.kind} ", className="muted"), html.Span(one.subject, dir="auto"), " ", undone]
    undo = _undo(one) if one.undo else ""
    at = html.Time(moment(one.at, shown.zone), dateTime=one.at.isoformat())
    texts = [html.Span(text, dir="auto", className="change-text") for text in (one.was, one.became)]
    return [at, html.Span(one.who, dir="auto"), html.Span(what), *texts, undo]


def _undo(one: history.Line) -> html.Button:
    number: dict[str, Any] = {"data-change": str(one.change_id), "aria-label": f"Undo the change of {one.subject}"}
    return button("Undo", **act("undo"), **number, **signed())


_Body = Callable[[Any, str, UrlState, Resolved], list[Any]]
_BODIES: Final[dict[str, _Body]] = {
    "thresholds": _thresholds,
    "retention": _retention,
    "views": _views,
    "display": _display,
    "history": _history,
}
