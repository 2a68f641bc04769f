"""What an address of the Model page asks for, and the addresses that ask for something else."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final
from zoneinfo import ZoneInfo

from dash import html

from app.timerange import Resolved
from app.urlstate import UrlState, again, href, path_of
from app.usecases.incident_view import Span

ADDRESS: Final = "/model/<name>"
CHOICES: Final = ("version", "view")


def known(state: UrlState) -> UrlState:
    """The state without what this page does not know."""
    return replace(state, extra={name: text for name, text in state.extra.items() if name in CHOICES})


@dataclass(frozen=True, slots=True)
class Asked:
    """The model, its query and the range that is shown."""

    name: str
    state: UrlState
    shown: Resolved

    @property
    def path(self) -> str:
        """The page's own, with the name as one segment."""
        return path_of(ADDRESS, self.name)

    @property
    def span(self) -> Span:
        """The range."""
        return Span(self.shown.start, self.shown.end)

    @property
    def zone(self) -> ZoneInfo:
        """Of the reader."""
        return self.shown.zone

    @property
    def version(self) -> str:
        """The chosen version, "" for all."""
        return self.state.extra.get("version", "")

    @property
    def as_table(self) -> bool:
        """Whether the figure is asked for as a table."""
        return self.state.extra.get("view") == "table"

    def key(self, snap: Any) -> tuple[Any, ...]:
        """What the page depends on, for the cache."""
        query = (self.state.frm, self.state.to, self.state.zone, self.version, self.as_table)
        return (snap.generation, snap.revision, self.shown.start, self.shown.end, self.zone.key, self.name, query)

    def at(self, **changes: str | None) -> str:
        """This page with other choices."""
        return again(self.path, self.state, **changes)

    def incident(self, incident_id: str) -> str:
        """The page of an incident."""
        return href(path_of("/incident/<id>", incident_id), self.state)

    def service(self, name: str) -> str:
        """The page of a service."""
        return href(path_of("/service/<name>", name), self.state)

    def table_link(self) -> html.A:
        """The figure as a table, or back."""
        if self.as_table:
            return html.A("View as figure", href=self.at(view=None))
        return html.A("View as table", href=self.at(view="table"))
