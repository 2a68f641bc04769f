"""Private copies of files, taken only when a file stands still, hashed as they were copied."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import stat
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from data.errors import FormatError
from data.ingest.streams import MAX_UNPACKED_BYTES, open_plain

CHUNK = 1 << 20
BEGINNING = 4096


@dataclass(frozen=True, slots=True)
class Staged:
    """A copy of a file. ``sha256`` is of the copy; ``prefixes`` are the hashes of its first N bytes, by N.

    ``whole`` are the bytes up to the end of its last line that has one, and ``whole_sha256`` their hash; ``settled``:
    the file did not change meanwhile.
    """

    path: Path
    sha256: str
    size: int
    mtime: datetime
    prefixes: dict[int, str]
    whole: int = 0
    whole_sha256: str = ""
    settled: bool = True

    def whole_lines(self) -> Staged:
        """Without a line that is not ended yet: the copy is cut off there."""
        os.truncate(self.path, self.whole)
        _touch(self.path, self.mtime)
        prefixes = {size: sha256 for size, sha256 in self.prefixes.items() if size <= self.whole}
        return replace(self, sha256=self.whole_sha256, size=self.whole, prefixes=prefixes)

    def ends_a_line(self, offset: int) -> bool:
        """Whether a line ends before the byte at ``offset``."""
        with self.path.open("rb") as copy:
            copy.seek(offset - 1)
            return copy.read(1) == b"\n"


@contextlib.contextmanager
def private_folder(home: Path) -> Iterator[Path]:
    """A folder of this run alone. Folders that a killed run left behind are swept: nothing holds their lock."""
    base = home / "staging"
    base.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = base / uuid.uuid4().hex
    with contextlib.ExitStack() as held:
        with (home / ".staging.lock").open("w") as gate:  # nobody sweeps between a folder's making and its locking
            fcntl.flock(gate, fcntl.LOCK_EX)
            sweep(base)
            folder.mkdir(mode=0o700)
            lock = held.enter_context((folder / ".lock").open("w"))
            fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def sweep(base: Path) -> None:
    """Remove staging folders whose owner is gone."""
    for folder in base.iterdir():
        with contextlib.suppress(OSError), (folder / ".lock").open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)


def copy_tail(path: Path, offset: int, to: Path) -> None:
    """What a copy holds behind ``offset`` bytes, as old as the copy."""
    with path.open("rb") as source, to.open("xb") as target:
        source.seek(offset)
        shutil.copyfileobj(source, target, CHUNK)
    _touch(to, datetime.fromtimestamp(path.stat().st_mtime, UTC))


def stage(path: Path, folder: Path, sizes: tuple[int, ...] = (), *, growing: bool = False) -> Staged:
    """Copy and hash a file that stands still. Raises `FormatError` for one that changes meanwhile or is no file.

    ``sizes`` are those of which the hash of the beginning is wanted too: that of a file before it grew. One that is
    ``growing`` is copied as far as it reaches at the beginning; it may grow meanwhile, and not change otherwise.
    """
    before = _stat(path)
    copy = folder / uuid.uuid4().hex
    try:
        with path.open("rb") as source, copy.open("xb") as target:
            opened = os.fstat(source.fileno())
            copied = _copy(source, target, sizes, before.st_size)
            after = os.fstat(source.fileno()) if growing else _stat(path)
            if _is_other(before, opened, growing) or _is_other(before, after, growing) or not _begins_alike(path, copy):
                raise FormatError("The file was written to while it was copied.", "Take it when it is complete.")
    except OSError as error:
        copy.unlink(missing_ok=True)
        raise FormatError(f"The file cannot be copied: {error.strerror}.") from error
    except FormatError:
        copy.unlink(missing_ok=True)
        raise
    os.utime(copy, ns=(before.st_atime_ns, before.st_mtime_ns))  # logs without a year count theirs from it
    modified = datetime.fromtimestamp(before.st_mtime, UTC)
    whole = (copied.whole, copied.whole_sha256)
    return Staged(copy, copied.sha256, copied.size, modified, copied.prefixes, *whole, not _is_other(before, after))


def unpacked(staged: Staged, folder: Path, sizes: tuple[int, ...]) -> Staged:
    """A packed copy as it was before it was packed. Raises `FormatError` for one that is damaged or a bomb."""
    path = folder / uuid.uuid4().hex
    with open_plain(staged.path) as source, path.open("xb") as target:
        copied = _copy(source, target, sizes, MAX_UNPACKED_BYTES)
    _touch(path, staged.mtime)
    whole = (copied.whole, copied.whole_sha256)
    return Staged(path, copied.sha256, copied.size, staged.mtime, copied.prefixes, *whole, staged.settled)


def _is_other(before: os.stat_result, after: os.stat_result, growing: bool = False) -> bool:
    if growing:
        return before.st_ino != after.st_ino or after.st_size < before.st_size
    return (before.st_size, before.st_mtime_ns, before.st_ino) != (after.st_size, after.st_mtime_ns, after.st_ino)


def _begins_alike(path: Path, copy: Path) -> bool:
    """Whether it was not emptied and written anew while it was copied."""
    with path.open("rb") as source, copy.open("rb") as target:
        start = target.read(BEGINNING)
        return source.read(len(start)) == start


def _touch(path: Path, moment: datetime) -> None:
    os.utime(path, (moment.timestamp(), moment.timestamp()))


def check_regular(path: Path) -> None:
    """Raises `FormatError` for what cannot be read or is no regular file: a pipe would be waited for without end."""
    _stat(path)


def _stat(path: Path) -> os.stat_result:
    try:
        found = path.stat()
    except OSError as error:
        raise FormatError(f"The file cannot be read: {error.strerror}.") from error
    if not stat.S_ISREG(found.st_mode):
        raise FormatError("It is no regular file.", "Name a file or a folder of files.")
    return found


@dataclass(slots=True)
class _Copied:
    """What has been copied: bytes, hashes of the beginnings that were asked for, and where the last line ended."""

    size: int = 0
    prefixes: dict[int, str] = field(default_factory=dict)
    whole: int = 0
    whole_sha256: str = ""
    digest: Any = field(default_factory=hashlib.sha256)

    @property
    def sha256(self) -> str:
        return str(self.digest.hexdigest())

    def add(self, piece: bytes) -> None:
        end = piece.rfind(b"\n") + 1
        if end:
            self.digest.update(piece[:end])
            self.whole, self.whole_sha256 = self.size + end, self.sha256
        self.digest.update(memoryview(piece)[end:])
        self.size += len(piece)


def _copy(source: IO[bytes], target: IO[bytes], sizes: tuple[int, ...], most: int) -> _Copied:
    copied, stops = _Copied(), [size for size in sorted(set(sizes)) if size > 0]
    while True:
        until = min(most, *stops[:1], copied.size + CHUNK)
        piece = source.read(until - copied.size)
        if not piece:
            return copied
        copied.add(piece)
        target.write(piece)
        if stops and copied.size == stops[0]:
            copied.prefixes[stops.pop(0)] = copied.sha256
