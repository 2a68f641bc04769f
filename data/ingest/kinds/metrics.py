"""Metrics: samples of series, from long tables (a row per sample) and wide ones (a column per metric)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from data.errors import FormatError
from data.ingest import names, numbers
from data.ingest.arrays import Mask, mask_of
from data.ingest.draft import Draft
from data.ingest.fields import Fields
from data.ingest.frames import Frame
from data.ingest.job import columns_of
from data.ingest.kinds import metric_columns
from data.ingest.kinds.kind import Job, Kind, Sample
from data.ingest.kinds.metric_columns import Layout, ValueColumn
from data.ingest.parts import Part, batch, listed, shown
from data.records import Series
from data.series import make_series

MAX_SERIES = 200_000
DENSE = 16
WANTED = ("ts", "known_at", "service", "metric", "value")


@dataclass(slots=True)
class Metrics:
    """Reads samples; the labels of a series are looked at once per distinct series, not per sample."""

    fields: Fields
    layout: Layout
    series: dict[tuple[str | None, ...], Series] = field(default_factory=dict)
    told: bool = False

    @property
    def derived(self) -> Mapping[str, str]:
        """See `Builder`."""
        return self.fields.derived

    def build(self, frame: Frame) -> Part:
        """See `Builder`."""
        draft = Draft(frame)
        ts = draft.time(self.fields)
        known_at = draft.known_at(self.fields, ts)
        values = {column: self._values(draft, column) for column in self.layout.values}
        draft.empty = ~np.any([mask_of(pc.is_valid(each)) for each in values.values()], axis=0)
        draft.refuse(self._nameless(frame), lambda _: "the row names no metric")
        part, groups = draft.part(), self._groups(draft)
        pieces = [self._samples(draft, groups, column, values[column]) for column in self.layout.values]
        if self.layout.left_out and not self.told:
            self.told = True
            part.notes[f"columns are not kept, being neither numbers nor labels: {listed(self.layout.left_out)}"] += 1
        _add_samples(part, {"ts": ts, "known_at": known_at, "line": pa.array(frame.lines)}, pieces)
        part.series = {each.series_id: each for each in self.series.values()}
        return part

    def _values(self, draft: Draft, column: ValueColumn) -> pa.Array:
        texts, decimal = draft.frame.text(column.name), self.fields.mapping.decimal
        if column.sure:
            return draft.number(texts, column.name, decimal)
        values, odd = numbers.read(texts, decimal)
        if odd.any():
            draft.notes[f"texts in column {shown(column.name)} are not kept: it held nothing at first"] += int(
                odd.sum()
            )
        return values

    def _nameless(self, frame: Frame) -> Mask:
        if not self.layout.long:
            return np.zeros(len(frame.lines), bool)
        return mask_of(pc.is_null(self.fields.text(frame, "metric")))

    def _groups(self, draft: Draft) -> _Groups:
        """Which records share service, metric (of a long table) and labels."""
        frame, fields = draft.frame, self.fields
        texts = {"service": fields.service(frame, draft.notes) if not self.layout.services else None}
        texts["metric"] = fields.text(frame, "metric") if self.layout.long else None
        texts |= {f"label:{name}": frame.text(name) for name in self.layout.labels}
        return _Groups.of({name: text for name, text in texts.items() if text is not None}, len(frame.lines))

    def _samples(self, draft: Draft, groups: _Groups, column: ValueColumn, values: pa.Array) -> _Samples:
        rows = np.flatnonzero(draft.kept & mask_of(pc.is_valid(values)))
        ids = np.zeros(len(groups.members), np.int64)
        for code in np.flatnonzero(np.bincount(groups.codes[rows], minlength=len(ids))):
            ids[code] = self._series(column, groups.members[code]).series_id
        whole = len(rows) == len(values)
        return _Samples(rows, ids[groups.codes[rows]], values if whole else values.take(pa.array(rows)))

    def _series(self, column: ValueColumn, member: Mapping[str, str | None]) -> Series:
        key = (column.name, *member.values())
        if key not in self.series:
            self.series[key] = self._make(column, member)
        return self.series[key]

    def _make(self, column: ValueColumn, member: Mapping[str, str | None]) -> Series:
        if len(self.series) >= MAX_SERIES:
            raise FormatError(
                f"The file makes more than {MAX_SERIES:,} series.", "Name fewer label_columns, or drop some."
            )
        labels = {name[6:]: value for name, value in member.items() if name.startswith("label:") and value}
        service = column.service or member.get("service") or ""
        metric = member.get("metric") or column.metric
        said = {name: text for name, text in self.fields.place.pieces.items() if name not in WANTED}
        return make_series(service, metric, {**said, **self.fields.mapping.labels, **labels, **column.labels})


@dataclass(frozen=True, slots=True)
class _Groups:
    """``codes`` ``(n,)`` number the distinct combinations of texts, ``members`` holds each of them once."""

    codes: npt.NDArray[np.int64]
    members: list[dict[str, str | None]]

    @classmethod
    def of(cls, texts: Mapping[str, pa.Array], rows: int) -> _Groups:
        if not texts:
            return cls(np.zeros(rows, np.int64), [{}])
        joined = pc.binary_join_element_wise(*texts.values(), "\x1f", null_handling="replace", null_replacement="\x1e")
        coded = joined.dictionary_encode()
        codes = coded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
        first = np.zeros(len(coded.dictionary), np.int64)
        first[codes[::-1]] = np.arange(rows)[::-1]  # of the rows with a code the one that is written last
        one_each = {name: text.take(pa.array(first)) for name, text in texts.items()}
        return cls(codes, pa.table(one_each).to_pylist())


@dataclass(frozen=True, slots=True)
class _Samples:
    rows: npt.NDArray[np.int64]
    series_ids: npt.NDArray[np.int64]
    values: pa.Array


def _add_samples(part: Part, shared: Mapping[str, pa.Array], pieces: list[_Samples]) -> None:
    rows = pa.array(np.concatenate([piece.rows for piece in pieces]))
    if not len(rows):
        return
    whole = len(pieces) == 1 and len(rows) == len(shared["ts"])
    columns = dict(shared) if whole else {name: values.take(rows) for name, values in shared.items()}
    columns["series_id"] = pa.array(np.concatenate([piece.series_ids for piece in pieces]))
    columns["value"] = pa.concat_arrays([piece.values for piece in pieces])
    part.batches.append(batch("metrics", len(rows), columns))
    if repeats := repeated(columns["series_id"], columns["ts"]):
        part.notes["samples repeat a time of their series; all are kept"] += repeats


def repeated(series_ids: pa.Array, ts: pa.Array) -> int:
    """How many samples stand at a time at which their series has one already."""
    (which, series), (when, times) = _numbered(series_ids), _numbered(ts.cast(pa.int64()))
    if series * times > DENSE * len(which):
        table = pa.table({"series": which, "ts": when})
        return int(len(which) - table.group_by(["series", "ts"], use_threads=False).aggregate([]).num_rows)
    seen = np.zeros(series * times, bool)  # most files hold most of their series at most of their times
    seen[which.astype(np.int64) * times + when] = True
    return int(len(which) - np.count_nonzero(seen))


def _numbered(values: pa.Array) -> tuple[npt.NDArray[np.integer[Any]], int]:
    """The distinct values numbered, and how many they are."""
    coded = values.dictionary_encode("encode")
    return coded.indices.to_numpy(zero_copy_only=False), len(coded.dictionary)


def guess(sample: Sample) -> float:
    """A time and numbers make metrics; a metric's name beside a value makes it sure."""
    found = columns_of(sample, WANTED)
    if "ts" not in found:
        return 0.0
    if {"metric", "value"} <= found.keys() and numbers.mostly(sample.frame.text(found["value"]), sample.decimal):
        return 0.8 if names.plain(found["value"]) in ("value", "val") else 0.4
    others = [name for name in sample.names if name not in (found["ts"], found.get("service"))]
    sure = 0.25 if sample.mixed else 0.45  # numbers in JSON are more often about an event than samples
    return sure if any(metric_columns.is_value(sample, name) for name in others) else 0.0


def prepare(job: Job) -> Metrics:
    """See `Kind`."""
    fields = Fields.find(WANTED, job)
    layout = metric_columns.find(job, fields)
    return Metrics(fields, layout)


KIND = Kind("metrics", guess, prepare)
