"""Unpacks bodies without letting a small one become a huge one."""

from __future__ import annotations

import zlib

from data.receive.refusal import Refused

MOST_BYTES = 32 << 20
GZIP = 16 + zlib.MAX_WBITS
DAMAGED = "The body cannot be unpacked: it is damaged, or packed in another way than it says."


def unpack(data: bytes, packing: str) -> bytes:
    """The body as it was before it was packed ("", gzip or snappy). Raises `Refused`."""
    if packing in ("", "identity"):
        return data
    if packing == "gzip":
        return _gzip(data)
    if packing == "snappy":
        return _snappy(data)
    raise Refused(415, f"Bodies packed by {packing[:40]!r} are not read here; gzip is.")


def _gzip(data: bytes) -> bytes:
    unpacker = zlib.decompressobj(GZIP)
    try:
        found = unpacker.decompress(data, MOST_BYTES + 1)
    except zlib.error as error:
        raise Refused(400, DAMAGED) from error
    _check(len(found))
    if not unpacker.eof:
        raise Refused(400, DAMAGED)
    return found


def _snappy(data: bytes) -> bytes:
    """The block format, which says its length first."""
    import cramjam

    try:
        _check(cramjam.snappy.decompress_raw_len(data))
        return bytes(cramjam.snappy.decompress_raw(data))
    except cramjam.DecompressionError as error:
        raise Refused(400, DAMAGED) from error


def _check(size: int) -> None:
    if size > MOST_BYTES:
        raise Refused(413, f"The body unpacks to more than {MOST_BYTES >> 20} MB. Send smaller ones.")
