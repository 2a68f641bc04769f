"""What the tables of Sources have in common: how counts, spans and refused lines are written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from dash import html

from app.components import cards
from app.format import DASH, NBSP, duration, grouped, moment, span, value
from app.routing import read_address
from app.urlstate import UrlState, again, read
from app.usecases.sources import NAME_IT, UNKNOWN_SERVICE, Account, BadLine, SourcesView
from app.usecases.words import listed

PATH: Final = "/sources"
KINDS_SHOWN: Final = 3
LEAST_SHARE: Final = 1e-4


@dataclass(frozen=True, slots=True)
class Frame:
    """The zone of all times, and the address of the page."""

    zone: ZoneInfo
    state: UrlState

    def address(self, **changes: str | None) -> str:
        """This page with other choices; what was asked before is not carried along."""
        return again(PATH, self.state, **{"forget": None, **changes})


def state_of(here: str) -> UrlState:
    """What an address of the page holds."""
    return read(read_address(here or "", PATH)[1])


def search_of(state: UrlState, **changes: str | None) -> str:
    """The query of the page with other choices."""
    return again("", state, **changes)


def tiles(view: SourcesView, frame: Frame) -> Any:
    """Lines, what became of them, room, and when the last came in."""
    total = view.total
    if total is None:
        return None
    records = sum(total.records.values())
    return cards.tiles(
        [
            cards.tile("Lines", grouped(total.lines), "", account_words(total)),
            cards.tile("Records", grouped(records), "", kinds(total)),
            cards.tile("Rejected", grouped(total.rejected), "", _share(total)),
            cards.tile("Stored", value(float(total.bytes), "B"), "", f"last taken in {taken(total.taken_at, frame)}"),
        ]
    )


def unnamed(view: SourcesView) -> Any:
    """Which files name no service, and how to name it; nothing where all do."""
    if not view.unnamed:
        return None
    files = html.Span(listed(view.unnamed), dir="auto")
    said = html.P(["Records of ", files, f" name no service and stand under {UNKNOWN_SERVICE}. ", NAME_IT])
    return cards.card("No service named", None, said)


def _share(total: Account) -> str:
    share = total.rejected / total.lines if total.lines else 0.0
    few = 0 < share < LEAST_SHARE
    return f"{f'under 0.01{NBSP}%' if few else value(share, 'share')} of all lines"


def account_words(total: Account) -> str:
    """``16 000 accepted + 4 rejected + 200 ignored``."""
    said = (("accepted", total.accepted), ("rejected", total.rejected), ("ignored", total.ignored))
    return " + ".join(f"{grouped(n)}{NBSP}{word}" for word, n in said)


def kinds(total: Account) -> str:
    """The kinds of records, the most frequent first."""
    ordered = sorted(total.records, key=lambda kind: -total.records[kind])
    more = f" and {len(ordered) - KINDS_SHOWN} more" if len(ordered) > KINDS_SHOWN else ""
    return ", ".join(ordered[:KINDS_SHOWN]) + more if ordered else "no records"


def between(total: Account, frame: Frame) -> str:
    """First to last record."""
    if total.start is None or total.end is None:
        return DASH
    return span(total.start, total.end, frame.zone, seconds=False)


def lag(total: Account) -> str:
    """From the newest record to when it was taken in."""
    return duration(total.lag_s)


def taken(at: datetime, frame: Frame) -> str:
    """When something came in."""
    return moment(at, frame.zone, seconds=False)


def bad_line(bad: BadLine | None, file: str = "") -> Any:
    """Where the first refused line stands, why it was refused, and what it says, as text."""
    if bad is None:
        return DASH
    where = f"{file}, line {grouped(bad.line)}: " if file else f"Line {grouped(bad.line)}: "
    words = html.Span([html.Span(where, className="muted"), bad.reason], className="bad-why", dir="auto")
    raw = html.Code(bad.raw or "(empty)", className="bad-raw", dir="auto")
    return html.Div([words, raw], className="bad-line", title=f"{where}{bad.reason}\n{bad.raw}")
