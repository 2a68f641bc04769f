"""What ``git log`` prints. A commit is no deploy: it is a change. Of its two dates the commit date holds, where it is
printed (``--format=fuller``); the author's says when it was written, which may be long before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from data.errors import FormatError
from data.ingest import happened, line_layout
from data.ingest.parts import Part, reject
from data.ingest.source import Format, Guess, Reader, Source
from data.ingest.streams import blocks
from data.records import Event

_COMMIT = re.compile(r"commit ([0-9a-f]{7,64})\b(.*)")
_SAID = re.compile(r"(Author|Commit|AuthorDate|CommitDate|Date|Merge): *(.*)")
FORMATS = ("%a %b %d %H:%M:%S %Y %z", "%Y-%m-%d %H:%M:%S %z", "%a, %d %b %Y %H:%M:%S %z")
AUTHORED = "commits say only when they were written, not when they came in (print them with --format=fuller)"
MOST_LINES = 500


def sniff(source: Source) -> tuple[Guess, ...]:
    """It begins with a commit and its author."""
    lines = source.head.lstrip().split(b"\n")[:8]
    known = lines and _COMMIT.match(lines[0].decode(errors="replace"))
    return (Guess("events", 0.97),) if known and any(line.startswith(b"Author: ") for line in lines) else ()


@dataclass(slots=True)
class _Commit:
    line: int
    sha: str
    raw: list[bytes]
    said: dict[str, str] = field(default_factory=dict)
    words: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Commits:
    """Reads commits; the lines below the first of each belong to it."""

    source: Source
    derived: dict[str, str] = field(default_factory=dict)
    open: _Commit | None = None

    def parts(self) -> Iterator[Part]:
        """See `Reader`."""
        for block in blocks(self.source.path, self.source.mapping.encoding):
            part, done = Part(rejects=list(block.too_long)), list[_Commit]()
            texts, part.notes = line_layout.texts_of(block)
            for index, text in enumerate(texts.to_pylist()):
                self._take(block.first + index, text, block.line(index), part, done)
            yield self._stored(part, done)
        yield self._stored(Part(), [self.open] if self.open else [])

    def _take(self, number: int, text: str, raw: bytes, part: Part, done: list[_Commit]) -> None:
        begun = _COMMIT.fullmatch(text)
        if begun:
            done.extend([self.open] if self.open else [])
            self.open = _Commit(number, begun[1], [raw])
        elif self.open is None and text.strip():
            part.rejects.append(reject(number, "the line stands above the first commit", raw))
        else:
            part.ignored += 1
            if self.open:
                _add(self.open, text, raw)

    def _stored(self, part: Part, done: list[_Commit]) -> Part:
        stored: list[tuple[int, Event]] = []
        for each in done:
            event = self._event(each, part)
            if event is None:
                part.rejects.append(reject(each.line, "the commit has no date that can be read", b"\n".join(each.raw)))
            else:
                stored.append((each.line, event))
        part.accepted += len(stored)
        part.batches = [happened.batch_of(stored)] if stored else []
        return part

    def _event(self, commit: _Commit, part: Part) -> Event | None:
        said = commit.said
        ts = _moment(said.get("CommitDate") or said.get("Date") or said.get("AuthorDate") or "")
        if ts is None:
            return None
        if "CommitDate" not in said:
            part.notes[AUTHORED] += 1
        mapping = self.source.mapping
        attributes = {"author": said.get("Author", ""), "author_date": said.get("AuthorDate", "")}
        attributes["message"] = "\n".join(commit.words[1:]).strip()
        return Event(
            ts=ts,
            kind="change",
            title=commit.words[0] if commit.words else f"commit {commit.sha[:12]}",
            known_at=ts,
            service=mapping.service or (self.source.place.stem if mapping.service_from == "file" else ""),
            source="git",
            fingerprint=commit.sha,
            attributes=attributes,
        )


def _add(commit: _Commit, text: str, raw: bytes) -> None:
    if len(commit.raw) > MOST_LINES:
        return
    commit.raw.append(raw)
    said = _SAID.fullmatch(text)
    if said and not commit.words:
        commit.said[said[1]] = said[2]
    elif text.startswith("    "):
        commit.words.append(text[4:])


def _moment(text: str) -> datetime | None:
    found = happened.moment(text)
    for form in FORMATS:
        try:
            found = found or datetime.strptime(text, form).astimezone(UTC)
        except (ValueError, OverflowError):
            continue
    return found if found and 1900 < found.year < 2200 else None


def open_(source: Source) -> Reader:
    """See `Format`. Raises `FormatError` where no commit is."""
    if not sniff(source):
        raise FormatError("The file does not begin as git log does.", "Print it with: git log --format=fuller.")
    return Commits(source)


FORMAT = Format("git_log", ("events",), sniff, open_)
