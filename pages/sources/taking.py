"""Taking a file in through the browser: the drop area, and the dry run of what was dropped."""

from __future__ import annotations

from typing import Any, Final

from dash import dcc, html

from app.components import cards
from app.components.controls import button, link_button, segmented_links
from app.components.empty import empty
from app.components.tables import Column, Row, table
from app.context import current
from app.failures import inline
from app.figures import cached
from app.format import count, grouped, value
from app.people import signed
from app.source_endpoints import UPLOAD
from app.urlstate import UrlState
from app.usecases import preview, uploads
from app.usecases.preview import FilePreview
from app.usecases.uploads import Reading, Upload
from app.usecases.words import first_upper
from pages.sources.parts import Frame

NONE: Final[dict[str, str | None]] = {"upload": None, "as": None, "service": None, "zone-of-times": None}
MOST_COLUMNS: Final = 40
MOST_REJECTS: Final = 5


def reading(state: UrlState) -> Reading:
    """How the address says that the upload is to be read."""
    extra = state.extra
    return Reading(extra.get("as", ""), extra.get("service", ""), extra.get("zone-of-times", ""))


def drop_area() -> html.Section:
    """Assets/sources.js sends what is dropped or chosen; nothing is taken in before a person says so."""
    most = current().settings.max_request_kb
    data: dict[str, Any] = {"data-drop": UPLOAD, "data-most-kb": str(most)}
    choose = html.Button("Choose a file", type="button", className="button", **_data("choose"))
    words = html.P(["Drop a file here, or ", choose, "."])
    limit = f"Up to {value(most * 1000.0, 'B')} (DIPTYCH_MAX_REQUEST_KB). You see what it would become first."
    named: dict[str, Any] = {"aria-label": "Sending the file", "hidden": True}
    progress = html.Progress(max="1", value="0", **named)
    inside = [words, html.P(limit, className="meta"), progress]
    return cards.card("Take in a file", None, html.Div(inside, className="drop", **data))


def waiting(frame: Frame) -> Any:
    """The dry run of the upload that the address names."""
    asked = frame.state.extra.get("upload", "")
    return _dry_run(asked, frame) if asked else None


@inline
def _dry_run(upload_id: str, frame: Frame) -> Any:
    context, how = current(), reading(frame.state)
    upload = uploads.find(context.settings.home, upload_id)
    key = (upload_id, how.kind, how.service, how.tz, context.store.catalog.generation)
    body = cached("dry-run", key, lambda: {"body": _found(uploads.look(context.settings.home, upload, how))})["body"]
    title = html.Span(["Dry run of ", html.Span(upload.name, dir="auto")])
    small = f"{value(float(upload.bytes), 'B')}, nothing is stored yet"
    return cards.card(title, small, [_choices(frame, how), body, _buttons(frame, upload)], id="dry-run")


def _buttons(frame: Frame, upload: Upload) -> html.Div:
    take = button("Take it in", id="take-in", primary=True, title=f"Take in {upload.name}", **signed())
    return html.Div([take, link_button("Leave it", frame.address(**NONE))], className="choices-row")


def _choices(frame: Frame, how: Reading) -> html.Div:
    options = [("", "From the content"), *((kind, kind.capitalize()) for kind in uploads.KINDS)]
    links = [(kind, words, frame.address(**{"as": kind or None})) for kind, words in options]
    fields = [
        _field("upload-service", "Service, where the lines name none", how.service),
        _field("upload-zone", "Zone of times that state none", how.tz, "UTC"),
    ]
    go = html.Button("Look again", type="submit", className="button")
    form = html.Form([*fields, go], className="reading", **_data("reading"))
    return html.Div([segmented_links("What it holds", links, how.kind), form], className="upload-choices")


def _field(id: str, label: str, given: str, placeholder: str = "") -> html.Div:
    box = dcc.Input(id=id, type="text", value=given, placeholder=placeholder, className="field", autoComplete="off")
    return html.Div([html.Label(label, htmlFor=id), box], className="labelled")


def _found(one: FilePreview) -> Any:
    if one.error:
        return empty("error", one.error)
    said = [f"{preview.found_as(one)}.", preview.counts(one), *map(first_upper, preview.decisions(one, page=True))]
    lines = html.Ul([html.Li(words, dir="auto") for words in said], className="decided")
    rows = [_rows(kind, found) for kind, found in one.rows]
    return html.Div([lines, *_columns(one), *rows, *_rejects(one)], className="dry-run")


def _columns(one: FilePreview) -> list[Any]:
    if not one.columns:
        return []
    pairs = [_pair(column, name) for column, name in one.columns[:MOST_COLUMNS]]
    more = f" and {len(one.columns) - MOST_COLUMNS} more" if len(one.columns) > MOST_COLUMNS else ""
    return [html.H3("Columns"), html.P([*pairs, more], className="column-pairs")]


def _pair(column: str, name: str) -> html.Span:
    return html.Span(
        [html.Code(column[:120], dir="auto"), " → ", preview.COLUMN_WORDS.get(name, name) or "not kept"],
        className="column-pair",
    )


def _rows(kind: str, rows: tuple[dict[str, str], ...]) -> html.Div:
    columns = list(preview.columns_of_rows(rows))
    heads = [Column(preview.COLUMN_WORDS.get(name, name)) for name in columns]
    texts = [[row.get(name, "") for name in columns] for row in rows]
    cells = [Row([_cell(*pair) for pair in zip(columns, line, strict=True)], lines=[line]) for line in texts]
    title = html.H3(f"First {count(len(rows), 'record')} of {kind}, as they would be stored")
    return html.Div(
        [title, table(heads, cells, caption=f"First records of {kind}", heads=[one.label for one in heads])]
    )


def _cell(name: str, text: str) -> html.Span:
    return html.Span(preview.shown(name, text), title=text, className="clip", dir="auto")


def _rejects(one: FilePreview) -> list[Any]:
    if not one.rejects:
        return []
    lines = [
        html.Li([f"Line {grouped(each.line)}: {each.reason} ", html.Code(each.raw, className="clip", dir="auto")])
        for each in one.rejects[:MOST_REJECTS]
    ]
    return [html.H3(f"{grouped(one.rejected)} would be rejected"), html.Ul(lines, className="decided")]


def _data(name: str) -> dict[str, Any]:
    return {"data-upload": name}
