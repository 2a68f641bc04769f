"""The few addresses beside the pages: `/healthz` for machines, `/find` for the search dialog, `/registry.toml`."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

from flask import Flask, Response, jsonify, request

from app.context import current
from app.figures import cached
from app.routing import entries
from app.usecases.navigation import Hit, find, logged_hits
from data import registry_toml

MOST_FOUND: Final = 20
MOST_CHARS: Final = 100


def register(server: Flask) -> None:
    """Add them to ``server``."""
    server.add_url_rule("/healthz", "healthz", healthz)
    server.add_url_rule("/find", "find", found)
    server.add_url_rule("/registry.toml", "registry", registry_file)


def healthz() -> Response:
    """That this process answers, and what it serves."""
    return jsonify(status="ok", generation=current().store.catalog.counters().generation, version=installed_version())


def found() -> Response:
    """Whatever holds the words of ``q`` in its name: ``[{kind, label, detail, href}]``."""
    words = request.args.get("q", "")[:MOST_CHARS]
    context = current()
    hits: list[dict[str, Any]] = [
        hit.as_json()
        for hit in find(context.store, words, MOST_FOUND, entries(context.pages), _logged() if words.strip() else ())
    ]
    return jsonify(hits)


def _logged() -> list[Hit]:
    """What the records themselves name, read once for each generation of the store."""
    with current().store.snapshot() as snap:
        made = cached("search", (snap.generation,), lambda: {"hits": [hit.as_json() for hit in logged_hits(snap)]})
    return [Hit(**told) for told in made["hits"]]


def registry_file() -> Response:
    """What is stated of services, models and metrics, as a file that `diptych registry` reads."""
    with current().store.snapshot() as snap:
        text = registry_toml.write(registry_toml.stated(snap.state))
    headers = {"Content-Disposition": "attachment; filename=registry.toml"}
    return Response(text, mimetype="application/toml", headers=headers)


def installed_version() -> str:
    """The version of the installed distribution."""
    try:
        return version("diptych")
    except PackageNotFoundError:  # run from a checkout
        return "0+checkout"
