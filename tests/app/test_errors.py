"""Errors as people meet them."""

from __future__ import annotations

import logging
import re
from pathlib import Path

import pytest
from dash import Dash, Input, Output, html
from dash.exceptions import PreventUpdate

from app.errors import words_of
from app.factory import create_app
from app.failures import inline
from app.settings import Settings
from data.errors import QueryLimit
from tests.web import callback, words


def id_in(told: str) -> str:
    found = re.search(r"under ([0-9a-f]{8})[.]", told)
    assert found is not None, told
    return found.group(1)


def failing(error: Exception):
    def build(_: object) -> html.Div:
        raise error

    return build


def test_our_errors_speak_for_themselves() -> None:
    assert words_of(QueryLimit("It took too long.", "Ask for less."), "x") == "It took too long. Ask for less."


def test_of_others_only_the_id_is_told(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, logger="diptych"):
        told = words_of(KeyError("inner"), "the place")
    assert "inner" not in told
    assert f"error {id_in(told)} in the place" in caplog.text
    assert "KeyError" in caplog.text


def test_inline_puts_the_words_in_the_panel_and_lets_dash_s_own_signals_through() -> None:
    panel = inline(failing(QueryLimit("Too much.", "Ask for less.")))(None)
    assert panel.className == "empty empty-error"
    assert panel.role == "alert"
    with pytest.raises(PreventUpdate):
        inline(failing(PreventUpdate()))(None)


def test_inline_keeps_the_name_of_what_it_wraps() -> None:
    def chart() -> str:
        """Draws."""
        return "drawn"

    wrapped = inline(chart)
    assert (wrapped.__name__, wrapped.__doc__, wrapped()) == ("chart", "Draws.", "drawn")


@pytest.fixture
def failing_app(home: Path) -> Dash:
    made = create_app(Settings(home=home))
    made.callback(Output("out", "children"), Input("ours", "data"))(failing(QueryLimit("Too much.", "Ask for less.")))
    made.callback(Output("out2", "children"), Input("other", "data"))(failing(ZeroDivisionError("inner detail")))
    return made


def test_our_error_in_a_callback_becomes_a_toast_with_its_words(failing_app: Dash) -> None:
    response = callback(failing_app.server.test_client(), [("out", "children")], [("ours", "data", 1)])
    assert response.status_code == 200
    toast = response.get_json()["sideUpdate"]["toast"]["data"]
    assert toast["words"] == "Too much. Ask for less."
    assert toast["kind"] == "error"


def test_another_error_in_a_callback_becomes_a_toast_with_an_id(
    failing_app: Dash, caplog: pytest.LogCaptureFixture
) -> None:
    response = callback(failing_app.server.test_client(), [("out2", "children")], [("other", "data", 1)])
    toast = response.get_json()["sideUpdate"]["toast"]["data"]
    assert id_in(toast["words"]) in caplog.text
    assert "inner detail" not in response.text
    assert "inner detail" in caplog.text


def test_the_same_words_twice_are_two_toasts(failing_app: Dash) -> None:
    client = failing_app.server.test_client()
    said = [callback(client, [("out", "children")], [("ours", "data", n)]).get_json()["sideUpdate"] for n in (1, 2)]
    assert said[0] != said[1]


def test_a_route_that_fails_answers_500_with_an_id(home: Path, caplog: pytest.LogCaptureFixture) -> None:
    made = create_app(Settings(home=home))
    made.server.add_url_rule("/breaks", "breaks", failing(ZeroDivisionError("inner detail")), defaults={"_": 1})
    response = made.server.test_client().get("/breaks")
    assert response.status_code == 500
    assert "inner detail" not in response.text
    assert id_in(response.text) in caplog.text


def test_words_of_a_missing_asset(client) -> None:
    response = client.get("/assets/missing.css")
    assert (response.status_code, response.mimetype) == (404, "text/plain")
    assert "nothing at this address" in words(response.text)
