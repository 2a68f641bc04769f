"""What a format is given to read, and what it has to say of itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from data.ingest.job import Place
from data.ingest.mapping import FileMapping
from data.ingest.parts import Part


@dataclass(frozen=True, slots=True)
class Source:
    """A staged file, its first bytes in UTF-8, and how it is to be read.

    ``prediction_times`` is an Arrow file of what is stored (prediction_id, model, ts), for labels without a time.
    ``continues``: the file holds only what another has grown by, and ``head`` is the beginning of that other.
    """

    path: Path
    head: bytes
    mapping: FileMapping
    place: Place
    file_id: int = 0
    prediction_times: Path | None = None
    continues: bool = False


@dataclass(frozen=True, slots=True)
class Guess:
    """How much, in [0, 1], a file looks like this kind of data in this format."""

    kind: str
    confidence: float


class Reader(Protocol):
    """A file that has been looked at: ``derived`` is what its path decided about its records."""

    @property
    def derived(self) -> Mapping[str, str]:
        """What the path decided, by field."""
        ...

    def parts(self) -> Iterator[Part]:
        """The file, piece by piece."""
        ...


@dataclass(frozen=True, slots=True)
class Format:
    """One way of writing data. ``sniff`` must be quick and must not raise; ``open`` raises `DataError` in words.

    ``grows``: what is appended can be read by itself; ``open`` raises `CannotContinue` where that is not so.
    """

    name: str
    kinds: tuple[str, ...]
    sniff: Callable[[Source], tuple[Guess, ...]]
    open: Callable[[Source], Reader]
    grows: bool = False
