"""What an address of the Logs page asks for, and the addresses that ask for something else."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from app.asked import Asked, known
from app.errors import TimeRangeError
from app.timerange import Resolved, parse
from app.urlstate import UrlState
from app.usecases import comparing
from app.usecases.incident_view import Span
from app.usecases.logs import AROUND, levels_of
from app.usecases.logs_view import LEVELS

PATH: Final = "/logs"
CSV: Final = "/logs.csv"
FILTERS: Final = ("service", "level", "text", "template", "field", "value")
PLACE: Final = ("before", "after", "line", "rows", "all")  # where one is among the lines; a new filter forgets it
CHOICES: Final = (*FILTERS, *PLACE, "tab", "view", "sort", "templates", "vs_from", "vs_to")
ORDERS: Final = ("change", "lines", "first")


@dataclass(frozen=True, slots=True)
class LogsAsked(Asked):
    """``versus`` is the window that the range is compared with."""

    versus: Span
    versus_words: str = ""

    @classmethod
    def of(cls, state: UrlState, shown: Resolved) -> LogsAsked:
        """Without what the page does not know."""
        told = known(state, CHOICES)
        other, words = _versus(told, shown)
        return cls(PATH, told, shown, other, words)

    def get(self, name: str) -> str:
        """A choice of the address, "" where it makes none."""
        return self.state.extra.get(name, "")

    @property
    def levels(self) -> tuple[str, ...]:
        """Chosen ones."""
        return levels_of(self.state.extra)

    @property
    def compares(self) -> bool:
        """Whether two windows are compared."""
        return self.get("tab") == "changes"

    @property
    def order(self) -> str:
        """Of templates."""
        return self.get("sort") if self.get("sort") in ORDERS else "change"

    @property
    def rows(self) -> int:
        """Lines on either side of the chosen one."""
        return int(self.get("rows")) if self.get("rows").isdecimal() and len(self.get("rows")) < 5 else AROUND

    @property
    def narrowed(self) -> bool:
        """Whether some lines are left out."""
        return any(self.get(name) for name in FILTERS)

    def unplaced(self) -> LogsAsked:
        """The same from the newest line on: parts that do not depend on the place are made once for all."""
        kept = {name: text for name, text in self.state.extra.items() if name not in PLACE}
        return replace(self, state=replace(self.state, extra=kept))

    def with_filter(self, **changes: str | None) -> str:
        """The address with other filters: from the newest line on."""
        forgotten: dict[str, str | None] = dict.fromkeys(PLACE)
        return self.at(**{**forgotten, **changes})

    def toggled(self, level: str) -> str:
        """With a level chosen, or not any more."""
        chosen = [one for one in LEVELS if (one in self.levels) != (one == level)]
        return self.with_filter(level=",".join(chosen) if len(chosen) < len(LEVELS) else None)

    def all_lines(self) -> str:
        """Without any filter."""
        return self.with_filter(**dict.fromkeys(FILTERS))

    def ranged(self, start: datetime, end: datetime, **changes: str | None) -> str:
        """Over another range."""
        return self.with_filter(frm=ms(start), to=ms(end), **changes)

    def to_line(self, line_id: str) -> str:
        """A line with those around it."""
        return self.at(line=line_id, before=None, after=None, rows=None, all=None, tab=None)

    def csv(self) -> str:
        """Where the lines of this address are to be had as CSV: of exactly this range."""
        fixed = {"from": ms(self.span.start), "to": ms(self.span.end), "tz": self.state.zone}
        chosen = {name: self.get(name) for name in (*FILTERS, "before")}
        return f"{CSV}?{urlencode({name: text for name, text in {**fixed, **chosen}.items() if text})}"

    def key(self, snap: Any, *more: Any) -> tuple[Any, ...]:
        """What a part of the page depends on, for the cache."""
        return self.pinned(snap, sorted(self.state.extra.items()), *more)


def ms(at: datetime) -> str:
    """A time as an address holds it."""
    return f"{at.timestamp() * 1000:.0f}"


def _versus(state: UrlState, shown: Resolved) -> tuple[Span, str]:
    """The window asked for, else the same time before; and what could not be read of it."""
    before = comparing.before(Span(shown.start, shown.end))
    frm, to = state.extra.get("vs_from", ""), state.extra.get("vs_to", "")
    if not (frm and to):
        return before, ""
    try:
        return parse(frm, to, now=shown.end, zone=shown.zone), ""
    except TimeRangeError as error:
        return before, f"{error} Compared with the same time before."
