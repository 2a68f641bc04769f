"""Messages with what differs between lines of one kind masked, in SQL: the rules of `analytics.templates`.

This side may not import that one; a test holds the two equal, so change both together.
"""

from __future__ import annotations

LINE_CHARS = 400
_DAYS_AND_MONTHS = "Mon|Tue|Wed|Thu|Fri|Sat|Sun|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_LAST_LABEL = "com|net|org|edu|gov|mil|info|biz|io|local|internal|lan|[a-z][a-z]"
_UNITS = r"[KMGTP]?i?B\b|sec\b"
MASKS = (
    (r"\S*[0-9/]\S*", "<*>"),
    (rf"\b(?:{_DAYS_AND_MONTHS})\b", "<*>"),
    (
        r"(^|\s)(?:[^\s=]+=)?[\[(<\"']*[a-z][a-z-]*(?:\.[a-z-]+)*"
        rf"\.(?:{_LAST_LABEL})(?:[^\w.\s]\S*)?(\s|$)|(^|\s)\(\)(\s|$)",
        r"\1\3<*>\2\4",
    ),
    (r"\b(?:((?:for|by|of|as|[Ii]nvalid|[Ii]llegal|[Uu]nknown) user )|(user=)) *\S+", r"\1\2<*>"),
    (r"\bfor \S+ from\b", "for <*> from"),
    (rf"<\*>(?:\s+(?:<\*>|{_UNITS}))+", "<*>"),
)


ID_CHARS = 12  # of a hash in hex: the name of a template in addresses, and as a number in the views


def masked(column: str) -> str:
    """The SQL expression of the template of a text column (a name of ours, never text from outside)."""
    return others_masked(first_masked(column))


def first_masked(column: str) -> str:
    """The first mask alone: what it leaves is so often the same that the others may read it once only."""
    return _replaced(f"left({column}, {LINE_CHARS})", MASKS[:1])


def others_masked(sql: str) -> str:
    """What is left of that after all other masks."""
    return _replaced(sql, MASKS[1:])


def numbered(template: str) -> str:
    """The SQL expression of a template's number: its name in addresses, read as hex; NULL stays NULL."""
    return f"CAST('0x' || left(md5({template}), {ID_CHARS}) AS BIGINT)"


def _replaced(sql: str, masks: tuple[tuple[str, str], ...]) -> str:
    for pattern, stands_for in masks:
        sql = f"regexp_replace({sql}, {_quoted(pattern)}, {_quoted(stands_for)}, 'g')"
    return sql


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
