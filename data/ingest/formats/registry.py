"""The registry: a TOML file of services, models and what metrics mean. The unit of account is the entry."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from data import registry
from data.ingest.parts import Part
from data.ingest.source import Format, Guess, Reader, Source
from data.ingest.streams import read_whole

_ENTRY = re.compile(rb"^\s*(\[\[\s*(services|models|metrics)\s*\]\]|\[\s*thresholds\s*\])", re.MULTILINE)


@dataclass(slots=True)
class Entries:
    """Reads a registry file; a wrong entry refuses the file, for half a registry misleads."""

    found: registry.Registry
    derived: dict[str, str] = field(default_factory=dict)

    def parts(self) -> Iterator[Part]:
        """See `Reader`."""
        found = self.found
        part = Part(accepted=len(found.services) + len(found.models) + len(found.meanings) + len(found.thresholds))
        part.services, part.models, part.meanings = list(found.services), list(found.models), list(found.meanings)
        part.edges, part.thresholds = list(found.edges), list(found.thresholds)
        yield part


def sniff(source: Source) -> tuple[Guess, ...]:
    """TOML tables of its entries."""
    return (Guess("registry", 0.97),) if _ENTRY.search(source.head) else ()


def open_(source: Source) -> Reader:
    """See `Format`."""
    return Entries(registry.parse(read_whole(source.path).decode(errors="replace"), source.place.relative))


FORMAT = Format("registry", ("registry",), sniff, open_)
