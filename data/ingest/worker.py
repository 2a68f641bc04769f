"""Starts the parser's process, asks it, and survives it: a file that kills it costs that file only."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from data.errors import FormatError
from data.ingest.limits import Limits
from data.ingest.wire import ERRORS, Parsed, Plan, Request

ROOT = Path(__file__).resolve().parents[2]
KEPT = ("PATH", "LD_LIBRARY_PATH", "VIRTUAL_ENV", "PYTHONHOME", "LANG", "LC_ALL", "TMPDIR", "PYTHONTZPATH")
# One thread, and allocators that reserve no address space ahead: the limit on memory is one on address space.
SET = {
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "MALLOC_ARENA_MAX": "2",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}


class Worker:
    """One parser process for many files, started at the first question and again after it died."""

    def __init__(self, home: Path, limits: Limits | None = None) -> None:
        self._log = home / "logs" / "ingest.log"
        self._limits = limits or Limits()
        self._process: subprocess.Popen[bytes] | None = None
        self._lines: queue.Queue[bytes] = queue.Queue()

    def plan(self, request: Request) -> Plan:
        """What the file is. Raises `FormatError` or `MappingError`."""
        return Plan(**self._ask(request, lambda _: None))

    def parse(self, request: Request, progress: Callable[[int], None]) -> Parsed:
        """Read the file into segments that are not visible yet. Raises `FormatError` or `MappingError`."""
        return Parsed.from_json(self._ask(request, progress))

    def look(self, request: Request) -> dict[str, Any]:
        """What `data.ingest.first_rows.look` finds, as a message; nothing is written."""
        return self._ask(request, lambda _: None)

    def close(self) -> None:
        """End the process."""
        if self._process is None:
            return
        self._process.terminate()
        self._process.wait()
        if self._process.stdin:
            with contextlib.suppress(OSError):
                self._process.stdin.close()
        self._process = None

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _ask(self, request: Request, progress: Callable[[int], None]) -> dict[str, Any]:
        process = self._running()
        try:
            _send(process.stdin, request.to_json())
        except OSError:
            raise self._died(process) from None
        while True:
            answer = self._answer(process)
            if "rows" in answer:
                progress(answer["rows"])
            elif "error" in answer:
                name, what, todo = answer["error"]
                raise ERRORS.get(name, FormatError)(what, todo)
            else:
                done: dict[str, Any] = answer["done"]
                return done

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            self._process = self._start()
            self._lines = queue.Queue()
            threading.Thread(target=_pump, args=(self._process.stdout, self._lines), daemon=True).start()
            _send(self._process.stdin, self._limits.to_json())
        return self._process

    def _start(self) -> subprocess.Popen[bytes]:
        """What it says besides its answers goes to a log that people need not see."""
        self._log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-P", "-m", "data.ingest.child"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env=_environment(),
            )

    def _answer(self, process: subprocess.Popen[bytes]) -> dict[str, Any]:
        try:
            line = self._lines.get(timeout=self._limits.idle_s)
        except queue.Empty:
            process.kill()
            line = b""
        if not line.endswith(b"\n"):
            raise self._died(process)
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _died(self, process: subprocess.Popen[bytes]) -> FormatError:
        """Words for how the process ended; the next question starts a new one."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=5)
        self.close()
        return FormatError(*_words(process.returncode, self._limits))


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


def _pump(pipe: IO[bytes], lines: queue.Queue[bytes]) -> None:
    """Lines of the pipe as they come, and nothing at its end."""
    with pipe:
        for line in pipe:
            lines.put(line)
    lines.put(b"")


def _words(status: int, limits: Limits) -> tuple[str, str]:
    if status == -signal.SIGXCPU:
        return f"Reading it took more than {limits.cpu_s:g} s of CPU.", "Split the file, or look for lines of many MB."
    if status in (-signal.SIGSEGV, -signal.SIGABRT, -signal.SIGBUS):
        return f"Its content broke the parser, most likely over {limits.memory_bytes >> 20:,} MB.", "Split the file."
    if status == -signal.SIGKILL:
        return "The parser was killed, for want of memory or because it stood still.", "Free memory, or split the file."
    return f"The parser ended unexpectedly (status {status}).", "Try again, and report it if it happens again."
