"""Ingests what arrives in a folder. Files are looked at again and again: that needs no library, works on every file
system and over the network, and a file counts as complete when it has stood still between two looks."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

from data.ingest import IngestReport

EVERY_S = 2.0
AT_ONCE = 20

Stat = tuple[int, int, int]
Paths = tuple[Path, ...]
Take = Callable[[Paths], IngestReport]
Say = Callable[[IngestReport], None]


@dataclass(slots=True)
class Watched:
    """What is known of a folder: how each file stood at the last look, and how it stood when it was taken."""

    folder: Path
    home: Path
    seen: dict[Path, Stat] = field(default_factory=dict)
    taken: dict[Path, Stat] = field(default_factory=dict)

    def look(self) -> tuple[Path, ...]:
        """The files that stood still since the last look and have not been taken like that."""
        now = dict(_files(self.folder, self.home))
        ripe = [path for path, stat in now.items() if self.seen.get(path) == stat != self.taken.get(path)]
        self.seen = now
        self.taken = {path: stat for path, stat in self.taken.items() if path in now}
        return tuple(sorted(ripe))

    def done(self, paths: tuple[Path, ...]) -> None:
        """Remember how they stood: they are taken again when they have changed."""
        self.taken.update({path: self.seen[path] for path in paths})


def watch(folder: Path, home: Path, stop: Event, take: Take, say: Say, every_s: float = EVERY_S) -> IngestReport:
    """Take in what arrives until ``stop`` is set; ``say`` is told of each batch. Returns the totals.

    ``take`` gets at most `AT_ONCE` files; between them it stops. What ``take`` raises ends it.
    """
    watched, total = Watched(folder.absolute(), home.absolute()), IngestReport()
    while not stop.is_set():
        ripe = watched.look()
        for start in range(0, len(ripe), AT_ONCE):
            if not stop.is_set():
                _take(watched, ripe[start : start + AT_ONCE], total, take, say, stop)
        stop.wait(every_s)
    return total


def _take(watched: Watched, paths: Paths, total: IngestReport, take: Take, say: Say, stop: Event) -> None:
    report = take(paths)
    if stop.is_set() and report.failed:  # Ctrl-C reaches the parser too: what it left comes in the next time
        report.failed, report.problems = 0, [each for each in report.problems if each.line]
    watched.done(paths)
    add(total, report)
    if report.files or report.failed:
        say(report)


def add(total: IngestReport, report: IngestReport) -> None:
    """Count a report into the totals; its problems have been said."""
    for name in ("files", "skipped", "failed", "lines", "accepted", "rejected", "ignored", "elapsed_s"):
        setattr(total, name, getattr(total, name) + getattr(report, name))
    total.by_kind.update(report.by_kind)


def _files(folder: Path, home: Path) -> Iterator[tuple[Path, Stat]]:
    """Every file below but in ``home``; what is hidden is left out, as `diptych ingest` leaves it out."""
    for at, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".") and Path(at, name) != home]
        for name in names:
            try:
                stat = Path(at, name).stat()
            except OSError:  # gone between listing and looking
                continue
            if not name.startswith("."):
                yield Path(at, name), (stat.st_size, stat.st_mtime_ns, stat.st_ino)
