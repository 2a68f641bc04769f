"""Lines of JSON that each hold records in a way of their own (OTLP, Loki, deploys): a line is the unit of account.

A line is accepted when something in it is stored; what in it could not be read is said in a note. A document that is
no lines is counted by its items: those of the list it is, or of the list that its key ``items`` holds, else as one.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import numpy as np
import orjson
import pyarrow as pa

from data.errors import CannotContinue, FormatError
from data.ingest import happened, sampled, times
from data.ingest.fields import UNKNOWN_SERVICE
from data.ingest.parts import Batch, Part, batch, reject
from data.ingest.sampled import Naming
from data.ingest.source import Source
from data.ingest.streams import Block, blocks, read_whole
from data.records import Event
from data.schemas import TIME

EARLIEST_US, LATEST_US = (int(each.astype(np.int64)) for each in (times.EARLIEST, times.LATEST))
NO_TIME = "a record has no time of our days"


@dataclass(frozen=True, slots=True)
class Log:
    """A log record; ``severity`` is one of our words. Times are microseconds since 1970."""

    ts_us: int
    message: str
    severity: str | None = None
    service: str = ""
    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample of a series."""

    ts_us: int
    name: str
    labels: Mapping[str, str]
    value: float


Record = Log | Sample | Event
Unfold = Callable[[dict[str, Any]], Iterator[Record | str]]


def load(line: bytes) -> dict[str, Any]:
    """A JSON object. Raises `ValueError` in words."""
    try:
        found = orjson.loads(line)
    except ValueError:
        try:  # an integer over 64 bits, or broken UTF-8
            found = json.loads(line.decode(errors="replace"))
        except (ValueError, RecursionError) as error:
            raise ValueError("the line is no valid JSON") from error
    if not isinstance(found, dict):
        raise ValueError("the line is JSON but no object")
    return found


def is_lines(head: bytes) -> bool:
    """Whether the first line is an object, or so long that it is not known to be none."""
    first, _, rest = head.lstrip().partition(b"\n")
    try:
        load(first)
    except ValueError:
        return not rest.strip() and len(first) > 1 << 16
    return True


