"""Short messages at the edge of the page, read aloud: ``say(...)`` in a callback sends one."""

from __future__ import annotations

import secrets
from typing import Any, Literal

from dash import ClientsideFunction, Dash, Input, dcc, html, set_props

Kind = Literal["said", "error"]


def say(words: str, kind: Kind = "said", undo: int | None = None) -> None:
    """Show a `message` when the callback that runs has been answered."""
    set_props("toast", {"data": message(words, kind, undo)})


def message(words: str, kind: Kind = "said", undo: int | None = None) -> dict[str, str]:
    """What the store ``toast`` takes; the nonce makes the same words twice two messages.

    ``undo`` is a change_id: the message then offers to take that change back.
    """
    offered = {"undo": str(undo)} if undo is not None else {}
    return {"words": words, "kind": kind, "nonce": secrets.token_hex(4), **offered}


def region() -> html.Div:
    """Where they appear; assets/shell.js writes into it, as text."""
    live: dict[str, Any] = {"aria-live": "polite", "aria-atomic": "false"}
    return html.Div([dcc.Store(id="toast"), html.Div(id="toasts", role="status", **live)])


def register(app: Dash) -> None:
    """Show what arrives in the store ``toast``."""
    show = ClientsideFunction("diptych", "toast")
    app.clientside_callback(show, Input("toast", "data"), prevent_initial_call=True)
