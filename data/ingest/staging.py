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
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from data.errors import FormatError

CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Staged:
    """A copy of a file. ``sha256`` is of the copy; ``prefixes`` are the hashes of its first N bytes, by N."""

    path: Path
    sha256: str
    size: int
    mtime: datetime
    prefixes: dict[int, str]


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


def stage(path: Path, folder: Path, sizes: tuple[int, ...] = ()) -> Staged:
    """Copy and hash a file that stands still. Raises `FormatError` for one that changes meanwhile or is no file.

    ``sizes`` are those of which the hash of the beginning is wanted too: that of a file before it grew.
    """
    before = _stat(path)
    copy = folder / uuid.uuid4().hex
    try:
        with path.open("rb") as source, copy.open("xb") as target:
            sha256, prefixes = _copy(source, target, sizes)
        after = _stat(path)
        if (before.st_size, before.st_mtime_ns, before.st_ino) != (after.st_size, after.st_mtime_ns, after.st_ino):
            raise FormatError("The file was written to while it was copied.", "Take it when it is complete.")
    except OSError as error:
        copy.unlink(missing_ok=True)
        raise FormatError(f"The file cannot be copied: {error.strerror}.") from error
    except FormatError:
        copy.unlink(missing_ok=True)
        raise
    os.utime(copy, ns=(before.st_atime_ns, before.st_mtime_ns))  # logs without a year count theirs from it
    return Staged(copy, sha256, copy.stat().st_size, datetime.fromtimestamp(before.st_mtime, UTC), prefixes)


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


def _copy(source: IO[bytes], target: IO[bytes], sizes: tuple[int, ...]) -> tuple[str, dict[int, str]]:
    digest, prefixes, done = hashlib.sha256(), dict[int, str](), 0
    stops = [size for size in sorted(set(sizes)) if size > 0]
    while True:
        wanted = min(CHUNK, stops[0] - done) if stops else CHUNK
        piece = source.read(wanted)
        if not piece:
            return digest.hexdigest(), prefixes
        digest.update(piece)
        target.write(piece)
        done += len(piece)
        if stops and done == stops[0]:
            prefixes[stops.pop(0)] = digest.hexdigest()
