"""Texts to times, UTC, microseconds: epoch numbers of any unit, ISO 8601 and the customary others, local times by zone.

What could mean two things is not guessed: 03/04/2024 needs a ``time_format``, a number too small for an epoch of our
days a ``time_unit``. A local time is read by ``tz``, without one as UTC, which is said in a note.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from data.ingest import engine, localtime
from data.ingest.arrays import NO_TEXT, without_null
from data.ingest.parts import shown
from data.schemas import TIME

DIGITS = r"[0-9]{2}:[0-9]{2}|[0-9]{4}-[0-9]|[0-9]{4}/[0-9]|^[0-9]{9,}"
NUMBER = r"^\s*[+-]?[0-9]+(\.[0-9]*)?([eE][+-]?[0-9]+)?\s*$"
ZONED = r"(:[0-9]{2}([.,][0-9]+)?\s*([Zz]|UTC|GMT|[+-][0-9]{2}:?([0-9]{2})?)|[A-Za-z_]+/[A-Za-z_/]+)\s*$"
SLASHED = r"^\s*[0-9]{1,2}[/.][0-9]{1,2}[/.][0-9]{2,4}"
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
APACHE = rf"^[0-9]{{2}}/(?:{'|'.join(MONTHS)})/[0-9]{{4}}:[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}} [+-][0-9]{{4}}$"
FORMATS_ZONED = (
    "%d/%b/%Y:%H:%M:%S %z",
    "%a, %d %b %Y %H:%M:%S %z",
    "%a, %d %b %Y %H:%M:%S %Z",
    "%d %b %Y %H:%M:%S %z",
    "%a %b %d %H:%M:%S %Z %Y",
)
FORMATS_LOCAL = (
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M:%S.%f",
    "%Y/%m/%d",
    "%Y%m%dT%H%M%S",
    "%d %b %Y %H:%M:%S",
    "%a %b %d %H:%M:%S %Y",
    "%d/%b/%Y:%H:%M:%S",
    "%d-%b-%Y %H:%M:%S",
)
_MICROS = {"s": "CAST(v * 1000000 AS BIGINT)", "ms": "CAST(v * 1000 AS BIGINT)", "us": "CAST(floor(v) AS BIGINT)"}
_MICROS["ns"] = "CAST(floor(v / 1000) AS BIGINT)"
_ISO = "CASE WHEN x[1] BETWEEN '0' AND '9' OR x[1] = ' ' THEN try_cast(x AS TIMESTAMPTZ) END"
EARLIEST, LATEST = np.datetime64("1900-01-01", "us"), np.datetime64("2200-01-01", "us")
FIRST_EPOCH_S = 100_000_000
TRIED = 1_000
FIRST = 20


@dataclass(frozen=True, slots=True)
class Clock:
    """How times are written: ``unit`` of numbers, ``format`` of texts (strptime), ``zone`` of those without one."""

    unit: str = ""
    format: str = ""
    zone: str = ""


@dataclass(frozen=True, slots=True)
class Times:
    """``ts`` is NULL where nothing could be read; ``notes`` say what had to be decided."""

    ts: pa.Array
    notes: Counter[str]


@dataclass(frozen=True, slots=True)
class _Read:
    """``moments`` read the digits of a time without a zone, where ``local``, as UTC."""

    moments: pa.Array
    local: pa.Array


def read(texts: pa.Array, clock: Clock, memory: localtime.Memory | None = None) -> Times:
    """The times of ``texts`` ``(n,)``; ``memory`` carries the hour that occurs twice from one piece to the next."""
    notes: Counter[str] = Counter()
    if not len(texts):
        return Times(pa.nulls(0, TIME), notes)
    found = _once_each(texts, clock) if _repeat(texts) else _read(texts, clock)
    ts = _in_zone(found, clock, memory or localtime.Memory(), notes)
    return Times(_plausible(ts), notes)


def _repeat(texts: pa.Array) -> bool:
    """Whether far fewer times are written than there are records, as where thousands of series share one."""
    few = texts.slice(len(texts) // 2, TRIED)
    return len(few) == TRIED and pc.count_distinct(few).as_py() <= TRIED // 4


def _once_each(texts: pa.Array, clock: Clock) -> _Read:
    coded = texts.dictionary_encode()
    found = _read(coded.dictionary, clock)
    return _Read(found.moments.take(coded.indices), pc.fill_null(found.local.take(coded.indices), False))


def _read(texts: pa.Array, clock: Clock) -> _Read:
    numbers = _numbers(texts, clock) if _has_numbers(texts, clock) else pa.nulls(len(texts), TIME)
    open_ = pc.and_not(pc.is_valid(texts), pc.is_valid(numbers))
    if not pc.any(open_).as_py():
        return _Read(numbers, _all(False, texts))
    left = pc.if_else(open_, texts, NO_TEXT)
    moments, zoned = _stated(left, clock.format) if clock.format else _customary(left)
    return _Read(pc.coalesce(numbers, moments), pc.and_not(pc.is_valid(moments), zoned))


def _in_zone(found: _Read, clock: Clock, memory: localtime.Memory, notes: Counter[str]) -> pa.Array:
    if not pc.any(found.local).as_py():
        return found.moments
    if not clock.zone:
        notes["times carry no zone and were read as UTC (state tz to change that)"] += pc.sum(found.local).as_py()
        return found.moments
    return localtime.localise(found.moments, found.local, localtime.Zone(clock.zone, memory), notes)


def why_not(text: str | None, clock: Clock) -> str:
    """Why ``text`` is no time, in words."""
    if text is None:
        return "there is no time"
    if clock.format and not _is_number(text):
        return f"the time {shown(text)} is not written as {clock.format}, or does not exist"
    if _is_number(text):
        return f"the number {shown(text)} is no time of our days; state time_unit (s, ms, us or ns) or time_format"
    if pc.match_substring_regex(pa.array([text]), SLASHED)[0].as_py():
        return f"the time {shown(text)} could have the day or the month first; state time_format"
    if clock.zone and read(pa.array([text]), Clock(clock.unit, clock.format)).ts.null_count == 0:
        return f"the time {shown(text)} does not exist in {clock.zone}: the clocks went forward then"
    return f"the time {shown(text)} cannot be read; state time_format if it is one"


def _is_number(text: str) -> bool:
    return bool(pc.match_substring_regex(pa.array([text]), NUMBER)[0].as_py())


def _has_numbers(texts: pa.Array, clock: Clock) -> bool:
    return not clock.format and pc.any(pc.match_substring_regex(texts, NUMBER)).as_py() is True


def _numbers(texts: pa.Array, clock: Clock) -> pa.Array:
    """Epoch numbers as times; without a stated unit their size tells it, from 1973 on."""
    if clock.unit:
        micros = _MICROS[clock.unit]
    else:
        steps = [("s", "1e11"), ("ms", "1e14"), ("us", "1e17"), ("ns", "1e20")]
        micros = "CASE " + " ".join(f"WHEN abs(v) < {top} THEN {_MICROS[unit]}" for unit, top in steps) + " END"
        micros = f"CASE WHEN v >= {FIRST_EPOCH_S} THEN {micros} END"
    value = f"CASE WHEN regexp_matches(x, '{NUMBER}') THEN try_cast(x AS DECIMAL(38, 9)) END"
    sql = f"SELECT make_timestamp(TRY({micros})) AS y FROM (SELECT {value} AS v FROM t)"  # noqa: S608 our own words
    found = engine.flat(engine.run(sql, pa.table({"x": texts}))["y"])
    return pc.assume_timezone(found, "UTC").cast(TIME)


def _stated(texts: pa.Array, form: str) -> tuple[pa.Array, pa.Array]:
    zoned = "%z" in form or "%Z" in form
    found = engine.map_text("try_strptime(x, ?)::TIMESTAMPTZ", texts, [form]).cast(TIME)
    return found, _all(zoned, texts)


def _customary(texts: pa.Array) -> tuple[pa.Array, pa.Array]:
    """ISO 8601 first; what is left over once more in other clothes."""
    for read, zoned in ((_zoned, True), (_unzoned, False), (_of_apache, True)):
        with contextlib.suppress(pa.ArrowInvalid):
            read(texts.drop_null().slice(0, FIRST))  # Arrow says of every text that it is none, which takes long
            return read(texts), _all(zoned, texts)
    return _iso(texts)


def _zoned(texts: pa.Array) -> pa.Array:
    return texts.cast(TIME)


def _unzoned(texts: pa.Array) -> pa.Array:
    return pc.assume_timezone(texts.cast(pa.timestamp("us")), "UTC")


def _of_apache(texts: pa.Array) -> pa.Array:
    """``22/Nov/2026:03:05:00 +0000``, where all are written so; otherwise raises `ArrowInvalid`."""
    if not pc.all(pc.match_substring_regex(texts, APACHE), min_count=0).as_py():
        raise pa.ArrowInvalid("written otherwise")
    pieces = [pc.utf8_slice_codeunits(texts, *ends) for ends in ((7, 11), (3, 6), (0, 2), (12, 20), (21, 26))]
    month = pc.utf8_lpad(pc.add(pc.index_in(pieces[1], pa.array(MONTHS)), 1).cast(pa.string()), 2, "0")
    year, _, day, clock, zone = pieces
    return pc.binary_join_element_wise(year, "-", month, "-", day, "T", clock, zone, "").cast(TIME)


def _all(value: bool, texts: pa.Array) -> pa.Array:
    return pa.array(np.full(len(texts), value))


def _iso(texts: pa.Array) -> tuple[pa.Array, pa.Array]:
    zoned = pc.fill_null(pc.match_substring_regex(texts, ZONED), False)
    found = engine.map_text(_ISO, texts).cast(TIME)
    missing = pc.and_(pc.is_valid(texts), pc.is_null(found))
    if pc.any(missing).as_py():
        left = pc.if_else(pc.and_(missing, pc.match_substring_regex(texts, "[0-9]")), _undressed(texts), NO_TEXT)
        others, others_zoned = _others(left)
        found = pc.coalesce(found, others)
        zoned = pc.or_(zoned, others_zoned)
    return found, zoned


def _undressed(texts: pa.Array) -> pa.Array:
    """Without brackets, Go's ``UTC m=+0.1`` tail, a comma before the fraction or a space before the offset."""
    texts = pc.replace_substring_regex(texts, r"^\s*\[?(.*?)\]?\s*$", r"\1")
    texts = pc.replace_substring_regex(texts, r"( [+-][0-9]{4}) [A-Z]{2,5}( m=[+-][0-9.]+)?$", r"\1")
    texts = pc.replace_substring_regex(texts, r"(:[0-9]{2}),([0-9])", r"\1.\2")
    return pc.replace_substring_regex(texts, r"^([0-9]{4}-.*:[0-9.]+) ([+-][0-9]{2}:?[0-9]{0,2})$", r"\1\2")


