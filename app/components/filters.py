"""The filter of a table: rows that do not hold every word typed go: at once in the browser, by Enter for good."""

from __future__ import annotations

from typing import Any

from dash import dcc, html


def filter_box(rows: str, find: str, wanted: str) -> html.Div:
    """Filters the table in the element ``rows``; Enter writes ``find`` into the address, for rows not shown too.

    The browser's part is assets/filters.js.
    """
    given: dict[str, Any] = {"data-filters": rows, "data-find": find}
    label = html.Label("Filter", htmlFor=f"{rows}-filter", className="sr-only")
    box = dcc.Input(
        id=f"{rows}-filter", type="text", value=wanted, placeholder="Filter", className="field", autoComplete="off"
    )
    return html.Div([label, box], className="filter", **given)


def holds(wanted: str, *texts: str) -> bool:
    """Whether the texts hold every word."""
    text = " ".join(texts).lower()
    return all(word in text for word in wanted.lower().split())
