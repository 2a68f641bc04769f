"""How results leave the command line: JSON, CSV or a plain table; text from strangers stays harmless in a terminal."""

from __future__ import annotations

import dataclasses
import json
import math
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import click

from app.csvs import lines


def plain(value: Any) -> Any:
    """``value`` as what JSON can hold: ISO times, lists, None for NaN."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [plain(v) for v in value]
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if isinstance(value, (str, int, float, bool)) or value is None else str(value)


def print_json(value: Any) -> None:
    """One JSON object on stdout."""
    click.echo(json.dumps(plain(value), ensure_ascii=False))


def print_csv(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """CSV on stdout; a text that a spreadsheet would run as a formula gets a leading apostrophe."""
    sys.stdout.writelines(lines(columns, ([_flat(value) for value in row] for row in rows)))


def _flat(value: Any) -> Any:
    """``value`` for one cell: what has parts becomes JSON."""
    value = plain(value)
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (list, dict)) else value


def print_table(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Columns padded to their widest cell."""
    cells = [[visible(_flat(v)) for v in row] for row in rows]
    widths = [max([len(c), *(len(r[i]) for r in cells)]) for i, c in enumerate(columns)]
    for row in [list(columns), *cells]:
        click.echo("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip())


def visible(value: Any) -> str:
    """``value`` as text without control characters, so that a log line cannot move the cursor or clear the screen."""
    text = "" if value is None else str(value)
    return "".join(c if unicodedata.category(c)[0] != "C" else "\ufffd" for c in text)


def counted(n: int, one: str, many: str = "") -> str:
    """``1 line``, ``16,204 lines``: with plain spaces, for terminals and scripts."""
    return f"{n:,} {one if n == 1 else many or f'{one}s'}"
