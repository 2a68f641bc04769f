"""Takes files into the store, each exactly once, whoever else does the same at the same time."""

from __future__ import annotations

import os
import queue
import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Final

from data.ingest import archives, sources
from data.ingest.entries import check_zone, one_of
from data.ingest.limits import Limits
from data.ingest.mapping import KINDS, Mapping, load
from data.ingest.report import IngestReport
from data.ingest.sources import Found, Override
from data.ingest.staging import private_folder
from data.ingest.streams import packing_of
from data.ingest.taking import NOT_FOLLOWED, Following, Progress, Taker
from data.ingest.turns import Turns
from data.ingest.worker import Worker
from data.store import Store

WORTH_BYTES: Final = 16 << 20  # beside the largest file: of less a second parser costs more than it saves
PACKED: Final = 8  # times as large when it is unpacked, about
LARGE_BYTES: Final = 100_000
MOST_PARSERS: Final = 4


def ingest(
    store: Store,
    paths: Sequence[Path | str],
    *,
    kind: str | None = None,
    mapping: Mapping | Path | str | None = None,
    service: str | None = None,
    tz: str | None = None,
    progress: Progress | None = None,
    limits: Limits | None = None,
    only: Collection[Path] | None = None,
    follow: Collection[Path] = (),
    growing: Collection[Path] = (),
    worker: Worker | None = None,
) -> IngestReport:
    """Take files and folders in. What cannot be read is in the report, with words; it never raises for one file.

    ``kind``, ``service`` and ``tz`` hold over the mapping; of a folder's files ``only`` those are taken. Of those to
    ``follow`` a last line that is not ended waits; of those that are ``growing`` too what cannot be read yet is no
    problem. ``worker`` is a parser to use, for many calls.
    ``progress(i, n, name, rows)`` is told of file ``i`` of ``n`` and the rows read of it so far. Raises
    `MappingError` for a wrong mapping file, kind or zone, a missing path.
    """
    if kind:
        one_of("as", kind, KINDS)
    check_zone(tz or "")
    given = load(Path(mapping)) if isinstance(mapping, Path | str) else mapping
    files = sources.find([Path(path) for path in paths], given, Override(kind, service, tz), store.home)
    chosen = [each for each in files if only is None or each.path in only]
    following = Following(frozenset(follow), frozenset(growing))
    return take(store, chosen, progress=progress, limits=limits, following=following, worker=worker)


def take(
    store: Store,
    files: Sequence[Found],
    *,
    progress: Progress | None = None,
    limits: Limits | None = None,
    who: str = "",
    following: Following = NOT_FOLLOWED,
    worker: Worker | None = None,
) -> IngestReport:
    """Take these files in, each by itself; with ``who`` the log of changes says who did."""
    started = time.perf_counter()
    report, turns, told = IngestReport(), Turns(), _one_at_a_time(progress or (lambda *_: None))
    parsers = 1 if worker or following != NOT_FOLLOWED else _parsers_for(files)
    with private_folder(store.home) as folder, _idle(store, worker, limits, parsers) as idle:

        def one(number: int, found: Found) -> None:
            parser = idle.get()
            try:
                Taker(store, folder, parser, told, len(files), who, following, report, turns).take(number, found)
            finally:
                idle.put(parser)
                turns.end(number)

        _each(one, files, parsers)
    report.elapsed_s = time.perf_counter() - started
    return report


def _parsers_for(files: Sequence[Found]) -> int:
    """How many files to read at once: a parser for each core, where there is enough to read beside the largest file."""
    sizes = sorted(map(_plain_size, files))
    if sum(sizes[:-1]) < WORTH_BYTES:
        return 1
    return min(_cores(), len(files), MOST_PARSERS)


def _cores() -> int:
    """Those that this process may use, where the system says that."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _plain_size(found: Found) -> int:
    """Bytes to read, about; of what cannot be looked at none."""
    with suppress(OSError):
        size = found.path.stat().st_size
        packed = size > LARGE_BYTES and (packing_of(found.path) or archives.is_archive(found.path))
        return size * PACKED if packed else size
    return 0


@contextmanager
def _idle(store: Store, worker: Worker | None, limits: Limits | None, count: int) -> Iterator[queue.Queue[Worker]]:
    """So many parsers, or the one that is given; whoever takes one puts it back."""
    with ExitStack() as held:
        idle = queue.Queue[Worker]()
        for _ in range(count):
            idle.put(worker or held.enter_context(Worker(store.home, limits)))
        yield idle


def _each(one: Callable[[int, Found], None], files: Sequence[Found], at_once: int) -> None:
    """Call it for each file with its number, in order; what it raises ends the run when what is begun has ended."""
    if at_once == 1:
        for number, found in enumerate(files, start=1):
            one(number, found)
        return
    with ThreadPoolExecutor(at_once, "ingest") as pool:
        begun = [pool.submit(one, number, found) for number, found in enumerate(files, start=1)]
        try:
            for each in begun:
                each.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _one_at_a_time(progress: Progress) -> Progress:
    """Told by one thread after another."""
    lock = threading.Lock()

    def told(number: int, count: int, name: str, rows: int) -> None:
        with lock:
            progress(number, count, name, rows)

    return told
