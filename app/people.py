"""Who acts: a name that the browser keeps and sends, until there is sign-in. It is a signature, not a proof."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import unquote

from flask import request

from app.errors import AppError
from app.usecases.fields import one_line

COOKIE: Final = "diptych_name"
MOST_CHARS: Final = 80


class NameNeeded(AppError):
    """A change that nobody has signed."""


def who() -> str:
    """The name that signs this request. Raises NameNeeded where the browser has none."""
    name = one_line(unquote(request.cookies.get(COOKIE, "")), MOST_CHARS)
    if not name:
        raise NameNeeded("Nobody has signed this change.", "Give your name at the foot of the navigation.")
    return name


def signed() -> dict[str, Any]:
    """For a control that changes something: a click asks for the name first where the browser has none."""
    return {"data-signed": "true"}
