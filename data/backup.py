"""The whole truth of a home in one file, and back: the catalog, its live segments, and a list with a hash of each.

The catalog is copied by SQLite's own backup, so it is one state however much is written meanwhile; the segments that it
lists are immutable and outlive that state. Cache, logs, staging and the secret key are no truth and stay behind.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import sqlite3
import tempfile
import uuid
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Final

from data.catalog.catalog import FOLDERS, HEAD, Catalog
from data.errors import DataError, StoreError

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
CATALOG: Final = "catalog.sqlite"
CHUNK: Final = 1 << 20
MOST_MANIFEST_BYTES: Final = 256 << 20
_SEGMENT = re.compile(r"segments/[a-z]+/[0-9a-z-]+/[0-9a-f]+\.parquet")
_WRONG = "This is no backup of Diptych, or it is damaged"

Progress = Callable[[float, str], None]


class BackupError(DataError):
    """A file that cannot be restored, or a home that may not be replaced."""


@dataclass(frozen=True, slots=True)
class Member:
    """One file of a backup."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds. ``rows`` counts records by kind, ``catalog`` is the version of the catalog's tables."""

    format: int
    catalog: str
    generation: int
    revision: int
    made_at: str
    files: int
    rows: dict[str, int]
    members: tuple[Member, ...]

    @property
    def bytes(self) -> int:
        """Of all members."""
        return sum(each.bytes for each in self.members)


def export_state(home: Path, target: Path, progress: Progress = lambda share, words: None) -> Manifest:
    """Write the home's state to ``target``, which appears when it is whole. Raises `StoreError`, `BackupError`."""
    Catalog.open(home, create=False).close()
    partial = target.with_name(f".{target.name}.{uuid.uuid4().hex}")
    try:
        with tempfile.TemporaryDirectory(prefix="diptych-") as scratch:
            catalog = Path(scratch) / CATALOG
            _copy_catalog(home / CATALOG, catalog)
            partial.touch(mode=0o600)  # it holds everything: the reader is its owner
            with partial.open("wb") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
                manifest = _write(archive, home, catalog, progress)
                archive.close()
                os.fsync(file.fileno())
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    return manifest


def import_state(
    home: Path, source: Path, *, replace: bool = False, progress: Progress = lambda share, words: None
) -> tuple[Manifest, Path | None]:
    """Make ``home`` what the backup holds; returns its manifest, and where the home that was there now lies.

    All is unpacked and checked beside the home, which is then exchanged by renaming. Raises `BackupError`.
    """
    home = home.absolute()
    if is_filled(home) and not replace:
        raise BackupError(f"The home {home} is not empty.", "Name another --home, or give --yes to put it aside.")
    beside = home.parent / f".{home.name}.import-{uuid.uuid4().hex}"
    try:
        with _opened(source) as archive:
            manifest = _manifest(archive)
            _check_room(home.parent, manifest)
            _unpack(archive, manifest, beside, progress)
        _check_catalog(beside, manifest)
        return manifest, _exchange(home, beside)
    except OSError as error:
        raise BackupError(f"The backup cannot be restored: {error.strerror}.", "Nothing was changed.") from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def is_filled(home: Path) -> bool:
    """Whether anything lies where the home is to be."""
    return home.exists() and (not home.is_dir() or any(home.iterdir()))


def _copy_catalog(source: Path, target: Path) -> None:
    """One state of the catalog; what is dead in it has no segments in the backup and is left out."""
    with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(target)) as copy:
        live.backup(copy)
        copy.execute("DELETE FROM segments WHERE dead IS NOT NULL")
        copy.commit()
        copy.execute("PRAGMA journal_mode=DELETE")
        copy.execute("VACUUM")


def _write(archive: zipfile.ZipFile, home: Path, catalog: Path, progress: Progress) -> Manifest:
    state = _read_state(catalog)
    segments: list[str] = state.pop("segments")
    members = [_add(archive, CATALOG, catalog, zipfile.ZIP_DEFLATED)]
    for number, name in enumerate(segments):
        progress(number / len(segments), name)
        members.append(_add(archive, name, home / name))
    manifest = Manifest(FORMAT, HEAD, made_at=datetime.now(UTC).isoformat(), members=tuple(members), **state)
    archive.writestr(MANIFEST, json.dumps(asdict(manifest)), zipfile.ZIP_DEFLATED)
    progress(1.0, "")
    return manifest


def _read_state(catalog: Path) -> dict[str, Any]:
    with closing(sqlite3.connect(catalog)) as connection:
        generation, revision = connection.execute("SELECT generation, revision FROM state").fetchone()
        (files,) = connection.execute("SELECT count(*) FROM files").fetchone()
        rows = dict(connection.execute("SELECT kind, sum(rows) FROM segments GROUP BY kind"))
        segments = [path for (path,) in connection.execute("SELECT path FROM segments ORDER BY path")]
    return {"generation": generation, "revision": revision, "files": files, "rows": rows, "segments": segments}


