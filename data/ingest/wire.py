"""What passes between the ingesting process and the parser's process: JSON, a message a line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from data.catalog.rows import meaning_from, model_from, segment_from, service_from
from data.errors import CannotContinue, DataError, FormatError, MappingError, RegistryError
from data.ingest.job import Place
from data.ingest.mapping import FileMapping, parse_file
from data.ingest.report import Problem
from data.records import Edge, MetricMeaning, Model, Series, Service, StatedThreshold
from data.segments import SegmentInfo

PROBLEMS_KEPT = 50
STATED = ("services", "models", "meanings", "thresholds")
ERRORS: dict[str, type[DataError]] = {
    each.__name__: each for each in (CannotContinue, FormatError, MappingError, RegistryError)
}


@dataclass(frozen=True, slots=True)
class Tail:
    """Which part of a file is new: all behind ``offset`` bytes, that is behind the first ``lines``.

    ``format`` and ``kind`` are those of the whole; ``merge`` holds kind and path below the home of small segments whose
    rows are written together with the new ones. At most so many ``problems`` are told.
    """

    offset: int
    lines: int
    format: str
    kind: str
    merge: tuple[tuple[str, str], ...] = ()
    problems: int = PROBLEMS_KEPT


@dataclass(frozen=True, slots=True)
class Request:
    """A staged file and how it is to be read. ``file_id`` 0 only asks what it is, ``first_rows`` for those.

    Neither writes anything. With a ``tail`` only that is read, into the records of ``file_id`` that are there.
    """

    path: Path
    relative: str
    pieces: Mapping[str, str]
    mapping: FileMapping
    home: Path
    file_id: int = 0
    prediction_times: Path | None = None
    first_rows: int = 0
    tail: Tail | None = None

    def to_json(self) -> dict[str, Any]:
        """As a message."""
        times = str(self.prediction_times) if self.prediction_times else None
        said = {"path": str(self.path), "home": str(self.home), "prediction_times": times, "file_id": self.file_id}
        place = {"relative": self.relative, "pieces": dict(self.pieces), "first_rows": self.first_rows}
        tail = asdict(self.tail) if self.tail else None
        return {**said, **place, "mapping": dict(self.mapping.table), "tail": tail}

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Request:
        """The way back."""
        times = Path(said["prediction_times"]) if said["prediction_times"] else None
        mapping = parse_file(said["mapping"])
        place = (said["relative"], said["pieces"])
        tail = Tail(**{**said["tail"], "merge": tuple(map(tuple, said["tail"]["merge"]))}) if said["tail"] else None
        path, home = Path(said["path"]), Path(said["home"])
        return cls(path, *place, mapping, home, said["file_id"], times, said["first_rows"], tail)

    @property
    def place(self) -> Place:
        """Where the file lies."""
        return Place(self.relative, self.pieces)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a file was found to be; ``derived`` is what its path decides about its records.

    ``grows``: what is appended to it may be read by itself.
    """

    format: str
    kind: str
    derived: Mapping[str, str]
    grows: bool = False


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a file came to, with segments that are written and not yet visible.

    ``merged`` are those of before that they replace.
    """

    accepted: int
    rejected: int
    ignored: int
    by_kind: dict[str, int]
    segments: tuple[SegmentInfo, ...] = ()
    series: tuple[Series, ...] = ()
    edges: tuple[Edge, ...] = ()
    services: tuple[Service, ...] = ()
    models: tuple[Model, ...] = ()
    meanings: tuple[MetricMeaning, ...] = ()
    thresholds: tuple[StatedThreshold, ...] = ()
    problems: tuple[Problem, ...] = ()
    notes: Mapping[str, int] = field(default_factory=dict)
    span: tuple[datetime, datetime] | None = None
    merged: tuple[str, ...] = ()

    @property
    def lines(self) -> int:
        """All of them, each counted once."""
        return self.accepted + self.rejected + self.ignored

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Parsed:
        """The way back from `parsed_to_json`."""
        plain = {name: said[name] for name in ("accepted", "rejected", "ignored", "by_kind", "notes")}
        return cls(
            **plain,
            segments=tuple(segment_from(_timed(row, "min_ts", "max_ts")) for row in said["segments"]),
            series=tuple(
                Series(row[0], row[1], row[2], tuple((key, value) for key, value in row[3])) for row in said["series"]
            ),
            edges=tuple(Edge(*row) for row in said["edges"]),
            services=tuple(map(service_from, said["services"])),
            models=tuple(model_from(_timed(row, "trained_at")) for row in said["models"]),
            meanings=tuple(map(meaning_from, said["meanings"])),
            thresholds=tuple(StatedThreshold(**row) for row in said["thresholds"]),
            problems=tuple(Problem(*row) for row in said["problems"]),
            span=(_time(said["span"][0]), _time(said["span"][1])) if said["span"] else None,
            merged=tuple(said["merged"]),
        )


def parsed_to_json(total: Any, file: str) -> dict[str, Any]:
    """A `data.ingest.sink.Total` as a message."""
    return {
        **{name: getattr(total, name) for name in ("accepted", "rejected", "ignored")},
        "by_kind": dict(total.by_kind),
        "notes": dict(total.notes),
        "segments": [_plain(asdict(segment)) for segment in total.segments],
        "merged": total.merged,
        "series": [[each.series_id, each.service, each.metric, each.labels] for each in total.series.values()],
        "edges": [[each.service, each.depends_on, each.kind] for each in total.edges],
        **{name: [_plain(asdict(each)) for each in getattr(total, name)] for name in STATED},
        "problems": [[file, each.line, each.reason] for each in total.problems],
        "span": [total.first.isoformat(), total.last.isoformat()] if total.first and total.last else None,
    }


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """Times and days as texts."""
    return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in row.items()}


def _timed(row: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {**row, **{name: _time(row[name]) if row[name] else None for name in names}}


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
