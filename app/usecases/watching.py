"""Ingests what arrives in a folder, and follows files that grow. Files are looked at again and again: that needs no
library, works on every file system and over the network.

A file that stood still between two looks is taken as it is. One that grows is taken as far as its lines are ended,
where its format can be read by lines; any other has to stand still first. A last line that is not ended waits for its
end, and for `HOLD_S` at most. What has been taken is known by the store, so that a restart finds its place.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

from data.ingest import IngestReport

EVERY_S = 2.0
HOLD_S = 30.0
AT_ONCE = 20

Stat = tuple[int, int, int]
Paths = tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Ripe:
    """Files to take: ``follow`` those whose last line may not be ended, of which ``growing`` ones are written to."""

    paths: Paths = ()
    follow: frozenset[Path] = frozenset()
    growing: frozenset[Path] = frozenset()

    def batches(self) -> Iterator[Ripe]:
        """At most `AT_ONCE` at a time; between them it can be stopped."""
        for start in range(0, len(self.paths), AT_ONCE):
            yield Ripe(self.paths[start : start + AT_ONCE], self.follow, self.growing)


Take = Callable[[Ripe], IngestReport]
Say = Callable[[IngestReport], None]


@dataclass(slots=True)
class Watched:
    """What is known of a folder: how each file stood at the last look, and how it stood when it was taken.

    ``held`` are those that stood still with a last line that is not ended: how, and since when.
    """

    folder: Path
    home: Path
    clock: Callable[[], float] = time.monotonic
    seen: dict[Path, Stat] = field(default_factory=dict)
    taken: dict[Path, Stat] = field(default_factory=dict)
    held: dict[Path, tuple[Stat, float]] = field(default_factory=dict)

    def look(self) -> Ripe:
        """The files of before that have not been taken as they are now. An empty one has nothing to take."""
        before, self.seen = self.seen, dict(_files(self.folder, self.home))
        self.taken = {path: stat for path, stat in self.taken.items() if path in self.seen}
        self.held = {path: held for path, held in self.held.items() if self.seen.get(path) == held[0]}
        changed = [
            path for path, stat in self.seen.items() if path in before and stat[0] and stat != self.taken.get(path)
        ]
        ripe = sorted(path for path in changed if self._held_s(path) is None or self._is_due(path))
        growing = frozenset(path for path in ripe if before[path] != self.seen[path])
        return Ripe(tuple(ripe), frozenset(path for path in ripe if not self._is_due(path)), growing)

    def done(self, ripe: Ripe, waiting: Collection[Path] = ()) -> None:
        """Remember how they stood: they are taken again when they have changed, those ``waiting`` before that too."""
        for path in ripe.paths:
            if path not in waiting:
                self.taken[path] = self.seen[path]
            elif path not in ripe.growing:
                self.held[path] = self.seen[path], self.clock()

    def _held_s(self, path: Path) -> float | None:
        return self.clock() - self.held[path][1] if path in self.held else None

    def _is_due(self, path: Path) -> bool:
        return (self._held_s(path) or 0.0) >= HOLD_S


def watch(folder: Path, home: Path, stop: Event, take: Take, say: Say, every_s: float = EVERY_S) -> IngestReport:
    """Take in what arrives until ``stop`` is set; ``say`` is told of each batch. Returns the totals.

    At least half of the time it rests. What ``take`` raises ends it.
    """
    watched, total = Watched(folder.absolute(), home.absolute()), IngestReport()
    while not stop.is_set():
        started = time.monotonic()
        for ripe in watched.look().batches():
            if not stop.is_set():
                _take(watched, ripe, total, take, say, stop)
        stop.wait(max(every_s, time.monotonic() - started))
    return total


def _take(watched: Watched, ripe: Ripe, total: IngestReport, take: Take, say: Say, stop: Event) -> None:
    report = take(ripe)
    if stop.is_set() and report.failed:  # Ctrl-C reaches the parser too: what it left comes in the next time
        report.failed, report.problems = 0, [each for each in report.problems if each.line]
    watched.done(ripe, report.waiting)
    total.add(report)
    if report.files or report.failed:
        say(report)


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
