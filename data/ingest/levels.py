"""Severities that stand in the text of a log line: where a header would have one, not anywhere in a sentence."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from data.ingest.arrays import NO_TEXT

_WORDS = (
    "trace|debug[1-9]?|verbose|info|information|notice|note|warn|warning|err|error|severe|fatal|crit|critical|alert|"
    "emerg|emergency|panic|dpanic|dbg|inf|wrn|ftl"
)
_UPPER = f"{_WORDS.upper()}|FINE|FINER|FINEST|CONFIG|LOG"
_EDGE = r"[\s\[\](){}<>:|,;/*#=-]*"
_BEFORE = rf"^{_EDGE}(?:[0-9#.*:x-]+\]?[\s:]+)?[\[(<]?(?:[a-z0-9_]+[:.])?"
FIRST = rf"{_BEFORE}(?P<level>{_WORDS}|{_UPPER})(?:[\]\)>:|,;\s]|$)"
SPELT = rf"{_BEFORE}(?P<level>(?i:{_WORDS}))(?:[\]\)>:|]|$)"
HEADED = (
    rf"^(?:\s*(?:\[[^\]]{{0,80}}\]|\([^)]{{0,80}}\)|[^\s]{{1,60}}?)[\s:|/-]*){{0,6}}?"
    rf"(?:^|[^A-Za-z0-9])(?P<level>{_UPPER})(?:[^A-Za-z0-9]|$)"
)
LETTER = r"^\s*(?:[0-9][0-9A-Fa-f]*\s+){1,3}(?P<level>[TVDIWEF])[\s/]"
BEGINNING = r"^(?:\s|[\]\)>:|,;-])*[\[(<]?(?:" + _UPPER + r")[\])>]?(?:\s|[:|,-])+"
REACH = 200


def find(texts: pa.Array) -> pa.Array:
    """The word for the severity in each text ``(n,)``, as it is written; NULL where there is none."""
    found = pa.nulls(len(texts), pa.string())
    start = pc.utf8_slice_codeunits(texts, 0, REACH)
    for regex in (FIRST, SPELT, HEADED, LETTER):
        open_ = pc.is_null(found)
        if not pc.any(open_).as_py():
            break
        left = pc.if_else(open_, start, NO_TEXT)
        found = pc.coalesce(found, pc.struct_field(pc.extract_regex(left, regex), [0]))
    return found


def without(texts: pa.Array) -> pa.Array:
    """The texts without a severity in capitals that they begin with, and without the punctuation before it."""
    texts = pc.replace_substring_regex(texts, BEGINNING, "")
    return pc.replace_substring_regex(texts, r"^(?:\s|[\]\)>:|,;])+", "")
