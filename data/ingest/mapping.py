"""Mapping files: TOML that says how files are to be read. One ``[[files]]`` table per group of files; the first whose
``match`` fits a file holds.

Everything but ``match`` may be left out and is then found from the content, where that can be done without guessing.

=====================  =================================================================================================
``match``              glob on the name or on the path below the folder, for example ``"metrics/*_pod.csv"``
``as``                 metrics, logs, events, predictions, labels, topology or registry
``format``             csv, jsonl, json, prometheus_query_range, access_log, nginx_json, alertmanager, registry
``[files.columns]``    our name = "their column"; nested JSON keys as ``a.b``. Ours: ts, known_at, service, metric, value;
                       severity, message; ends_at, kind, title, source, fingerprint; model, version, prediction_id, y_pred,
                       y_score, features, received_at; y_true, label_ts; depends_on
``[files.constants]``  our name = a value for every record (``kind = "deploy"``, ``model = "churn"``)
``service``            the service of every record; ``service_from`` = "label:NAME", "column:NAME" or "file" finds it
``metric``             the name of the metric of the one value column; ``"{file}"`` takes the file's name
``value_columns``      the columns of a wide table that hold values: a list, or a table column = metric
``label_columns``      the columns that are labels (otherwise: all text columns that are not named elsewhere)
``drop``               columns that are not to be kept
``[files.labels]``     labels for every sample
``time_unit``          s, ms, us or ns for epoch numbers; ``time_format`` in the words of strptime for other times
``tz``                 IANA zone of times that carry none
``known_lag``          how long after it happened a record could be known ("5s", "2m", "1h", "30d")
``label_lag``          how long after its prediction a label could be known, where no column says it
``header``             false: there is none; a number: that many rows, joined by ``|``
``names``              names of the columns, instead of those in the file
``skip_rows``          lines before the header that are not data
``delimiter`` ``decimal`` ``comment`` ``encoding`` how the table is written
``records``            JSON path of the records inside a JSON document, for example ``"$.*[*]"``
``wide_names``         pattern that cuts the names of value columns into service, metric and labels
``path``               pattern that cuts the file's path below the folder into service, metric, model or labels
``[[files.patterns]]`` ``column``, ``like`` = pattern whose pieces become columns, ``set`` = constants where it fits
``unmatched``          what becomes of records that no pattern fits: keep (the rule), ignore or reject
``severity_numbers``   bunyan, python, syslog or otel: what numeric severities mean
``[files.scores]``     class = "column with its probability"
=====================  =================================================================================================
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping as MappingType
from dataclasses import asdict, dataclass, field, fields, replace
from difflib import get_close_matches
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from data.errors import MappingError
from data.ingest import patterns
from data.ingest.parts import listed
from data.timespan import parse_span

KINDS = ("metrics", "logs", "events", "predictions", "labels", "topology", "registry")
UNITS = ("s", "ms", "us", "ns")
FILE_NAME = "ingest.toml"
_NOTHING: MappingType[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Rule:
    """Cut ``column`` by ``like``; where it fits, its pieces become columns and ``constants`` hold."""

    column: str
    like: patterns.Pattern
    constants: MappingType[str, str] = field(default_factory=lambda: _NOTHING)


@dataclass(frozen=True, slots=True)
class FileMapping:
    """One ``[[files]]`` table; see the top of this module for what each entry means."""

    match: str = "*"
    kind: str = ""
    format: str = ""
    columns: MappingType[str, str] = field(default_factory=lambda: _NOTHING)
    constants: MappingType[str, str] = field(default_factory=lambda: _NOTHING)
    labels: MappingType[str, str] = field(default_factory=lambda: _NOTHING)
    scores: MappingType[str, str] = field(default_factory=lambda: _NOTHING)
    service: str = ""
    service_from: str = ""
    metric: str = ""
    wide: bool | None = None
    value_columns: MappingType[str, str] = field(default_factory=lambda: _NOTHING)
    label_columns: tuple[str, ...] | None = None
    drop: tuple[str, ...] = ()
    time_unit: str = ""
    time_format: str = ""
    tz: str = ""
    known_lag_s: float | None = None
    label_lag_s: float | None = None
    header_rows: int | None = None
    names: tuple[str, ...] = ()
    skip_rows: int = 0
    delimiter: str = ""
    decimal: str = "."
    comment: str = ""
    encoding: str = ""
    records: str = ""
    wide_names: patterns.Pattern | None = None
    path: patterns.Pattern | None = None
    rules: tuple[Rule, ...] = ()
    unmatched: str = "keep"
    severity_numbers: str = ""

    def fits(self, relative: str) -> bool:
        """Whether this table is for the file at ``relative`` (its path below the folder)."""
        return fnmatchcase(relative, self.match) or fnmatchcase(PurePosixPath(relative).name, self.match)

    def digest(self) -> str:
        """Hash of everything that changes what a file becomes."""
        said = {key: value for key, value in asdict(_plain(self)).items() if key != "match"}
        return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Mapping:
    """A whole mapping file: which files are no data, and how the others are read."""

    ignore: tuple[str, ...] = ()
    files: tuple[FileMapping, ...] = ()

    def ignores(self, relative: str) -> bool:
        """Whether ``relative`` is named as no data."""
        return any(FileMapping(match=glob).fits(relative) for glob in self.ignore)

    def find(self, relative: str) -> FileMapping | None:
        """The first table that fits ``relative``."""
        return next((entry for entry in self.files if entry.fits(relative)), None)


def load(path: Path) -> Mapping:
    """Read a mapping file. Raises `MappingError` that names the file and the entry."""
    try:
        return parse(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise MappingError(f"The mapping file {path} cannot be read: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise MappingError(f"The mapping file {path} is no valid TOML: {error}.") from error
    except MappingError as error:
        raise MappingError(f"{path.name}: {error.what}", error.todo) from error


def parse(document: MappingType[str, Any]) -> Mapping:
    """Check a mapping document. Raises `MappingError`."""
    _known(document, ("ignore", "files"), "the top level")
    tables = document.get("files", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise MappingError("`files` has to be a list of tables.", "Write [[files]], with two brackets.")
    return Mapping(_texts(document, "ignore"), tuple(_file(table, i + 1) for i, table in enumerate(tables)))


def _file(table: MappingType[str, Any], number: int) -> FileMapping:
    _known(table, (*_READERS, *_RENAMED), f"[[files]] number {number}")
    entries = {_RENAMED.get(key, key): _READERS[_RENAMED.get(key, key)](table, key) for key in table}
    mapping = FileMapping(**entries)
    _one_of("as", mapping.kind, ("", *KINDS))
    _one_of("time_unit", mapping.time_unit, ("", *UNITS))
    _one_of("unmatched", mapping.unmatched, ("keep", "ignore", "reject"))
    _one_of("severity_numbers", mapping.severity_numbers, ("", "bunyan", "python", "syslog", "otel"))
    check_zone(mapping.tz)
    return mapping


def check_zone(name: str) -> None:
    """Raises `MappingError` when ``name`` is no IANA zone."""
    try:
        ZoneInfo(name or "UTC")
    except (KeyError, ValueError, OSError) as error:
        raise MappingError(f"There is no time zone {name!r}.", "Write it like Europe/Berlin or UTC.") from error


def check_kind(name: str) -> None:
    """Raises `MappingError` when ``name`` is no kind of data."""
    _one_of("as", name, KINDS)


def with_overrides(mapping: FileMapping, *, kind: str | None, service: str | None, tz: str | None) -> FileMapping:
    """What the command line says holds over what the mapping says."""
    said = {"kind": kind, "service": service, "tz": tz}
    return replace(mapping, **{key: value for key, value in said.items() if value})


def to_json(mapping: FileMapping) -> dict[str, Any]:
    """The mapping as JSON, for the parser's process."""
    return asdict(_plain(mapping))


