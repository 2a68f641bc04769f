"""Saved views: a name for an address of ours, found by searching."""

from __future__ import annotations

import pytest

from app.usecases import views
from app.usecases.navigation import find
from data.store import Store


def test_a_view_keeps_path_and_query_and_is_found_with_who_saved_it(store: Store) -> None:
    name = views.save(
        store, "Mara", "  Friday   <b>night</b> ", "http://127.0.0.1:8050/service/shop?from=now-1h&tab=logs#x"
    )
    (hit,) = find(store, "friday", 5)
    assert (hit.kind, hit.label, hit.detail) == ("view", name, "saved by Mara")
    assert hit.href == "/service/shop?from=now-1h&tab=logs"


@pytest.mark.parametrize(
    ("name", "href", "words"),
    [
        (" ", "http://h/", "has no name"),
        ("x", "javascript:alert(1)", "cannot be kept"),
        ("x", "http://h//evil.example/", "cannot be kept"),
        ("x", "http://h/\\evil.example", "cannot be kept"),
        ("x", "http://h/\t/evil.example", "cannot be kept"),
        ("x", "http://h", "cannot be kept"),
        ("x", "http://h/?q=" + "a" * 3000, "cannot be kept"),
    ],
)
def test_what_cannot_be_kept_is_refused_in_words(store: Store, name: str, href: str, words: str) -> None:
    with pytest.raises(views.WrongView, match=words):
        views.save(store, "Mara", name, href)


def test_a_deleted_view_is_not_found(store: Store) -> None:
    views.save(store, "Mara", "Friday", "http://h/")
    views.delete(store, "Jo", "Friday")
    assert find(store, "friday", 5) == ()
