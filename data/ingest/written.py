"""How log lines write their times: expressions that find one, and the pieces put together as ISO 8601.

An expression's groups are year, month (a number or a name), day, clock and zone, or epoch. What lacks a year or a day
gets it from `data.ingest.years`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from data.ingest.arrays import NO_TEXT
from data.ingest.times import MONTHS

PIECES = ("year", "month", "day", "clock", "zone", "epoch", "stated")
# The zones of RFC 822 and those of Europe; the other abbreviations each mean several zones.
ZONES = {"UT": "+00:00", "UTC": "+00:00", "GMT": "+00:00", "Z": "+00:00", "z": "+00:00"}
ZONES |= {"EST": "-05:00", "EDT": "-04:00", "CST": "-06:00", "CDT": "-05:00", "MST": "-07:00", "MDT": "-06:00"}
ZONES |= {"PST": "-08:00", "PDT": "-07:00", "WET": "+00:00", "WEST": "+01:00", "CET": "+01:00", "CEST": "+02:00"}
ZONES |= {"EET": "+02:00", "EEST": "+03:00", "MSK": "+03:00"}

_YEAR = r"(?P<year>(?:19|20|21)\d\d)"
_MONTH = r"(?P<month>0[1-9]|1[0-2])"
_NAME = r"(?P<month>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_DAY = r"(?P<day>0[1-9]|[12]\d|3[01])"
_LOOSE_DAY = r"(?P<day>[ 0]?[1-9]|[12]\d|3[01])"
_WEEKDAY = r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
_CLOCK = r"(?P<clock>[ 012]?\d:[0-5]\d:[0-6]\d(?:[.,]\d{1,9})?)"
_ZONE = r"(?: ?(?P<zone>[Zz]\b|UTC\b|GMT\b|[+-]\d\d:?\d\d\b))?"
_ABBREVIATION = r"(?P<zone>[A-Z]{2,5}|[+-]\d\d:?\d\d)"


@dataclass(frozen=True, slots=True)
class Written:
    """One way of writing a time. ``pieces`` are the groups of ``regex`` in order."""

    name: str
    regex: str

    @property
    def pieces(self) -> tuple[str, ...]:
        """Which pieces it has."""
        return tuple(re.findall(r"\?P<(\w+)>", self.regex))

    @property
    def lacks(self) -> str:
        """``"date"``, ``"year"`` or nothing."""
        whole = {"epoch", "stated", "year"} & set(self.pieces)
        return "" if whole else ("year" if "day" in self.pieces else "date")


ISO = Written("iso", rf"{_YEAR}-{_MONTH}-{_DAY}(?:T|[ _]|\.)? ?{_CLOCK}{_ZONE}")
SLASHED = Written("slashed", rf"{_YEAR}[/.]{_MONTH}[/.]{_DAY}[ T:-]{_CLOCK}{_ZONE}")
COMPACT = Written("compact", rf"{_YEAR}{_MONTH}{_DAY}[T. _-]?(?P<clock>[0-2]\d[0-5]\d[0-6]\d(?:[.,]\d{{1,9}})?){_ZONE}")
COMPACT_DAY = Written("compact_day", rf"{_YEAR}{_MONTH}{_DAY}[T. _-]{_CLOCK}{_ZONE}")
CTIME = Written("ctime", rf"{_WEEKDAY},? {_NAME} {_LOOSE_DAY} {_CLOCK}(?: {_ABBREVIATION})? {_YEAR}")
RFC_822 = Written("rfc822", rf"(?:{_WEEKDAY}, ?)?{_LOOSE_DAY} {_NAME} {_YEAR} {_CLOCK}(?: {_ABBREVIATION}\b)?")
APACHE = Written("apache", rf"{_LOOSE_DAY}[/-]{_NAME}[/-]{_YEAR}[: ]{_CLOCK}{_ZONE}")
NAMED = Written("named", rf"{_NAME} {_LOOSE_DAY},? {_YEAR} {_CLOCK}{_ZONE}")
NAMED_LATE = Written("named_late", rf"{_NAME} {_LOOSE_DAY} {_CLOCK}(?: {_ABBREVIATION})? {_YEAR}")
SYSLOG = Written("syslog", rf"{_NAME} {_LOOSE_DAY} {_CLOCK}")
SPARK = Written("spark", rf"(?P<year>\d\d)/{_MONTH}/{_DAY} {_CLOCK}")
EPOCH = Written("epoch", r"(?P<epoch>[12]\d{9}(?:\.\d{1,9}|\d{3}|\d{6}|\d{9})?)")
GLOG = Written("glog", rf"(?P<month>0[1-9]|1[0-2]){_DAY} {_CLOCK}")
LOGCAT = Written("logcat", rf"{_MONTH}-{_DAY} {_CLOCK}")
CLOCK = Written("clock", rf"{_CLOCK}{_ZONE}")

DIRECTIVES = {
    **dict.fromkeys("dHMSIjyUW", r"\d{1,3}"),
    **dict.fromkeys("bBaAp", r"[^\W\d]+\.?"),
    **{"m": r"\d{1,2}", "Y": r"\d{4}", "f": r"\d{1,9}", "g": r"\d{1,3}", "n": r"\d{1,9}"},
    **{"z": r"(?:Z|[+-]\d\d:?(?:\d\d)?)", "Z": r"[A-Za-z_/+-]+", "%": "%"},
}


def stated(form: str) -> Written:
    """A time that is written as the strptime format ``form``."""
    pieces = re.split(r"%[-]?([A-Za-z%])", form)
    words = [re.escape(each) if i % 2 == 0 else DIRECTIVES.get(each, r"\S+") for i, each in enumerate(pieces)]
    return Written("stated", f"(?P<stated>{''.join(words)})")


def assemble(pieces: Mapping[str, pa.Array]) -> pa.Array:
    """The pieces of each time as one text that `data.ingest.times` reads; NULL where there is none."""
    for whole in ("epoch", "stated"):
        if whole in pieces:
            return _or_null(pieces[whole])
    date = pc.binary_join_element_wise(_year(pieces["year"]), month(pieces["month"]), _two(pieces["day"]), "-")
    time = pc.binary_join_element_wise(date, _clock(pieces["clock"]), " ")
    return pc.binary_join_element_wise(time, _zone(pieces["zone"]), "") if "zone" in pieces else time


def month(texts: pa.Array) -> pa.Array:
    """Months as two digits, whether they come as names or as numbers."""
    number = pc.index_in(texts, pa.array(MONTHS))
    named = _two(pc.add(number, 1).cast(pa.string()))
    return pc.coalesce(named, _two(texts))


def _or_null(texts: pa.Array) -> pa.Array:
    return pc.if_else(pc.equal(texts, ""), NO_TEXT, texts)


def _two(texts: pa.Array) -> pa.Array:
    return pc.utf8_lpad(pc.utf8_trim_whitespace(texts), 2, "0")


def _year(texts: pa.Array) -> pa.Array:
    return pc.if_else(pc.equal(pc.binary_length(texts), 2), pc.binary_join_element_wise("20", texts, ""), texts)


def _clock(texts: pa.Array) -> pa.Array:
    """``HH:MM:SS.ffffff``, of which digits below a microsecond are left out."""
    texts = pc.replace_substring(pc.utf8_trim_whitespace(texts), ",", ".")
    if pc.any(pc.less(pc.find_substring(texts, ":"), 2)).as_py():
        texts = pc.replace_substring_regex(texts, r"^(\d):", r"0\1:")
        texts = pc.replace_substring_regex(texts, r"^(\d\d)(\d\d)(\d\d)", r"\1:\2:\3")
    if (pc.max(pc.binary_length(texts)).as_py() or 0) > len("00:00:00.000000"):
        texts = pc.replace_substring_regex(texts, r"(\.\d{6})\d+$", r"\1")
    return texts


def _zone(texts: pa.Array) -> pa.Array:
    """Offsets as they are, abbreviations that mean one zone as offsets, others as they are: they cannot be read."""
    coded = texts.dictionary_encode()
    known = [
        ZONES.get(text, text if not text or text[0] in "+-" else f" ({text})") for text in coded.dictionary.to_pylist()
    ]
    return pa.array([_offset(text) for text in known], pa.string()).take(coded.indices)


def _offset(text: str) -> str:
    digits = text[1:].replace(":", "")
    return f"{text[0]}{digits[:2]}:{digits[2:] or '00'}" if text[:1] in ("+", "-") else text


def without_colours(texts: pa.Array) -> pa.Array:
    """The texts without the escape sequences of terminals."""
    return pc.replace_substring_regex(texts, "\x1b\\[[0-9;?]*[A-Za-z]", "")
