"""From an address to a page: path and query are read here, so that no page is called with what it cannot expect."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from types import ModuleType
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from dash import Input, State, html, register_page
from dash.development.base_component import Component

from app.components.controls import link_button
from app.components.empty import empty
from app.components.header import page_header
from app.errors import words_of
from app.urlstate import read_search
from app.usecases.navigation import Entry

LOCATION: Final = "_pages_location"
CONTENT: Final = "_pages_content"
MOST_TITLE: Final = 60
#: Dash hands this to every layout: the address as the browser has it.
INPUTS: Final[dict[str, Input | State]] = {"here": State(LOCATION, "href")}


def register_pages(pages: Sequence[ModuleType]) -> None:
    """Tell Dash of the pages; a page of ``/service/<name>`` also answers ``/service``."""
    for page in pages:
        template = page.PATH if "<" in page.PATH else None
        _register(page.__name__, bare(page.PATH), page.TITLE, layout_of(page), template)
    _register("not_found_404", "/not-found", "Not found", _not_found)


def _register(name: str, path: str, title: str, layout: Callable[..., Component], template: str | None = None) -> None:
    def titled(**names: str) -> str:
        return " · ".join([*(unquote(given)[:MOST_TITLE] for given in names.values()), title, "Diptych"])

    register_page(name, path=path, path_template=template, title=titled, layout=layout)


def entries(pages: Sequence[ModuleType]) -> tuple[Entry, ...]:
    """The pages that the navigation names, in order: those with ``NAV``, a label and the key that goes there."""
    return tuple(Entry(page.NAV[0], bare(page.PATH), page.NAV[1]) for page in pages if hasattr(page, "NAV"))


def entry_of(pages: Sequence[ModuleType], pathname: str) -> str:
    """The path of the entry that an address belongs to: its own page, or the one that this page stands ``UNDER``."""
    path = f"/{pathname.strip('/').split('/')[0]}"
    for page in pages:
        if bare(page.PATH) == path:
            return str(getattr(page, "UNDER", path))
    return ""


def page_at(pages: Sequence[ModuleType], href: str) -> Component:
    """The page at an address, as Dash's router would build it."""
    path = urlsplit(href).path.rstrip("/") or "/"
    for page in pages:
        if re.fullmatch(re.sub(r"<[^>]*>", "[^/]+", page.PATH), path) or path == bare(page.PATH):
            return layout_of(page)(here=href)
    return _not_found()


def put_back(pages: Sequence[ModuleType], href: str, built: Component, typed: Mapping[str, Any]) -> None:
    """Let the page at an address put what was ``typed`` (id -> value) back into its form, where it has one."""
    for page in pages:
        if bare(page.PATH) == (urlsplit(href).path.rstrip("/") or "/") and hasattr(page, "put_back"):
            page.put_back(built, typed)


def bare(path: str) -> str:
    """``/service`` of ``/service/<name>``."""
    return re.sub(r"/<.*", "", path) or "/"


def read_address(href: str, template: str) -> tuple[dict[str, str], dict[str, str]]:
    """Names of the path (decoded) and the query (the first of each name, length bounded) of an address."""
    parts = urlsplit(href)
    wanted, found = template.strip("/").split("/"), parts.path.strip("/").split("/")
    names = {w[1:-1]: unquote(f) for w, f in zip(wanted, found, strict=False) if w.startswith("<")}
    return names, read_search(parts.query)


def layout_of(page: ModuleType) -> Callable[..., Component]:
    """The page's layout, called with names and query; whatever fails in it is answered in words."""

    def layout(here: str = "", **_: Any) -> Component:
        names, query = read_address(here or "", page.PATH)
        return build(page, {**query, **names})

    return layout


def build(page: ModuleType, query: Mapping[str, str]) -> Component:
    """The page for this query, or what went wrong."""
    try:
        made: Component = page.layout(**query)
    except Exception as error:
        words = words_of(error, f"page {page.__name__}")
        return _failed(page.TITLE, empty("error", words, link_button("Open without choices", bare(page.PATH))))
    return made


def _failed(title: str, state: Component) -> Component:
    return html.Div([page_header(title), html.Section(state, className="card")])


def _not_found(**_: Any) -> Component:
    words = "There is no page at this address."
    return _failed("Not found", empty("no_match", words, link_button("Open Health", "/")))
