r"""What a target of Prometheus shows: the text format 0.0.4, and OpenMetrics 1.0.

Times are milliseconds in one and seconds in the other, which their size tells, and mostly absent: the samples then have
that of the file. Label values may hold ``}``, ``\"``, ``\\`` and ``\n``; exemplars behind ``#`` are left out.
OpenMetrics ends with ``# EOF``: without it the file may have been cut off, which is said.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from data.ingest import line_layout, sample_lines, sampled, times
from data.ingest.arrays import NO_TEXT, Mask, mask_of
from data.ingest.parts import Batch, Part, reject, shown
from data.ingest.sampled import Naming
from data.ingest.source import Format, Guess, Reader, Source
from data.ingest.streams import Block, blocks
from data.records import Series
from data.schemas import TIME

_LABEL = re.compile(rf"\s*([a-zA-Z_][a-zA-Z0-9_]*|{sample_lines.QUOTED})\s*(?:=\s*({sample_lines.QUOTED}))?\s*(?:,|$)")
_ESCAPE = re.compile(r"\\(.)")
_COMMENT = re.compile(rb"^# (?:HELP|TYPE|UNIT) [a-zA-Z_:\"]", re.MULTILINE)
OPEN = re.compile(rb"^# UNIT |^# TYPE \S+ (?:info|stateset|gaugehistogram|unknown)|^# EOF", re.MULTILINE)
HASH = ord("#")
_OPENS_NOTHING = np.isin(np.arange(256), list(b" \t\r\n#"))
WHY = 'the line is no sample: name{label="value"} value [time]'
NO_TIME = "samples carry no time and have that of the file (give them one where they are scraped to change that)"
CUT = "the file is OpenMetrics and does not end with # EOF: it may have been cut off"


def sniff(source: Source) -> tuple[Guess, ...]:
    """Comments of the format, or most lines are samples with labels."""
    texts, container = line_layout.first_texts(source)
    samples = texts.filter(pc.invert(pc.starts_with(texts, "#")))
    hits = float(pc.mean(pc.match_substring_regex(samples, sample_lines.LINE)).as_py() or 0.0)
    if container or hits < 0.5:
        return ()
    if _COMMENT.search(source.head):
        return (Guess("metrics", 0.98),)
    labelled = float(pc.mean(pc.match_substring_regex(samples, r'^[a-zA-Z_:]\S*\{.*=".*"\}')).as_py() or 0.0)
    return (Guess("metrics", 0.9),) if labelled > 0.5 else ()


@dataclass(slots=True)
class Exposition:
    """Reads samples; remembers the series it has met."""

    source: Source
    derived: dict[str, str]
    known: dict[tuple[str, str], Series | None] = field(default_factory=dict)
    is_open: bool = False
    ended: bool = False

    def parts(self) -> Iterator[Part]:
        """See `Reader`."""
        for block in blocks(self.source.path, self.source.mapping.encoding):
            yield self._part(block)
        if self.is_open and not self.ended:
            yield Part(notes=Counter({CUT: 1}))

    def _part(self, block: Block) -> Part:
        texts, notes = line_layout.texts_of(block)
        silent = self._silent(block, texts)
        part = Part(ignored=int(silent.sum()), rejects=list(block.too_long), notes=notes)
        good, cut = silent.copy(), np.zeros(len(block), bool)
        for cells in sample_lines.cells(block, texts, silent):
            kept = self._keep(cells, block, part)
            good[cells.rows[kept]], cut[cells.rows[~kept]] = True, True
        for row in np.flatnonzero(~good).tolist():
            part.rejects.append(reject(block.first + row, self._why(texts[row].as_py(), cut[row]), block.line(row)))
        part.accepted = int((good & ~silent).sum())
        part.batches = _one_batch(part.batches)
        return part

    def _silent(self, block: Block, texts: pa.Array) -> Mask:
        """Lines that hold no sample: comments and blank ones. Remembers what comments say of the file."""
        silent, first = np.zeros(len(block), bool), np.frombuffer(block.data, np.uint8)[block.starts]
        maybe = np.flatnonzero(_OPENS_NOTHING[first])
        some = texts.take(pa.array(maybe))
        silent[maybe] = mask_of(pc.match_substring_regex(some, r"^[ \t]*(#|$)"))
        self.ended = self.ended or bool(pc.any(pc.match_substring_regex(some, "^# EOF")).as_py())
        self.is_open = self.is_open or (bool((first == HASH).any()) and bool(OPEN.search(block.data)))
        return silent

    def _keep(self, cells: sample_lines.Cells, block: Block, part: Part) -> Mask:
        """Put the samples into ``part``; which of them have a series and a time."""
        ids, named = self._series(cells.key, part)
        ts, timely = self._ts(cells.ts, part)
        kept = timely & named
        if kept.any():
            keep = pa.array(kept)
            ts, value = (ts, cells.value) if kept.all() else (ts.filter(keep), cells.value.filter(keep))
            lines = cells.rows[kept] + block.first
            part.batches.append(sampled.samples(self.source, ts, ids[kept], _values(value), lines))
        return kept

    def _series(self, keys: pa.Array, part: Part) -> tuple[npt.NDArray[np.int64], Mask]:
        """The series of each sample, and which samples have one; labels are parsed once per series."""
        coded = keys if pa.types.is_dictionary(keys.type) else keys.dictionary_encode()
        found = [self._one(key, part) for key in coded.dictionary.to_pylist()]
        ids = np.array([each.series_id if each else 0 for each in found], np.int64)
        named = np.array([each is not None for each in found], bool)
        which = coded.indices.to_numpy(zero_copy_only=False)
        return (ids[which], named[which]) if len(found) else (ids, named)

    def _one(self, key: str, part: Part) -> Series | None:
        """The series of ``name{labels``, be it closed or not; None where the labels are none, or no name is there."""
        name, _, labels = key.removesuffix("}").partition("{")
        written = name, labels
        if written not in self.known:
            said = parse_labels(labels)
            name = name or (said or {}).pop("__name__", "")
            known = said is not None and name
            self.known[written] = Naming(self.source).series(name, said or {}, part.notes) if known else None
        series = self.known[written]
        if series is not None:
            part.series[series.series_id] = series
        return series

    def _ts(self, texts: pa.Array, part: Part) -> tuple[pa.Array, Mask]:
        """Times of samples, and which samples have one that can be read; that of the file where none is written."""
        said = pc.if_else(pc.equal(texts, ""), NO_TEXT, texts)
        unit = self.source.mapping.time_unit
        read = sample_lines.milliseconds(said) if unit in ("", "ms") else None
        read = times.read(said, times.Clock(unit)).ts if read is None else read
        if said.null_count:
            part.notes[NO_TIME] += said.null_count
        written = datetime.fromtimestamp(self.source.path.stat().st_mtime, UTC)
        ts = pc.if_else(pc.is_null(said), pa.scalar(written, TIME), read)
        return ts, mask_of(pc.is_valid(ts))

    @staticmethod
    def _why(text: str, cut: bool) -> str:
        if not cut:
            return WHY
        return f"the labels or the time of {shown(text)} cannot be read"


def _one_batch(batches: list[Batch]) -> list[Batch]:
    """Samples in the order of the file: of two of one time it says which is the last."""
    if len(batches) < 2:
        return batches
    return [replace(batches[0], table=pa.concat_tables([each.table for each in batches]).sort_by("line"))]


def parse_labels(text: str) -> dict[str, str] | None:
    r"""Labels between braces, with ``\"``, ``\\`` and ``\n`` undone; None where they are none.

    A name alone in quotes is that of the metric (names with dots and spaces, from Prometheus 3 on).
    """
    found, at = dict[str, str](), 0
    while at < len(text.rstrip()):
        match = _LABEL.match(text, at)
        if match is None:
            return None
        name = _unquoted(match[1]) if match[1].startswith('"') else match[1]
        if match[2] is None and not match[1].startswith('"'):
            return None
        found["__name__" if match[2] is None else name] = name if match[2] is None else _unquoted(match[2])
        at = match.end()
    return found


def _unquoted(text: str) -> str:
    return _ESCAPE.sub(lambda found: "\n" if found[1] == "n" else found[1], text[1:-1])


def _values(texts: pa.Array) -> npt.NDArray[np.float64]:
    try:
        found: npt.NDArray[np.float64] = texts.cast(pa.float64()).to_numpy(zero_copy_only=False)
        return found
    except pa.ArrowInvalid:  # +Inf, or a sign in front
        return np.array(list(map(float, texts.to_pylist())), np.float64)


def open_(source: Source) -> Reader:
    """See `Format`."""
    return Exposition(source, Naming(source).derived())


FORMAT = Format("prometheus_text", ("metrics",), sniff, open_)
