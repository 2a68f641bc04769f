"""Which files an ingest is about, and how each is read."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from data.errors import MappingError
from data.ingest.kinds.labels import needs_predictions
from data.ingest.mapping import FILE_NAME, FileMapping, Mapping, load, with_overrides

NO_DATA = (".*", "*.md", "README*", "LICENSE*", "SOURCE.txt", FILE_NAME)


@dataclass(frozen=True, slots=True)
class Override:
    """What the caller says over every mapping."""

    kind: str | None = None
    service: str | None = None
    tz: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A file, its path below the folder that was named, and its mapping; ``stands_for`` is where a copy came from.

    ``inside`` finds the mapping of a file in it, if it is an archive; ``is_member``: it came out of an archive itself.
    """

    path: Path
    relative: str
    mapping: FileMapping
    stands_for: str = ""
    inside: Callable[[str], FileMapping] | None = field(default=None, compare=False)
    is_member: bool = False

    @property
    def shown(self) -> str:
        """Its path as it may be printed and stored, whatever bytes its name has."""
        return self.stands_for or printable(str(self.path.absolute()))

    def member(self, path: Path, name: str) -> Found:
        """A file that was in this archive, copied to ``path``."""
        relative = f"{self.relative}/{printable(name)}"
        mapping = self.inside(relative) if self.inside else self.mapping
        return Found(path, relative, mapping, f"{self.shown}/{printable(name)}", is_member=True)


def printable(path: str) -> str:
    """A path without undecodable bytes and control characters."""
    text = os.fsencode(path).decode("utf-8", "backslashreplace")
    return "".join(char if char.isprintable() else f"\\x{ord(char):02x}" for char in text)


def find(paths: Sequence[Path], mapping: Mapping | None, override: Override, home: Path) -> list[Found]:
    """The files below ``paths`` but not in ``home``, in a fixed order; labels that rest on stored predictions last.

    A folder with a mapping file of its own is read by it, unless ``mapping`` is given. Raises `MappingError`.
    """
    found = [each for path in paths for each in _below(path, mapping, override)]
    unique = {each.path.absolute(): each for each in found if home not in each.path.absolute().parents}
    return sorted(unique.values(), key=lambda each: needs_predictions(each.mapping))


def _below(path: Path, mapping: Mapping | None, override: Override) -> Iterator[Found]:
    if not path.is_dir():
        if not os.path.lexists(path):
            raise MappingError(f"There is no file or folder {printable(str(path))}.", "Check the path.")
        yield _found(path, path.name, _of_folder(path.parent, mapping), override, named=True)
        return
    own = mapping or _of_folder(path, None)
    for folder, folders, names in os.walk(path):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            file = Path(folder, name)
            relative = printable(file.relative_to(path).as_posix())
            if not _is_no_data(relative, own):
                yield _found(file, relative, own, override, named=False)


def _of_folder(folder: Path, mapping: Mapping | None) -> Mapping | None:
    own = folder / FILE_NAME
    return mapping or (load(own) if own.is_file() else None)


def _is_no_data(relative: str, mapping: Mapping | None) -> bool:
    stated = mapping is not None and mapping.find(relative) is not None
    usual = Mapping(NO_DATA).ignores(relative) and not stated
    return usual or (mapping is not None and mapping.ignores(relative))


def _found(path: Path, relative: str, mapping: Mapping | None, override: Override, *, named: bool) -> Found:
    def found(name: str) -> FileMapping:
        entry = mapping and (mapping.find(relative) or mapping.find(name))
        entry = entry or (mapping.otherwise if mapping else FileMapping())
        return with_overrides(entry, kind=override.kind, service=override.service, tz=override.tz)

    return Found(path, printable(relative) if named else relative, found(relative), inside=found)
