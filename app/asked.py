"""What an address asks a page for: its query, the range that is shown, and the addresses that ask for more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from app.timerange import Resolved
from app.urlstate import UrlState, again, href, path_of
from app.usecases.incident_view import Span


def known(state: UrlState, choices: Sequence[str]) -> UrlState:
    """The state without what a page does not know."""
    return replace(state, extra={name: text for name, text in state.extra.items() if name in choices})


@dataclass(frozen=True, slots=True)
class Asked:
    """``path`` is the page's own, with names as one segment each."""

    path: str
    state: UrlState
    shown: Resolved

    @property
    def span(self) -> Span:
        """The range."""
        return Span(self.shown.start, self.shown.end)

    @property
    def zone(self) -> ZoneInfo:
        """Of the reader."""
        return self.shown.zone

    @property
    def as_table(self) -> bool:
        """Whether the figure is asked for as a table."""
        return self.state.extra.get("view") == "table"

    @property
    def table(self) -> str:
        """The same as a table, or back as a figure."""
        return self.at(view=None if self.as_table else "table")

    def pinned(self, snap: Any, *more: Any) -> tuple[Any, ...]:
        """A key for the cache: the state of the store, the range, its zone and ``more``."""
        query = (self.state.frm, self.state.to, self.state.zone)
        return (snap.generation, snap.revision, self.shown.start, self.shown.end, self.zone.key, *query, *more)

    def at(self, **changes: str | None) -> str:
        """This page with other choices."""
        return again(self.path, self.state, **changes)

    def incident(self, incident_id: str) -> str:
        """The page of an incident."""
        return href(path_of("/incident/<id>", incident_id), self.state)

    def service(self, name: str) -> str:
        """The page of a service."""
        return href(path_of("/service/<name>", name), self.state)

    def model(self, name: str, version: str = "") -> str:
        """The page of a model, of one version or of all."""
        return href(path_of("/model/<name>", name), self.state, version=version or None)