def from_json(said: MappingType[str, Any]) -> FileMapping:
    """The mapping of `to_json`."""
    entries = {key: tuple(value) if isinstance(value, list) else value for key, value in said.items()}
    for key in ("wide_names", "path"):
        entries[key] = patterns.parse(said[key]["text"]) if said[key] else None
    entries["rules"] = tuple(
        Rule(rule["column"], patterns.parse(rule["like"]["text"]), rule["constants"]) for rule in said["rules"]
    )
    return FileMapping(**entries)


def _plain(mapping: FileMapping) -> FileMapping:
    """The same with plain dictionaries, which can be copied and written."""
    names = [item.name for item in fields(mapping) if isinstance(getattr(mapping, item.name), MappingProxyType)]
    rules = tuple(replace(rule, constants=dict(rule.constants)) for rule in mapping.rules)
    return replace(mapping, rules=rules, **{name: dict(getattr(mapping, name)) for name in names})


def _known(table: MappingType[str, Any], known: tuple[str, ...], where: str) -> None:
    for key in table:
        if key not in known:
            close = get_close_matches(key, known, 1)
            hint = f"Did you mean {close[0]!r}?" if close else f"Known are {listed(sorted(known), 40)}."
            raise MappingError(f"The mapping has an unknown entry {key!r} in {where}.", hint)


