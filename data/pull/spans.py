"""What has been pulled and what is left: each piece of a pull is a file of the store whose name says its span."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

SOURCE = "pulls"
FORM = "%Y%m%dT%H%M%SZ"
NAME_CHARS = 80
Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Query:
    """A query that is asked of one server, with a sample every ``step``."""

    host: str
    text: str
    step: timedelta

    @property
    def name(self) -> str:
        """What its result is called where nothing names it."""
        return re.sub(r"\W+", "_", self.text).strip("_")[:NAME_CHARS] or "query"

    @property
    def _end(self) -> str:
        digest = hashlib.sha256(self.text.encode()).hexdigest()[:8]
        return f"every {self.step.total_seconds():g}s, {digest}/{self.name}.json"

    def piece(self, span: Span) -> str:
        """The name of the file that holds its samples of this span."""
        return f"{span[0]:{FORM}} to {span[1]:{FORM}}, {self._end}"

    def path(self, span: Span) -> str:
        """Where that file stands in the store."""
        return f"{SOURCE}/{self.host}/{self.piece(span)}"

    def spans(self, paths: Iterable[str]) -> Iterator[Span]:
        """The spans of which pieces are among the stored paths."""
        start = f"{SOURCE}/{self.host}/"
        for path in paths:
            if path.startswith(start) and path.endswith(f", {self._end}"):
                first, _, last = path.removeprefix(start).partition(",")[0].partition(" to ")
                yield _moment(first), _moment(last)

    def on_grid(self, moment: datetime) -> datetime:
        """The last time on its grid that is not later: pulls at different times ask for the same samples."""
        step_s = self.step.total_seconds()
        return datetime.fromtimestamp(moment.timestamp() // step_s * step_s, UTC)


def _moment(text: str) -> datetime:
    return datetime.strptime(text, FORM).replace(tzinfo=UTC)


def missing(wanted: Span, there: Iterable[Span]) -> list[Span]:
    """The parts of a span that no other covers."""
    at, end = wanted
    left = list[Span]()
    for first, last in sorted(there):
        if first >= end:
            break
        if first > at:
            left.append((at, first))
        at = max(at, last)
    return [*left, (at, end)] if at < end else left


def pieces(span: Span, length: timedelta) -> Iterator[Span]:
    """The span in pieces of at most ``length``, cut at multiples of it since 1970."""
    at, end = span
    while at < end:
        length_s = length.total_seconds()
        cut = datetime.fromtimestamp((at.timestamp() // length_s + 1) * length_s, UTC)
        yield at, min(cut, end)
        at = min(cut, end)
