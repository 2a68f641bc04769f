"""What a kind of data asks of records: a column for each of its fields, constants, rules, why a line is refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.ingest import names, numbers, times
from data.ingest.arrays import NO_TEXT, Mask, mask_of
from data.ingest.frames import Frame
from data.ingest.localtime import Memory
from data.ingest.mapping import FileMapping
from data.ingest.parts import Part, batch, reject
from data.schemas import TIME

UNKNOWN_SERVICE = "unknown_service"
TIMES_TRIED = 100
RECENT = (np.datetime64("1980-01-01", "us"), np.datetime64("2100-01-01", "us"))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a file lies below the folder that was ingested, and what its path says by the mapping's ``path``."""

    relative: str
    pieces: Mapping[str, str] = field(default_factory=dict)

    @property
    def stem(self) -> str:
        """The file's name without its endings."""
        name = PurePosixPath(self.relative).name.removesuffix(".gz")
        return PurePosixPath(name).stem


@dataclass(frozen=True)
class Sample:
    """The first records of a file and the names of their columns, in order; ``mixed`` where not all have the same."""

    frame: Frame
    names: tuple[str, ...]
    decimal: str = "."
    mixed: bool = False

    @cached_property
    def times(self) -> tuple[str, ...]:
        """The columns that hold times, by their content."""
        return tuple(name for name in self.names if looks_like_times(self.frame.text(name)))


@dataclass(frozen=True, slots=True)
class Job:
    """What a builder is made from. ``prediction_times`` is a file with prediction_id, model, ts of what is stored."""

    sample: Sample
    mapping: FileMapping
    place: Place
    prediction_times: Path | None = None
    file_id: int = 0


def columns_of(sample: Sample, wanted: Sequence[str], kind: str = "", taken: Collection[str] = ()) -> dict[str, str]:
    """Column of each field that can be found, by its name; the time, where no name tells it, by its content."""
    found = names.find_all(wanted, sample.names, taken, kind)
    if "ts" in wanted and "ts" not in found:
        column = next((name for name in sample.times if name not in found.values() and name not in taken), None)
        found |= {"ts": column} if column else {}
    return found


def looks_like_times(texts: pa.Array) -> bool:
    """Whether nearly all texts are times of these decades, and not all the same one."""
    said = texts.drop_null().slice(0, TIMES_TRIED)
    if not len(said) or pc.mean(pc.match_substring_regex(said, times.DIGITS)).as_py() < 0.9:
        return False
    ts = times.to_numpy(times.read(said, times.Clock()).ts)
    recent = (ts > RECENT[0]) & (ts < RECENT[1])
    return bool(recent.mean() >= 0.9 and (len(said) == 1 or len(np.unique(ts)) > 1))


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
                if texts.null_count:
                    texts = pc.coalesce(texts, frame.text(column))
        said = self.place.pieces.get(name, self.mapping.constants.get(name))
        return texts if said is None else pc.fill_null(texts, said)

    def service(self, frame: Frame, notes: Counter[str]) -> pa.Array:
        """The service of each record; one that nothing names is called `UNKNOWN_SERVICE`, with a note."""
        texts = self.text(frame, "service")
        fallback = self.mapping.service or (self.stem_as("service") if self.mapping.service_from == "file" else "")
        if texts.null_count and not fallback:
            notes[f"records name no service and stand under {UNKNOWN_SERVICE!r} (state service)"] += texts.null_count
        return pc.fill_null(texts, fallback or UNKNOWN_SERVICE)

    def stem_as(self, what: str) -> str:
        """The file's name in the part of ``what``, remembered because the path now decides what is stored."""
        self.derived[what] = self.place.stem
        return self.place.stem


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


@dataclass(slots=True)
class Draft:
    """Records on their way: each is kept, refused with a reason, or left out because it says nothing."""

    frame: Frame
    reasons: dict[int, str] = field(default_factory=dict)
    empty: Mask = field(init=False)
    notes: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.empty = np.zeros(len(self.frame.lines), bool)

    def refuse(self, where: Any, why: Callable[[int], str]) -> None:
        """Refuse the records at the mask ``where`` that are not refused yet; ``why`` gives the words for an index."""
        mask = mask_of(where) if isinstance(where, pa.Array) else where
        for index in np.flatnonzero(mask):
            self.reasons.setdefault(int(index), why(int(index)))

    def time(self, fields: Fields, name: str = "ts") -> pa.Array:
        """The times of a field that every record needs."""
        texts = fields.text(self.frame, name)
        read = times.read(texts, fields.clock, fields.memory)
        self.notes.update(read.notes)
        self.refuse(pc.is_null(read.ts), lambda i: times.why_not(texts[i].as_py(), fields.clock))
        return read.ts

    def time_or_none(self, fields: Fields, name: str) -> pa.Array:
        """The times of a field that a record may leave out; one that cannot be read is refused."""
        if not fields.has(name):
            return pa.nulls(len(self.frame.lines), TIME)
        texts = times.without_never(numbers.without_missing(fields.text(self.frame, name)))
        ts = times.read(texts, fields.clock).ts
        bad = pc.and_(pc.is_valid(texts), pc.is_null(ts))
        self.refuse(bad, lambda i: f"{name}: {times.why_not(texts[i].as_py(), fields.clock)}")
        return ts

    def known_at(self, fields: Fields, ts: pa.Array, name: str = "known_at") -> pa.Array:
        """When each record could be known: its own word, otherwise ``ts`` and the stated lag."""
        return pc.coalesce(self.time_or_none(fields, name), times.shift(ts, fields.mapping.known_lag_s or 0.0))

    def number(self, texts: pa.Array, column: str, decimal: str) -> pa.Array:
        """The values of texts; what is neither a number nor missing is refused."""
        values, bad = numbers.read(texts, decimal)
        self.refuse(bad, lambda i: numbers.why_not(column, texts[i].as_py()))
        return values

    @property
    def kept(self) -> Mask:
        """Records that are stored."""
        keep = ~self.empty
        keep[list(self.reasons)] = False
        return keep

    def part(self) -> Part:
        """The account of the records, still without what is stored of them."""
        kept, refused = self.kept, sorted(self.reasons.items())
        said = [(i, why) for i, why in refused if not self.frame.is_blank(i)]
        rejects = [reject(self.frame.lines[i], why, self.frame.raw(i)) for i, why in said]
        ignored = len(kept) - int(kept.sum()) - len(rejects)
        return Part(accepted=int(kept.sum()), ignored=ignored, rejects=rejects, notes=self.notes)

    def finish(self, kind: str, columns: Mapping[str, Any]) -> Part:
        """The account with one record of ``kind`` for each record that is kept."""
        part, keep = self.part(), pa.array(self.kept)
        chosen = {name: value.filter(keep) if isinstance(value, pa.Array) else value for name, value in columns.items()}
        if part.accepted:
            part.batches.append(batch(kind, part.accepted, {**chosen, "line": self.frame.lines[self.kept]}))
        return part
