"""What an ingest came to, in the words of the contract."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PROBLEMS_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Problem:
    """A line that was refused, or with line 0 a whole file; ``reason`` is for people."""

    file: str
    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Note:
    """Something that had to be decided or was left out; no line was lost. ``count`` is how often."""

    file: str
    text: str
    count: int


@dataclass(slots=True)
class IngestReport:
    """``files`` were taken in, ``skipped`` are in the store already, ``failed`` were refused as a whole.

    ``lines = accepted + rejected + ignored``; ``by_kind`` counts records (a wide row makes many samples). Of files
    that are ``waiting`` something is to be taken later: what is not ended, or cannot be read yet.
    """

    files: int = 0
    skipped: int = 0
    failed: int = 0
    lines: int = 0
    accepted: int = 0
    rejected: int = 0
    ignored: int = 0
    by_kind: Counter[str] = field(default_factory=Counter)
    elapsed_s: float = 0.0
    problems: list[Problem] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    waiting: list[Path] = field(default_factory=list)

    def add(self, other: IngestReport) -> None:
        """Count another report in; its problems and notes are said by themselves."""
        for name in ("files", "skipped", "failed", "lines", "accepted", "rejected", "ignored", "elapsed_s"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.by_kind.update(other.by_kind)

    @property
    def ok(self) -> bool:
        """Whether no line and no file was refused."""
        return not self.rejected and not self.failed

    def to_json(self) -> dict[str, Any]:
        """One JSON object; problems are capped, counts are exact."""
        plain = ("files", "skipped", "failed", "lines", "accepted", "rejected", "ignored")
        return {
            **{name: getattr(self, name) for name in plain},
            "by_kind": dict(self.by_kind),
            "elapsed_s": round(self.elapsed_s, 3),
            "problems": [
                {"file": each.file, "line": each.line, "reason": each.reason} for each in self.problems[:PROBLEMS_SHOWN]
            ],
            "notes": [
                {"file": each.file, "text": each.text, "count": each.count} for each in self.notes[:PROBLEMS_SHOWN]
            ],
        }
