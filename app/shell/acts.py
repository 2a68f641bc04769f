"""Names that tie elements to assets/shell.js: what a click on the element does, and which key clicks it."""

from __future__ import annotations

from typing import Any


def act(name: str) -> dict[str, Any]:
    """A click does what ``assets/shell.js`` has under this name."""
    return {"data-act": name}


def key(name: str) -> dict[str, Any]:
    """Pressing the key clicks the element."""
    return {"data-key": name}
