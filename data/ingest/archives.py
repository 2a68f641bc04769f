"""zip and tar archives: each file inside is taken by itself, under a name below that of the archive.

What is inside is written under names of our own, so none can lead out of the folder; one that tries is refused, as are
encrypted files and archives in archives. Size, ratio and number of files are capped. What an archive that is cut off
still holds is read before it is said.
"""

from __future__ import annotations

import contextlib
import lzma
import os
import tarfile
import time
import uuid
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import IO

from data.errors import FormatError
from data.ingest import streams
from data.ingest.parts import shown

MOST_MEMBERS = 10_000
CHUNK = 1 << 20
JUNK = ("__MACOSX/", "._", ".DS_Store", "Thumbs.db")
OFFICE = "[Content_Types].xml"
CUT = FormatError("The archive is damaged or was cut off.", "Copy it again.")
_BROKEN = (zipfile.BadZipFile, tarfile.TarError, EOFError, zlib.error, lzma.LZMAError, OSError)


@dataclass(frozen=True, slots=True)
class Member:
    """A file of an archive: its name below the archive, and where it was written, or why it is refused."""

    name: str
    path: Path | None = None
    error: FormatError | None = None


def is_archive(path: Path) -> bool:
    """Whether the file is a zip or a tar, packed or not."""
    with path.open("rb") as stream:
        if stream.read(4) in (b"PK\x03\x04", b"PK\x05\x06"):
            return True
    with contextlib.suppress(FormatError), streams.open_plain(path) as stream:
        return _is_tar(stream.read(512))
    return False


def _is_tar(block: bytes) -> bool:
    """Whether a block is the header of a tar: its checksum is right."""
    if len(block) < 512 or block[257:262] != b"ustar":
        return False
    with contextlib.suppress(ValueError):
        said = int(block[148:156].strip(b"\0 ") or b"0", 8)
        return said == sum(block[:148]) + sum(block[156:]) + 8 * 32
    return False


def members(path: Path, folder: Path) -> Iterator[Member]:
    """The files of an archive one by one, each written into ``folder``; the caller removes them.

    Raises `FormatError` for one that is damaged, behind what could be read of it.
    """
    with path.open("rb") as stream:
        packed = stream.read(2) == b"PK"
    total = _Total(path.stat().st_size)
    try:
        yield from _zip(path, folder, total) if packed else _tar(path, folder, total)
        if not total.count:
            raise FormatError("The archive holds no file.")
    except FormatError:
        raise
    except _BROKEN as error:
        raise CUT from error


@dataclass(slots=True)
class _Total:
    """What has been written of an archive so far."""

    packed: int
    unpacked: int = 0
    count: int = 0

    def next(self) -> None:
        """Count a file; raises `FormatError` when there are too many."""
        self.count += 1
        if self.count > MOST_MEMBERS:
            raise FormatError(f"The archive holds more than {MOST_MEMBERS:,} files.", "Unpack it, look at it first.")

    def write(self, name: str, source: IO[bytes], folder: Path, mtime: float) -> Member:
        """Write a file as old as the archive says; raises `FormatError` when the archive grows too large."""
        path = folder / uuid.uuid4().hex
        try:
            with path.open("xb") as target:
                while piece := source.read(CHUNK):
                    self.unpacked += len(piece)
                    streams.check_size(self.unpacked, self.packed)
                    target.write(piece)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        with contextlib.suppress(OSError, OverflowError):
            os.utime(path, (mtime, mtime))
        return Member(name, path)


def _zip(path: Path, folder: Path, total: _Total) -> Iterator[Member]:
    with zipfile.ZipFile(path) as archive:
        infos = [info for info in archive.infolist() if not info.is_dir() and not _is_junk(info.filename)]
        if any(info.filename == OFFICE for info in infos):
            raise FormatError("It is a document of an office program.", "Save its table as CSV.")
        for info in infos:
            total.next()
            yield _zipped(archive, info, folder, total)


def _zipped(archive: zipfile.ZipFile, info: zipfile.ZipInfo, folder: Path, total: _Total) -> Member:
    name, refused = _checked(info.filename)
    if refused:
        return refused
    if info.flag_bits & 1:
        return Member(name, error=FormatError("The file in the archive is encrypted.", "Unpack it with its password."))
    try:
        with archive.open(info) as source:
            return total.write(name, source, folder, _moment(info))
    except NotImplementedError:  # what zipfile raises for a compression it does not know
        return Member(name, error=FormatError("It is packed in a way that is not known.", "Unpack it by hand."))
    except _BROKEN as error:
        return Member(name, error=FormatError(f"The file in the archive is damaged: {error}.", "Copy it again."))


def _moment(info: zipfile.ZipInfo) -> float:
    """When a file was written; zip says it without a zone."""
    try:
        return datetime(*info.date_time, tzinfo=UTC).timestamp()
    except ValueError:
        return time.time()


def _tar(path: Path, folder: Path, total: _Total) -> Iterator[Member]:
    with streams.open_plain(path) as stream, tarfile.open(fileobj=stream, mode="r|") as archive:
        for info in archive:
            source = archive.extractfile(info) if info.isreg() else None
            if source is None or _is_junk(info.name):
                continue
            total.next()
            name, refused = _checked(info.name)
            yield refused or total.write(name, source, folder, info.mtime)


def _checked(name: str) -> tuple[str, Member | None]:
    """A name as it may be shown, and the refusal of one that leads out of the archive."""
    path = PurePosixPath(name.replace("\\", "/"))
    climbs = path.is_absolute() or ".." in path.parts or ":" in (path.parts or ("",))[0]
    plain = "/".join(part for part in path.parts if part not in ("/", ".", ".."))
    if climbs or not plain:
        return plain, Member(plain or "file", error=FormatError(f"The name {shown(name)} leads out of the archive."))
    return plain, None


def _is_junk(name: str) -> bool:
    return name.startswith("__MACOSX/") or PurePosixPath(name).name.startswith(JUNK[1:])


def remove(member: Member) -> None:
    """Remove what was written of a member."""
    if member.path is not None:
        member.path.unlink(missing_ok=True)
