"""What came in, and from where: sources, their files, and the first line of each that could not be read."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.usecases import season_words
from data.catalog.files import StoredFile, list_files, stored_bytes
from data.ingest.fields import UNKNOWN_SERVICE
from data.jobs import Job, recent
from data.queries.rejects import BadLine, bad_lines, first_bad_lines
from data.queries.unnamed import unnamed_files
from data.snapshot import Snapshot
from data.store import Store

__all__ = ["UNKNOWN_SERVICE", "BadLine", "FileRow", "Job", "SourceRow", "SourcesView"]

MOST_REJECTS = 100_000
JOBS_SHOWN = 6
NAME_IT = (
    'Name it with "diptych ingest FILE --service NAME", or with service = "NAME" in an ingest.toml beside the file: '
    "the file is read anew, and that replaces what it gave before."
)
DEFINITIONS = (
    "A source is a folder that was ingested, or the folder in which single files lay; what other systems post has a "
    "source for each receiver with a file a day, and what is pulled one for each server.",
    "Lag is the time from the newest record of a source to the moment at which it was taken in: seconds for a folder "
    "that is watched, days for a recording that was taken in later.",
    "Lines = accepted + rejected + ignored. Ignored are blank lines, comments, headers and lines that continue the "
    "record above. One line can make many records, as a row with ten columns of values does.",
    "Stored is the room that the records take here, compressed; the files themselves stay where they are.",
)


@dataclass(frozen=True, slots=True)
class Account:
    """What files came to. ``records`` is by kind, ``bytes`` what they take in the store; the span is of records."""

    records: dict[str, int]
    bytes: int
    lines: int
    accepted: int
    rejected: int
    ignored: int
    start: datetime | None
    end: datetime | None
    taken_at: datetime
    lag_s: float | None


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file of a source; ``bad`` is its first line that could not be read, ``unnamed`` that records lack a service,
    ``season`` what it states of one."""

    file_id: int
    name: str
    path: str
    account: Account
    bad: BadLine | None
    unnamed: bool = False
    season: str = ""


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A source. ``bad_file`` is the name of the file in which ``bad`` stands."""

    source_id: str
    folder: str
    account: Account
    files: tuple[FileRow, ...]
    bad: BadLine | None
    bad_file: str = ""

    @property
    def name(self) -> str:
        """The last part of the folder."""
        return self.folder.rpartition("/")[2] or self.folder


@dataclass(frozen=True, slots=True)
class SourcesView:
    """All sources, the last taken in first; ``total`` is None where there is none."""

    sources: tuple[SourceRow, ...]
    total: Account | None

    def find(self, source_id: str) -> SourceRow | None:
        """The source of this id."""
        return next((each for each in self.sources if each.source_id == source_id), None)

    def file(self, file_id: str) -> FileRow | None:
        """The file of this id."""
        files = (file for source in self.sources for file in source.files)
        return next((file for file in files if str(file.file_id) == file_id), None)

    @property
    def unnamed(self) -> tuple[str, ...]:
        """Names of the files with records that name no service."""
        return tuple(file.name for source in self.sources for file in source.files if file.unnamed)

    @property
    def files(self) -> int:
        """How many files there are."""
        return sum(len(each.files) for each in self.sources)


def load(store: Store, snap: Snapshot) -> SourcesView:
    """What the catalog lists, and of ``snap`` the first refused lines."""
    bad = first_bad_lines(snap)
    room = stored_bytes(store.catalog)
    by_folder: defaultdict[str, list[StoredFile]] = defaultdict(list)
    for each in list_files(store.catalog):
        by_folder[each.folder].append(each)
    unnamed, seasons = unnamed_files(snap), season_words.of_file(snap)
    rows = [_source(folder, files, bad, room, unnamed, seasons) for folder, files in by_folder.items()]
    rows.sort(key=lambda row: (-row.account.taken_at.timestamp(), row.folder))
    every = [each for files in by_folder.values() for each in files]
    return SourcesView(tuple(rows), _account(every, room) if every else None)


def jobs(store: Store) -> tuple[Job, ...]:
    """The newest jobs, those at work first."""
    found = recent(store.catalog, JOBS_SHOWN)
    return tuple(sorted(found, key=lambda job: job.state not in ("running", "queued")))


def rejects(snap: Snapshot, files: Iterable[FileRow]) -> Iterator[tuple[str, int, str, str]]:
    """File, line, reason and text of at most `MOST_REJECTS` refused lines."""
    return bad_lines(snap, [each.file_id for each in files], MOST_REJECTS)


def source_id(folder: str) -> str:
    """What stands for a folder in an address."""
    return hashlib.sha256(folder.encode()).hexdigest()[:12]


def _source(
    folder: str,
    files: list[StoredFile],
    bad: dict[int, BadLine],
    room: dict[int, int],
    unnamed: frozenset[int],
    seasons: dict[str, str],
) -> SourceRow:
    rows = tuple(
        FileRow(
            file_id=f.file_id,
            name=f.source or f.path,
            path=f.path,
            account=_account([f], room),
            bad=bad.get(f.file_id),
            unnamed=f.file_id in unnamed,
            season=seasons.get(f.path, ""),
        )
        for f in files
    )
    first = next((row for row in rows if row.bad), None)
    made = SourceRow(source_id(folder), folder, _account(files, room), rows, None)
    return replace(made, bad=first.bad, bad_file=first.name) if first else made


def _account(files: Sequence[StoredFile], room: dict[int, int]) -> Account:
    records: defaultdict[str, int] = defaultdict(int)
    for each in files:
        for kind, count in each.by_kind.items():
            records[kind] += count
    ends = [(each.span_end, each.ingested_at) for each in files if each.span_end]
    newest = max(ends, default=None)
    return Account(
        records=dict(records),
        bytes=sum(room.get(each.file_id, 0) for each in files),
        lines=sum(each.lines for each in files),
        accepted=sum(each.accepted for each in files),
        rejected=sum(each.rejected for each in files),
        ignored=sum(each.ignored for each in files),
        start=min((each.span_start for each in files if each.span_start), default=None),
        end=newest[0] if newest else None,
        taken_at=max(each.ingested_at for each in files),
        lag_s=max((newest[1] - newest[0]).total_seconds(), 0.0) if newest else None,
    )
