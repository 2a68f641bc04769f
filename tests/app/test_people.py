"""The name that signs a change."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from flask import Flask

from app.people import COOKIE, MOST_CHARS, NameNeeded, who


def asked(cookie: str) -> str:
    with Flask("asked").test_request_context(headers={"Cookie": cookie}):
        return who()


def test_the_name_comes_from_the_browser() -> None:
    assert asked(f"{COOKIE}={quote('Mara Lind')}") == "Mara Lind"
    assert asked(f"{COOKIE}={quote('Zoë Ōta')}") == "Zoë Ōta"


@pytest.mark.parametrize("cookie", ["", f"{COOKIE}=", f"{COOKIE}=%20%0A", "other=Mara"])
def test_a_change_without_a_name_is_refused_in_words(cookie: str) -> None:
    with pytest.raises(NameNeeded, match="Nobody has signed"):
        asked(cookie)


def test_a_name_is_one_bounded_line() -> None:
    assert asked(f"{COOKIE}={quote('a' * 500)}") == "a" * MOST_CHARS
    assert asked(f"{COOKIE}=Mara%0D%0A%00Lind") == "Mara Lind"
