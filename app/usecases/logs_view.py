"""What the Logs page shows, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from app.usecases.incident_view import Span

#: Level as people say it -> severities of records; "" is none stated. The loudest first.
LEVELS: Final[Mapping[str, tuple[str, ...]]] = {
    "error": ("ERROR", "FATAL"),
    "warn": ("WARN",),
    "info": ("INFO",),
    "debug": ("DEBUG", "TRACE"),
    "none": ("",),
}
LEVEL_WORDS: Final[Mapping[str, str]] = {
    "error": "Errors",
    "warn": "Warnings",
    "info": "Info",
    "debug": "Debug",
    "none": "No level",
}
TemplateMark = Literal["new", "gone", "more", "less", ""]


@dataclass(frozen=True, slots=True)
class Bars:
    """Lines over time: ``starts`` (m,) of buckets ``width_s`` long, ``levels`` level -> counts (m,).

    ``read_from`` is how far back lines were read when time was up; before it nothing is known.
    """

    span: Span
    starts: tuple[datetime, ...]
    width_s: int
    levels: Mapping[str, tuple[int, ...]]
    read_from: datetime | None = None

    def total(self, level: str) -> int:
        """Lines of a level."""
        return sum(self.levels.get(level, ()))


@dataclass(frozen=True, slots=True)
class LineView:
    """A log line; ``id`` names it in addresses, ``fields`` are what else it says, ``cut`` the characters left out."""

    id: str
    at: datetime
    service: str
    severity: str
    message: str
    fields: tuple[tuple[str, str], ...] = ()
    cut: int = 0
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class LinesView:
    """Lines, the newest first. ``older`` and ``newer`` are the ids to go on from, "" at the ends; ``stopped_at`` is how
    far was read when time was up."""

    lines: tuple[LineView, ...]
    older: str = ""
    newer: str = ""
    stopped_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class TemplateView:
    """Lines of one kind of one service: ``lines`` in the range, ``before`` in the same time before it (None where
    nothing was logged then), ``counts`` over the range.

    ``mark`` says what became of it, ``sentence`` how sure that is.
    """

    id: str
    template: str
    service: str
    level: str
    lines: int
    before: int | None
    first: datetime | None
    mark: TemplateMark
    sentence: str
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class TemplatesView:
    """Templates in the order of the page, of ``kinds`` in all; ``words`` says what is new since when."""

    templates: tuple[TemplateView, ...]
    kinds: int
    words: str
    stopped_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ChangeView:
    """What came more or less often: a ``field`` and its ``value`` ("" of a number as a whole), how in ``words``.

    ``template`` is the name of a template where the field is one.
    """

    field: str
    value: str
    words: str
    before: str
    during: str
    q_value: float
    template: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """Two windows that are worth comparing."""

    words: str
    before: Span
    during: Span


@dataclass(frozen=True, slots=True)
class ChangesView:
    """``tested``: values asked about; ``every``: attributes are those of one line in so many (1: of all); ``offers``
    stand where one of both windows has no line."""

    before: Span
    during: Span
    volume: str
    changes: tuple[ChangeView, ...]
    tested: int
    every: int
    lines: tuple[int, int]
    offers: tuple[Offer, ...] = ()
