"""The fields of a kind of data in one file: a column for each, constants, rules that cut columns into more of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.ingest import names, times
from data.ingest.arrays import NO_TEXT, Mask, mask_of, without_null
from data.ingest.frames import Frame
from data.ingest.job import Job, Place, columns_of
from data.ingest.localtime import Memory
from data.ingest.mapping import FileMapping

UNKNOWN_SERVICE = "unknown_service"


@dataclass(slots=True)
class Fields:
    """The fields of one kind in one file. ``derived`` holds what the file's path decided.

    ``columns`` is field -> column; ``others`` field -> columns that are asked where that one says nothing.
    """

    mapping: FileMapping
    place: Place
    columns: dict[str, str]
    others: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    wanted: tuple[str, ...] = ()
    derived: dict[str, str] = field(default_factory=dict)
    memory: Memory = field(default_factory=Memory)

    @classmethod
    def find(cls, wanted: Sequence[str], job: Job, kind: str = "") -> Fields:
        """Find the columns of the fields ``wanted``. Raises `MappingError` for a stated column that is not there."""
        mapping, place = job.mapping, job.place
        stated = _stated(mapping)
        names.check({name: column for name, columns in stated.items() for column in columns}, job.sample.names)
        told = {*mapping.constants, *place.pieces, *rule_names(mapping), *stated}
        if mapping.service or mapping.service_from == "file":
            told.add("service")
        taken = {column for columns in stated.values() for column in columns} | set(mapping.drop)
        found = columns_of(job.sample, [name for name in wanted if name not in told], kind, taken)
        found |= {name: columns[0] for name, columns in stated.items() if name in wanted}
        others = {name: columns[1:] for name, columns in stated.items() if len(columns) > 1}
        if job.sample.mixed:
            gone = taken | set(found.values())
            others |= {
                name: names.find_others(name, job.sample.names, gone, kind) for name in found if name not in stated
            }
        derived = {f"path:{key}": value for key, value in place.pieces.items()}
        return cls(mapping, place, found, others, tuple(wanted), derived)

    @property
    def clock(self) -> times.Clock:
        """How the file writes times."""
        return times.Clock(self.mapping.time_unit, self.mapping.time_format, self.mapping.tz)

    @property
    def used(self) -> set[str]:
        """Columns that are in a field of their own, or are not to be kept."""
        return {*self.columns.values(), *self.mapping.drop, *map(made, self.wanted)}

    def has(self, name: str) -> bool:
        """Whether anything says what ``name`` is."""
        return any(name in said for said in (self.columns, self.mapping.constants, self.place.pieces)) or (
            name in rule_names(self.mapping)
        )

    def text(self, frame: Frame, name: str) -> pa.Array:
        """The texts of a field: what a rule made, then the column, then the path, then the constant."""
        texts = frame.text(made(name)) if self.mapping.rules else pa.nulls(len(frame.lines), pa.string())
        if name in self.columns:
            for column in (self.columns[name], *self.others.get(name, ())):
                texts = filled(texts, frame, column)
        said = self.place.pieces.get(name, self.mapping.constants.get(name))
        return texts if said is None else without_null(texts, said)

    def service(self, frame: Frame, notes: Counter[str]) -> pa.Array:
        """The service of each record; one that nothing names is called `UNKNOWN_SERVICE`, with a note."""
        texts = self.text(frame, "service")
        fallback = self.mapping.service or (self.stem_as("service") if self.mapping.service_from == "file" else "")
        if texts.null_count and not fallback:
            notes[f"records name no service and stand under {UNKNOWN_SERVICE!r} (state service)"] += texts.null_count
        return without_null(texts, fallback or UNKNOWN_SERVICE)

    def stem_as(self, what: str) -> str:
        """The file's name in the part of ``what``, remembered because the path now decides what is stored."""
        self.derived[what] = self.place.stem
        return self.place.stem


def filled(texts: pa.Array, frame: Frame, column: str) -> pa.Array:
    """The texts, and those of the column where they are NULL."""
    if not texts.null_count:
        return texts
    others = frame.text(column)
    return others if texts.null_count == len(texts) else pc.coalesce(texts, others)


def _stated(mapping: FileMapping) -> dict[str, tuple[str, ...]]:
    """The columns that the mapping names."""
    stated = {name: columns for name, columns in mapping.columns.items() if columns}
    if mapping.service_from.startswith(("column:", "label:")):
        stated.setdefault("service", (mapping.service_from.partition(":")[2],))
    return stated


def made(name: str) -> str:
    """The column in which rules put what they found for a field; no file can have one of that name."""
    return f"\0{name}"


def rule_names(mapping: FileMapping) -> set[str]:
    """Names of everything that the rules make."""
    return {piece for rule in mapping.rules for piece in (*rule.like.names, *rule.constants)}


def apply_rules(frame: Frame, fields: Fields) -> tuple[Frame, Mask]:
    """Cut columns by the rules; returns the frame with their pieces, and which records some rule fits."""
    fits, pieces = np.zeros(len(frame.lines), bool), dict[str, pa.Array]()
    for rule in fields.mapping.rules:
        now, cut = rule.like.cut(frame.text(rule.column))
        said = {name: pc.if_else(now, pa.scalar(value), NO_TEXT) for name, value in rule.constants.items()}
        for name, texts in {**cut, **said}.items():
            pieces[name] = pc.coalesce(pieces[name], texts) if name in pieces else texts
        fits |= mask_of(now)
    named = {made(name) if name in fields.wanted else name: texts for name, texts in pieces.items()}
    return frame.with_columns(named), fits
