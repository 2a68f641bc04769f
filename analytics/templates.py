"""Log templates: lines of one kind, grouped by masking what differs between them (numbers, ids, hosts, names)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analytics.arrays import Ints

LINE_CHARS = 400
_DAYS_AND_MONTHS = r"Mon|Tue|Wed|Thu|Fri|Sat|Sun|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_LAST_LABEL = r"com|net|org|edu|gov|mil|info|biz|io|local|internal|lan|[a-z][a-z]"
_UNITS = r"[KMGTP]?i?B\b|sec\b"
# In the words of RE2, in this order: (what is masked, what stands for it). The store runs the same ones in SQL.
MASKS: tuple[tuple[str, str], ...] = (
    # A token with a digit or a slash is an id, a number, a time or a path.
    (r"\S*[0-9/]\S*", "<*>"),
    (rf"\b(?:{_DAYS_AND_MONTHS})\b", "<*>"),
    # A host name, alone or behind a key, also in brackets; and the brackets left where there was none.
    (
        r"(^|\s)(?:[^\s=]+=)?[\[(<\"']*[a-z][a-z-]*(?:\.[a-z-]+)*"
        rf"\.(?:{_LAST_LABEL})(?:[^\w.\s]\S*)?(\s|$)|(^|\s)\(\)(\s|$)",
        r"\1\3<*>\2\4",
    ),
    # Who it was.
    (r"\b(?:((?:for|by|of|as|[Ii]nvalid|[Ii]llegal|[Uu]nknown) user )|(user=)) *\S+", r"\1\2<*>"),
    (r"\bfor \S+ from\b", "for <*> from"),
    # A list is one thing, and so is a size, whichever unit it came in.
    (rf"<\*>(?:\s+(?:<\*>|{_UNITS}))+", "<*>"),
)


@dataclass(frozen=True, slots=True)
class TemplateResult:
    """``template_ids`` (n,): for each line the place of its template in ``templates``, which stand in the order in
    which they first came."""

    template_ids: Ints
    templates: tuple[str, ...]

    @property
    def counts(self) -> Ints:
        """Lines of each template."""
        return np.bincount(self.template_ids, minlength=len(self.templates)).astype(np.int64)


def mine(lines: Iterable[str | None]) -> TemplateResult:
    """The template of every line (n,); of a long line its first 400 characters decide. A missing line is empty."""
    listed: Sequence[str] = ["" if line is None else line for line in lines]
    found = masked(pa.array(listed, pa.string())).dictionary_encode()
    return TemplateResult(
        found.indices.to_numpy(zero_copy_only=False).astype(np.int64), tuple(found.dictionary.to_pylist())
    )


def masked(lines: pa.Array) -> pa.Array:
    """Text (n,) with what differs between lines of one kind masked; NULL stays NULL."""
    text = pc.utf8_slice_codeunits(lines, 0, LINE_CHARS)
    for pattern, stands_for in MASKS:
        text = pc.replace_substring_regex(text, pattern, stands_for)
    return text
