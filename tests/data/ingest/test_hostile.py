"""Files that mean harm: each is read within 20 s of CPU and 1 GB, and its good lines are kept."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from data.ingest import ingest
from data.ingest.limits import GIB, Limits
from data.store import Store

MOST_SECONDS = 20.0
LIMITS = Limits(memory_bytes=3 * GIB, cpu_s=MOST_SECONDS)  # address space; what is resident is measured below
GOOD = {
    "jsonl": json.dumps({"ts": "2024-05-01T10:00:00Z", "level": "info", "msg": "hello there you"}).encode(),
    "plain": b"2024-05-01 10:00:00 INFO hello there you",
    "logfmt": b'ts=2024-05-01T10:00:00Z level=info msg="hello there you"',
    "csv": b"2024-05-01T10:00:00Z,1",
    "access": b'::1 - - [17/May/2015:10:05:03 +0000] "GET /a HTTP/1.1" 200 1',
    "prometheus": b'a{job="s"} 1 1714557600000',
    "syslog": b"Oct 11 22:14:15 host su[1]: hello there you",
}
HEAD = {"csv": b"ts,cpu\n", "prometheus": b"# TYPE a gauge\n"}
MB = 1 << 20


def dated(good: bytes, year: bytes, epoch_ms: bytes) -> bytes:
    """The line in another year."""
    return good.replace(b"2024", year).replace(b"2015", year).replace(b"1714557600000", epoch_ms)


EVIL = {
    "a line of 10 MB": lambda good: good + b"x" * (10 * MB),
    "a line of 7 MB": lambda good: good + b" y=" + b"x" * (7 * MB),
    "a line of 3 million quotes": lambda good: good + b'"' * (3 * MB),
    "nested 10,000 deep": lambda good: b'{"ts": "2024-05-01T10:00:00Z", "msg": ' + b"[" * 10_000 + b"]" * 10_000 + b"}",
    "NUL bytes": lambda good: good + bytes(1000),
    "broken UTF-8": lambda good: good + b"\xff\xfe\xc3\x28\xed\xa0\x80\xf8\x88",
    "year 1": lambda good: dated(good, b"0001", b"-62135596800000"),
    "year 9999": lambda good: dated(good, b"9999", b"253402300799000"),
    "mixed line ends": lambda good: good + b"\r\n" + good + b"\r" + good + b"\r\r\n" + good,
    "a million commas": lambda good: b"," * MB,
    "a million braces": lambda good: good + b"{" * MB,
    "backslashes": lambda good: good + b'"' + b"\\" * MB,
}


def content(name: str, evil: Callable[[bytes], bytes]) -> bytes:
    """Good lines around an evil one."""
    good = GOOD[name]
    return HEAD.get(name, b"") + b"\n".join([good] * 3 + [evil(good)] + [good] * 3) + b"\n"


class Peak(threading.Thread):
    """Watches how much memory the children of this process held at most."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.bytes = 0
        self.over = threading.Event()

    def run(self) -> None:
        while not self.over.wait(0.02):
            for child in psutil.Process().children():
                with contextlib.suppress(OSError, StopIteration):
                    said = Path(f"/proc/{child.pid}/status").read_text().splitlines()
                    held = next(line for line in said if line.startswith("VmHWM"))
                    self.bytes = max(self.bytes, int(held.split()[1]) << 10)


@pytest.mark.parametrize(
    "name", [name if name == "plain" else pytest.param(name, marks=pytest.mark.slow) for name in GOOD]
)
def test_good_lines_around_evil_ones_are_kept(store: Store, tmp_path: Path, name: str) -> None:
    for number, evil in enumerate(EVIL.values()):
        (tmp_path / f"{number:02}.txt").write_bytes(content(name, evil))
    peak, begun = Peak(), time.perf_counter()
    peak.start()
    report = ingest(store, sorted(tmp_path.glob("*.txt")), limits=LIMITS, service="s")
    peak.over.set()
    assert (report.failed, report.problems if report.failed else []) == (0, [])
    assert report.files + report.skipped == len(EVIL)  # syslog has no year that could be evil
    assert report.accepted >= 6 * report.files
    assert report.lines == report.accepted + report.rejected + report.ignored
    assert time.perf_counter() - begun < MOST_SECONDS * len(EVIL)
    assert 0 < peak.bytes < GIB
