"""Buttons and choices."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from dash import dcc, html


def button(label: Any, id: Any = None, primary: bool = False, **props: Any) -> html.Button:
    """A button; further properties (``title``, ``disabled``, data-attributes) go to it as they are."""
    given = {"id": id} if id is not None else {}
    return html.Button(label, type="button", className=_classes(primary), n_clicks=0, **given, **props)


def link_button(label: Any, href: str, primary: bool = False, **props: Any) -> html.A:
    """A link that looks like a button; the shell follows it without loading the page anew."""
    return html.A(label, href=href, className=_classes(primary), **props)


def segmented(id: Any, options: Sequence[tuple[str, Any]], value: str, label: str = "") -> html.Div:
    """One choice of a few, as ``(value, label)``: a dcc.RadioItems with this id and the property ``value``."""
    items = [{"value": name, "label": words} for name, words in options]
    radio = dcc.RadioItems(id=id, options=items, value=value, inline=True, className="segments", persistence=False)
    named: dict[str, Any] = {"aria-label": label} if label else {}
    return html.Div(radio, className="segmented", role="group", **named)


def segmented_links(label: str, options: Sequence[tuple[str, Any, str]], value: str) -> html.Nav:
    """The same for choices kept in the URL, as ``(value, label, href)``: each is a link, the chosen one is current."""
    links = [_segment(words, href, name == value) for name, words, href in options]
    named: dict[str, Any] = {"aria-label": label}
    return html.Nav(links, className="segmented segments", **named)


def opened_with(id: Any, fields: Mapping[str, Any]) -> dcc.Input:
    """What a form was opened with, as its property ``value``: only what differs from it is written."""
    return dcc.Input(id=id, type="hidden", value=json.dumps(fields))


def table_link(as_table: bool, href: str) -> html.A:
    """From a figure to itself as a table at ``href``, or back."""
    return html.A("View as figure" if as_table else "View as table", href=href)


def compare_link(comparing: bool, href: str) -> html.A:
    """Draws the period before behind a figure, or takes it away again."""
    return html.A("Without the period before" if comparing else "Compare with the period before", href=href)


def _segment(words: Any, href: str, chosen: bool) -> html.A:
    current: dict[str, Any] = {"aria-current": "true"} if chosen else {}
    return html.A(words, href=href, className="segment", **current)


def _classes(primary: bool) -> str:
    return "button button-primary" if primary else "button"
