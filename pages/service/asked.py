"""What an address of the Service page asks for, and the addresses that ask for something else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from dash import html

from app.asked import Asked
from app.components.controls import segmented_links
from app.timerange import Resolved
from app.urlstate import UrlState, path_of
from app.usecases.ahead_words import asked_s

ADDRESS: Final = "/service/<name>"
CHOICES: Final = ("tab", "metric", "view", "apart", "ahead")


@dataclass(frozen=True, slots=True)
class ServiceAsked(Asked):
    """One service, by ``name``."""

    name: str

    @classmethod
    def of(cls, name: str, state: UrlState, shown: Resolved) -> ServiceAsked:
        """Without a name it is the page of none."""
        return cls(path_of(ADDRESS, name) if name else "/service", state, shown, name)

    @property
    def tab(self) -> str:
        """signals, ahead, logs or incidents."""
        return self.state.extra.get("tab", "signals")

    @property
    def metric(self) -> str:
        """The key of the chosen measure, "" for the worst."""
        return self.state.extra.get("metric", "")

    @property
    def apart(self) -> bool:
        """Whether the chosen measure is to be taken apart."""
        return bool(self.state.extra.get("apart"))

    @property
    def ahead_s(self) -> float | None:
        """How far ahead to look; None, for what fits the history, where nothing readable is asked."""
        return asked_s(self.state.extra.get("ahead", ""))

    def key(self, snap: Any) -> tuple[Any, ...]:
        """What the page depends on, for the cache: not the tab, and not whether it is taken apart."""
        return self.pinned(snap, self.name, self.metric)

    def pick(self, metric: str) -> str:
        """The address that takes a measure apart."""
        return self.at(metric=metric, apart="1", tab=None, view=None)

    def look(self, metric: str) -> str:
        """The address that looks ahead of a measure."""
        return self.at(metric=metric, tab="ahead", apart=None, view=None)

    def tabs(self, patterns: int, incidents: int) -> html.Nav:
        """Signals, what is ahead of them, logs with the number of new patterns, incidents with theirs."""
        options = [
            ("signals", "Signals", self.at(tab=None)),
            ("ahead", "Ahead", self.at(tab="ahead")),
            ("logs", _counted("Logs", patterns), self.at(tab="logs")),
            ("incidents", _counted("Incidents", incidents), self.at(tab="incidents")),
        ]
        known = {name for name, _, _ in options}
        return segmented_links("Parts of the page", options, self.tab if self.tab in known else "signals")


def _counted(words: str, n: int) -> str:
    return f"{words} {n}" if n else words
