"""Saved views: a name for the address of a page."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from app.errors import AppError
from app.urlstate import own_address
from app.usecases.fields import one_line
from data import kept
from data.records import SavedView
from data.store import Snapshot, Store

MOST_ADDRESS: Final = 2000
MOST_NAME: Final = 80


class WrongView(AppError):
    """A view without a name, or of an address that is no page of ours."""


def listed(snap: Snapshot) -> tuple[SavedView, ...]:
    """All of them, by name."""
    return snap.state.saved_views


def save(store: Store, who: str, name: str, href: str) -> str:
    """Keep the path and query of ``href``; returns the name as it is kept. Raises `WrongView` and `NameTaken`."""
    name, parts = one_line(name, MOST_NAME), urlsplit(href)
    address = f"{parts.path}?{parts.query}" if parts.query else parts.path
    if not name:
        raise WrongView("This view has no name.", "Give it one.")
    if not own_address(address) or len(address) > MOST_ADDRESS:
        raise WrongView("This address cannot be kept.", "Open the page anew and try again.")
    kept.save_view(store.catalog, who, name, address)
    return name


def delete(store: Store, who: str, name: str) -> int:
    """Forget it; returns the number of the change, whose undo brings it back."""
    return kept.delete_view(store.catalog, who, name)
