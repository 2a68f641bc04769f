"""Takes one file after another in with one parser; others may do the same beside it.

A file is copied to private staging and hashed there, looked up by its key, parsed in a process of its own into segments
that nobody sees yet, and made visible in one transaction in which its key decides the race. Whatever ends a run leaves
nothing half visible, and the next run takes what is missing.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from data.catalog.commit import FileCommit, is_ingested
from data.errors import AlreadyIngested, CannotContinue, DataError, FormatError, Overtaken
from data.ingest import archives, growth, keys, predicted, seasons
from data.ingest.keys import Known
from data.ingest.kinds.labels import needs_predictions
from data.ingest.report import IngestReport, Note, Problem
from data.ingest.sources import Found
from data.ingest.staging import Staged, stage, unpacked
from data.ingest.streams import packing_of
from data.ingest.turns import Turns
from data.ingest.visible import make_visible, said_of
from data.ingest.wire import Parsed, Plan, Request, Tail
from data.ingest.worker import Worker
from data.store import Store

Progress = Callable[[int, int, str, int], None]
TRIES = 5


class _Later(DataError):
    """Nothing of a file can be taken yet."""


@dataclass(frozen=True, slots=True)
class Following:
    """Files that may grow: of those to ``follow`` whole lines are taken, of ``growing`` ones what can be read."""

    follow: frozenset[Path] = frozenset()
    growing: frozenset[Path] = frozenset()


NOT_FOLLOWED = Following()


@dataclass(slots=True)
class Taker:
    """``worker`` is its own; ``report`` and ``turns`` are shared by those that take files of one run.

    Files are read whenever there is a parser, and become visible, or a problem, in the order of their numbers.
    """

    store: Store
    folder: Path
    worker: Worker
    progress: Progress
    count: int
    who: str = ""
    following: Following = NOT_FOLLOWED
    report: IngestReport = field(default_factory=IngestReport)
    turns: Turns = field(default_factory=Turns)

    def take(self, number: int, found: Found) -> None:
        """Take one file in; an error in words is a problem of this file alone."""
        self.progress(number, self.count, found.relative, 0)
        for last in (False,) * TRIES + (True,):
            try:
                self._try(number, found)
            except Overtaken as error:
                if not last:
                    continue
                self._end(number, found, error)
            except DataError as error:
                self._end(number, found, error)
            return

    def _end(self, number: int, found: Found, error: DataError) -> None:
        """What became of a file that was not taken."""
        self.turns.wait(number)
        if isinstance(error, AlreadyIngested):
            self.report.skipped += 1
        elif isinstance(error, _Later):
            self.report.waiting.append(found.path)
        else:
            self._refuse(found, error)

    def _refuse(self, found: Found, error: DataError) -> None:
        """A problem of this file; of one that still grows it is none, but a reason to wait."""
        if found.path in self.following.growing or (found.path in self.following.follow and not found.path.exists()):
            self.report.waiting.append(found.path)
            return
        self.report.failed += 1
        self.report.problems.append(Problem(found.relative, 0, str(error)))

    def _try(self, number: int, found: Found) -> None:
        staged: Staged | None = None
        if needs_predictions(found.mapping):
            self.turns.wait(number)
        try:
            before = keys.known_before(self.store.catalog, found.shown)
            sizes = tuple(each.size_bytes for each in before)
            staged = stage(found.path, self.folder, sizes, growing=found.path in self.following.follow)
            if archives.is_archive(staged.path):
                self._check_settled(found, staged)
                self._take_members(number, found, staged)
                return
            staged = self._as_before(found, staged, before)
            self._take_staged(number, found, staged, before)
        finally:
            if staged:
                staged.path.unlink(missing_ok=True)

    def _as_before(self, found: Found, staged: Staged, before: list[Known]) -> Staged:
        """Of a log that was rotated and packed since it was read what it was; of any other file the copy itself."""
        if not before or any(each.content_hash == staged.sha256 for each in before) or not packing_of(staged.path):
            return staged
        self._check_settled(found, staged)
        plain = unpacked(staged, self.folder, tuple(each.size_bytes for each in before))
        known = any(each.content_hash in (plain.sha256, plain.prefixes.get(each.size_bytes)) for each in before)
        (staged if known else plain).path.unlink()
        return plain if known else staged

    def _take_members(self, number: int, found: Found, staged: Staged) -> None:
        """Take each file of an archive by itself."""
        if found.is_member:
            raise FormatError("It is an archive inside an archive.", "Unpack the outer one.")
        for member in archives.members(staged.path, self.folder):
            try:
                if member.path is not None:
                    self.take(number, found.member(member.path, member.name))
                else:
                    self.turns.wait(number)
                    self.report.failed += 1
                    self.report.problems.append(Problem(f"{found.relative}/{member.name}", 0, str(member.error)))
            finally:
                archives.remove(member)

    def _take_staged(self, number: int, found: Found, staged: Staged, before: list[keys.Known]) -> None:
        started = time.perf_counter()
        catalog = self.store.catalog
        basis = predicted.basis(catalog) if needs_predictions(found.mapping) else ""
        if keys.is_same(before, found.shown, staged.sha256, found.mapping, basis):
            raise AlreadyIngested(f"{found.relative} is in the store already.")
        request = Request(staged.path, found.relative, pieces_of(found), found.mapping, self.store.home)
        plan = self.worker.plan(request)
        staged = self._ended(found, staged, plan)
        key = keys.key_of(staged.sha256, found.mapping, plan.derived, basis)
        if is_ingested(catalog, key.text):
            raise AlreadyIngested(f"{found.relative} is in the store already.")
        if not basis and (known := keys.continued(key, staged, plan, before)):
            try:
                self._continue(number, found, staged, plan, key, known, before)
                return
            except CannotContinue:
                pass
        times = predicted.write_times(self.store, self.folder) if basis else None
        asked = replace(request, file_id=key.file_id, prediction_times=times)
        parsed = self._parse(number, found, asked)
        elapsed_s = time.perf_counter() - started
        self.turns.wait(number)
        same_content = keys.known_content(catalog, staged.sha256)
        replaced = keys.superseded(key, found.shown, staged, before, same_content)
        commit = _file_commit(found, staged, key, parsed, replaced, elapsed_s)
        make_visible(catalog, replace(commit, who=self.who), parsed)
        self._count(found, parsed, bool(replaced))

    def _check_settled(self, found: Found, staged: Staged) -> None:
        """What is read as a whole has to stand still; the copy says of most files whether it did."""
        if found.path in self.following.growing or not staged.settled:
            raise _Later(f"{found.relative} is being written.")

    def _ended(self, found: Found, staged: Staged, plan: Plan) -> Staged:
        """Of a file that is followed the lines that are ended."""
        if not plan.grows:
            self._check_settled(found, staged)
        if found.path not in self.following.follow or not plan.grows or staged.whole == staged.size:
            return staged
        if not staged.whole:
            raise _Later(f"{found.relative} has no whole line yet.")
        self.report.waiting.append(found.path)
        return staged.whole_lines()

    def _continue(
        self, number: int, found: Found, staged: Staged, plan: Plan, key: keys.Key, known: Known, before: list[Known]
    ) -> None:
        """Take in what the file has grown by. Raises `CannotContinue` where it has to be read as a whole."""
        started, catalog = time.perf_counter(), self.store.catalog
        merge = growth.to_merge(catalog, known, staged.size)
        tail = Tail(known.size_bytes, known.lines, plan.format, plan.kind, merge)
        place = (staged.path, found.relative, pieces_of(found), found.mapping, self.store.home)
        asked = Request(*place, file_id=known.file_id, tail=tail)
        parsed = self._parse(number, found, asked)
        elapsed_s = time.perf_counter() - started
        self.turns.wait(number)
        others = [each for each in before if each.key != known.key]
        replaced = keys.superseded(key, found.shown, staged, others, keys.known_content(catalog, staged.sha256))
        commit = _file_commit(found, staged, key, parsed, replaced, elapsed_s)
        make_visible(catalog, replace(commit, file_id=known.file_id), parsed, known)
        self._count(found, parsed, replaced=False)

    def _parse(self, number: int, found: Found, asked: Request) -> Parsed:
        return self.worker.parse(asked, lambda rows: self.progress(number, self.count, found.relative, rows))

    def _count(self, found: Found, parsed: Parsed, replaced: bool) -> None:
        report = self.report
        report.files += 1
        report.accepted += parsed.accepted
        report.rejected += parsed.rejected
        report.ignored += parsed.ignored
        report.lines += parsed.lines
        report.by_kind.update(parsed.by_kind)
        report.problems.extend(parsed.problems)
        report.notes.extend(Note(found.relative, text, count) for text, count in parsed.notes.items())
        if replaced:
            report.notes.append(Note(found.relative, "replaces what was read from this file before", 1))


def pieces_of(found: Found) -> dict[str, str]:
    """What the file's path says by the mapping's ``path``."""
    pattern = found.mapping.path
    return pattern.cut_all([found.relative]).get(found.relative, {}) if pattern else {}


def _file_commit(
    found: Found, staged: Staged, key: keys.Key, parsed: Parsed, replaced: tuple[int, ...], elapsed_s: float
) -> FileCommit:
    return FileCommit(
        file_id=key.file_id,
        key=key.text,
        path=found.shown,
        content_hash=key.content_hash,
        mapping_hash=key.mapping_hash,
        target=key.target,
        source=str(found.relative),
        size_bytes=staged.size,
        mtime=staged.mtime,
        supersedes=replaced,
        seasons=seasons.stated(found.mapping.seasons_s, parsed),
        elapsed_s=elapsed_s,
        **said_of(parsed),
    )
