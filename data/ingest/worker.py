"""Asks the parser's process, and survives it: a file that kills it costs that file only."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

from data.errors import FormatError
from data.ingest.limits import Limits
from data.ingest.process import WAITING, Parser
from data.ingest.wire import ERRORS, Parsed, Plan, Request

LAST_WORDS_S = 5.0


class Worker:
    """One parser process for many files, taken at the first question and again after it died."""

    def __init__(self, home: Path, limits: Limits | None = None) -> None:
        self._log = home / "logs" / "ingest.log"
        self._limits = limits or Limits()
        self._parser: Parser | None = None
        self._answered = True

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
        """Leave the process to the next run, or end it in the middle of an answer."""
        parser, self._parser = self._parser, None
        if parser is None:
            return
        if self._answered:
            WAITING.give(parser, self._limits)
        else:
            parser.end()

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _ask(self, request: Request, progress: Callable[[int], None]) -> dict[str, Any]:
        parser, self._answered = self._listening(), False
        try:
            parser.say({**request.to_json(), "log": str(self._log)})
        except OSError:
            raise self._died(parser) from None
        while True:
            answer = parser.hear(self._limits.idle_s)
            if answer is None:
                raise self._died(parser)
            if "rows" in answer:
                progress(answer["rows"])
                continue
            self._answered = True
            if "error" in answer:
                name, what, todo = answer["error"]
                raise ERRORS.get(name, FormatError)(what, todo)
            done: dict[str, Any] = answer["done"]
            return done

    def _listening(self) -> Parser:
        if self._parser is None:
            self._log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._parser = WAITING.take(self._limits)
        return self._parser

    def _died(self, parser: Parser) -> FormatError:
        """Words for how the process ended; the next question starts a new one."""
        self._parser = None
        return FormatError(*_words(parser.end(LAST_WORDS_S), self._limits))


def _words(status: int, limits: Limits) -> tuple[str, str]:
    if status == -signal.SIGXCPU:
        return f"Reading it took more than {limits.cpu_s:g} s of CPU.", "Split the file, or look for lines of many MB."
    if status in (-signal.SIGSEGV, -signal.SIGABRT, -signal.SIGBUS):
        return f"Its content broke the parser, most likely over {limits.memory_bytes >> 20:,} MB.", "Split the file."
    if status == -signal.SIGKILL:
        return "The parser was killed, for want of memory or because it stood still.", "Free memory, or split the file."
    return f"The parser ended unexpectedly (status {status}).", "Try again, and report it if it happens again."
