"""What a kind of data has to say of itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from data.ingest.fields import Fields
from data.ingest.frames import Frame
from data.ingest.job import Job, Sample
from data.ingest.parts import Part


class Builder(Protocol):
    """Reads the records of one file, piece by piece. ``derived`` is what the file's path decided about them."""

    fields: Fields

    @property
    def derived(self) -> Mapping[str, str]:
        """What the path decided, by field."""
        ...

    def build(self, frame: Frame) -> Part:
        """What a piece of the file comes to."""
        ...


@dataclass(frozen=True, slots=True)
class Kind:
    """``guess`` says in [0, 1] how much a sample looks like this kind; ``prepare`` raises `MappingError`."""

    name: str
    guess: Callable[[Sample], float]
    prepare: Callable[[Job], Builder]


__all__ = ["Builder", "Job", "Kind", "Sample"]
