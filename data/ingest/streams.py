"""Bytes of a file as blocks of whole lines: unpacked with a cap, recoded to UTF-8, numbered."""

from __future__ import annotations

import bz2
import codecs
import gzip
import io
import lzma
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
import numpy.typing as npt

from data.errors import FormatError, MappingError
from data.ingest.parts import RAW_KEPT, Reject, reject

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

BLOCK_BYTES = 8 << 20
HEAD_BYTES = 1 << 19
MAX_LINE_BYTES = 8 << 20
MAX_UNPACKED_BYTES = 16 << 30
MAX_RATIO = 200
RATIO_FREE_BYTES = 256 << 20
BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


@dataclass(frozen=True, slots=True)
class Block:
    """Whole lines of a file. ``starts[i]:ends[i]`` are the bytes of line ``first + i`` without its line end.

    ``too_long`` are lines over `MAX_LINE_BYTES`; they are not in ``data``.
    """

    data: bytes
    first: int
    starts: npt.NDArray[np.int64]
    ends: npt.NDArray[np.int64]
    too_long: tuple[Reject, ...] = ()

    def __len__(self) -> int:
        return len(self.starts)

    def line(self, index: int | np.integer[Any]) -> bytes:
        """The bytes of one line."""
        return self.data[self.starts[index] : self.ends[index]]


class Unpacked(io.RawIOBase):
    """A packed stream that refuses to grow without end, and says in words when it is cut off or damaged."""

    def __init__(self, path: Path, packing: Packing) -> None:
        self._packed = path.stat().st_size
        self._packing = packing
        self._stream = packing.open(path)
        self._read = 0

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Fill ``buffer``; raises `FormatError` for a bomb, a cut or a damaged file."""
        room = memoryview(buffer).cast("B")
        data = self._unpack(len(room))
        self._read += len(data)
        check_size(self._read, self._packed)
        room[: len(data)] = data
        return len(data)

    def _unpack(self, size: int) -> bytes:
        name = self._packing.name
        try:
            data: bytes = self._stream.read(size)
            return data
        except EOFError as error:
            raise FormatError(f"The {name} file ends too early: it was cut off.", "Copy it again.") from error
        except (OSError, zlib.error, lzma.LZMAError, ValueError) as error:
            cut = "Truncated" in str(error)
            what = "ends too early: it was cut off" if cut else f"is damaged: {error}"
            raise FormatError(f"The {name} file {what}.", "Copy it again.") from error

    def close(self) -> None:
        """Close the file below."""
        self._stream.close()
        super().close()


def check_size(unpacked: int, packed: int) -> None:
    """Raises `FormatError` for what unpacks to far more than a file of its size should."""
    if unpacked > MAX_UNPACKED_BYTES or unpacked > max(RATIO_FREE_BYTES, MAX_RATIO * packed):
        raise FormatError(f"The file unpacks to more than {unpacked >> 20} MB.", "Unpack it, look at it first.")


def _by_arrow(codec: str) -> Callable[[Path], Any]:
    def opened(path: Path) -> Any:
        import pyarrow as pa

        return pa.input_stream(str(path), compression=codec)

    return opened


@dataclass(frozen=True, slots=True)
class Packing:
    """A way of packing a file, known by the expression that its first bytes fit."""

    name: str
    magic: bytes
    open: Callable[[Path], Any]


PACKINGS = (
    Packing("gzip", rb"\x1f\x8b\x08", gzip.GzipFile),
    Packing("zstd", rb"\x28\xb5\x2f\xfd", _by_arrow("zstd")),
    Packing("bzip2", b"BZh[1-9]1AY&SY", bz2.BZ2File),
    Packing("xz", rb"\xfd7zXZ\x00", lzma.LZMAFile),
    Packing("lz4", rb"\x04\x22\x4d\x18", _by_arrow("lz4")),
)


def packing_of(path: Path) -> Packing | None:
    """How a file is packed, if it is."""
    with path.open("rb") as stream:
        start = stream.read(16)
    return next((each for each in PACKINGS if re.match(each.magic, start, re.DOTALL)), None)


def open_plain(path: Path) -> BinaryIO:
    """The file's bytes, unpacked when it is packed."""
    packing = packing_of(path)
    return io.BufferedReader(Unpacked(path, packing), BLOCK_BYTES) if packing else path.open("rb")


def read_head(path: Path, size: int = HEAD_BYTES) -> bytes:
    """The first bytes as UTF-8, for finding out what the file is."""
    with open_plain(path) as stream:
        return next(_recoded(stream, "", size), b"")


def read_whole(path: Path, encoding: str = "", limit: int = 1 << 28) -> bytes:
    """All bytes as UTF-8, for a document that has to be read at once. Raises `FormatError` over ``limit``."""
    pieces, size = [], 0
    with open_plain(path) as stream:
        for piece in _recoded(stream, encoding, BLOCK_BYTES):
            size += len(piece)
            if size > limit:
                raise FormatError(f"The document is larger than {limit >> 20} MB.", "Split it, or use JSON lines.")
            pieces.append(piece)
    return b"".join(pieces)


