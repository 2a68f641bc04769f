"""The entries of a mapping file: what each may hold, checked one by one. All raise `MappingError` in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from data.errors import MappingError
from data.ingest import patterns
from data.ingest.parts import listed
from data.timespan import parse_span

Table = Mapping[str, Any]
LONGEST_SEASON_S = 3_660 * 86_400.0


def known(table: Table, names: Sequence[str], where: str) -> None:
    """Refuse an entry that is none of ``names``."""
    for key in table:
        if key not in names:
            close = get_close_matches(key, names, 1)
            hint = f"Did you mean {close[0]!r}?" if close else f"Known are {listed(sorted(names), 40)}."
            raise MappingError(f"The mapping has an unknown entry {key!r} in {where}.", hint)


def one_of(key: str, value: str, names: Sequence[str]) -> None:
    """Refuse a word that is none of ``names``."""
    if value not in names:
        raise MappingError(f"{key} = {value!r} is not known.", f"Known are {listed(name for name in names if name)}.")


def check_zone(name: str) -> None:
    """Refuse what is no IANA zone."""
    try:
        ZoneInfo(name or "UTC")
    except (KeyError, ValueError, OSError) as error:
        raise MappingError(f"There is no time zone {name!r}.", "Write it like Europe/Berlin or UTC.") from error


def text(table: Table, key: str) -> str:
    """A text."""
    if not isinstance(table[key], str):
        raise MappingError(f"The entry {key!r} has to be a text.")
    return str(table[key])


def texts(table: Table, key: str) -> tuple[str, ...]:
    """A list of texts."""
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise MappingError(f"The entry {key!r} has to be a list of texts.")
    return tuple(value)


def words(table: Table, key: str) -> Mapping[str, str]:
    """A table of texts or numbers."""
    value = table[key]
    if not isinstance(value, dict) or not all(isinstance(item, str | int | float) for item in value.values()):
        raise MappingError(f"The entry {key!r} has to be a table of texts.", f"Write [files.{key}].")
    return MappingProxyType({name: str(item) for name, item in value.items()})


def choices(table: Table, key: str) -> Mapping[str, tuple[str, ...]]:
    """A table of texts, or of lists of texts of which the first that says something holds."""
    value = table[key]
    if not isinstance(value, dict):
        raise MappingError(f"The entry {key!r} has to be a table.", f"Write [files.{key}].")
    lists = {name: item if isinstance(item, list) else [item] for name, item in value.items()}
    return MappingProxyType({name: texts({key: item}, key) for name, item in lists.items()})


def columns(table: Table, key: str) -> Mapping[str, str]:
    """A table of texts; a list stands for columns that keep their names."""
    if isinstance(table[key], list):
        return MappingProxyType({name: name for name in texts(table, key)})
    return words(table, key)


def switch(table: Table, key: str) -> bool:
    """True or false."""
    if not isinstance(table[key], bool):
        raise MappingError(f"The entry {key!r} has to be true or false.")
    return bool(table[key])


def count(table: Table, key: str) -> int:
    """A number of lines; false stands for none, true for one."""
    if not isinstance(table[key], int) or table[key] < 0:
        raise MappingError(f"The entry {key!r} has to be a number of lines.")
    return int(table[key])


def lag(table: Table, key: str) -> float:
    """A span of time, in seconds."""
    try:
        return parse_span(str(table[key]))
    except ValueError as error:
        raise MappingError(f"{key}: {error}.") from error


def seasons(table: Table, key: str) -> tuple[float, ...]:
    """A span of time or a list of them, in seconds."""
    given = table[key] if isinstance(table[key], list) else [table[key]]
    found = tuple(lag({key: each}, key) for each in given)
    if not all(0 < each <= LONGEST_SEASON_S for each in found):
        raise MappingError(f"The entry {key!r} lasts a second to ten years.", "Write it like 12m, 1d or 7d.")
    return found


def pattern(table: Table, key: str) -> patterns.Pattern:
    """A pattern of `data.ingest.patterns`."""
    return patterns.parse(text(table, key))


def tables(table: Table, key: str) -> tuple[Table, ...]:
    """A list of tables."""
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise MappingError(f"`{key}` has to be a list of tables.", "Write its name in two brackets.")
    return tuple(value)
