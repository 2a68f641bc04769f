"""A file that is to be read as one kind of data: where it lies, its first records, and what its columns seem to be."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.ingest import names, times
from data.ingest.frames import Frame
from data.ingest.mapping import FileMapping

TIMES_TRIED = 100
PACKED = (".gz", ".zst", ".bz2", ".xz", ".lz4")
RECENT = (np.datetime64("1980-01-01", "us"), np.datetime64("2100-01-01", "us"))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a file lies below the folder that was ingested, and what its path says by the mapping's ``path``."""

    relative: str
    pieces: Mapping[str, str] = field(default_factory=dict)

    @property
    def stem(self) -> str:
        """The file's name without its endings."""
        name = PurePosixPath(self.relative)
        return PurePosixPath(name.stem if name.suffix in PACKED else name.name).stem


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
