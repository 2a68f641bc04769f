"""The questions of the Logs page: how many lines, of which kinds, which lines, and what stands around one."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from app.errors import AppError
from app.usecases.incident_view import Span
from app.usecases.logs_view import LEVELS, Bars, LinesView, LineView
from data import log_templates
from data.errors import NotFound
from data.queries import log_counts, log_lines
from data.queries.log_filter import LogFilter
from data.queries.log_lines import LineKey, LogLine
from data.store import Snapshot

WIDTHS_S: Final = (
    1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400, 604_800,
    2_592_000, 31_536_000,
)  # fmt: skip
MOST_BARS: Final = 120
PAGE_LINES: Final = 50
AROUND: Final = 15
MOST_CSV: Final = 50_000
CSV_PART: Final = 5_000
CSV_S: Final = 30.0
MOST_AROUND: Final = 200
MESSAGE_CHARS: Final = 600
WHOLE_CHARS: Final = 20_000
SEARCH_S: Final = 2.0
_ID: Final = re.compile(r"(-?\d{1,17})-(\d{1,18})-(\d{1,18})")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class NoSuchLine(AppError):
    """A line that is not there, or not any more."""


def asked_filter(snap: Snapshot, asked: Mapping[str, str]) -> LogFilter:
    """What an address asks for: ``service``, ``level``, ``text``, ``template`` (its name), ``field`` and ``value``.

    Raises `NotFound` for a template that no line has.
    """
    severities = tuple(name for level in levels_of(asked) for name in LEVELS[level])
    field, value = asked.get("field", ""), asked.get("value", "")
    return LogFilter(
        service=asked.get("service", ""),
        severities=severities,
        text=asked.get("text", "").strip(),
        template=template_of(snap, asked.get("template", "")),
        field=field if value else "",
        value=value,
    )


def levels_of(asked: Mapping[str, str]) -> tuple[str, ...]:
    """The levels that are chosen; what is no level counts for nothing, and all of them for none."""
    chosen = asked.get("level", "").split(",")
    found = tuple(level for level in LEVELS if level in chosen)
    return () if len(found) == len(LEVELS) else found


def template_of(snap: Snapshot, short: str) -> str:
    """The text of a template by its name; "" for none. Raises NotFound."""
    if not short:
        return ""
    found = log_templates.named(snap, short)
    if found is None:
        raise NotFound("No line of the store has the template that this address names.", "Choose one of those below.")
    return found


def services(snap: Snapshot, span: Span) -> list[str]:
    """Who logged about this range."""
    return log_counts.services(snap, span.start, span.end)


def has_logs(snap: Snapshot) -> bool:
    """Whether any line was taken in."""
    return bool(snap.segments("logs"))


def prepare(snap: Snapshot, span: Span, budget_s: float, *, at_least_one: bool) -> log_templates.Prepared:
    """Keep templates that the page needs, those of all time before included: what is new is asked of these."""
    return log_templates.prepare(snap, None, span.end, budget_s, at_least_one=at_least_one)


def bars(snap: Snapshot, some: LogFilter, span: Span) -> Bars:
    """Lines over time by level, of all levels whatever is chosen. Raises `WrongPattern`."""
    width_s = bar_width_s(span)
    every = LogFilter(some.service, (), some.text, some.template, some.field, some.value)
    counted = log_counts.over_time(snap, every, span.start, span.end, width_s, SEARCH_S)
    starts = _starts(span, width_s)
    place = {at: i for i, at in enumerate(starts)}
    levels = {level: [0] * len(starts) for level in LEVELS}
    by_severity = {name: level for level, names in LEVELS.items() for name in names}
    for at, severity, n in counted.frame.itertuples(index=False):
        i = place.get(at.to_pydatetime())
        if i is not None:
            levels[by_severity.get(severity, "none")][i] += int(n)
    return Bars(span, starts, width_s, {level: tuple(n) for level, n in levels.items()}, counted.read_from)


def bars_of(span: Span, levels: Mapping[str, Sequence[int]]) -> Bars:
    """Bars whose counts were kept."""
    width_s = bar_width_s(span)
    return Bars(span, _starts(span, width_s), width_s, {level: tuple(n) for level, n in levels.items()})


def hit_lines(
    snap: Snapshot, some: LogFilter, found: Bars, chosen: Sequence[str], before: str = "", after: str = ""
) -> LinesView:
    """`lines` of a search whose bars are known: only where these stand there is something to be read."""
    hits = [i for i in range(len(found.starts)) if any(found.levels[level][i] for level in chosen or LEVELS)]
    if not hits:
        return LinesView((), stopped_at=found.read_from)
    start, end = found.starts[hits[0]], found.starts[hits[-1]] + timedelta(seconds=found.width_s)
    where = Span(max(start, found.read_from or found.span.start, found.span.start), min(end, found.span.end))
    view = lines(snap, some, where, before, after)
    return view if view.older or view.stopped_at else replace(view, stopped_at=found.read_from)


def bar_width_s(span: Span) -> int:
    """The smallest round width that needs no more than `MOST_BARS` bars."""
    length_s = (span.end - span.start).total_seconds()
    return next((width for width in WIDTHS_S if length_s / width <= MOST_BARS), WIDTHS_S[-1])


def _starts(span: Span, width_s: int) -> tuple[datetime, ...]:
    width = timedelta(seconds=width_s)
    first = span.start - (span.start - _EPOCH) % width
    return tuple(first + i * width for i in range(int((span.end - first) / width) + 1) if first + i * width < span.end)


def lines(snap: Snapshot, some: LogFilter, span: Span, before: str = "", after: str = "") -> LinesView:
    """A page of lines: the newest, those older than the line ``before``, or newer than ``after``."""
    if after and (key := key_of(after)):
        found = log_lines.newer(snap, some, span.start, span.end, PAGE_LINES, key, SEARCH_S)
        if len(found.lines) == PAGE_LINES or found.stopped_at:
            return _page(found, newer=found.more or found.stopped_at is not None, older=True)
        key = None  # fewer than a page are newer: the newest page shows these and some more
    else:
        key = key_of(before) if before else None
    found = log_lines.older(snap, some, span.start, span.end, PAGE_LINES, key, SEARCH_S)
    return _page(found, newer=key is not None, older=found.more)


def _page(found: log_lines.FoundLines, *, newer: bool, older: bool) -> LinesView:
    told = tuple(line_view(line) for line in found.lines)
    first, last = (told[0].id, told[-1].id) if told else ("", "")
    return LinesView(told, last if older else "", first if newer else "", found.stopped_at)


def every_line(snap: Snapshot, some: LogFilter, span: Span, before: str = "") -> Iterator[LogLine]:
    """All lines of the range, the newest first, at most `MOST_CSV`; they are read part by part. Raises `WrongPattern`.

    Where a text is looked for, the search ends after `CSV_S` with what was found.
    """
    key, ends, left = key_of(before), time.monotonic() + CSV_S, MOST_CSV
    while left > 0 and time.monotonic() < ends:
        found = log_lines.older(snap, some, span.start, span.end, min(CSV_PART, left), key, ends - time.monotonic())
        yield from found.lines
        left -= len(found.lines)
        if not found.more:
            return
        key = found.lines[-1].key


def around(snap: Snapshot, line_id: str, rows: int = AROUND, everywhere: bool = False) -> LinesView:
    """A line with ``rows`` lines of its service (or ``everywhere``) on either side. Raises `NoSuchLine`."""
    key = key_of(line_id)
    line = log_lines.one(snap, key) if key else None
    bounds = log_lines.bounds(snap)
    if key is None or line is None or bounds is None:
        raise NoSuchLine("This line is not there, or not any more.", "Its file may have been taken back.")
    some, rows = LogFilter() if everywhere else LogFilter(service=line.service), max(1, min(rows, MOST_AROUND))
    earlier = log_lines.older(snap, some, *bounds, rows, key, SEARCH_S)
    later = log_lines.newer(snap, some, *bounds, rows, key, SEARCH_S)
    told = [*map(line_view, later.lines), line_view(line, WHOLE_CHARS, chosen=True), *map(line_view, earlier.lines)]
    return LinesView(tuple(told), told[-1].id if earlier.more else "", told[0].id if later.more else "")


def line_view(line: LogLine, most: int = MESSAGE_CHARS, *, chosen: bool = False) -> LineView:
    """A line for the page; of a long message its beginning."""
    cut = max(0, len(line.message) - most)
    fields = tuple(_fields(line.attributes)) if chosen else ()
    return LineView(id_of(line.key), line.key.ts, line.service, line.severity, line.message[:most], fields, cut, chosen)


def _fields(attributes: str) -> Iterable[tuple[str, str]]:
    """What else a line says, by name."""
    try:
        told = json.loads(attributes or "{}")
    except ValueError:
        return []
    if not isinstance(told, dict):
        return []
    return sorted((str(name), _text(value)) for name, value in told.items())


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def id_of(key: LineKey) -> str:
    """``1795132805123456-3-120``: microseconds, file and line."""
    return f"{(key.ts - _EPOCH) // timedelta(microseconds=1)}-{key.file_id}-{key.line}"


def key_of(text: str) -> LineKey | None:
    """The key that an id names, None where it names none."""
    found = _ID.fullmatch(text)
    if found is None:
        return None
    try:
        at = _EPOCH + timedelta(microseconds=int(found[1]))
    except OverflowError:
        return None
    return LineKey(at, int(found[2]), int(found[3]))
