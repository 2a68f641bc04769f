"""The URL is the state: reading a query without trusting it, and writing addresses that carry the range along."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qs, quote, urlencode

_RANGE: Final = {"from": "frm", "to": "to", "tz": "zone"}
MOST_CHARS: Final = 200
MOST_QUERY: Final = 4000


@dataclass(frozen=True, slots=True)
class UrlState:
    """``frm``, ``to`` and ``zone`` as written in the query ("" where absent); ``extra`` is what one page knows."""

    frm: str = ""
    to: str = ""
    zone: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)


def read(query: Mapping[str, Any]) -> UrlState:
    """The state of a query; of a name given twice the first counts, text is cut at ``MOST_CHARS``."""
    text = {str(name): _first(given) for name, given in query.items()}
    ranges = {field_name: text.pop(name, "") for name, field_name in _RANGE.items()}
    return UrlState(**ranges, extra={name: given for name, given in text.items() if given})


def read_search(search: str) -> dict[str, str]:
    """``?a=1&b=2`` as a mapping, the first of each name, bounded in length."""
    return {name: given[0] for name, given in parse_qs(search.lstrip("?")[:MOST_QUERY]).items()}


def href(path: str, state: UrlState, **changes: str | None) -> str:
    """``path`` with the range and zone of ``state`` and the changes; ``frm`` stands for ``from``, None takes away."""
    pairs = {"from": state.frm, "to": state.to, "tz": state.zone}
    return _address(path, pairs, changes)


def again(path: str, state: UrlState, **changes: str | None) -> str:
    """The same page with its own choices kept as well: ``href`` with ``state.extra``."""
    pairs = {"from": state.frm, "to": state.to, "tz": state.zone, **state.extra}
    return _address(path, pairs, changes)


def own_address(text: str) -> bool:
    """Whether a browser sent there stays with us; it drops tabs and newlines, and reads a backslash as ``/``."""
    return re.fullmatch(r"/(?!/)[^\\\s\x00-\x1f\x7f-\x9f]*", text) is not None


def path_of(template: str, *names: str) -> str:
    """``path_of("/service/<name>", "a/b")`` is ``/service/a%2Fb``: names go into a path as one segment each."""
    parts = template.split("/")
    given = iter(names)
    return "/".join(quote(next(given), safe="") if part.startswith("<") else part for part in parts)


def _address(path: str, pairs: Mapping[str, str], changes: Mapping[str, str | None]) -> str:
    renamed = {
        ("from" if name == "frm" else "tz" if name == "zone" else name): given for name, given in changes.items()
    }
    kept = {name: given for name, given in {**pairs, **renamed}.items() if given}
    return f"{path}?{urlencode(kept)}" if kept else path


def _first(given: Any) -> str:
    if isinstance(given, list | tuple):
        given = given[0] if given else ""
    return "" if given is None else str(given)[:MOST_CHARS]
