"""Bytes to numbered lines, unpacked and recoded, whatever their size."""

from __future__ import annotations

import bz2
import gzip
import lzma
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import FormatError, MappingError
from data.ingest import streams


def lines(path: Path, size: int = 64, encoding: str = "") -> tuple[list[tuple[int, bytes]], list[int]]:
    found, dropped = [], []
    for block in streams.blocks(path, encoding, size):
        found += [(block.first + i, block.line(i)) for i in range(len(block))]
        dropped += [each.line for each in block.too_long]
    return found, dropped


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("streams") / "file"


@given(content=st.lists(st.binary(max_size=30).filter(lambda line: not set(line) & {10, 13})), size=st.integers(1, 200))
def test_lines_come_whole_and_numbered_in_pieces_of_any_size(path: Path, content: list[bytes], size: int) -> None:
    data = b"\n".join(content)
    if data.startswith((b"\x1f\x8b", b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        return
    path.write_bytes(data)
    expected = [] if not data else data.removesuffix(b"\n").split(b"\n")
    assert lines(path, size)[0] == list(enumerate(expected, start=1))


@pytest.mark.parametrize("size", [1, 7, 11, 1000])
def test_overlong_lines_are_left_out_and_counted(path: Path, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "MAX_LINE_BYTES", 10)
    path.write_bytes(b"ab\n" + b"q" * 30 + b"\nk\n" + b"r" * 11 + b"\n" + b"s" * 10 + b"\n" + b"t" * 99)
    assert lines(path, size) == ([(1, b"ab"), (3, b"k"), (5, b"s" * 10)], [2, 4, 6])


def test_gzip_is_unpacked(path: Path) -> None:
    path.write_bytes(gzip.compress(b"a\nb\n") + gzip.compress(b"c\n"))
    assert [line for _, line in lines(path)[0]] == [b"a", b"b", b"c"]


def zstd(data: bytes) -> bytes:
    return bytes(pa.Codec("zstd").compress(data, asbytes=True))


@pytest.mark.parametrize("pack", [gzip.compress, zstd, bz2.compress, lzma.compress])
def test_packed_files_are_read_and_those_cut_off_or_damaged_say_so(path: Path, pack: Callable[[bytes], bytes]) -> None:
    packed = pack(bytes(range(256)) * 50 + b"\nlast\n")
    path.write_bytes(packed)
    assert lines(path)[0][-1][1] == b"last"
    path.write_bytes(packed[:-9])
    with pytest.raises(FormatError, match="cut off"):
        lines(path)
    path.write_bytes(packed[: len(packed) // 2] + bytes(9) + packed[len(packed) // 2 + 9 :])
    if pack is zstd:
        return  # Arrow writes no checksum
    with pytest.raises(FormatError, match=r"damaged|cut off"):
        lines(path)


def test_a_zstd_file_of_several_frames_is_read_to_its_end(path: Path) -> None:
    path.write_bytes(zstd(b"a\n") + zstd(b"b\n"))
    assert [line for _, line in lines(path)[0]] == [b"a", b"b"]


def test_a_cut_off_gzip_says_so(path: Path) -> None:
    path.write_bytes(gzip.compress(b"a\n" * 10_000)[:-20])
    with pytest.raises(FormatError, match="cut off"):
        lines(path)


def test_a_damaged_gzip_says_so(path: Path) -> None:
    data = bytearray(gzip.compress(bytes(range(256)) * 50))
    data[60] ^= 255
    path.write_bytes(bytes(data))
    with pytest.raises(FormatError, match=r"damaged|cut off"):
        lines(path)


def test_a_bomb_is_stopped(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "RATIO_FREE_BYTES", 1 << 20)
    path.write_bytes(gzip.compress(b"\0" * (16 << 20)))
    with pytest.raises(FormatError, match=r"unpacks to more than \d+ MB"):
        lines(path, 1 << 16)


def test_an_unknown_encoding_is_said(path: Path) -> None:
    path.write_bytes(b"a\n")
    with pytest.raises(MappingError, match="no encoding 'klingon'"):
        lines(path, encoding="klingon")


def test_a_document_has_a_limit(path: Path) -> None:
    path.write_bytes(b"x" * 100)
    assert streams.read_whole(path) == b"x" * 100
    with pytest.raises(FormatError, match="larger than"):
        streams.read_whole(path, limit=99)
