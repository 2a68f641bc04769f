"""Which columns of a table hold values, of which metric and service, and which are labels."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from data.errors import MappingError
from data.ingest import names, numbers, times
from data.ingest.fields import Fields
from data.ingest.job import Job, Sample
from data.ingest.parts import listed
from data.ingest.patterns import Pattern

GENERIC = {"value", "val", "v", "y", "count", "kpi", "column2"}
_TIME_NAME = re.compile(r"time|stamp|epoch|date|(^|[^a-z])ts($|[^a-z])", re.IGNORECASE)
LABEL_MAX_SHARE = 0.5
LABEL_FREE = 20


@dataclass(frozen=True)
class ValueColumn:
    """A column of values; ``service`` and ``labels`` are what its own name says.

    ``sure`` is false for a column that holds nothing as yet: a text in it is left out, not a reason to refuse the row.
    """

    name: str
    metric: str
    service: str = ""
    labels: Mapping[str, str] = field(default_factory=dict, hash=False)
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Layout:
    """``long``: a column names the metric of each row. ``left_out`` are columns that are not kept."""

    values: tuple[ValueColumn, ...]
    labels: tuple[str, ...]
    long: bool
    left_out: tuple[str, ...] = ()

    @property
    def services(self) -> bool:
        """Whether the names of the columns say the services."""
        return all(column.service for column in self.values)


def find(job: Job, fields: Fields) -> Layout:
    """The layout of a table. Raises `MappingError` when no column holds a time or values."""
    if not fields.has("ts"):
        raise names.need("ts", "the time", job.sample.names)
    long = (
        job.mapping.wide is not True and not job.mapping.value_columns and {"metric", "value"} <= fields.columns.keys()
    )
    if not long:
        _give_back(fields)
    values = (ValueColumn(fields.columns["value"], ""),) if long else _wide(job, fields)
    if not values:
        raise names.need("value", "values", job.sample.names)
    labels = _labels(job, fields, {column.name for column in values})
    kept = {*labels, *fields.used, *(column.name for column in values), *(rule.column for rule in job.mapping.rules)}
    return Layout(values, labels, long, tuple(name for name in job.sample.names if name not in kept))


def _give_back(fields: Fields) -> None:
    """In a wide table the columns called metric or value are like any other, unless the mapping names them."""
    stated = fields.mapping.columns
    fields.columns = {
        name: column for name, column in fields.columns.items() if name not in ("metric", "value") or name in stated
    }


def _wide(job: Job, fields: Fields) -> tuple[ValueColumn, ...]:
    mapping = job.mapping
    if mapping.value_columns:
        names.check({f"the metric {metric}": name for name, metric in mapping.value_columns.items()}, job.sample.names)
        chosen = dict(mapping.value_columns)
    else:
        chosen = {name: name for name in _numeric(job, fields)}
    if mapping.wide_names:
        return _by_names(job, fields, mapping.wide_names)
    columns = tuple(ValueColumn(name, _metric(fields, chosen, name)) for name in chosen)
    return columns + tuple(ValueColumn(name, name, sure=False) for name in _silent(job, fields, columns))


def _silent(job: Job, fields: Fields, columns: tuple[ValueColumn, ...]) -> list[str]:
    """Columns that hold nothing in the first rows, where nothing is stated of what holds values."""
    mapping = job.mapping
    if not columns or mapping.value_columns or "value" in mapping.columns or mapping.metric:
        return []
    labels = mapping.label_columns or ()
    open_ = [name for name in job.sample.names if name not in fields.used and name not in labels]
    return [name for name in open_ if job.sample.frame.text(name).null_count == len(job.sample.frame.lines)]


def _numeric(job: Job, fields: Fields) -> list[str]:
    if "value" in fields.columns:
        return [fields.columns["value"]]
    labels = job.mapping.label_columns or ()
    open_ = [name for name in job.sample.names if name not in fields.used and name not in labels]
    return [name for name in open_ if is_value(job.sample, name)]


def is_value(sample: Sample, name: str) -> bool:
    """Whether a column holds numbers that are not one more time."""
    if _TIME_NAME.search(name) and name in sample.times:
        return False
    return numbers.mostly(sample.frame.text(name), sample.decimal)


def _metric(fields: Fields, chosen: Mapping[str, str], name: str) -> str:
    mapping, said = fields.mapping, fields.place.pieces.get("metric")
    if mapping.metric and len(chosen) > 1:
        raise MappingError(
            f"One metric is named, but {len(chosen)} columns hold values: {listed(chosen)}.", "Name the one."
        )
    if "{file}" in mapping.metric:
        return mapping.metric.replace("{file}", fields.stem_as("metric"))
    if mapping.metric or (said and len(chosen) == 1):
        return mapping.metric or str(said)
    nameless = len(chosen) == 1 and names.plain(name) in GENERIC and chosen[name] == name
    return fields.stem_as("metric") if nameless else chosen[name]


def _by_names(job: Job, fields: Fields, pattern: Pattern) -> tuple[ValueColumn, ...]:
    """All columns whose names fit the pattern, whatever they hold."""
    labels = job.mapping.label_columns or ()
    chosen = job.mapping.value_columns or [name for name in job.sample.names if name not in (*fields.used, *labels)]
    cut = pattern.cut_all(chosen)
    if not cut:
        raise MappingError(f"No value column fits wide_names = {pattern.text!r}.", f"They are: {listed(chosen)}.")
    return tuple(_column(job, name, pieces) for name, pieces in cut.items())


def _column(job: Job, name: str, pieces: Mapping[str, str]) -> ValueColumn:
    labels = {key: value for key, value in pieces.items() if key not in ("service", "metric")}
    return ValueColumn(name, pieces.get("metric") or job.mapping.metric or name, pieces.get("service", ""), labels)


def _labels(job: Job, fields: Fields, values: set[str]) -> tuple[str, ...]:
    """Stated labels, otherwise text columns that repeat themselves and are no times."""
    pieces = tuple(name for name in sorted(_pieces(fields)) if name not in fields.wanted)
    if job.mapping.label_columns is not None:
        columns = {f"a label: {name}": name for name in job.mapping.label_columns if name not in pieces}
        names.check(columns, job.sample.names)
        return job.mapping.label_columns
    open_ = [name for name in job.sample.names if name not in fields.used and name not in values]
    return (*(name for name in open_ if _is_label(job, job.sample.frame.text(name))), *pieces)


def _pieces(fields: Fields) -> set[str]:
    return {name for rule in fields.mapping.rules for name in rule.like.names}


def _is_label(job: Job, texts: pa.Array) -> bool:
    said = texts.drop_null()
    if not len(said) or numbers.mostly(texts, job.mapping.decimal):
        return False
    few = pc.count_distinct(said).as_py() <= max(LABEL_FREE, LABEL_MAX_SHARE * len(said))
    clock = times.Clock(job.mapping.time_unit, job.mapping.time_format, job.mapping.tz)
    return bool(few) and times.read(said, clock).ts.null_count > 0.1 * len(said)
