"""Finds format and kind of a file from its first bytes, where they are not stated."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace

import orjson

from data.errors import FormatError, MappingError
from data.ingest.formats import FORMATS
from data.ingest.parts import listed
from data.ingest.source import Format, Guess, Reader, Source
from data.ingest.streams import HEAD_BYTES

SURE = 0.3
TEXT = bytes([9, 10, 13, 27, *range(32, 127), *range(128, 256)])
MOST_ODD = 0.05  # of a text are other bytes


def open_source(source: Source) -> tuple[Format, Source, Reader]:
    """Find out what a file is and open it. Raises `FormatError` or `MappingError` in words."""
    format_, kind = find(source)
    known = replace(source, mapping=replace(source.mapping, kind=kind, format=format_.name))
    return format_, known, format_.open(known)


def find(source: Source) -> tuple[Format, str]:
    """The format and kind: as stated, otherwise the likeliest that fit what is stated."""
    if not source.head.strip():
        raise FormatError("The file is empty.")
    stated = source.mapping
    formats = [_stated(stated.format)] if stated.format else list(FORMATS.values())
    if stated.format and stated.kind:
        return formats[0], _supported(formats[0], stated.kind)
    found = guesses(source, formats)
    fitting = [pair for pair in found if not stated.kind or pair[0].kind == stated.kind]
    best = max(fitting, key=lambda pair: pair[0].confidence, default=None)
    if best is None or best[0].confidence < (0.05 if stated.kind else SURE):
        return _by_kind(formats, found, stated.kind, source.head)
    return best[1], best[0].kind


def guesses(source: Source, formats: Iterable[Format] = FORMATS.values()) -> list[tuple[Guess, Format]]:
    """Everything that the first bytes look like, in any order."""
    return [(guess, each) for each in formats for guess in each.sniff(source)]


def _by_kind(formats: list[Format], guesses: list[tuple[Guess, Format]], kind: str, head: bytes) -> tuple[Format, str]:
    """With a stated kind the likeliest format that can hold it; it will say what it misses."""
    able = [pair for pair in guesses if kind in pair[1].kinds]
    if kind and able:
        return max(able, key=lambda pair: pair[0].confidence)[1], kind
    if len(formats) == 1 and len(formats[0].kinds) == 1:
        return formats[0], formats[0].kinds[0]
    _refuse_garbage(head)
    raise FormatError(
        "What this file holds cannot be told from its content.",
        "State what it is: metrics, logs, events, predictions, labels or topology (--as KIND), or describe it in a "
        "mapping file.",
    )


def _refuse_garbage(head: bytes) -> None:
    """Raises `FormatError` in words for what nobody could read, whatever is stated."""
    if b"\0" in head and len(head.translate(None, TEXT)) > MOST_ODD * len(head):
        raise FormatError("It is no text, and of no format that is known.", "Export it as CSV, JSON lines or Parquet.")
    if head.lstrip()[:1] in (b"{", b"[") and len(head) < HEAD_BYTES and not _is_json(head):
        raise FormatError("It begins like JSON, but is none.", "It may have been cut off: look at its end.")


def _is_json(head: bytes) -> bool:
    """Whether it is a document, or its first line is one."""
    for text in (head, head.lstrip().partition(b"\n")[0]):
        with suppress(ValueError):
            orjson.loads(text)
            return True
    return False


def _stated(name: str) -> Format:
    if name not in FORMATS:
        raise MappingError(f"There is no format {name!r}.", f"Known are {listed(FORMATS, 40)}.")
    return FORMATS[name]


def _supported(format_: Format, kind: str) -> str:
    if kind not in format_.kinds:
        raise MappingError(f"The format {format_.name} holds no {kind}.", f"It holds {', '.join(format_.kinds)}.")
    return kind
