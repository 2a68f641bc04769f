"""A parser's process. One that has answered waits a minute for the next run of ingest: to start one costs most of a
second, and a watched folder or a receiver asks all the time."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from data.ingest.limits import Limits

ROOT = Path(__file__).resolve().parents[2]
IDLE_S = 60.0
ANSWER_S = 10.0
KEPT = ("PATH", "LD_LIBRARY_PATH", "VIRTUAL_ENV", "PYTHONHOME", "LANG", "LC_ALL", "TMPDIR", "PYTHONTZPATH")
# One thread, and allocators that reserve no address space ahead: the limit on memory is one on address space.
SET = {
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "MALLOC_ARENA_MAX": "2",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}


class Parser:
    """One process, its questions and its answers."""

    def __init__(self, limits: Limits, environment: Mapping[str, str]) -> None:
        pipe = subprocess.PIPE
        command = [sys.executable, "-P", "-m", "data.ingest.child"]
        self._process = subprocess.Popen(
            command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, env=dict(environment)
        )
        self._lines: queue.Queue[bytes] = queue.Queue()
        threading.Thread(target=_pump, args=(self._process.stdout, self._lines), daemon=True).start()
        with contextlib.suppress(OSError):  # that it died is told at the first question
            self.say(limits.to_json())

    def say(self, said: Mapping[str, Any]) -> None:
        """Raises `OSError` where nobody listens."""
        _send(self._process.stdin, said)

    def hear(self, idle_s: float) -> dict[str, Any] | None:
        """The next answer; None from a process that died, or said nothing for so long that it was killed."""
        try:
            line = self._lines.get(timeout=idle_s)
        except queue.Empty:
            self._process.kill()
            return None
        if not line.endswith(b"\n"):
            return None
        answer: dict[str, Any] = json.loads(line)
        return answer

    def listens(self) -> bool:
        """Does it still answer?"""
        with contextlib.suppress(OSError):
            self.say({"there": True})
            return self.hear(ANSWER_S) is not None
        return False

    def end(self, wait_s: float = 0.0) -> int:
        """Stop it, unless it ends by itself within that time, and say how it ended."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(wait_s)
        self._process.terminate()
        status = self._process.wait()
        if self._process.stdin:
            with contextlib.suppress(OSError):
                self._process.stdin.close()
        return status


class Waiting:
    """At most one process that waits, for a run with the same limits and environment in this same process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: tuple[object, Parser] | None = None
        self._clock: threading.Timer | None = None

    def take(self, limits: Limits) -> Parser:
        """The one that waits if it fits, or a new one."""
        environment = _environment()
        with self._lock:
            kept, self._kept = self._kept, None
        if kept is not None and kept[0] == _key(limits, environment) and kept[1].listens():
            return kept[1]
        self._end(kept)
        return Parser(limits, environment)

    def give(self, parser: Parser, limits: Limits) -> None:
        """Let it wait, in place of one that waits already."""
        with self._lock:
            before, self._kept = self._kept, (_key(limits, _environment()), parser)
            if self._clock:
                self._clock.cancel()
            self._clock = threading.Timer(IDLE_S, self.clear)
            self._clock.daemon = True
            self._clock.start()
        self._end(before)

    def clear(self) -> None:
        """End the one that waits."""
        with self._lock:
            kept, self._kept = self._kept, None
        self._end(kept)

    def reset(self) -> None:
        """In a process that was forked: the one that waits is the parent's."""
        self._lock, self._kept, self._clock = threading.Lock(), None, None

    @staticmethod
    def _end(kept: tuple[object, Parser] | None) -> None:
        if kept is not None:
            kept[1].end()


WAITING = Waiting()
atexit.register(WAITING.clear)
os.register_at_fork(after_in_child=WAITING.reset)


def _key(limits: Limits, environment: Mapping[str, str]) -> object:
    return limits, tuple(sorted(environment.items()))


def _environment() -> dict[str, str]:
    """What a program needs to start, and none of the secrets that may stand beside it."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**kept, **SET, "PYTHONPATH": os.pathsep.join(paths)}


def _send(pipe: IO[bytes] | None, said: Mapping[str, Any]) -> None:
    if pipe is None:
        raise OSError("no pipe")
    pipe.write(json.dumps(said).encode() + b"\n")
    pipe.flush()


def _pump(pipe: IO[bytes] | None, lines: queue.Queue[bytes]) -> None:
    """Lines of the pipe as they come, and nothing at its end."""
    if pipe is not None:
        with pipe:
            for line in pipe:
                lines.put(line)
    lines.put(b"")
