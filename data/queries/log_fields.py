"""Exact counts of every field of log lines in two windows."""
# ruff: noqa: S608 - what is put into SQL here are segment lists, whole numbers and column names of ours

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import numpy as np
import pandas as pd

from data import log_templates
from data.queries.log_filter import pointer
from data.snapshot import Snapshot

Window = tuple[datetime, datetime]
KEPT: Final = ("service", "severity", "template")
MOST_VALUES: Final = 2_000
MOST_FIELDS: Final = 40
SAMPLE_ROWS: Final = 2_000
FEW_NUMBERS: Final = 40  # a number with no more distinct values is a name
_COUNTS: Final = (
    "count(*) FILTER (ts >= $b_start AND ts < $b_end) AS before, "
    "count(*) FILTER (ts >= $d_start AND ts < $d_end) AS during"
)
_EITHER: Final = "((ts >= $b_start AND ts < $b_end) OR (ts >= $d_start AND ts < $d_end))"


@dataclass(frozen=True, slots=True)
class FieldCounts:
    """``values`` of a field (None: a line without it) and how many lines had each, ``before`` and ``during``."""

    field: str
    values: tuple[str | None, ...]
    before: tuple[int, ...]
    during: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class FieldNumbers:
    """The numbers of a field in each window."""

    field: str
    before: pd.Series
    during: pd.Series


@dataclass(frozen=True, slots=True)
class Asked:
    """Two windows, of one service where it is named; attributes are read of every ``every``-th line."""

    before: Window
    during: Window
    service: str = ""
    every: int = 1

    @property
    def span(self) -> Window:
        """What holds both."""
        return min(self.before[0], self.during[0]), max(self.before[1], self.during[1])

    @property
    def params(self) -> dict[str, Any]:
        """Of the conditions."""
        named = {"b_start": self.before[0], "b_end": self.before[1], "d_start": self.during[0], "d_end": self.during[1]}
        return {**named, **({"service": self.service} if self.service else {})}

    @property
    def where(self) -> str:
        """That a line lies in either window."""
        return f"{_EITHER} AND service = $service" if self.service else _EITHER

    @property
    def sampled(self) -> str:
        """And that its attributes are read."""
        return f"{self.where} AND hash(file_id, line) % {int(self.every)} = 0" if self.every > 1 else self.where


def records(snap: Snapshot, asked: Asked, *, sampled: bool = False) -> tuple[int, int]:
    """Lines of each window; ``sampled``, those whose attributes are read."""
    where = asked.sampled if sampled else asked.where
    ((before, during),) = snap.rows(
        f"SELECT {_COUNTS} FROM {snap.source('logs', *asked.span)} WHERE {where}", asked.params
    )
    return int(before), int(during)


def kept_fields(snap: Snapshot, asked: Asked) -> Iterator[FieldCounts]:
    """Service, severity and template."""
    for field in KEPT:
        found = snap.rows(
            f"SELECT {field}, {_COUNTS} FROM {log_templates.source(snap, *asked.span)} WHERE {asked.where} "
            f"GROUP BY ALL ORDER BY count(*) DESC, {field} LIMIT {MOST_VALUES}",
            asked.params,
        )
        yield _counted(field, found)


def attributes(snap: Snapshot, asked: Asked) -> Iterator[FieldCounts | FieldNumbers]:
    """Every other field of the lines: names with their counts, measured numbers themselves."""
    sample = _sample(snap, asked)
    if sample.empty:
        return
    measured = [str(name) for name in sample if _is_measured(sample[name])]
    named = [str(name) for name in sample if name not in measured]
    if named:
        yield from _names(snap, asked, named)
    for name in measured:
        yield _numbers(snap, asked, name)


def _sample(snap: Snapshot, asked: Asked) -> pd.DataFrame:
    """The fields of some lines of either window, as text."""
    rows = snap.rows(
        f"SELECT attributes FROM (SELECT attributes FROM {snap.source('logs', *asked.span)} WHERE {asked.where} "
        f"AND attributes IS NOT NULL) USING SAMPLE {SAMPLE_ROWS} ROWS (reservoir, 1)",
        asked.params,
    )
    told = [found for (text,) in rows if isinstance(found := _read(text), dict)]
    frame = pd.DataFrame([{name: _text(value) for name, value in one.items()} for one in told], dtype=object)
    often = frame.notna().sum().sort_values(ascending=False, kind="stable").index[:MOST_FIELDS]
    return frame[[name for name in often if name not in KEPT]]


def _read(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) or value is None else json.dumps(value)


def _is_measured(values: pd.Series) -> bool:
    known = values.dropna()
    numbers = pd.to_numeric(known, errors="coerce")
    return bool(len(known)) and bool(numbers.notna().all()) and numbers.nunique() > FEW_NUMBERS


def _names(snap: Snapshot, asked: Asked, names: list[str]) -> Iterator[FieldCounts]:
    """All in one pass: the text of a line is read once."""
    found = snap.frame(
        "SELECT place, value, before, during FROM ("
        "SELECT place, value, sum(before)::BIGINT AS before, sum(during)::BIGINT AS during FROM ("
        "SELECT unnest(range(len($pointers))) AS place, unnest(json_extract_string(attributes, $pointers)) AS value, "
        f"before, during FROM (SELECT attributes, {_COUNTS} FROM {snap.source('logs', *asked.span)} "
        f"WHERE {asked.sampled} GROUP BY attributes)) GROUP BY place, value) "
        f"QUALIFY row_number() OVER (PARTITION BY place ORDER BY before + during DESC, value) <= {MOST_VALUES}",
        {**asked.params, "pointers": [pointer(name) for name in names]},
    )
    for place, part in found.groupby("place"):
        rows = part[["value", "before", "during"]].itertuples(index=False, name=None)
        told = [(value if isinstance(value, str) else None, b, d) for value, b, d in rows]
        yield _counted(names[int(str(place))], told)


def _counted(field: str, rows: list[tuple[Any, ...]]) -> FieldCounts:
    values, before, during = zip(*rows, strict=True) if rows else ((), (), ())
    return FieldCounts(field, tuple(values), tuple(map(int, before)), tuple(map(int, during)))


def _numbers(snap: Snapshot, asked: Asked, name: str) -> FieldNumbers:
    frame = snap.frame(
        "SELECT TRY_CAST(json_extract_string(attributes, $pointer) AS DOUBLE) AS number, "
        "ts >= $d_start AND ts < $d_end AS during "
        f"FROM {snap.source('logs', *asked.span)} WHERE {asked.sampled}",
        {**asked.params, "pointer": pointer(name)},
    )
    late, numbers = frame["during"].to_numpy(bool), frame["number"].to_numpy(np.float64, na_value=np.nan)
    return FieldNumbers(name, pd.Series(numbers[~late]), pd.Series(numbers[late]))