def _others(texts: pa.Array) -> tuple[pa.Array, pa.Array]:
    compact = "regexp_replace(x, '^([0-9]{8}T[0-9]{6})Z$', '\\1+0000')"
    zoned = engine.map_text(f"try_strptime({compact}, {_sql((*FORMATS_ZONED, '%Y%m%dT%H%M%S%z'))})", texts)
    local = engine.map_text(f"try_strptime(x, {_sql(FORMATS_LOCAL)})::TIMESTAMPTZ", texts)
    iso = engine.map_text(_ISO, texts)
    iso_zoned = pc.and_(pc.is_valid(iso), pc.fill_null(pc.match_substring_regex(texts, ZONED), False))
    found = pc.coalesce(iso.cast(TIME), zoned.cast(TIME), local.cast(TIME))
    return found, pc.or_(iso_zoned, pc.and_(pc.is_null(iso), pc.is_valid(zoned)))


def _sql(formats: Sequence[str]) -> str:
    return "[" + ", ".join(f"'{form}'" for form in formats) + "]"


def without_never(texts: pa.Array) -> pa.Array:
    """The texts with NULL in place of year 1, which Go's tools write for "not yet"."""
    never = pc.fill_null(pc.starts_with(texts, "0001-01-01"), False)
    return pc.if_else(never, NO_TEXT, texts)


def _plausible(ts: pa.Array) -> pa.Array:
    values = to_numpy(ts)
    sound = (values >= EARLIEST) & (values < LATEST)
    if sound.all():
        return ts
    return pc.if_else(pa.array(sound), ts, pa.scalar(None, TIME))


def to_numpy(ts: pa.Array) -> npt.NDArray[np.datetime64]:
    """Times as ``datetime64[us]``, NaT where there is none."""
    values = without_null(ts.cast(pa.int64()), np.iinfo(np.int64).min).to_numpy(zero_copy_only=False)
    moments: npt.NDArray[np.datetime64] = values.view("datetime64[us]")
    return moments


def shift(ts: pa.Array, seconds: float) -> pa.Array:
    """The times ``seconds`` later."""
    return pc.add(ts, pa.scalar(round(seconds * 1e6), pa.duration("us"))) if seconds else ts
