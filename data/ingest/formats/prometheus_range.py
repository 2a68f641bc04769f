"""What Prometheus answers to query_range and query: a matrix or a vector of samples. The unit of account is the sample.

Values are strings ("NaN", "+Inf"), times seconds. The service of a series is its label service, else job, else app (or
the one that ``service_from`` names); a result without ``__name__`` is called by ``metric`` or by the file's name.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from data.errors import FormatError
from data.ingest import sampled
from data.ingest.parts import Part, Reject, reject, shown
from data.ingest.sampled import Naming
from data.ingest.source import Format, Guess, Reader, Source
from data.ingest.streams import read_whole
from data.records import Series
from data.schemas import TIME

BATCH_SAMPLES = 500_000


def sniff(source: Source) -> tuple[Guess, ...]:
    """It says what kind of result it is."""
    return (Guess("metrics", 0.97),) if b'"resultType"' in source.head[:4096] else ()


@dataclass(slots=True)
class Answer:
    """One answer; ``first`` is the number of its first sample in the file."""

    source: Source
    results: list[dict[str, Any]]
    notes: list[str]
    derived: dict[str, str] = field(default_factory=dict)

    def parts(self) -> Iterator[Part]:
        """See `Reader`."""
        part, first, samples = Part(), 1, list[_Samples]()
        part.notes.update(self.notes)
        for result in self.results:
            read = self._read(result, first, part)
            first += read.count
            samples.append(read)
            if sum(each.count for each in samples) > BATCH_SAMPLES:
                yield self._done(part, samples)
                part, samples = Part(), []
        yield self._done(part, samples)

    def _read(self, result: Mapping[str, Any], first: int, part: Part) -> _Samples:
        series = self._series(result.get("metric") or {}, part)
        part.series[series.series_id] = series
        return _Samples.of(series.series_id, _pairs(result), first)

    def _series(self, labels: Mapping[str, Any], part: Part) -> Series:
        named = {str(key): str(value) for key, value in labels.items()}
        return Naming(self.source).series(named.pop("__name__", ""), named, part.notes)

    def _done(self, part: Part, samples: list[_Samples]) -> Part:
        part.rejects = [bad for each in samples for bad in each.rejects]
        part.accepted = sum(len(each.values) for each in samples)
        if part.accepted:
            ts = pa.array(np.concatenate([each.ts for each in samples])).cast(TIME)
            ids = np.concatenate([np.full(len(each.ts), each.series_id) for each in samples])
            values = np.concatenate([each.values for each in samples])
            lines = np.concatenate([each.lines for each in samples])
            part.batches = [sampled.samples(self.source, ts, ids, values, lines)]
        return part


@dataclass(frozen=True, slots=True)
class _Samples:
    """Samples of one series. ``ts`` are microseconds since 1970, ``lines`` number the samples of the file."""

    series_id: int
    ts: npt.NDArray[np.int64]
    values: npt.NDArray[np.float64]
    lines: npt.NDArray[np.int64]
    rejects: list[Reject] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.values) + len(self.rejects)

    @classmethod
    def of(cls, series_id: int, pairs: list[Any], first: int) -> _Samples:
        lines = np.arange(first, first + len(pairs))
        try:
            moments, values = _numbers(pairs)
            return cls(series_id, moments, values, lines)
        except (TypeError, ValueError, IndexError, OverflowError):
            return cls._one_by_one(series_id, pairs, lines)

    @classmethod
    def _one_by_one(cls, series_id: int, pairs: list[Any], lines: npt.NDArray[np.int64]) -> _Samples:
        good, rejects = [], []
        for index, pair in enumerate(pairs):
            try:
                _numbers([pair])
                good.append(index)
            except (TypeError, ValueError, IndexError, OverflowError):
                raw = json.dumps(pair).encode()
                rejects.append(reject(lines[index], f"{shown(raw.decode())} is no [time, value] of a sample", raw))
        moments, values = _numbers([pairs[index] for index in good])
        return cls(series_id, moments, values, lines[good], rejects)


def _numbers(pairs: list[Any]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Microseconds and values; raises where one of the pairs is none."""
    seconds = np.array([float(pair[0]) for pair in pairs], np.float64)
    values = np.array([float(pair[1]) for pair in pairs], np.float64)
    if not (np.abs(seconds) < 7e9).all():
        raise ValueError("a time out of range")
    return np.rint(seconds * 1e6).astype(np.int64), values


def _pairs(result: Mapping[str, Any]) -> list[Any]:
    single = [result["value"]] if "value" in result else []
    return [*result.get("values", []), *single, *result.get("histograms", [])]


def open_(source: Source) -> Reader:
    """See `Format`. Raises `FormatError` for an answer that is an error, cut off, or none of metrics."""
    body = _body(source)
    if body.get("status") == "error":
        raise FormatError(f"Prometheus answered with an error: {body.get('error')}.", "Ask again and keep that answer.")
    content = body.get("data", body)
    kind, results = content.get("resultType"), content.get("result")
    if kind not in ("matrix", "vector") or not isinstance(results, list):
        raise FormatError(f"The answer holds a result of type {shown(kind)}.", "Ask for a matrix or a vector.")
    found = [result for result in results if isinstance(result, dict)]
    return Answer(source, found, _warnings(body), _derived(source, found))


def _derived(source: Source, results: list[dict[str, Any]]) -> dict[str, str]:
    """What the file's name decides, among that the metric of a result without a name."""
    nameless = not all((result.get("metric") or {}).get("__name__") for result in results)
    return Naming(source).derived(nameless=nameless)


def _body(source: Source) -> dict[str, Any]:
    try:
        body = json.loads(read_whole(source.path))
    except (ValueError, RecursionError) as error:
        raise FormatError(
            "The answer of Prometheus is no valid JSON: it may have been cut off.", "Fetch it again."
        ) from error
    if not isinstance(body, dict) or not isinstance(body.get("data", body), dict):
        raise FormatError("The document is no answer of Prometheus.")
    return body


def _warnings(body: Mapping[str, Any]) -> list[str]:
    said = [*(body.get("warnings") or []), *(body.get("infos") or [])]
    return [f"Prometheus warned: {shown(text, 200)}" for text in said]


FORMAT = Format("prometheus_query_range", ("metrics",), sniff, open_)