def blocks(path: Path, encoding: str = "", size: int = BLOCK_BYTES) -> Iterator[Block]:
    """The lines of a file, about ``size`` bytes at a time."""
    with open_plain(path) as stream:
        yield from _Lines(MAX_LINE_BYTES).split(_recoded(stream, encoding, size))


def _recoded(stream: BinaryIO, encoding: str, size: int) -> Iterator[bytes]:
    """Pieces of the stream in UTF-8 without a byte order mark."""
    first = stream.read(size)
    mark, found = next((bom for bom in BOMS if first.startswith(bom[0])), (b"", "utf-8"))
    recode = _recoder(encoding or found)
    if b"\r" in first and b"\n" not in first:
        recode = _old_mac(recode)
    piece = first[len(mark) :]
    while first:
        yield recode(piece)
        first = piece = stream.read(size)


def _recoder(encoding: str) -> Callable[[bytes], bytes]:
    try:
        name = codecs.lookup(encoding).name
    except LookupError as error:
        raise MappingError(f"There is no encoding {encoding!r}.", "Write for example encoding = 'latin-1'.") from error
    if name in ("utf-8", "ascii"):
        return bytes
    decoder = codecs.getincrementaldecoder(name)(errors="replace")
    return lambda piece: decoder.decode(piece).encode()


def _old_mac(recode: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    """Line ends of old Macintoshes, which some spreadsheets still write."""
    return lambda piece: recode(piece).replace(b"\r", b"\n")


def is_utf8(data: bytes) -> bool:
    """Whether bytes are UTF-8; most are ASCII, which is found out sooner."""
    if data.isascii():
        return True
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


class _Lines:
    """Cuts a stream of pieces at line ends; drops what is longer than ``limit`` and remembers that it did."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._number = 1
        self._carry = b""
        self._dropping = 0
        self._dropped: list[Reject] = []

    def split(self, pieces: Iterator[bytes]) -> Iterator[Block]:
        for piece in pieces:
            yield from self._block(self._carry + self._after_drop(piece))
        yield from self._end()

    def _after_drop(self, piece: bytes) -> bytes:
        if not self._dropping:
            return piece
        end = piece.find(b"\n")
        self._dropping += len(piece) if end < 0 else end
        return b"" if end < 0 else self._stop_dropping(piece[end + 1 :])

    def _stop_dropping(self, rest: bytes) -> bytes:
        reason = f"the line is {self._dropping >> 20} MB long, over the limit of {self._limit >> 20} MB"
        last = self._dropped.pop()
        self._dropped.append(reject(last.line, reason, last.raw))
        self._dropping = 0
        return rest

    def _block(self, data: bytes) -> Iterator[Block]:
        cut = data.rfind(b"\n") + 1
        self._carry = data[cut:]
        yield from self._whole(data[:cut])
        if len(self._carry) > self._limit:
            self._dropping = len(self._carry)
            self._drop(self._carry)
            self._carry = b""

    def _whole(self, data: bytes) -> Iterator[Block]:
        """Blocks of whole lines, none of which is too long: such a line parts them."""
        start = 0
        for end in self._long_ends(data):
            begin = data.rfind(b"\n", start, end) + 1
            if begin > start:
                yield self._make(data[start:begin])
            self._dropping = end - begin
            self._drop(data[begin : begin + RAW_KEPT])
            start = end + 1
            self._stop_dropping(b"")
        if start < len(data) or (self._dropped and not self._dropping):
            yield self._make(data[start:])

    def _long_ends(self, data: bytes) -> list[int]:
        crossed = data.find(b"\n", max(len(data) - self._limit - 1, 0), self._limit + 1) >= 0
        if len(data) <= self._limit or crossed:  # a longer line would hold all that is searched
            return []
        ends = np.flatnonzero(np.frombuffer(data, np.uint8) == 10)
        return [int(end) for end in ends[np.diff(ends, prepend=-1) - 1 > self._limit]]

    def _drop(self, raw: bytes) -> None:
        self._dropped.append(reject(self._number, "", raw))
        self._number += 1

    def _end(self) -> Iterator[Block]:
        if self._dropping:
            self._stop_dropping(b"")
        yield from self._whole(self._carry + b"\n" if self._carry else b"")

    def _make(self, data: bytes) -> Block:
        codes = np.frombuffer(data, dtype=np.uint8)
        ends = np.flatnonzero(codes == 10).astype(np.int64)
        starts = np.concatenate([np.zeros(min(1, len(ends)), np.int64), ends[:-1] + 1])
        returns = (ends > starts) & (codes[np.maximum(ends - 1, 0)] == 13) if len(ends) else np.zeros(0, bool)
        done, self._dropped = (tuple(self._dropped), []) if not self._dropping else ((), self._dropped)
        block = Block(data, self._number, starts, ends - returns, done)
        self._number += len(starts)
        return block
