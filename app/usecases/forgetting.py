"""Taking back what came from a file or a source: finding it by name, saying what would go, letting it go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path

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

    A path holds before a name; a name that stands in several folders is refused, with their paths.
    """
    files = list_files(store.catalog)
    path = printable(str(Path(name).absolute()))
    for meant in (path, name):
        below = f"{meant.rstrip('/')}/"
        found = [each for each in files if meant in (each.path, each.folder) or each.path.startswith(below)]
        if found:
            return going(found)
    named = [each for each in files if name in _names(each)]
    if len({each.path for each in named}) > 1:
        raise NotFound(f"{name} stands in several places: {_listed(each.path for each in named)}.", "Name one by path.")
    if not named:
        raise NotFound(f"Nothing was ingested from {name}.", _nearest(name, files))
    return going(named)


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
