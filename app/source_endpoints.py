"""Two addresses of the page Sources that are no pages: files come in by one, refused lines go out by the other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote

from flask import Flask, Response, abort, jsonify, request

from app import csvs
from app.context import current
from app.usecases import sources, uploads

UPLOAD: Final = "/uploads"
REJECTS: Final = "/sources/rejects.csv"
NAME_HEADER: Final = "X-File-Name"
COLUMNS: Final = ("file", "line", "reason", "raw")


def register(server: Flask) -> None:
    """Add them to ``server``."""
    server.add_url_rule(UPLOAD, "upload", upload, methods=["POST"])
    server.add_url_rule(REJECTS, "rejects", rejects)


def upload() -> Response:
    """Keep the body privately: ``{id}``. A form of another site cannot send this type of content."""
    if request.mimetype != "application/octet-stream":
        abort(415)
    kept = uploads.keep(current().settings.home, request.stream, unquote(request.headers.get(NAME_HEADER, "")))
    return jsonify(id=kept.upload_id)


def rejects() -> Response:
    """The refused lines of a ``source``, of a ``file``, or of all, as CSV."""
    return csvs.download("rejects.csv", COLUMNS, _asked())


def _asked() -> Iterator[tuple[str, int, str, str]]:
    store = current().store
    with store.snapshot() as snap:
        view = sources.load(store, snap)
        source, file = view.find(request.args.get("source", "")), view.file(request.args.get("file", ""))
        every = [each for one in view.sources for each in one.files]
        yield from sources.rejects(snap, [file] if file else source.files if source else every)
