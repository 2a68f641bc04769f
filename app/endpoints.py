"""The few addresses beside the pages: `/healthz` for machines, `/find` for the search dialog."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

from flask import Flask, Response, jsonify, request

from app.context import current
from app.routing import entries
from app.usecases.navigation import find

MOST_FOUND: Final = 20
MOST_CHARS: Final = 100


def register(server: Flask) -> None:
    """Add them to ``server``."""
    server.add_url_rule("/healthz", "healthz", healthz)
    server.add_url_rule("/find", "find", found)


def healthz() -> Response:
    """That this process answers, and what it serves."""
    return jsonify(status="ok", generation=current().store.catalog.counters().generation, version=installed_version())


def found() -> Response:
    """Services, models and incidents whose name holds ``q``: ``[{kind, label, detail, href}]``."""
    words = request.args.get("q", "")[:MOST_CHARS]
    context = current()
    hits: list[dict[str, Any]] = [
        hit.as_json() for hit in find(context.store, words, MOST_FOUND, entries(context.pages))
    ]
    return jsonify(hits)


def installed_version() -> str:
    """The version of the installed distribution."""
    try:
        return version("diptych")
    except PackageNotFoundError:  # run from a checkout
        return "0+checkout"
