"""What ingest would do with the first records of files. Nothing is written: the home is at most read."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from data.catalog.catalog import Catalog
from data.errors import DataError, FormatError
from data.ingest import archives, predicted, sources
from data.ingest.entries import check_zone, one_of
from data.ingest.kinds.labels import needs_predictions
from data.ingest.limits import GIB, Limits
from data.ingest.mapping import KINDS, FileMapping, load
from data.ingest.report import Note, Problem
from data.ingest.sources import Found, Override
from data.ingest.staging import check_regular
from data.ingest.taking import pieces_of
from data.ingest.wire import Request
from data.ingest.worker import Worker
from data.store import Store

ROWS = 8
MOST_FILES = 50
LIMITS = Limits(memory_bytes=2 * GIB, cpu_s=60.0, idle_s=90.0)


@dataclass(frozen=True, slots=True)
class Rejected:
    """A line that would be refused, and the beginning of what stands there."""

    line: int
    reason: str
    raw: str


@dataclass(frozen=True, slots=True)
class FilePreview:
    """One file. ``error`` says why it would be refused as a whole; otherwise the rest holds for the lines looked at.

    ``columns`` are pairs of the file's name and ours ("" for what is not kept), ``rows`` the first records by kind as
    they would be stored, ``others`` what else the content looks like. ``whole`` is whether all lines were looked at.
    """

    file: str
    mapping: FileMapping
    kind: str = ""
    format: str = ""
    error: str = ""
    others: tuple[tuple[str, str], ...] = ()
    columns: tuple[tuple[str, str], ...] = ()
    notes: tuple[Note, ...] = ()
    rows: tuple[tuple[str, tuple[dict[str, str], ...]], ...] = ()
    rejects: tuple[Rejected, ...] = ()
    accepted: int = 0
    rejected: int = 0
    ignored: int = 0
    by_kind: tuple[tuple[str, int], ...] = ()
    span: tuple[datetime, datetime] | None = None
    whole: bool = True

    @property
    def lines(self) -> int:
        """Lines that were looked at."""
        return self.accepted + self.rejected + self.ignored

    @property
    def ok(self) -> bool:
        """Whether nothing would be refused."""
        return not self.error and not self.rejected


@dataclass(frozen=True, slots=True)
class Preview:
    """The files looked at, and how many more the folder holds."""

    files: tuple[FilePreview, ...]
    more: int = 0

    @property
    def ok(self) -> bool:
        """Whether nothing that was looked at would be refused."""
        return all(each.ok for each in self.files)


def preview(
    home: Path,
    path: Path,
    *,
    kind: str | None = None,
    mapping: Path | None = None,
    service: str | None = None,
    tz: str | None = None,
    rows: int = ROWS,
    limits: Limits = LIMITS,
) -> Preview:
    """Look into a file, or into the files of a folder. Raises `MappingError` as `data.ingest.ingest` does.

    ``home`` is only read, and only for labels whose times are those of stored predictions.
    """
    if kind:
        one_of("as", kind, KINDS)
    check_zone(tz or "")
    given = load(mapping) if mapping else None
    found = sources.find([path], given, Override(kind, service, tz), home.absolute())
    return Preview(look_into(home, found[:MOST_FILES], rows, limits), max(len(found) - MOST_FILES, 0))


def look_into(home: Path, found: Sequence[Found], rows: int = ROWS, limits: Limits = LIMITS) -> tuple[FilePreview, ...]:
    """Each file by itself, those in archives too, `MOST_FILES` at most; an error in words is of that file alone."""
    with tempfile.TemporaryDirectory(prefix="diptych-") as scratch, Worker(Path(scratch), limits) as worker:
        looked = (look for each in found for look in _look_at(home, Path(scratch), worker, each, rows))
        return tuple(islice(looked, MOST_FILES))


def _look_at(home: Path, scratch: Path, worker: Worker, found: Found, rows: int) -> Iterator[FilePreview]:
    """A file, or each of those in an archive."""
    try:
        check_regular(found.path)
        if not archives.is_archive(found.path):
            yield _look(home, scratch, worker, found, rows)
            return
        for member in archives.members(found.path, scratch):
            inside = found.member(member.path or found.path, member.name)
            if member.error or archives.is_archive(inside.path):
                why = member.error or FormatError("It is an archive inside an archive.", "Unpack the outer one.")
                yield FilePreview(inside.relative, inside.mapping, error=str(why))
            else:
                yield _look(home, scratch, worker, inside, rows)
            archives.remove(member)
    except (DataError, OSError) as error:
        yield FilePreview(found.relative, found.mapping, error=str(error))


def _look(home: Path, scratch: Path, worker: Worker, found: Found, rows: int) -> FilePreview:
    try:
        check_regular(found.path)
        with _prediction_times(home, scratch, found.mapping) as times:
            path = found.path.absolute()
            request = Request(path, found.relative, pieces_of(found), found.mapping, scratch, 0, times, rows)
            return _from_message(found, worker.look(request))
    except DataError as error:
        return FilePreview(found.relative, found.mapping, error=str(error))


@contextlib.contextmanager
def _prediction_times(home: Path, scratch: Path, mapping: FileMapping) -> Iterator[Path | None]:
    if not needs_predictions(mapping) or not Catalog.is_in(home):
        yield None
        return
    with Store.open(home, create=False) as store:
        yield predicted.write_times(store, scratch)


def _from_message(found: Found, said: dict[str, Any]) -> FilePreview:
    span = tuple(map(datetime.fromisoformat, said["span"])) if said["span"] else None
    return FilePreview(
        file=found.relative,
        mapping=found.mapping,
        others=tuple((kind, format_) for kind, format_ in said["others"]),
        columns=tuple((column, name) for column, name in said["columns"]),
        notes=tuple(Note(found.relative, text, count) for text, count in said["notes"].items()),
        rows=tuple((kind, tuple(rows)) for kind, rows in said["rows"].items()),
        rejects=tuple(Rejected(*each) for each in said["rejects"]),
        by_kind=tuple(said["by_kind"].items()),
        span=(span[0], span[1]) if span else None,
        **{name: said[name] for name in ("kind", "format", "accepted", "rejected", "ignored", "whole")},
    )


def problems(preview_: Preview) -> list[Problem]:
    """What would be refused, as the report of an ingest has it: line 0 for a whole file."""
    whole = [Problem(each.file, 0, each.error) for each in preview_.files if each.error]
    lines = [Problem(each.file, one.line, one.reason) for each in preview_.files for one in each.rejects]
    return whole + lines
