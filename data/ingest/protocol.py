"""Takes files into the store, each exactly once, whoever else does the same at the same time.

A file is copied to private staging and hashed there, looked up by its key, parsed in a process of its own into segments
that nobody sees yet, and made visible in one transaction in which its key decides the race. Whatever ends a run leaves
nothing half visible, and the next run takes what is missing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from data.catalog.commit import FileCommit, commit_file, is_ingested
from data.errors import AlreadyIngested, DataError, FormatError
from data.ingest import archives, keys, predicted, seasons, sources
from data.ingest.discard import discard
from data.ingest.entries import check_zone, one_of
from data.ingest.kinds.labels import needs_predictions
from data.ingest.limits import Limits
from data.ingest.mapping import KINDS, Mapping, load
from data.ingest.report import IngestReport, Note, Problem
from data.ingest.sources import Found, Override
from data.ingest.staging import Staged, private_folder, stage
from data.ingest.wire import Parsed, Request
from data.ingest.worker import Worker
from data.store import Store

Progress = Callable[[int, int, str, int], None]


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
) -> IngestReport:
    """Take files and folders in. What cannot be read is in the report, with words; it never raises for one file.

    ``kind``, ``service`` and ``tz`` hold over the mapping; of a folder's files ``only`` those are taken.
    ``progress(i, n, name, rows)`` is told of file ``i`` of ``n`` and the rows read of it so far. Raises
    `MappingError` for a wrong mapping file, kind or zone, a missing path.
    """
    if kind:
        one_of("as", kind, KINDS)
    check_zone(tz or "")
    given = load(Path(mapping)) if isinstance(mapping, Path | str) else mapping
    files = sources.find([Path(path) for path in paths], given, Override(kind, service, tz), store.home)
    return take(store, [each for each in files if only is None or each.path in only], progress=progress, limits=limits)


def take(
    store: Store,
    files: Sequence[Found],
    *,
    progress: Progress | None = None,
    limits: Limits | None = None,
    who: str = "",
) -> IngestReport:
    """Take these files in, each by itself; with ``who`` the log of changes says who did."""
    started = time.perf_counter()
    with private_folder(store.home) as folder, Worker(store.home, limits) as worker:
        run = _Run(store, folder, worker, progress or (lambda *_: None), len(files), who)
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
    report: IngestReport = field(default_factory=IngestReport)

    def take(self, number: int, found: Found) -> None:
        """Take one file in; an error in words is a problem of this file alone."""
        staged: Staged | None = None
        self.progress(number, self.count, found.relative, 0)
        try:
            before = keys.known_before(self.store.catalog, found.shown)
            staged = stage(found.path, self.folder, tuple(each.size_bytes for each in before))
            if archives.is_archive(staged.path):
                self._take_members(number, found, staged)
            else:
                self._take_staged(number, found, staged, before)
        except AlreadyIngested:
            self.report.skipped += 1
        except DataError as error:
            self.report.failed += 1
            self.report.problems.append(Problem(found.relative, 0, str(error)))
        finally:
            if staged:
                staged.path.unlink(missing_ok=True)

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
        key = keys.key_of(staged.sha256, found.mapping, plan.derived, basis)
        if is_ingested(catalog, key.text):
            raise AlreadyIngested(f"{found.relative} is in the store already.")
        times = predicted.write_times(self.store, self.folder) if basis else None
        asked = Request(
            request.path, request.relative, request.pieces, request.mapping, request.home, key.file_id, times
        )
        parsed = self.worker.parse(asked, lambda rows: self.progress(number, self.count, found.relative, rows))
        same_content = keys.known_content(catalog, staged.sha256)
        replaced = keys.superseded(key, found.shown, staged, before, same_content)
        commit = _file_commit(found, staged, key, parsed, replaced, time.perf_counter() - started)
        self._commit(replace(commit, who=self.who), parsed)
        self._count(found, parsed, bool(replaced))

    def _commit(self, commit: FileCommit, parsed: Parsed) -> None:
        try:
            commit_file(self.store.catalog, commit)
        except BaseException:
            discard(self.store.home, parsed.segments)
            raise

    def _count(self, found: Found, parsed: Parsed, replaced: bool) -> None:
        report = self.report
        report.files += 1
        report.accepted += parsed.accepted
        report.rejected += parsed.rejected
        report.ignored += parsed.ignored
        report.lines += parsed.accepted + parsed.rejected + parsed.ignored
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
        lines=parsed.accepted + parsed.rejected + parsed.ignored,
        accepted=parsed.accepted,
        rejected=parsed.rejected,
        ignored=parsed.ignored,
        by_kind=parsed.by_kind,
        span=parsed.span,
        supersedes=replaced,
        segments=parsed.segments,
        series=parsed.series,
        edges=parsed.edges,
        services=parsed.services,
        models=parsed.models,
        meanings=parsed.meanings,
        seasons=seasons.stated(found.mapping.seasons_s, parsed),
        elapsed_s=elapsed_s,
    )
