"""Mapping files: TOML that says how files are to be read. One ``[[files]]`` table per group of files; the first whose
``match`` fits a file holds.

Everything but ``match`` may be left out and is then found from the content, where that can be done without guessing.

=====================  =================================================================================================
``match``              glob on the name or on the path below the folder, for example ``"metrics/*_pod.csv"``
``as``                 metrics, logs, events, predictions, labels, topology or registry
``format``             csv, jsonl, syslog, plain_log and so on, as `data.ingest.formats` lists them
``[files.columns]``    our name = "their column", or a list of columns of which the first that says something
                       holds; ``a.b`` is the key b of JSON in a, whether nested or as text. Ours: ts, known_at,
                       service, metric, value; severity, message; ends_at, kind, title, source, fingerprint; model,
                       version, prediction_id, y_pred, y_score, features, received_at; y_true, label_ts; depends_on
``[files.constants]``  our name = a value for every record (``kind = "deploy"``, ``model = "churn"``)
``service``            the service of every record; ``service_from`` = "label:NAME", "column:NAME" or "file" finds it
``metric``             the name of the metric of the one value column; ``"{file}"`` takes the file's name
``value_columns``      the columns of a wide table that hold values: a list, or a table column = metric
``label_columns``      the columns that are labels (otherwise: all text columns that are not named elsewhere)
``drop``               columns that are not to be kept
``[files.labels]``     labels for every sample
``time_unit``          s, ms, us or ns for epoch numbers; ``time_format`` in the words of strptime for other times
``tz``                 IANA zone of times that carry none
``begins``             year ("2024") or day ("2024-05-31") of the first record, where times have no year or no day
``known_lag``          how long after it happened a record could be known ("5s", "2m", "1h", "30d")
``label_lag``          how long after its prediction a label could be known, where no column says it
``season``             after what time the records repeat: "12m", or ["1d", "7d"]; no other season is looked for. Above
                       all ``[[files]]`` it holds for every file that states none itself
``header``             false: there is none; a number: that many rows, joined by ``|``
``names``              names of the columns, instead of those in the file
``skip_rows``          lines before the header that are not data
``delimiter`` ``decimal`` ``comment`` ``encoding`` how the table is written
``records``            JSON path of the records inside a JSON document, for example ``"$.*[*]"``
``wide_names``         pattern that cuts the names of value columns into service, metric and labels
``path``               pattern that cuts the file's path below the folder into service, metric, model or labels
``[[files.patterns]]`` ``column``, ``like`` = pattern whose pieces become columns, ``set`` = constants where it fits
``unmatched``          what becomes of records that no pattern fits: keep (the rule), ignore or reject
``severity_numbers``   bunyan, python, syslog, otel or nextcloud: what numeric severities mean
``[files.scores]``     class = "column with its probability"
=====================  =================================================================================================
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping as MappingType
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Any

from data.errors import MappingError
from data.ingest import entries, patterns
from data.ingest.entries import Table, check_zone

KINDS = ("metrics", "logs", "events", "predictions", "labels", "topology", "registry")
FILE_NAME = "ingest.toml"
_NOTHING: MappingType[str, str] = MappingProxyType({})
_NO_CHOICES: MappingType[str, tuple[str, ...]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Rule:
    """Cut ``column`` by ``like``; where it fits, its pieces become columns and ``constants`` hold."""

    column: str
    like: patterns.Pattern
    constants: MappingType[str, str] = field(default_factory=lambda: _NOTHING)


@dataclass(frozen=True, slots=True)
class FileMapping:
    """One ``[[files]]`` table; see the top of this module for what each entry means. ``table`` is it as written."""

    table: Table = field(default_factory=lambda: _NOTHING)
    match: str = "*"
    kind: str = ""
    format: str = ""
    columns: MappingType[str, tuple[str, ...]] = field(default_factory=lambda: _NO_CHOICES)
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
    begins: str = ""
    known_lag_s: float | None = None
    label_lag_s: float | None = None
    seasons_s: tuple[float, ...] = ()
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
        return fits(self.match, relative)

    def digest(self) -> str:
        """Hash of everything that changes what a file becomes."""
        said = {key: value for key, value in self.table.items() if key != "match"}
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Mapping:
    """A whole mapping file: which files are no data, how others are read, ``otherwise`` those that it does not name."""

    ignore: tuple[str, ...] = ()
    files: tuple[FileMapping, ...] = ()
    otherwise: FileMapping = field(default_factory=FileMapping)

    def ignores(self, relative: str) -> bool:
        """Whether ``relative`` is named as no data."""
        return any(fits(glob, relative) for glob in self.ignore)

    def find(self, relative: str) -> FileMapping | None:
        """The first table that fits ``relative``."""
        return next((entry for entry in self.files if entry.fits(relative)), None)


def fits(glob: str, relative: str) -> bool:
    """Whether a glob fits a path below the folder, or its name."""
    return fnmatchcase(relative, glob) or fnmatchcase(PurePosixPath(relative).name, glob)


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
    entries.known(document, ("ignore", "season", "files"), "the top level")
    every = {name: document[name] for name in ("season",) if name in document}
    tables = [every | dict(table) for table in entries.tables(document, "files")]
    files = tuple(parse_file(table, f"[[files]] number {i}") for i, table in enumerate(tables, start=1))
    return Mapping(entries.texts(document, "ignore"), files, parse_file(every))


def parse_file(table: Table, where: str = "the mapping") -> FileMapping:
    """Check one ``[[files]]`` table. Raises `MappingError`."""
    entries.known(table, tuple(_READERS), where)
    said = {_FIELDS.get(key, key): _READERS[key](table, key) for key in table}
    mapping = FileMapping(table=dict(table), **said)
    entries.one_of("as", mapping.kind, ("", *KINDS))
    entries.one_of("time_unit", mapping.time_unit, ("", "s", "ms", "us", "ns"))
    entries.one_of("unmatched", mapping.unmatched, ("keep", "ignore", "reject"))
    entries.one_of(
        "severity_numbers", mapping.severity_numbers, ("", "bunyan", "python", "syslog", "otel", "nextcloud")
    )
    check_zone(mapping.tz)
    return mapping


def with_overrides(mapping: FileMapping, *, kind: str | None, service: str | None, tz: str | None) -> FileMapping:
    """What the command line says holds over what the mapping says. Raises `MappingError`."""
    said = {key: value for key, value in {"as": kind, "service": service, "tz": tz}.items() if value}
    if not said:
        return mapping
    table = {**mapping.table, **said}
    if service:
        table.pop("service_from", None)
        table["columns"] = {name: list(columns) for name, columns in mapping.columns.items() if name != "service"}
    return parse_file(table)


def _rules(table: Table, key: str) -> tuple[Rule, ...]:
    return tuple(_rule(rule) for rule in entries.tables(table, key))


def _rule(table: Table) -> Rule:
    entries.known(table, ("column", "like", "set"), "[[files.patterns]]")
    if "column" not in table or "like" not in table:
        raise MappingError("A pattern needs `column` and `like`.")
    constants = entries.words(table, "set") if "set" in table else _NOTHING
    return Rule(entries.text(table, "column"), entries.pattern(table, "like"), constants)


_FIELDS = {"as": "kind", "known_lag": "known_lag_s", "label_lag": "label_lag_s", "header": "header_rows"}
_FIELDS |= {"patterns": "rules", "season": "seasons_s"}
_READERS: dict[str, Any] = {
    **dict.fromkeys(
        ["match", "as", "format", "service", "service_from", "metric", "time_unit", "time_format", "tz", "begins"],
        entries.text,
    ),
    **dict.fromkeys(
        ["delimiter", "decimal", "comment", "encoding", "records", "unmatched", "severity_numbers"], entries.text
    ),
    "columns": entries.choices,
    **dict.fromkeys(("constants", "labels", "scores"), entries.words),
    **dict.fromkeys(("names", "drop", "label_columns"), entries.texts),
    **dict.fromkeys(("wide_names", "path"), entries.pattern),
    **dict.fromkeys(("known_lag", "label_lag"), entries.lag),
    **dict.fromkeys(("header", "skip_rows"), entries.count),
    "season": entries.seasons,
    "wide": entries.switch,
    "value_columns": entries.columns,
    "patterns": _rules,
}
