"""What stands where there is nothing to show, in words: why, and what to do."""

from __future__ import annotations

from typing import Any, Final, Literal

from dash import html

Kind = Literal["nothing", "no_match", "too_little", "error"]
_ROLE: Final[dict[str, str]] = {"error": "alert"}
NOTHING: Final = "Nothing here yet. `diptych ingest DIR` fills it."


def empty(kind: Kind, words: str, action: Any = None) -> html.Div:
    """Inline, in its panel. Text between backticks is set as a command."""
    role: dict[str, Any] = {"role": _ROLE[kind]} if kind in _ROLE else {}
    line = html.P(_with_commands(words))
    return html.Div([line, *([action] if action is not None else [])], className=f"empty empty-{kind}", **role)


def _with_commands(words: str) -> list[Any]:
    parts = words.split("`")
    return [html.Code(part) if i % 2 else part for i, part in enumerate(parts) if part]
