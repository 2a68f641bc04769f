"""Short messages at the edge of the page, read aloud: ``set_props("toast", {"data": message(...)})`` sends one."""

from __future__ import annotations

import secrets
from typing import Any, Literal

from dash import ClientsideFunction, Dash, Input, dcc, html


def message(words: str, kind: Literal["said", "error"] = "said", undo: int | None = None) -> dict[str, str]:
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
