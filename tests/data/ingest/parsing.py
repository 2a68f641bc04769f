"""Reads content as the parser's process would, without the process: for tests of what becomes of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from data.ingest import detect
from data.ingest.job import Place
from data.ingest.mapping import parse_file
from data.ingest.parts import Reject
from data.ingest.source import Source
from data.ingest.streams import read_head
from data.records import Edge, Series


@dataclass
class Read:
    """All parts of a file together. ``rows[kind]`` are its records."""

    format: str
    kind: str
    derived: dict[str, str]
    accepted: int = 0
    ignored: int = 0
    rejects: list[Reject] = field(default_factory=list)
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    series: dict[int, Series] = field(default_factory=dict)
    edges: list[Edge] = field(default_factory=list)
    notes: Counter[str] = field(default_factory=Counter)

    @property
    def lines(self) -> int:
        return self.accepted + self.ignored + len(self.rejects)

    @property
    def counts(self) -> tuple[int, int, int]:
        """Accepted, rejected, ignored."""
        return self.accepted, len(self.rejects), self.ignored

    @property
    def reasons(self) -> dict[int, str]:
        return {each.line: each.reason for each in self.rejects}

    @property
    def samples(self) -> list[tuple[str, str, dict[str, str], Any, float]]:
        """Service, metric, labels, time and value of each sample, sorted."""
        rows = [(self.series[row["series_id"]], row) for row in self.rows.get("metrics", [])]
        said = [(s.service, s.metric, dict(s.labels), row["ts"], row["value"]) for s, row in rows]
        return sorted(said, key=lambda each: (each[0], each[1], sorted(each[2].items()), each[3]))

    def only(self, kind: str) -> dict[str, Any]:
        (row,) = self.rows[kind]
        return row

    def column(self, name: str, kind: str = "") -> list[Any]:
        return [row[name] for row in self.rows.get(kind or self.kind, [])]


class Parser:
    """Writes content into a folder and reads it back."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, content: str | bytes, *, name: str = "file", **mapping: Any) -> Read:
        path = self.folder / "staged"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return self.file(path, name, **mapping)

    def file(self, file: Path, name: str = "", *, times: Path | None = None, **mapping: Any) -> Read:
        entry = parse_file({"as" if key == "kind" else key: value for key, value in mapping.items()})
        relative = name or file.name
        pieces = entry.path.cut_all([relative]).get(relative, {}) if entry.path else {}
        source = Source(file, read_head(file), entry, Place(relative, pieces), 7, times)
        format_, known, reader = detect.open_source(source)
        read = Read(format_.name, known.mapping.kind, dict(reader.derived))
        for part in reader.parts():
            read.accepted += part.accepted
            read.ignored += part.ignored
            read.rejects += part.rejects
            read.series |= part.series
            read.edges += part.edges
            read.notes += part.notes
            for batch in part.batches:
                read.rows.setdefault(batch.kind, []).extend(batch.table.to_pylist())
        return read
