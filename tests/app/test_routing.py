"""From an address to a page, with pages of our own making."""

from __future__ import annotations

import logging
import re
from types import SimpleNamespace
from typing import Any

import pytest
from dash import html

from app.routing import bare, layout_of, page_at, read_address
from data.errors import NotFound
from tests.web import words


def page(layout: Any) -> Any:
    return SimpleNamespace(__name__="pages.example", PATH="/thing/<name>", TITLE="Thing", layout=layout)


def plain(component: Any) -> Any:
    """Components as the JSON that a browser gets."""
    import json

    from plotly.io.json import to_json_plotly

    return json.loads(to_json_plotly(component))


def test_names_of_the_path_are_decoded_and_win_over_the_query() -> None:
    seen: dict[str, str] = {}

    def layout(**query: str) -> html.Div:
        seen.update(query)
        return html.Div()

    layout_of(page(layout))(here="http://127.0.0.1/thing/a%2Fb%20c?name=other&from=now-1h&from=now-2h")
    assert seen == {"name": "a/b c", "from": "now-1h"}


def test_what_dash_passes_is_not_believed() -> None:
    made = layout_of(page(lambda **query: html.Div(str(query))))(here="http://h/thing/x", name="forged", evil="1")
    assert made.children == "{'name': 'x'}"


def test_our_own_errors_stand_in_the_page_in_their_words() -> None:
    def layout(**_: str) -> html.Div:
        raise NotFound("There is no thing called x.", "Choose another.")

    text = words(plain(layout_of(page(layout))(here="http://h/thing/x")))
    assert "There is no thing called x. Choose another." in text
    assert "Thing" in text


def test_any_other_error_gets_an_id_that_the_log_has(caplog: pytest.LogCaptureFixture) -> None:
    def layout(**_: str) -> html.Div:
        raise ZeroDivisionError("secret detail")

    with caplog.at_level(logging.ERROR, logger="diptych"):
        text = words(plain(layout_of(page(layout))(here="http://h/thing/x")))
    assert "secret detail" not in text
    found = re.search(r"under ([0-9a-f]{8})[.]", text)
    assert found is not None
    assert f"error {found.group(1)} in page pages.example" in caplog.text
    assert "secret detail" in caplog.text


def test_a_page_is_found_by_its_address_and_by_its_bare_path() -> None:
    things = (page(lambda **query: html.Div(query.get("name", "worst"))),)
    assert page_at(things, "http://h/thing/a%20b").children == "a b"
    assert page_at(things, "http://h/thing").children == "worst"
    assert page_at(things, "http://h/thing/?x=1").children == "worst"
    assert "no page at this address" in words(plain(page_at(things, "http://h/things/x")))
    assert "no page at this address" in words(plain(page_at(things, "http://h/thing/x/y")))


@pytest.mark.parametrize(("path", "short"), [("/", "/"), ("/service/<name>", "/service"), ("/a/b", "/a/b")])
def test_the_bare_path(path: str, short: str) -> None:
    assert bare(path) == short


def test_a_long_query_is_cut() -> None:
    names, query = read_address("http://h/?a=" + "x" * 100_000, "/")
    assert names == {}
    assert len(query["a"]) < 5000
