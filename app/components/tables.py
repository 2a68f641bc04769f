"""Tables: one component, so that every table has the same heads, rows and reading order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from dash import html

from app.components.sheet import Plain, as_json


@dataclass(frozen=True, slots=True)
class Column:
    """A head: ``width`` in pixels, ``numeric`` sets figures right; with ``sort_href`` the head is a link."""

    label: str
    width: int | None = None
    numeric: bool = False
    sort_href: str = ""
    sorted: Literal["ascending", "descending", ""] = ""


@dataclass(frozen=True, slots=True)
class Row:
    """Cells in the order of the columns. A ``hinge`` row divides; its single cell may span all columns.

    ``lines`` is what the row is in the CSV, under the heads of `table`: mostly one line, many for a row that sums up.
    """

    cells: Sequence[Any]
    selected: bool = False
    hinge: bool = False
    id: str = ""
    lines: Sequence[Sequence[Plain]] = ()


def table(
    columns: Sequence[Column], rows: Sequence[Row], caption: str = "", foot: Any = None, heads: Sequence[str] = ()
) -> html.Div:
    """The table in a box that scrolls by itself on narrow screens; ``caption`` is read aloud, ``foot`` stands below.

    ``heads`` are those of the CSV, with units; without them the CSV holds the texts of the cells.
    """
    head = html.Thead(html.Tr([_head(column) for column in columns]))
    body = html.Tbody([_row(columns, row) for row in rows])
    said = [html.Caption(caption, className="sr-only")] if caption else []
    below = html.Div([html.P(foot), csv_button(caption)], className="table-foot")
    # A box that scrolls must be reachable by keyboard, and what is reached must have a name.
    named: dict[str, Any] = {"role": "region", "aria-label": caption or "Table"}
    given: dict[str, Any] = {"data-heads": as_json(heads)} if heads else {}
    drawn = html.Table([*said, head, body], className="table", **given)
    box = html.Div(drawn, className="table-box", tabIndex=0, **named)
    return html.Div([box, below], className="table-and-foot")


def csv_button(caption: str, sheet: str = "") -> html.Button:
    """For assets/export.js: the lines of the rows of the table above, or what the page's script offers as ``sheet``."""
    named: dict[str, Any] = {"data-export": "csv", "data-name": caption, "aria-label": f"{caption or 'Table'} as CSV"}
    if sheet:
        named["data-sheet"] = sheet
    return html.Button("CSV", type="button", className="tool table-export", **named)


def _head(column: Column) -> html.Th:
    label = html.A(column.label, href=column.sort_href) if column.sort_href else column.label
    given: dict[str, Any] = {"scope": "col", "className": "numeric" if column.numeric else ""}
    if column.width:
        given["style"] = {"width": f"{column.width}px"}
    if column.sort_href:
        given["aria-sort"] = column.sorted or "none"
    return html.Th(label, **given)


def _row(columns: Sequence[Column], row: Row) -> html.Tr:
    classes = "row-hinge" if row.hinge else "row-selected" if row.selected else ""
    given: dict[str, Any] = {"id": row.id} if row.id else {}
    if row.lines:
        given["data-lines"] = as_json(row.lines)
    if row.selected:
        given["aria-current"] = "true"
    if len(row.cells) == 1 < len(columns):
        return html.Tr(html.Td(row.cells[0], colSpan=len(columns)), className=classes, **given)
    cells = [
        html.Td(cell, className="numeric" if column.numeric else "")
        for column, cell in zip(columns, row.cells, strict=True)
    ]
    return html.Tr(cells, className=classes, **given)
