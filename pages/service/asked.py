"""What an address of the Service page asks for, and the addresses that ask for something else."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final
from zoneinfo import ZoneInfo

from dash import html

from app.components.controls import segmented_links
from app.timerange import Resolved
from app.urlstate import UrlState, again, path_of
from app.usecases.incident_view import Span

ADDRESS: Final = "/service/<name>"
CHOICES: Final = ("tab", "metric", "view", "apart")


def known(state: UrlState) -> UrlState:
    """The state without what this page does not know."""
    return replace(state, extra={name: text for name, text in state.extra.items() if name in CHOICES})


@dataclass(frozen=True, slots=True)
class Asked:
    """The service, its query and the range that is shown."""

    name: str
    state: UrlState
    shown: Resolved

    @property
    def path(self) -> str:
        """The page's own, with the name as one segment."""
        return path_of(ADDRESS, self.name) if self.name else "/service"

    @property
    def span(self) -> Span:
        """The range."""
        return Span(self.shown.start, self.shown.end)

    @property
    def zone(self) -> ZoneInfo:
        """Of the reader."""
        return self.shown.zone

    @property
    def tab(self) -> str:
        """signals, logs or incidents."""
        return self.state.extra.get("tab", "signals")

    @property
    def metric(self) -> str:
        """The key of the chosen measure, "" for the worst."""
        return self.state.extra.get("metric", "")

    @property
    def as_table(self) -> bool:
        """Whether the lanes are asked for as a table."""
        return self.state.extra.get("view") == "table"

    @property
    def apart(self) -> bool:
        """Whether the chosen measure is to be taken apart."""
        return bool(self.state.extra.get("apart"))

    def key(self, snap: Any) -> tuple[Any, ...]:
        """What the page depends on, for the cache: not the tab, and not whether it is taken apart."""
        query = (self.state.frm, self.state.to, self.state.zone, self.metric)
        return (snap.generation, snap.revision, self.shown.start, self.shown.end, self.zone.key, self.name, query)

    def at(self, **changes: str | None) -> str:
        """This page with other choices."""
        return again(self.path, self.state, **changes)

    def pick(self, metric: str) -> str:
        """The address that takes a measure apart."""
        return self.at(metric=metric, apart="1", tab=None, view=None)

    def tabs(self, patterns: int, incidents: int) -> html.Nav:
        """Signals, logs with the number of new patterns, incidents with theirs."""
        options = [
            ("signals", "Signals", self.at(tab=None)),
            ("logs", _counted("Logs", patterns), self.at(tab="logs")),
            ("incidents", _counted("Incidents", incidents), self.at(tab="incidents")),
        ]
        known = {name for name, _, _ in options}
        return segmented_links("Parts of the page", options, self.tab if self.tab in known else "signals")

    def table_link(self) -> html.A:
        """The figure as a table, or back."""
        if self.as_table:
            return html.A("View as figure", href=self.at(view=None))
        return html.A("View as table", href=self.at(view="table"))


def _counted(words: str, n: int) -> str:
    return f"{words} {n}" if n else words