def _one_of(key: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise MappingError(f"{key} = {value!r} is not known.", f"Known are {listed(name for name in known if name)}.")


def _text(table: MappingType[str, Any], key: str) -> str:
    if not isinstance(table[key], str):
        raise MappingError(f"The entry {key!r} has to be a text.")
    return str(table[key])


def _texts(table: MappingType[str, Any], key: str) -> tuple[str, ...]:
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise MappingError(f"The entry {key!r} has to be a list of texts.")
    return tuple(value)


def _table(table: MappingType[str, Any], key: str) -> MappingType[str, str]:
    if not isinstance(table[key], dict) or not all(isinstance(item, str | int | float) for item in table[key].values()):
        raise MappingError(f"The entry {key!r} has to be a table of texts.", f"Write [files.{key}].")
    return MappingProxyType({name: str(value) for name, value in table[key].items()})


def _columns(table: MappingType[str, Any], key: str) -> MappingType[str, str]:
    """A list of columns stands for columns that keep their names."""
    if isinstance(table[key], list):
        return MappingProxyType({name: name for name in _texts(table, key)})
    return _table(table, key)


def _switch(table: MappingType[str, Any], key: str) -> bool:
    if not isinstance(table[key], bool):
        raise MappingError(f"The entry {key!r} has to be true or false.")
    return bool(table[key])


def _count(table: MappingType[str, Any], key: str) -> int:
    if not isinstance(table[key], int) or table[key] < 0:
        raise MappingError(f"The entry {key!r} has to be a number of lines.")
    return int(table[key])


def _lag(table: MappingType[str, Any], key: str) -> float:
    try:
        return parse_span(str(table[key]))
    except ValueError as error:
        raise MappingError(f"{key} = {error}.") from error


def _pattern(table: MappingType[str, Any], key: str) -> patterns.Pattern:
    return patterns.parse(_text(table, key))


def _rules(table: MappingType[str, Any], key: str) -> tuple[Rule, ...]:
    if not isinstance(table[key], list) or not all(isinstance(rule, dict) for rule in table[key]):
        raise MappingError("`patterns` has to be a list of tables.", "Write [[files.patterns]], with two brackets.")
    return tuple(_rule(rule) for rule in table[key])


def _rule(table: MappingType[str, Any]) -> Rule:
    _known(table, ("column", "like", "set"), "[[files.patterns]]")
    if "column" not in table or "like" not in table:
        raise MappingError("A pattern needs `column` and `like`.")
    constants = _table(table, "set") if "set" in table else _NOTHING
    return Rule(_text(table, "column"), _pattern(table, "like"), constants)


_RENAMED = {"as": "kind", "known_lag": "known_lag_s", "label_lag": "label_lag_s", "header": "header_rows"}
_RENAMED["patterns"] = "rules"
_TEXTS = "match kind format service service_from metric time_unit time_format tz delimiter decimal comment encoding records"
_READERS: dict[str, Any] = {
    **dict.fromkeys(_TEXTS.split(), _text),
    **dict.fromkeys(("unmatched", "severity_numbers"), _text),
    **dict.fromkeys(("columns", "constants", "labels", "scores"), _table),
    **dict.fromkeys(("names", "drop", "label_columns"), _texts),
    **dict.fromkeys(("wide_names", "path"), _pattern),
    **dict.fromkeys(("known_lag_s", "label_lag_s"), _lag),
    "wide": _switch,
    "value_columns": _columns,
    "header_rows": _count,
    "skip_rows": _count,
    "rules": _rules,
}
