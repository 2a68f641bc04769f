"""The table of sources, and of the files of the chosen one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from dash import html

from app.components import cards
from app.components.controls import link_button
from app.components.filters import filter_box, holds
from app.components.how import how
from app.components.sheet import Plain
from app.components.tables import Column, Row, table
from app.format import count, grouped, value
from app.source_endpoints import REJECTS
from app.usecases.sources import DEFINITIONS, MOST_REJECTS, Account, BadLine, FileRow, SourceRow, SourcesView
from pages.sources.parts import Frame, bad_line, between, kinds, lag, taken

MOST_ROWS: Final = 300
FILTER_FROM: Final = 8
SOURCES: Final = (
    Column("Source", 190),
    Column("Files", 50, numeric=True),
    Column("Records", 80, numeric=True),
    Column("First – last record", 170),
    Column("Lag", 86, numeric=True),
    Column("Stored", 68, numeric=True),
    Column("Rejected", 66, numeric=True),
    Column("First bad line", 280),
    Column("Last taken in", 120),
)
FILES: Final = (
    Column("File", 210),
    Column("Lines =", 66, numeric=True),
    Column("accepted +", 76, numeric=True),
    Column("rejected +", 70, numeric=True),
    Column("ignored", 60, numeric=True),
    Column("First – last record", 170),
    Column("Stored", 68, numeric=True),
    Column("First bad line", 260),
    Column("Taken in", 120),
    Column("", 76),
)
LINES: Final = (
    "Lines", "Accepted", "Rejected", "Ignored", "First record (UTC)", "Last record (UTC)", "Lag (s)", "Stored (bytes)",
    "First bad line", "Why it was rejected", "What it says", "Taken in (UTC)",
)  # fmt: skip
SOURCE_HEADS: Final = ("Source", "Folder", "Files", "Kinds", "Records", *LINES)
FILE_HEADS: Final = ("File", "Path", "Season stated", "Kinds", "Records", *LINES)


def sources(view: SourcesView, frame: Frame, chosen: SourceRow | None) -> html.Section:
    """One row a source; choosing one opens its files below."""
    wanted = frame.state.extra.get("find-sources", "")
    fitting = [row for row in view.sources if holds(wanted, row.folder, kinds(row.account))]
    shown = fitting[:MOST_ROWS]
    rows = [Row(_source(row, frame), selected=row is chosen, lines=[_source_line(row)]) for row in shown]
    foot = [_left_out(len(view.sources), len(shown)), how(DEFINITIONS)]
    tools = _tools("sources", len(view.sources), wanted, _rejects_link(view))
    body = table(SOURCES, rows, caption="Sources, the last taken in first", foot=foot, heads=SOURCE_HEADS)
    return _card("What came in", body, tools, "sources")


def files(chosen: SourceRow, frame: Frame) -> html.Section:
    """The files of a source: refused lines first, then by name."""
    wanted = frame.state.extra.get("find-files", "")
    fitting = [row for row in chosen.files if holds(wanted, row.name, kinds(row.account))]
    ordered = sorted(fitting, key=lambda row: (row.account.rejected == 0, row.name))
    shown = ordered[:MOST_ROWS]
    rows = [Row(_file(row, frame), lines=[_file_line(row)]) for row in shown]
    foot = [_left_out(len(chosen.files), len(shown)), "In ", html.Span(chosen.folder, dir="auto")]
    body = table(FILES, rows, caption=f"Files of {chosen.name}", foot=foot, heads=FILE_HEADS)
    every = link_button(f"Forget all {grouped(len(chosen.files))}", frame.address(forget=chosen.source_id))
    tools = _tools("files", len(chosen.files), wanted, every if len(chosen.files) > 1 else None)
    title = html.Span(["Files of ", html.Span(chosen.name, dir="auto")], title=chosen.folder)
    return _card(title, body, tools, "files")


def _card(title: Any, body: Any, tools: Any, name: str) -> html.Section:
    return cards.card(title, tools, html.Div(body, className=f"{name}-table", id=f"{name}-rows"), flush=True)


def _tools(name: str, rows: int, wanted: str, beside: Any) -> html.Div:
    box = filter_box(f"{name}-rows", f"find-{name}", wanted) if rows >= FILTER_FROM else None
    return html.Div([each for each in (box, beside) if each], className="tools")


def _rejects_link(view: SourcesView) -> Any:
    rejected = view.total.rejected if view.total else 0
    return rejects_link("", rejected) if rejected else None


def rejects_link(query: str, rejected: int) -> html.A:
    """Refused lines as CSV."""
    words = "Rejects as CSV" if rejected <= MOST_REJECTS else f"First {grouped(MOST_REJECTS)} rejects as CSV"
    return html.A(words, href=f"{REJECTS}{query}", download="rejects.csv", className="button")


def _left_out(every: int, shown: int) -> str:
    return (
        f"{grouped(shown)} of {grouped(every)} are shown; Enter in the filter looks among all. "
        if every > shown
        else ""
    )


def _source(row: SourceRow, frame: Frame) -> Sequence[Any]:
    name = html.Strong(row.name, dir="auto", className="clip")
    what = html.Span(kinds(row.account), className="muted clip")
    picked = html.A([name, what], href=frame.address(source=row.source_id), className="row-pick", title=row.folder)
    total = row.account
    return (
        picked,
        grouped(len(row.files)),
        grouped(sum(total.records.values())),
        between(total, frame),
        lag(total),
        value(float(total.bytes), "B"),
        _rejected(total.rejected, f"?source={row.source_id}"),
        bad_line(row.bad, row.bad_file),
        taken(total.taken_at, frame),
    )


def _file(row: FileRow, frame: Frame) -> Sequence[Any]:
    total = row.account
    season = f", season {row.season}" if row.season else ""
    words = html.Span(f"{kinds(total)}{season}", className="muted clip")
    name = html.Span([html.Span(row.name, dir="auto", className="clip"), words], title=row.path, className="file-name")
    return (
        name,
        grouped(total.lines),
        grouped(total.accepted),
        _rejected(total.rejected, f"?file={row.file_id}"),
        grouped(total.ignored),
        between(total, frame),
        value(float(total.bytes), "B"),
        bad_line(row.bad),
        taken(total.taken_at, frame),
        link_button("Forget", frame.address(forget=str(row.file_id)), title=f"Take back {row.name}"),
    )


def _source_line(row: SourceRow) -> list[Plain]:
    return [row.name, row.folder, len(row.files), *_account(row.account, row.bad)]


def _file_line(row: FileRow) -> list[Plain]:
    return [row.name, row.path, row.season, *_account(row.account, row.bad)]


def _account(one: Account, bad: BadLine | None) -> list[Plain]:
    held = [", ".join(sorted(one.records)), sum(one.records.values())]
    lines = [one.lines, one.accepted, one.rejected, one.ignored, one.start, one.end, one.lag_s, one.bytes]
    return [*held, *lines, *((bad.line, bad.reason, bad.raw) if bad else (None, "", "")), one.taken_at]


def _rejected(count_: int, query: str) -> Any:
    if not count_:
        return "0"
    words = f"{count(count_, 'rejected line')} as CSV"
    return html.A(grouped(count_), href=f"{REJECTS}{query}", download="rejects.csv", title=words)
