"""CSV that a spreadsheet opens without running what strangers wrote into it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any, Final

from flask import Response, stream_with_context

#: The same rule as FORMULA and NUMBER in assets/export.js; a test holds both to the same cells.
FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
NUMBER: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?(e[+-]?[0-9]+)?", re.IGNORECASE)


def cell(value: Any) -> Any:
    """``value`` for one cell: a text that would be run as a formula, and is no number, gets a leading apostrophe."""
    if isinstance(value, str) and value.startswith(FORMULA_STARTS) and not NUMBER.fullmatch(value):
        return "'" + value
    return "" if value is None else value


def download(name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Response:
    """A streamed answer that is saved as ``name``; what the first row raises is raised before the answer has begun."""
    rest = iter(rows)
    first = list(islice(rest, 1))
    answer = Response(stream_with_context(lines(columns, chain(first, rest))), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def lines(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """The head and then each row, as text to be streamed."""
    yield _line([cell(name) for name in columns])
    for row in rows:
        yield _line([cell(value) for value in row])


def _line(cells: Sequence[Any]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow(cells)  # so that it quotes either of the two inside a cell
    return text.getvalue().removesuffix("\r\n") + "\n"
