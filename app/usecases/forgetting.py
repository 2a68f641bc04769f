"""Taking back what came from a file or a source: finding it by name, saying what would go, letting it go."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path, PurePosixPath

from app.usecases.rescan import rescan
from data.catalog.commit import forget_files
from data.catalog.files import StoredFile, list_files
from data.errors import NotFound
from data.ingest.sources import printable
from data.store import Store

MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Going:
    """What would go: ``records`` by kind, and the first and last time of them."""

    files: tuple[StoredFile, ...]
    records: dict[str, int]
    start: datetime | None
    end: datetime | None


def going(files: Iterable[StoredFile]) -> Going:
    """What these files came to."""
    chosen, records = tuple(files), Counter[str]()
    for each in chosen:
        records.update(each.by_kind)
    starts = [each.span_start for each in chosen if each.span_start]
    ends = [each.span_end for each in chosen if each.span_end]
    return Going(chosen, dict(records), min(starts, default=None), max(ends, default=None))


def find(store: Store, name: str) -> Going:
    """The files that a person means by a path, a folder, or a name alone. Raises `NotFound` with the nearest names.

    A path holds before a name, however it is written; a name that stands in several places is refused, with them.
    """
    files = list_files(store.catalog)
    for meant in dict.fromkeys((_lexical(name), printable(os.path.realpath(name)), name)):
        found = [each for each in files if _is_or_is_below(each, meant)]
        if found:
            return going(found)
    named = [(each, place) for each in files for place in _places(each, name.rstrip("/"))]
    places = {place for _, place in named}
    if len(places) > 1:
        raise NotFound(f"{name} stands in several places: {_listed(places)}.", "Name one by path.")
    if not named:
        raise NotFound(f"Nothing was ingested from {name}.", _nearest(name, files))
    return going(each for each, _ in named)


def _lexical(path: str) -> str:
    """``path`` from here, without ``.`` and ``..``."""
    return printable(os.path.normpath(Path(path).absolute()))


def _is_or_is_below(each: StoredFile, meant: str) -> bool:
    path = os.path.normpath(each.path)
    return meant in (each.path, each.folder, path) or path.startswith(f"{meant.rstrip('/')}/")


def _places(each: StoredFile, name: str) -> Iterator[str]:
    """The paths at which the name stands: of the file, of what was ingested, and of the folders between the two."""
    path = PurePosixPath(os.path.normpath(each.path))
    if name in (each.source, path.name):
        yield str(path)
    top = PurePosixPath(os.path.normpath(each.folder))
    yield from (str(folder) for folder in path.parents if folder.name == name and folder.is_relative_to(top))


def forget(store: Store, file_ids: Iterable[int], who: str) -> int:
    """Take back all that came from these files; returns how many were there still.

    Incidents are looked for again without it.
    """
    chosen = set(file_ids)
    found = tuple(each.file_id for each in list_files(store.catalog) if each.file_id in chosen)
    forget_files(store.catalog, found, who)
    rescan(store, who)
    return len(found)


def _names(each: StoredFile) -> tuple[str, ...]:
    return each.source, each.path.rpartition("/")[2], each.folder.rpartition("/")[2]


def _nearest(name: str, files: Iterable[StoredFile]) -> str:
    known = sorted({known for each in files for known in (*_names(each), each.path, each.folder) if known})
    near = get_close_matches(name, known, MOST_NAMED, cutoff=0.4) or known[:MOST_NAMED]
    return f"Nearest are: {_listed(near)}." if near else "The store is empty."


def _listed(names: Iterable[str]) -> str:
    every = sorted(set(names))
    more = f" and {len(every) - MOST_NAMED} more" if len(every) > MOST_NAMED else ""
    return ", ".join(every[:MOST_NAMED]) + more
