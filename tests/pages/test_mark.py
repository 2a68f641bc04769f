"""The page of a mark."""

from __future__ import annotations

import pytest
from dash import Dash
from flask.testing import FlaskClient

from app.urlstate import UrlState
from app.usecases.mark_form import add
from pages.mark import back
from tests.app.filled import fill
from tests.app.test_urlstate import HOSTILE
from tests.web import components, page_at, words

FIELDS = {"tag": "note", "words": "<b>odd</b>", "ts": "2026-11-21 14:05", "zone": "UTC"}


@pytest.fixture
def filled(app: Dash) -> None:
    store = app.server.extensions["diptych"].store
    fill(store)
    add(store, "Mara", "service", "a/b <i>", FIELDS)


def test_the_form_knows_subject_time_and_what_is_there(client: FlaskClient, filled: None) -> None:
    tree = page_at(client, "/mark?kind=service&subject=a%2Fb+%3Ci%3E&at=1795269900000")
    said = words(tree)
    assert "On the service  a/b <i>" in said
    assert "<b>odd</b>" in said
    fields = {i["props"]["id"]: i["props"].get("value") for i in components(tree, "Input")}
    assert fields["mark-ts"] == "2026-11-21 14:05:00"


@pytest.mark.parametrize("query", ["", "?id=none", "?kind=service&subject=none", "?kind=planet&subject=shop&at=x"])
def test_nothing_to_mark_is_told_in_words(client: FlaskClient, filled: None, query: str) -> None:
    assert "There is nothing to mark" in words(page_at(client, f"/mark{query}"))


def test_it_leads_back_to_one_of_our_own_addresses_alone() -> None:
    def leads(**extra: str) -> str:
        return back(UrlState(extra={"kind": "service", "subject": "a/b"} | extra))

    assert leads(back="/incident/INC-1?t=5") == "/incident/INC-1?t=5"
    for hostile in (*HOSTILE, "/mark?x=1"):
        assert leads(back=hostile) == "/service/a%2Fb"
