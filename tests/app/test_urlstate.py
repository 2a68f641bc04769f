"""Addresses carry the range along, and nothing in a query is trusted."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.urlstate import MOST_CHARS, again, href, own_address, path_of, read, read_search

HOSTILE = (
    *(
        "",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "evil",
    ),
    *(
        "/\t/evil.example",
        "/\n/evil.example",
        "\t//evil.example",
        " //evil.example",
        "/a\\b",
        "/a\x00",
        "/a\x85",
        "/a b\n",
    ),
)
QUERY = {"from": "now-1h", "to": "now", "tz": "Europe/Berlin", "row": "shop"}


def test_a_query_is_range_zone_and_the_rest() -> None:
    state = read(QUERY)
    assert (state.frm, state.to, state.zone) == ("now-1h", "now", "Europe/Berlin")
    assert state.extra == {"row": "shop"}


def test_links_to_other_pages_carry_the_range_alone() -> None:
    assert href("/incident", read(QUERY)) == "/incident?from=now-1h&to=now&tz=Europe%2FBerlin"
    assert href("/incident", read({})) == "/incident"


def test_links_on_the_same_page_keep_its_choices() -> None:
    address = again("/", read(QUERY), row="cart", sort="name", zone=None)
    assert parse_qs(urlsplit(address).query) == {"from": ["now-1h"], "to": ["now"], "row": ["cart"], "sort": ["name"]}


def test_a_range_in_a_change_replaces_the_one_of_the_state() -> None:
    assert href("/", read(QUERY), frm="now-6h", to=None) == "/?from=now-6h&tz=Europe%2FBerlin"


def test_of_a_name_given_twice_the_first_counts_and_text_is_bounded() -> None:
    state = read({"from": ["now-1h", "now-2h"], "row": "x" * 10_000, "none": None, "empty": []})
    assert state.frm == "now-1h"
    assert state.extra == {"row": "x" * MOST_CHARS}


def test_names_are_one_segment_of_a_path() -> None:
    assert path_of("/service/<name>", "a/b?c#d é") == "/service/a%2Fb%3Fc%23d%20%C3%A9"


@pytest.mark.parametrize("address", ["/", "/service/a%2Fb?from=now-1h&q=%0A", "/incident/INC-1?t=5#x"])
def test_addresses_of_ours(address: str) -> None:
    assert own_address(address)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_addresses_that_a_browser_would_leave_us_for(hostile: str) -> None:
    assert not own_address(hostile)


@given(st.dictionaries(st.text(min_size=1, max_size=10), st.text(min_size=1, max_size=30), max_size=5))
def test_what_is_written_is_read_again(extra: dict[str, str]) -> None:
    wanted = {name: text for name, text in extra.items() if name not in ("from", "to", "tz")}
    address = again("/", read(wanted))
    assert read(read_search(f"?{urlsplit(address).query}")).extra == wanted
