"""Lines that could not be read, by the file that they stand in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from data.snapshot import Snapshot

RAW_CHARS = 300
_RAW = "coalesce(TRY(decode(raw)), CAST(raw AS VARCHAR))"  # what is no UTF-8 is shown with \x..


@dataclass(frozen=True, slots=True)
class BadLine:
    """A refused line; ``raw`` is what stands there."""

    line: int
    reason: str
    raw: str


def first_bad_lines(snap: Snapshot) -> dict[int, BadLine]:
    """The first refused line of each file that has one, by file_id; its text is cut at `RAW_CHARS`."""
    rows = snap.rows(
        f"SELECT file_id, min(line), arg_min(reason, line), left(arg_min({_RAW}, line), {RAW_CHARS}) "  # noqa: S608
        "FROM raw_quarantine GROUP BY file_id"
    )
    return {file_id: BadLine(line, reason, raw or "") for file_id, line, reason, raw in rows}


def bad_lines(snap: Snapshot, file_ids: Sequence[int], limit: int) -> Iterator[tuple[str, int, str, str]]:
    """File, line, reason and text of the refused lines of these files, in order."""
    rows = snap.rows(
        f"SELECT f.source_file, q.line, q.reason, {_RAW} FROM raw_quarantine AS q "  # noqa: S608
        "JOIN files AS f USING (file_id) WHERE list_contains($ids, q.file_id) ORDER BY 1, 2 LIMIT $limit",
        {"ids": list(file_ids), "limit": limit},
    )
    yield from rows
