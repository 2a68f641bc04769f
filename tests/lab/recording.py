"""Reads a recording back, plain or gzipped: the only place that knows the names of its files."""

from __future__ import annotations

import csv
import gzip
import json
import math
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

JsonRecord = dict[str, Any]
Samples = list[tuple[float, float]]


class DamagedError(Exception):
    """A file of the recording is missing or cannot be read; the message names it."""


@dataclass(frozen=True, slots=True)
class Fault:
    """`part` is the service that was touched."""

    name: str
    start: float
    end: float
    verdict: str
    part: str

    def holds(self, at: float) -> bool:
        return self.start <= at < self.end


@dataclass(frozen=True, slots=True)
class Recording:
    """A folder as `record` wrote it; times are seconds since the epoch."""

    folder: Path
    _parsed: dict[str, list[JsonRecord]] = field(default_factory=dict, compare=False)
    _series: dict[str, dict[str, Samples]] = field(default_factory=dict, compare=False)

    def text(self, name: str) -> str:
        plain, packed = self.folder / name, self.folder / f"{name}.gz"
        try:
            return gzip.decompress(packed.read_bytes()).decode() if packed.exists() else plain.read_text("utf-8")
        except (OSError, EOFError, UnicodeDecodeError) as error:
            raise DamagedError(f"{name} cannot be read: {error.__class__.__name__}") from error

    def lines(self, name: str) -> list[JsonRecord]:
        """Records of a JSON-lines file, in the order of the file; parsed once."""
        if name not in self._parsed:
            self._parsed[name] = self._parse(name)
        return self._parsed[name]

    def _parse(self, name: str) -> list[JsonRecord]:
        found: list[JsonRecord] = []
        for number, line in enumerate(self.text(name).splitlines(), 1):
            try:
                found.append(json.loads(line))
            except ValueError as error:
                raise DamagedError(f"{name}, line {number} is not JSON") from error
        return found

    def json(self, name: str) -> JsonRecord:
        try:
            content: JsonRecord = json.loads(self.text(name))
        except ValueError as error:
            raise DamagedError(f"{name} is not JSON") from error
        return content

    def faults(self) -> list[Fault]:
        faults = self.json("truth.json")["faults"]
        return [
            Fault(f["name"], seconds(f["start"]), seconds(f["end"]), f["verdict"], f.get("service", "")) for f in faults
        ]

    def events(self) -> list[dict[str, str]]:
        return list(csv.DictReader(self.text("events.csv").splitlines()))

    def series(self, metric: str) -> dict[str, Samples]:
        """Samples by service of a recording rule; NaN (no traffic) is left out."""
        if metric not in self._series:
            result = self.json(f"prometheus/{metric}.json")["data"]["result"]
            self._series[metric] = {one["metric"]["service"]: _samples(one["values"]) for one in result}
        return self._series[metric]


def seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def _samples(values: list[list[Any]]) -> Samples:
    pairs = [(float(ts), float(value)) for ts, value in values]
    return [(ts, value) for ts, value in pairs if not math.isnan(value)]
