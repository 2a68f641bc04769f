"""systemd's journal as ``journalctl -o json`` prints it: microseconds as texts, one entry a line.

MESSAGE may be an array of bytes, a list of several, or null where it was too long. The program is the service.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from data.ingest import severity
from data.ingest.source import Format, Guess, Reader, Source
from data.ingest.unfolded import Log, Record, Unfolded

TIMES = ("_SOURCE_REALTIME_TIMESTAMP", "__REALTIME_TIMESTAMP")
SERVICES = ("SYSLOG_IDENTIFIER", "_SYSTEMD_UNIT", "_COMM")
LEFT_OUT = {"MESSAGE", "PRIORITY", "__CURSOR", "__MONOTONIC_TIMESTAMP", "__SEQNUM", "__SEQNUM_ID", *TIMES, SERVICES[0]}


def sniff(source: Source) -> tuple[Guess, ...]:
    """Its names of the time and the message."""
    start = source.head[: 1 << 16]
    return (Guess("logs", 0.98),) if b'"__REALTIME_TIMESTAMP"' in start and b'"MESSAGE"' in start else ()


def unfold(entry: Mapping[str, Any]) -> Iterator[Record | str]:
    """The one record of an entry."""
    micros = next((str(entry[name]) for name in TIMES[::-1] if str(entry.get(name, "")).isdecimal()), None)
    if micros is None:
        yield "the entry has no time (__REALTIME_TIMESTAMP)"
        return
    level = severity.SCALES["syslog"].get(int(text)) if (text := str(entry.get("PRIORITY"))).isdecimal() else None
    service = next((_text(entry[name]) for name in SERVICES if entry.get(name)), "")
    rest = {name: _text(value) for name, value in entry.items() if name not in LEFT_OUT}
    yield Log(int(micros), _text(entry.get("MESSAGE")), level, service, rest)


def _text(value: Any) -> str:
    """A field, whether it came as a text, as its bytes, or several times."""
    if isinstance(value, list) and value and all(isinstance(each, int) and 0 <= each < 256 for each in value):
        return bytes(value).decode(errors="backslashreplace")
    if isinstance(value, list):
        return "\n".join(_text(each) for each in value)
    return "" if value is None else str(value)


def open_(source: Source) -> Reader:
    """See `Format`."""
    return Unfolded(source, unfold)


FORMAT = Format("journald_json", ("logs",), sniff, open_)