def _add(archive: zipfile.ZipFile, name: str, path: Path, packing: int = zipfile.ZIP_STORED) -> Member:
    try:
        info = zipfile.ZipInfo.from_file(path, name, strict_timestamps=False)
        info.compress_type = packing
        with path.open("rb") as source, archive.open(info, "w", force_zip64=True) as target:
            size, sha256 = _copy(source, target)
    except FileNotFoundError as error:
        raise StoreError(f"The segment {name} is missing.", "Restore the folder segments from a backup.") from error
    return Member(name, size, sha256)


def _copy(source: IO[bytes], target: IO[bytes], most: int | None = None) -> tuple[int, str]:
    """Copy at most ``most`` bytes and one chunk; returns how many there were, and their hash."""
    digest, size = hashlib.sha256(), 0
    while piece := source.read(CHUNK):
        digest.update(piece)
        target.write(piece)
        size += len(piece)
        if most is not None and size > most:
            break
    return size, digest.hexdigest()


@contextmanager
def _opened(source: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(source) as archive:
            yield archive
    # zipfile has no error of its own for these two: a packing it does not know (NotImplementedError), and a member
    # that asks for a password (RuntimeError).
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, NotImplementedError, RuntimeError) as error:
        raise BackupError(f"{_WRONG}: {error}.", "Nothing was changed. Try another copy of it.") from error


def _manifest(archive: zipfile.ZipFile) -> Manifest:
    """What the backup says of itself. Raises `BackupError` for a newer one, and for names that lead elsewhere."""
    try:
        info = archive.getinfo(MANIFEST)
        if info.file_size > MOST_MANIFEST_BYTES:
            raise ValueError("its list is too long")
        with archive.open(info) as stream:
            said = json.loads(stream.read(MOST_MANIFEST_BYTES))
        if said["format"] != FORMAT or said["catalog"] > HEAD:
            raise BackupError(
                f"This backup was written by a newer Diptych (catalog {said['catalog']}, this one knows {HEAD}).",
                "Update Diptych. Nothing was changed.",
            )
        members = tuple(Member(str(m["name"]), _whole(m["bytes"]), str(m["sha256"])) for m in said.pop("members"))
        manifest = Manifest(**said, members=members)
        for number in (manifest.generation, manifest.revision, manifest.files, *manifest.rows.values()):
            _whole(number)
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise BackupError(f"{_WRONG}: it holds no list of its files.", "Nothing was changed.") from error
    _check_names(archive, manifest)
    return manifest


def _whole(number: object) -> int:
    """A count as it was written; JSON also reads 1.5, NaN and Infinity. Raises `ValueError`."""
    if not isinstance(number, int) or number < 0:
        raise ValueError(f"{number!r} is no count")
    return number


def _check_names(archive: zipfile.ZipFile, manifest: Manifest) -> None:
    """The members are the catalog and segments, each once, and nothing else: no name can lead out of the home."""
    names = [each.name for each in manifest.members]
    odd = [name for name in names if name != CATALOG and not _SEGMENT.fullmatch(name)]
    if odd or CATALOG not in names or sorted([*names, MANIFEST]) != sorted(archive.namelist()):
        what = f"the file {odd[0]!r} has no place in it" if odd else "its list and its files differ"
        raise BackupError(f"{_WRONG}: {what}.", "Nothing was changed.")


def _check_room(folder: Path, manifest: Manifest) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free
    if manifest.bytes > free:
        needed = f"It needs {manifest.bytes >> 20:,} MB, {free >> 20:,} MB are free."
        raise BackupError(f"There is no room for this backup. {needed}", "Make room, or name another --home.")


def _unpack(archive: zipfile.ZipFile, manifest: Manifest, beside: Path, progress: Progress) -> None:
    for folder in ("", *FOLDERS):
        (beside / folder).mkdir(mode=0o700)
    for number, member in enumerate(manifest.members):
        progress(number / len(manifest.members), member.name)
        path = beside / member.name
        path.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(member.name) as source, path.open("xb") as target:
            found = _copy(source, target, member.bytes)
        if found != (member.bytes, member.sha256):
            raise BackupError(f"{_WRONG}: {member.name} is not what was written.", "Nothing was changed.")
        path.chmod(0o600 if member.name == CATALOG else 0o400)
    progress(1.0, "")


def _check_catalog(beside: Path, manifest: Manifest) -> None:
    """The catalog opens, is brought to this version, and lists just the segments that came with it."""
    catalog = Catalog.open(beside, create=False)
    try:
        listed = set(_read_state(beside / CATALOG)["segments"])
    finally:
        catalog.close()
    if listed != {each.name for each in manifest.members} - {CATALOG}:
        raise BackupError(f"{_WRONG}: its catalog lists other segments.", "Nothing was changed.")


def _exchange(home: Path, beside: Path) -> Path | None:
    """Put the new home in its place by renaming; the one that was there is kept aside, and comes back on failure."""
    if not is_filled(home):
        beside.replace(home)  # over an empty folder or none
        return None
    aside = home.with_name(f"{home.name}.before-{datetime.now(UTC):%Y%m%d-%H%M%S}-{uuid.uuid4().hex[:4]}")
    home.rename(aside)
    try:
        beside.replace(home)
    except OSError:
        aside.rename(home)
        raise
    return aside
