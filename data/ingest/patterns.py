"""A small language for cutting text into named pieces: words with ``{name}`` in between, ``{}`` for "anything".

``"{service}-{replicaset}-{pod}"`` cuts a pod's name, ``"🟥 {service} is down ({code} in {ms} ms){}"`` a sentence. A
piece takes as much as it can; a pattern becomes one RE2 expression, so no text can make it slow.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from data.errors import MappingError

_PIECE = re.compile(r"\{([A-Za-z_][A-Za-z0-9_.]*)?\}")


@dataclass(frozen=True, slots=True)
class Pattern:
    """``text`` as written; ``names`` of its pieces in order; ``regex`` in the words of RE2."""

    text: str
    names: tuple[str, ...]
    regex: str

    def cut(self, texts: pa.Array) -> tuple[pa.BooleanArray, dict[str, pa.StringArray]]:
        """Which texts fit, and each piece of them (NULL where it does not fit)."""
        if not self.names:
            fits = pc.match_substring_regex(texts, f"(?s){self.regex}")
            return pc.fill_null(fits, False), {}
        found = pc.extract_regex(texts, f"(?s){self.regex}")
        return pc.is_valid(found), {name: pc.struct_field(found, [i]) for i, name in enumerate(self.names)}

    def cut_all(self, texts: Iterable[str]) -> dict[str, dict[str, str]]:
        """The pieces of each text that fits."""
        listed = list(texts)
        fits, pieces = self.cut(pa.array(listed, pa.string()))
        rows = pa.table(pieces).to_pylist() if pieces else [{} for _ in listed]
        return {text: row for text, row, fit in zip(listed, rows, fits.to_pylist(), strict=True) if fit}


def parse(text: str) -> Pattern:
    """Read a pattern. Raises `MappingError` when two pieces have one name or no words stand between two pieces."""
    pieces = list(_PIECE.finditer(text))
    names = tuple(piece[1] for piece in pieces if piece[1])
    if len(set(names)) < len(names):
        raise MappingError(f"The pattern {text!r} names a piece twice.", "Give each piece a name of its own.")
    if "}{" in text:
        raise MappingError(f"In the pattern {text!r} two pieces touch.", "Put the text that parts them in between.")
    return Pattern(text, names, f"^{_regex(text, pieces)}$")


def _regex(text: str, pieces: list[re.Match[str]]) -> str:
    out, at = [], 0
    for number, piece in enumerate(pieces):
        out.append(re.escape(text[at : piece.start()]))
        out.append(f"(?P<p{number}>.+)" if piece[1] else ".*")
        at = piece.end()
    return "".join(out) + re.escape(text[at:])
