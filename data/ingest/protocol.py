"""Takes files into the store, each exactly once, whoever else does the same at the same time.

A file is copied to private staging and hashed there, looked up by its key, parsed in a process of its own into segments
that nobody sees yet, and made visible in one transaction in which its key decides the race. Whatever ends a run leaves
nothing half visible, and the next run takes what is missing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path

from data.catalog.commit import FileCommit, is_ingested
from data.errors import AlreadyIngested, CannotContinue, DataError, FormatError, Overtaken
from data.ingest import archives, growth, keys, predicted, seasons, sources
from data.ingest.entries import check_zone, one_of
from data.ingest.keys import Known
from data.ingest.kinds.labels import needs_predictions
from data.ingest.limits import Limits
from data.ingest.mapping import KINDS, Mapping, load
from data.ingest.report import IngestReport, Note, Problem
from data.ingest.sources import Found, Override
from data.ingest.staging import Staged, private_folder, stage, unpacked
from data.ingest.streams import packing_of
from data.ingest.visible import make_visible, said_of
from data.ingest.wire import Parsed, Plan, Request, Tail
from data.ingest.worker import Worker
from data.store import Store

Progress = Callable[[int, int, str, int], None]
TRIES = 5


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


class _Later(DataError):
    """Nothing of a file can be taken yet."""


@dataclass(frozen=True, slots=True)
class Following:
    """Files that may grow: of those to ``follow`` whole lines are taken, of ``growing`` ones what can be read."""

    follow: frozenset[Path] = frozenset()
    growing: frozenset[Path] = frozenset()


def take(
    store: Store,
    files: Sequence[Found],
    *,
    progress: Progress | None = None,
    limits: Limits | None = None,
    who: str = "",
    following: Following = Following(),
    worker: Worker | None = None,
) -> IngestReport:
    """Take these files in, each by itself; with ``who`` the log of changes says who did."""
    started = time.perf_counter()
    with private_folder(store.home) as folder, nullcontext(worker) if worker else Worker(store.home, limits) as parser:
        run = _Run(store, folder, parser, progress or (lambda *_: None), len(files), who, following)
        for number, found in enumerate(files, start=1):
            run.take(number, found)
    run.report.elapsed_s = time.perf_counter() - started
    return run.report


@dataclass(slots=True)
class _Run:
    store: Store
    folder: Path
    worker: Worker
    progress: Progress
    count: int
    who: str = ""
    following: Following = Following()
    report: IngestReport = field(default_factory=IngestReport)

    def take(self, number: int, found: Found) -> None:
        """Take one file in; an error in words is a problem of this file alone."""
        self.progress(number, self.count, found.relative, 0)
        for last in (False,) * TRIES + (True,):
            try:
                self._try(number, found)
            except Overtaken as error:
                if not last:
                    continue
                self._refuse(found, error)
            except AlreadyIngested:
                self.report.skipped += 1
            except _Later:
                self.report.waiting.append(found.path)
            except DataError as error:
                self._refuse(found, error)
            return

    def _refuse(self, found: Found, error: DataError) -> None:
        """A problem of this file; of one that still grows it is none, but a reason to wait."""
        if found.path in self.following.growing or (found.path in self.following.follow and not found.path.exists()):
            self.report.waiting.append(found.path)
            return
        self.report.failed += 1
        self.report.problems.append(Problem(found.relative, 0, str(error)))

    def _try(self, number: int, found: Found) -> None:
        staged: Staged | None = None
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
        parsed = self.worker.parse(asked, lambda rows: self.progress(number, self.count, found.relative, rows))
        same_content = keys.known_content(catalog, staged.sha256)
        replaced = keys.superseded(key, found.shown, staged, before, same_content)
        commit = _file_commit(found, staged, key, parsed, replaced, time.perf_counter() - started)
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
        parsed = self.worker.parse(asked, lambda rows: self.progress(number, self.count, found.relative, rows))
        others = [each for each in before if each.key != known.key]
        replaced = keys.superseded(key, found.shown, staged, others, keys.known_content(catalog, staged.sha256))
        commit = _file_commit(found, staged, key, parsed, replaced, time.perf_counter() - started)
        make_visible(catalog, replace(commit, file_id=known.file_id), parsed, known)
        self._count(found, parsed, replaced=False)

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
