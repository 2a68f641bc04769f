r"""syslog as RFC 5424 has it: ``-`` is nothing, a byte order mark may stand before the message.

Structured data becomes attributes ``id.name``, with ``\"``, ``\\`` and ``\]`` undone. Messages are parted by line ends,
or each says its length in front (octet counting): then they may hold line ends, and the unit of account is the message.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from data.ingest import line_layout, severity
from data.ingest.happened import moment
from data.ingest.parts import Part, reject
from data.ingest.source import Format, Guess, Reader, Source
from data.ingest.streams import MAX_LINE_BYTES, blocks, read_whole
from data.ingest.unfolded import Log, Unfolded

_LINE = re.compile(
    r"<(?P<pri>\d{1,3})>1 (?P<ts>\S+) (?P<host>\S+) (?P<app>\S+) (?P<pid>\S+) (?P<kind>\S+) "
    r'(?P<data>-|(?:\[[^\s\]="]+(?: [^\s\]="]+="(?:[^"\\]|\\.)*")* ?\])+)(?: (?P<message>.*))?',
    re.DOTALL,
)
_ELEMENT = re.compile(r'\[([^\s\]="]+)((?: [^\s\]="]+="(?:[^"\\]|\\.)*")*) ?\]', re.DOTALL)
_PARAM = re.compile(r' ([^\s\]="]+)="((?:[^"\\]|\\.)*)"', re.DOTALL)
_COUNTED = re.compile(rb"(\d{1,8}) (?=<\d{1,3}>1 )")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
WHY = "the line is no message of RFC 5424 (<priority>1 time host app process id [data] message)"


def sniff(source: Source) -> tuple[Guess, ...]:
    """Most lines are messages, with their length in front or not."""
    if _COUNTED.match(source.head):
        return (Guess("logs", 0.98),)
    lines = [line for line in source.head.decode(errors="replace").split("\n")[:50] if line.strip()]
    hits = sum(bool(_LINE.match(line)) for line in lines)
    return (Guess("logs", 0.97),) if lines and 2 * hits >= len(lines) else ()


def read_message(text: str) -> Log:
    """A message. Raises `ValueError` in words."""
    found = _LINE.fullmatch(text.rstrip("\r\n"))
    if found is None:
        raise ValueError(WHY)
    priority, ts = int(found["pri"]), moment(found["ts"])
    if ts is None:
        raise ValueError("the message has no time" if found["ts"] == "-" else "the time of the message cannot be read")
    said = {"host": found["host"], "pid": found["pid"], "msgid": found["kind"], "facility": str(priority // 8)}
    attributes = {name: text for name, text in said.items() if text != "-"} | structured(found["data"])
    service = "" if found["app"] == "-" else found["app"]
    message = (found["message"] or "").removeprefix("\ufeff")
    return Log(
        (ts - EPOCH) // timedelta(microseconds=1),
        message,
        severity.SCALES["syslog"].get(priority % 8),
        service,
        attributes,
    )


def structured(text: str) -> dict[str, str]:
    """The parameters of structured data, by element and name."""
    return {
        f"{element[1]}.{name}": re.sub(r'\\(["\\\]])', r"\1", value)
        for element in _ELEMENT.finditer(text)
        for name, value in _PARAM.findall(element[2])
    }


@dataclass(slots=True)
class Messages:
    """Reads messages, one a line or by their lengths."""

    source: Source
    derived: dict[str, str] = field(default_factory=dict)

    def parts(self) -> Iterator[Part]:
        """See `Reader`."""
        counted = bool(_COUNTED.match(self.source.head))
        yield from self._counted() if counted else self._lines()

    def _lines(self) -> Iterator[Part]:
        for block in blocks(self.source.path, self.source.mapping.encoding):
            part, found = Part(rejects=list(block.too_long)), list[tuple[int, Log]]()
            texts, part.notes = line_layout.texts_of(block)
            for index, text in enumerate(texts.to_pylist()):
                self._take(block.first + index, text, block.line(index), part, found)
            yield self._stored(part, found)

    def _counted(self) -> Iterator[Part]:
        """Messages by their lengths; bytes between two that are no message are one reject."""
        whole, at, number = read_whole(self.source.path, self.source.mapping.encoding, 1 << 30), 0, 0
        part, found = Part(), list[tuple[int, Log]]()
        while at < len(whole):
            number += 1
            length = _COUNTED.match(whole, at)
            end = length.end() + int(length[1]) if length else _next(whole, at)
            raw = whole[length.end() : end] if length else whole[at:end]
            if length and end > len(whole):
                part.rejects.append(reject(number, "the message is shorter than it says: the file was cut off", raw))
            else:
                self._take(number, raw.decode(errors="backslashreplace"), raw, part, found)
            at = end
        yield self._stored(part, found)

    @staticmethod
    def _take(number: int, text: str, raw: bytes, part: Part, found: list[tuple[int, Log]]) -> None:
        if not text.strip():
            part.ignored += 1
            return
        try:
            found.append((number, read_message(text)))
        except ValueError as error:
            part.rejects.append(reject(number, str(error), raw))

    def _stored(self, part: Part, found: list[tuple[int, Log]]) -> Part:
        part.accepted = len(found)
        return Unfolded(self.source, lambda _: iter(())).stored(part, found)


def _next(whole: bytes, at: int) -> int:
    """Where the next message with a length begins."""
    found = _COUNTED.search(whole, at + 1, at + MAX_LINE_BYTES)
    return found.start() if found else min(at + MAX_LINE_BYTES, len(whole))


def open_(source: Source) -> Reader:
    """See `Format`."""
    return Messages(source)


FORMAT = Format("syslog_5424", ("logs",), sniff, open_)
