"""The parser's process: reads requests on stdin, answers on what was stdout; one file at a time, within its limits."""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TextIO

from data.errors import CannotContinue, DataError, FormatError
from data.ingest import limits as limiting
from data.ingest.limits import Limits

if TYPE_CHECKING:
    from data.ingest.source import Reader, Source
    from data.ingest.wire import Request, Tail

Answer = Callable[[Mapping[str, Any]], None]
PROGRESS_ROWS = 50_000
OUT_OF_MEMORY = ("OutOfMemory", "ut of memory", "malloc of size", "bad_alloc")


class _NoPandas:
    """Arrow imports pandas at its first array if it can: half a second for nothing that is used here."""

    def find_spec(self, name: str, *_: object) -> None:
        """Say that it is not there."""
        if name == "pandas":
            raise ImportError(name)


def main() -> None:
    """Serve requests until stdin ends. Heavy libraries are imported under the limits."""
    sys.meta_path.insert(0, _NoPandas())
    answers = _answers()
    limits = Limits(**json.loads(sys.stdin.readline()))
    limiting.apply(limits)
    for line in sys.stdin:
        limiting.allow_cpu(limits)
        said = json.loads(line)
        if "there" in said:
            _say(answers, said)
            continue
        _log_to(said.pop("log"))
        _answer(said, limits, lambda told: _say(answers, told))


def _answers() -> TextIO:
    """The pipe to the parent; whatever else writes to stdout now goes to stderr."""
    kept = os.dup(1)
    os.dup2(2, 1)
    return os.fdopen(kept, "w", encoding="utf-8")


def _log_to(path: str) -> None:
    """What is said besides the answers goes to a log of the home, which people need not see."""
    log = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for stream in (1, 2):
        os.dup2(log, stream)
    os.close(log)


def _say(stream: TextIO, said: Mapping[str, Any]) -> None:
    stream.write(json.dumps(said) + "\n")
    stream.flush()


def _answer(said: Mapping[str, Any], limits: Limits, answer: Answer) -> None:
    """Answer a request, an error in words."""
    try:
        answer({"done": _do(said, limits, answer)})
    except Exception as error:
        answer({"error": _words(error, limits)})


def _words(error: Exception, limits: Limits) -> tuple[str, str, str]:
    """Name, what and what to do: of an error of ours its own, of memory that ran out the limit, else its name."""
    if isinstance(error, DataError):
        return type(error).__name__, error.what, error.todo
    if isinstance(error, MemoryError) or any(sign in f"{type(error).__name__}: {error}" for sign in OUT_OF_MEMORY):
        return (
            "FormatError",
            f"Reading it needs more than {limits.memory_bytes >> 20:,} MB of memory.",
            "Split the file.",
        )
    if isinstance(error, OSError):
        return "FormatError", f"What was read cannot be written: {error.strerror}.", "Make room on the disk."
    traceback.print_exception(error)
    return "FormatError", f"The file cannot be read ({type(error).__name__}).", "Please report it with the file."


def _do(said: Mapping[str, Any], limits: Limits, answer: Answer) -> dict[str, Any]:
    """Find out what the file is; with ``first_rows`` look into it, with a ``file_id`` read it."""
    from data.ingest import detect
    from data.ingest.source import Source
    from data.ingest.streams import read_head
    from data.ingest.wire import Request

    _one_thread()
    request = Request.from_json(said)
    head = read_head(request.path)
    place = request.place
    source = Source(request.path, head, request.mapping, place, request.file_id, request.prediction_times)
    if request.tail:
        return _read_tail(request, request.tail, source, limits, answer)
    format_, known, reader = detect.open_source(source)
    if request.first_rows:
        from data.ingest.first_rows import look

        return look(source, known, reader, request.first_rows)
    if not request.file_id:
        found = {"format": format_.name, "kind": known.mapping.kind, "derived": dict(reader.derived)}
        return {**found, "grows": format_.grows}
    return _read(request, limits, reader, answer)


def _read_tail(request: Request, tail: Tail, source: Source, limits: Limits, answer: Answer) -> dict[str, Any]:
    """Read what a file has grown by, in the format and as the kind of the whole."""
    from data.ingest.detect import open_source
    from data.ingest.staging import copy_tail

    path = request.path.with_suffix(".tail")
    mapping = replace(source.mapping, format=tail.format, kind=tail.kind)
    try:
        copy_tail(request.path, tail.offset, path)
        _, _, reader = open_source(replace(source, path=path, mapping=mapping, continues=True))
        return _read(request, limits, reader, answer)
    except FormatError as error:  # read as a whole it is, or is refused for what it is
        raise CannotContinue(error.what, error.todo) from error
    finally:
        path.unlink(missing_ok=True)


def _read(request: Request, limits: Limits, reader: Reader, answer: Answer) -> dict[str, Any]:
    from data.ingest.sink import Sink
    from data.ingest.wire import parsed_to_json

    told = 0

    def progress(rows: int) -> None:
        nonlocal told
        if rows - told >= PROGRESS_ROWS:
            told = rows
            answer({"rows": rows})

    sink = Sink(request.home, request.file_id, limits, progress, request.tail)
    try:
        for part in reader.parts():
            sink.add(part)
        return parsed_to_json(sink.finish(), request.relative)
    except BaseException:
        sink.discard()
        raise


def _one_thread() -> None:
    import pyarrow as pa

    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)


if __name__ == "__main__":
    main()
