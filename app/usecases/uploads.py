"""Files that come through the browser: kept privately for a while, looked into, and taken in when a person says so.

A stranger's file name is only ever shown and stored as text; on disk an upload has a name that was made here.
"""

from __future__ import annotations

import json
import re
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from app.format import count, grouped
from app.usecases.fields import one_line
from app.usecases.rescan import rescan
from data import jobs
from data.errors import DiptychError, NotFound
from data.ingest import mapping
from data.ingest.entries import check_zone, one_of
from data.ingest.limits import GIB, Limits
from data.ingest.mapping import FileMapping, with_overrides
from data.ingest.preview import FilePreview, look_into
from data.ingest.protocol import take
from data.ingest.report import IngestReport
from data.ingest.sources import Found
from data.ingest.taking import Progress
from data.store import Store

KINDS = mapping.KINDS
FOLDER = "uploads"
SOURCE = "uploads"
TAKE_IN = "take-in"
KEPT_S = 24 * 3600.0
MOST_KEPT = 20
NAME_CHARS = 120
CHUNK = 1 << 16
LIMITS = Limits(memory_bytes=2 * GIB, cpu_s=120.0, output_bytes=2 * GIB, idle_s=120.0)
_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Reading:
    """How a person wants an upload to be read; "" leaves it to the content."""

    kind: str = ""
    service: str = ""
    tz: str = ""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that waits; ``name`` is what the browser called it."""

    upload_id: str
    path: Path
    name: str
    bytes: int


def keep(home: Path, stream: IO[bytes], name: str) -> Upload:
    """Write what comes to a private file; older ones make room. What ends the stream early leaves nothing behind."""
    folder = home / "staging" / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _make_room(folder)
    upload_id = uuid.uuid4().hex
    path = folder / upload_id
    try:
        with path.open("xb") as target:
            while piece := stream.read(CHUNK):
                target.write(piece)
        _name_of(path).write_text(json.dumps(clean_name(name)), encoding="utf-8")
    except BaseException:
        _remove(path)
        raise
    return find(home, upload_id)


def find(home: Path, upload_id: str) -> Upload:
    """The upload of this id. Raises `NotFound` for one that is gone, or for what is no id."""
    path = home / "staging" / FOLDER / upload_id
    if not _ID.fullmatch(upload_id) or not path.is_file() or not _name_of(path).is_file():
        raise NotFound("This upload is not here any more.", "Drop the file again.")
    return Upload(upload_id, path, json.loads(_name_of(path).read_text("utf-8")), path.stat().st_size)


def look(home: Path, upload: Upload, reading: Reading) -> FilePreview:
    """What it would become. Raises `MappingError` for an unknown kind or zone."""
    one, *_ = look_into(home, [_found(upload, reading)])  # of an archive its first file
    return one


def queue(store: Store, upload: Upload, reading: Reading, who: str) -> str:
    """Have a worker take it in, signed; the id of the job. Raises `MappingError` for an unknown kind or zone."""
    _found(upload, reading)
    args = {"upload": upload.upload_id, "name": upload.name, "who": who, **asdict(reading)}
    return jobs.enqueue(store.catalog, TAKE_IN, args, who, once=True)


def followed(store: Store, job_id: str) -> jobs.Job | None:
    """The job of this id, where it is one of taking in."""
    try:
        job = jobs.get(store.catalog, job_id)
    except NotFound:
        return None
    return job if job.kind == TAKE_IN else None


def run(store: Store, args: Mapping[str, Any], progress: Callable[[float, str], None]) -> dict[str, Any]:
    """What the job does: the outcome as ``said``. Raises `DiptychError` where the file is refused as a whole."""
    upload = find(store.home, str(args["upload"]))
    reading = Reading(**{name: str(args.get(name, "")) for name in ("kind", "service", "tz")})
    lines = _lines(upload.path)

    def report(_: int, __: int, ___: str, rows: int) -> None:
        progress(min(rows / max(lines, rows + 1), 0.95), f"{upload.name}, {count(rows, 'record')}")

    made = take_in(store, upload, reading, str(args.get("who", "")), report)
    if made.failed:
        raise DiptychError(f"{upload.name} was not taken in. {made.problems[0].reason}")
    return {"said": outcome(upload.name, made)}


def outcome(name: str, report: IngestReport) -> str:
    """What came of taking it in."""
    if report.skipped:
        return f"{name} is in the store already, with the same content read the same way."
    kinds = ", ".join(f"{grouped(n)} {kind}" for kind, n in sorted(report.by_kind.items())) or "no records"
    account = (
        f"{grouped(report.accepted)} accepted + {grouped(report.rejected)} rejected + {grouped(report.ignored)} ignored"
    )
    return f"Taken in: {name}. {count(report.lines, 'line')} = {account}: {kinds}."


def _lines(path: Path) -> int:
    """How many lines it has, as it lies: of what is compressed far too few, which says nothing."""
    with path.open("rb") as file:
        return sum(piece.count(b"\n") for piece in iter(lambda: file.read(CHUNK), b""))


def take_in(store: Store, upload: Upload, reading: Reading, who: str, progress: Progress | None = None) -> IngestReport:
    """Take it into the store, signed; where that worked, the upload is gone. New records queue a scan."""
    report = take(store, [_found(upload, reading)], limits=LIMITS, who=who, progress=progress)
    if report.accepted:
        rescan(store, who)
    if not report.failed:
        _remove(upload.path)
    return report


def discard(upload: Upload) -> None:
    """Let it go."""
    _remove(upload.path)


def clean_name(name: str) -> str:
    """One printable, bounded line without slashes: a name, never a path."""
    last = re.split(r"[/\\]", name)[-1]
    return one_line(last)[-NAME_CHARS:].lstrip(". ") or "upload"


def _found(upload: Upload, reading: Reading) -> Found:
    if reading.kind:
        one_of("as", reading.kind, KINDS)
    check_zone(reading.tz)
    said = with_overrides(FileMapping(), kind=reading.kind, service=reading.service, tz=reading.tz)
    return Found(upload.path, upload.name, said, stands_for=f"{SOURCE}/{upload.name}")


def _make_room(folder: Path) -> None:
    """Remove what is old, and the oldest where there are many."""
    waiting = sorted((path for path in folder.iterdir() if _ID.fullmatch(path.name)), key=_age_s)
    for place, path in enumerate(waiting):
        if place >= MOST_KEPT - 1 or _age_s(path) > KEPT_S:
            _remove(path)


def _age_s(path: Path) -> float:
    try:
        return time.time() - path.stat().st_mtime
    except FileNotFoundError:  # another request was faster
        return KEPT_S + 1


def _name_of(path: Path) -> Path:
    return path.with_suffix(".name")


def _remove(path: Path) -> None:
    for each in (path, _name_of(path)):
        each.unlink(missing_ok=True)