@dataclass(slots=True)
class Unfolded:
    """Reads them. ``unfold`` gives the records of an object, and words for what in it cannot be read."""

    source: Source
    unfold: Unfold
    derived: dict[str, str] = field(default_factory=dict)

    def parts(self) -> Iterator[Part]:
        """See `Reader`. Raises `FormatError` for a document that is none."""
        if is_lines(self.source.head):
            for block in blocks(self.source.path, self.source.mapping.encoding):
                yield self._lines(block)
        elif self.source.continues:
            raise CannotContinue("A document is read as a whole.")
        else:
            yield self._document()

    def _lines(self, block: Block) -> Part:
        part, found = Part(rejects=list(block.too_long)), list[tuple[int, Record]]()
        for index in range(len(block)):
            line = block.line(index)
            if line.strip():
                self._line(block.first + index, line, part, found)
            else:
                part.ignored += 1
        return self.stored(part, found)

    def _line(self, number: int, line: bytes, part: Part, found: list[tuple[int, Record]]) -> None:
        try:
            records, wrong = _parted(self.unfold(load(line)))
        except (ValueError, TypeError, AttributeError, KeyError, RecursionError) as error:
            part.rejects.append(reject(number, _words(error), line))
            return
        if records:
            part.accepted += 1
            part.notes.update(wrong)
            found += [(number, each) for each in records]
        elif wrong:
            part.rejects.append(reject(number, next(iter(wrong)), line))
        else:
            part.ignored += 1

    def _document(self) -> Part:
        part, found = Part(), list[tuple[int, Record]]()
        for number, item in enumerate(_items(self.source), start=1):
            self._line(number, item, part, found)
        if part.rejects and not found:
            raise FormatError(f"The document cannot be read: {part.rejects[0].reason}.")
        return self.stored(part, found)

    def stored(self, part: Part, found: Sequence[tuple[int, Record]]) -> Part:
        """The part with what is stored of it."""
        logs = [(number, each) for number, each in found if isinstance(each, Log)]
        samples = [(number, each) for number, each in found if isinstance(each, Sample)]
        events = [(number, self._placed(each)) for number, each in found if isinstance(each, Event)]
        part.batches = [self._logs(logs, part)] if logs else []
        part.batches += [self._samples(samples, part)] if samples else []
        part.batches += [happened.batch_of(events)] if events else []
        return part

    def _placed(self, event: Event) -> Event:
        """With the service that the mapping states, and the lag after which it could be known."""
        mapping = self.source.mapping
        lag = timedelta(seconds=mapping.known_lag_s or 0.0)
        stem = self.source.place.stem if mapping.service_from == "file" else ""
        service = mapping.service or event.service or stem
        return replace(event, service=service, known_at=event.known_at + lag)

    def _logs(self, found: list[tuple[int, Log]], part: Part) -> Batch:
        mapping = self.source.mapping
        fallback = mapping.service or (self.source.place.stem if mapping.service_from == "file" else "")
        services = [mapping.service or each.service or fallback or UNKNOWN_SERVICE for _, each in found]
        if unknown := services.count(UNKNOWN_SERVICE):
            part.notes[f"records name no service and stand under {UNKNOWN_SERVICE!r} (state service)"] += unknown
        ts = _ts(each.ts_us for _, each in found)
        columns = {
            "ts": ts,
            "known_at": times.shift(ts, mapping.known_lag_s or 0.0),
            "service": pa.array(services),
            "severity": pa.array([each.severity for _, each in found], pa.string()),
            "message": pa.array([happened.clean(each.message) for _, each in found]),
            "attributes": pa.array([_json(each.attributes) for _, each in found], pa.string()),
            "line": np.array([number for number, _ in found], np.int64),
        }
        return batch("logs", len(found), columns)

    def _samples(self, found: list[tuple[int, Sample]], part: Part) -> Batch:
        naming, ids = Naming(self.source), list[int]()
        for _, each in found:
            series = naming.series(each.name, each.labels, part.notes)
            part.series[series.series_id] = series
            ids.append(series.series_id)
        ts = _ts(each.ts_us for _, each in found)
        values = np.array([each.value for _, each in found], np.float64)
        lines = np.array([number for number, _ in found], np.int64)
        return sampled.samples(self.source, ts, np.array(ids, np.int64), values, lines)


def _items(source: Source) -> list[bytes]:
    """The objects of a document. Raises `FormatError`."""
    whole = read_whole(source.path, source.mapping.encoding)
    try:
        document = orjson.loads(whole)
    except ValueError as error:
        raise FormatError("The file is no valid JSON document.", "It may have been cut off.") from error
    items = document.get("items", document) if isinstance(document, dict) else document
    return [orjson.dumps(each) for each in items] if isinstance(items, list) else [whole]


def _parted(found: Iterator[Record | str]) -> tuple[list[Record], Counter[str]]:
    """Records whose time is plausible, and words for the others."""
    records, wrong = list[Record](), Counter[str]()
    for each in found:
        if isinstance(each, str):
            wrong[each] += 1
        elif isinstance(each, Event) or is_plausible(each.ts_us):
            records.append(each)
        else:
            wrong[NO_TIME] += 1
    return records, wrong


def is_plausible(ts_us: int) -> bool:
    """Whether microseconds since 1970 are a time of our days; none at all is not."""
    return bool(ts_us) and EARLIEST_US <= ts_us < LATEST_US


def _words(error: Exception) -> str:
    return str(error) if type(error) is ValueError else "the line is written in another way than its format says"


def _ts(micros: Iterable[int]) -> pa.Array:
    return pa.array(list(micros), pa.int64()).cast(TIME)


def _json(attributes: Mapping[str, Any]) -> str | None:
    said = {name: value for name, value in attributes.items() if value not in (None, "")}
    return happened.clean(json.dumps(said, ensure_ascii=False, default=str)) if said else None
