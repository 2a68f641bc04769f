r"""What a target of Prometheus shows: the text format 0.0.4, and OpenMetrics 1.0.

Times are milliseconds in one and seconds in the other, which their size tells, and mostly absent: the samples then have
that of the file. Label values may hold ``}``, ``\"``, ``\\`` and ``\n``; exemplars behind ``#`` are left out.
OpenMetrics ends with ``# EOF``: without it the file may have been cut off, which is said.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from data.ingest import line_layout, sampled, times
from data.ingest.arrays import NO_TEXT, Mask, mask_of
from data.ingest.parts import Part, reject, shown
from data.ingest.sampled import Naming
from data.ingest.source import Format, Guess, Reader, Source
from data.ingest.streams import Block, blocks
from data.records import Series
from data.schemas import TIME

_QUOTED = r'"(?:[^"\\]|\\.)*"'
LINE = (
    r"^[ \t]*(?P<name>[a-zA-Z_:][a-zA-Z0-9_:]*)?"
    rf"(?:[ \t]*\{{(?P<labels>(?:[^\"}}]|{_QUOTED})*)\}})?[ \t]*"
    r"(?P<value>[+-]?(?:[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?|\.[0-9]+(?:[eE][+-]?[0-9]+)?|Inf|inf|NaN|nan))"
    r"(?:[ \t]+(?P<ts>-?[0-9][0-9.eE+]*))?(?:[ \t]+(?P<exemplar>#.*))?[ \t]*$"
)
_LABEL = re.compile(rf"\s*([a-zA-Z_][a-zA-Z0-9_]*|{_QUOTED})\s*(?:=\s*({_QUOTED}))?\s*(?:,|$)")
_ESCAPE = re.compile(r"\\(.)")
_COMMENT = re.compile(rb"^# (?:HELP|TYPE|UNIT) [a-zA-Z_:\"]", re.MULTILINE)
OPEN = re.compile(rb"^# UNIT |^# TYPE \S+ (?:info|stateset|gaugehistogram|unknown)|^# EOF", re.MULTILINE)
WHY = 'the line is no sample: name{label="value"} value [time]'
NO_TIME = "samples carry no time and have that of the file (give them one where they are scraped to change that)"
CUT = "the file is OpenMetrics and does not end with # EOF: it may have been cut off"


def sniff(source: Source) -> tuple[Guess, ...]:
    """Comments of the format, or most lines are samples with labels."""
    texts, container = line_layout.first_texts(source)
    samples = texts.filter(pc.invert(pc.starts_with(texts, "#")))
    hits = float(pc.mean(pc.match_substring_regex(samples, LINE)).as_py() or 0.0)
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
    known: dict[str, Series | None] = field(default_factory=dict)
    is_open: bool = False
    ended: bool = False

    def parts(self) -> Iterator[Part]:
        """See `Reader`."""
        for block in blocks(self.source.path, self.source.mapping.encoding):
            self.is_open = self.is_open or (b"# " in block.data and bool(OPEN.search(block.data)))
            yield self._part(block)
        if self.is_open and not self.ended:
            yield Part(notes=Counter({CUT: 1}))

    def _part(self, block: Block) -> Part:
        texts, notes = line_layout.texts_of(block)
        silent = mask_of(pc.match_substring_regex(texts, r"^[ \t]*(#|$)"))
        self.ended = self.ended or bool(pc.any(pc.match_substring_regex(texts, "^# EOF")).as_py())
        part = Part(ignored=int(silent.sum()), rejects=list(block.too_long), notes=notes)
        cells, good = _plain(texts, silent) or _careful(texts, silent)
        rows = np.flatnonzero(good)
        ids, named = self._series(cells["key"], part)
        ts, timely = self._ts(cells["ts"], part)
        kept = timely & named
        good[rows[~kept]] = False
        cut = set(rows[~kept].tolist())
        for row in np.flatnonzero(~good & ~silent).tolist():
            part.rejects.append(reject(block.first + row, self._why(texts[row].as_py(), row in cut), block.line(row)))
        part.accepted = int(kept.sum())
        if part.accepted:
            values = _values(cells["value"].filter(pa.array(kept)))
            lines = rows[kept] + block.first
            part.batches = [sampled.samples(self.source, ts.filter(pa.array(kept)), ids[kept], values, lines)]
        return part

    def _series(self, keys: pa.Array, part: Part) -> tuple[npt.NDArray[np.int64], Mask]:
        """The series of each sample, and which samples have one; labels are parsed once per series."""
        coded = keys.dictionary_encode()
        found = [self._one(key, part) for key in coded.dictionary.to_pylist()]
        ids = np.array([each.series_id if each else 0 for each in found], np.int64)
        named = np.array([each is not None for each in found], bool)
        which = coded.indices.to_numpy(zero_copy_only=False)
        return (ids[which], named[which]) if len(found) else (ids, named)

    def _one(self, key: str, part: Part) -> Series | None:
        """The series of ``name{labels``; None where the labels are none, or no name is among them."""
        if key not in self.known:
            name, _, labels = key.partition("{")
            said = parse_labels(labels)
            name = name or (said or {}).pop("__name__", "")
            known = said is not None and name
            self.known[key] = Naming(self.source).series(name, said or {}, part.notes) if known else None
        series = self.known[key]
        if series is not None:
            part.series[series.series_id] = series
        return series

    def _ts(self, texts: pa.Array, part: Part) -> tuple[pa.Array, Mask]:
        """Times of samples, and which samples have one that can be read; that of the file where none is written."""
        said = pc.if_else(pc.equal(texts, ""), NO_TEXT, texts)
        unit = self.source.mapping.time_unit
        read = _milliseconds(said) if unit in ("", "ms") else None
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


_GROUPS = ("name", "labels", "value", "ts", "exemplar")
_CELLS = (r"^[a-zA-Z_:][a-zA-Z0-9_:]*\{[^}]*\}$", r"^-?[0-9]+(\.[0-9]*)?(e[+-]?[0-9]+)?$", "^[0-9]{13}$")
Cells = dict[str, pa.Array]


def _careful(texts: pa.Array, silent: Mask) -> tuple[Cells, Mask]:
    """Key (``name{labels``), value and time of the lines that are samples, and which those are."""
    found = pc.extract_regex(texts, LINE)
    good = mask_of(pc.is_valid(found)) & ~silent
    some = found.filter(pa.array(good))
    cells = {name: pc.struct_field(some, [i]) for i, name in enumerate(_GROUPS)}
    key = pc.binary_join_element_wise(cells["name"], cells["labels"], "{")
    return {"key": key, "value": cells["value"], "ts": cells["ts"]}, good


def _plain(texts: pa.Array, silent: Mask) -> tuple[Cells, Mask] | None:
    """The same where all samples are a key without blanks, a plain number and milliseconds, parted by one blank."""
    some = texts.filter(pa.array(~silent)) if silent.any() else texts
    cut = pc.split_pattern(some, " ")
    if not len(some) or not pc.all(pc.equal(pc.list_value_length(cut), 3)).as_py():
        return None
    cells = [pc.list_element(cut, i) for i in range(3)]
    if not all(pc.all(pc.match_substring_regex(cells[i], _CELLS[i])).as_py() for i in range(3)):
        return None
    return {"key": pc.utf8_slice_codeunits(cells[0], 0, -1), "value": cells[1], "ts": cells[2]}, ~silent


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


def _milliseconds(texts: pa.Array) -> pa.Array | None:
    """The times, where all are whole milliseconds of 1973 to 2200: most files go this short way."""
    try:
        numbers = texts.cast(pa.int64())
    except pa.ArrowInvalid:
        return None
    bounds = pc.min_max(numbers).as_py()
    if bounds["min"] is None or bounds["min"] < 100_000_000_000 or bounds["max"] >= 7_258_118_400_000:
        return None
    return pc.multiply(numbers, 1000).cast(TIME)


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
