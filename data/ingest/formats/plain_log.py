"""Log lines of any program, as long as a time stands in them: at their beginning, or behind the same words each time.

Continuation lines (stack traces) belong to the record above. The severity is the first word for one in the head of
the message. What could be a table is left to the tables.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from data.errors import FormatError
from data.ingest import delimited, levels, line_layout, lined, written
from data.ingest.arrays import Mask, mask_of
from data.ingest.source import Format, Guess, Reader, Source
from data.ingest.written import Written

LEADING, ONE_WORD, ANYWHERE, PROCESS = (
    r"^[\s\"'\[(<#*+>-]{0,5}",
    r"^(?P<prefix>[^\s,;]{1,60}?[ :|=\]\[(#@\"']{1,3})",
    r"^(?P<prefix>.{1,80}?[ :|=\]\[(#@\"'])",
    r"^(?P<prefix>\[?[0-9]{1,8}\]?\s)",
)
WAYS = (
    *(written.ISO, written.SLASHED, written.COMPACT, written.COMPACT_DAY, written.CTIME, written.RFC_822),
    *(written.APACHE, written.NAMED, written.NAMED_LATE, written.SPARK, written.SYSLOG, written.LOGCAT),
)
UNLIKELY = 0.31
_DOCUMENT = re.compile(rb"\s*(\{|\[\s*[\[{\"\]])")
BASE = {LEADING: 0.45, ONE_WORD: 0.35, ANYWHERE: 0.31, PROCESS: 0.35}


@dataclass(frozen=True, slots=True)
class Found:
    """A layout that fits, how sure that is, and how well it fits compared with others."""

    layout: line_layout.Layout
    confidence: float
    rank: float


def sniff(source: Source) -> tuple[Guess, ...]:
    """Some of the first lines hold a time where log lines have it."""
    found = find(source)
    return (Guess("logs", found.confidence),) if found else ()


def open_(source: Source) -> Reader:
    """See `Format`. Raises `FormatError` where no line has a time."""
    found = find(source)
    if found is None:
        raise FormatError("No line of this file begins with a time.", "State how they are written: time_format.")
    return lined.read(source, found.layout)


def find(source: Source) -> Found | None:
    """The layout that fits most of the first lines; a time at the beginning goes before one behind other words."""
    plain, container = line_layout.first_texts(source)
    if _DOCUMENT.match(source.head) or _share(pc.starts_with(plain, "{")) > 0.5:
        return None
    there = {way: pc.any(pc.match_substring_regex(plain, way.regex)).as_py() for way, _ in _candidates(source)}
    found = [_tried(plain, way, lead, container) for way, lead in _candidates(source) if there[way]]
    best = max((each for each in found if each), key=lambda each: each.rank, default=None)
    return None if best and _has_header(plain, best) else best


def _candidates(source: Source) -> list[tuple[Written, str]]:
    if source.mapping.time_format:
        way = written.stated(source.mapping.time_format)
        return [(way, lead) for lead in (LEADING, ONE_WORD, ANYWHERE)]
    return [
        *((way, LEADING) for way in (*WAYS, written.EPOCH, written.CLOCK)),
        *((way, ONE_WORD) for way in (*WAYS, written.EPOCH)),
        (written.CLOCK, PROCESS),
        *((way, ANYWHERE) for way in WAYS),
    ]


def _tried(texts: pa.Array, way: Written, lead: str, container: bool) -> Found | None:
    regex = rf"{lead}{way.regex}\b(?P<message>.*)$"
    layout = line_layout.Layout(regex, container, whole=lead is ANYWHERE)
    found = layout.extract(texts)
    hits = mask_of(pc.is_valid(found))
    if not hits.any() or not _is_enough(hits, lead):
        return None
    kept = found.drop_null()
    messages = pc.struct_field(kept, [layout.groups.index("message")])
    share, levelled = float(hits.mean()), _share(pc.is_valid(levels.find(messages)))
    if lead is LEADING and _is_table(messages):
        return Found(layout, UNLIKELY, share - 0.5)
    return Found(layout, BASE[lead] + 0.2 * share + 0.1 * levelled, share + 0.3 * BASE[lead] + 0.01 * levelled)


def _has_header(texts: pa.Array, found: Found) -> bool:
    """Whether the first line has no time, and is cut into as many cells as nearly all others: that is a table."""
    if found.layout.extract(texts.slice(0, 1)).null_count == 0:
        return False
    lines = texts.to_pylist()
    return any(_cuts(lines, delimiter) for delimiter in delimited.DELIMITERS)


def _cuts(lines: list[str], delimiter: str) -> bool:
    widths = [len(row) for row in delimited.parse_lines(lines, delimiter)]
    return len(widths) > 1 and widths[0] > 1 and widths.count(widths[0]) >= 0.95 * len(widths)


def _is_enough(hits: Mask, lead: str) -> bool:
    """A time behind other words has to come in the first line or in most."""
    return lead is LEADING or bool(hits[0]) or hits.mean() >= 0.5


def _is_table(messages: pa.Array) -> bool:
    """Whether nothing follows the times, or what looks like cells: 10:00:00,73.9 is a time and a number."""
    return _share(pc.match_substring_regex(messages, r"^\s*$|^[\"'\]]?[,;\t|]|^\.[0-9]")) > 0.9


def _share(flags: pa.Array) -> float:
    return float(pc.mean(flags).as_py() or 0.0)


FORMAT = Format("plain_log", ("logs",), sniff, open_, grows=True)
