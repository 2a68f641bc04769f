"""Answers are compressed; the script files of components, the same for everybody, only once per process."""

from __future__ import annotations

from typing import Final

from flask import Flask, Request, Response, request
from flask_compress import Compress

STATIC: Final = "/_dash-component-suites/"
MOST_KEPT: Final = 100
BR_LEVEL: Final = 5
ZSTD_LEVEL: Final = 1


class Kept:
    """Compressed files by algorithm and path, the newest ``MOST_KEPT`` of them."""

    def __init__(self) -> None:
        self._held: dict[str, bytes] = {}

    def get(self, key: str) -> bytes | None:
        """What is kept under ``key``."""
        return self._held.get(key)

    def set(self, key: str, value: bytes) -> None:
        """Keep ``value``, and forget the oldest where there are too many."""
        self._held[key] = value
        while len(self._held) > MOST_KEPT:
            self._held.pop(next(iter(self._held)), None)


def static_path(request: Request) -> str:
    """The path of a script file; empty for answers that are made for one request."""
    return request.path if request.path.startswith(STATIC) else ""


def compress(server: Flask) -> None:
    """Files as small as brotli makes them, once; answers with zstandard, which costs a sixth of the time."""
    server.config.update(COMPRESS_REGISTER=False, COMPRESS_BR_LEVEL=BR_LEVEL, COMPRESS_ZSTD_LEVEL=ZSTD_LEVEL)
    server.config.update(COMPRESS_ALGORITHM=["zstd", "br", "gzip"], COMPRESS_ALGORITHM_STREAMING=["br", "zstd"])
    answers = Compress(server)
    server.config.update(COMPRESS_ALGORITHM=["br", "zstd", "gzip"])
    server.config.update(COMPRESS_CACHE_BACKEND=Kept, COMPRESS_CACHE_KEY=static_path)
    files = Compress(server)

    def compressed(response: Response) -> Response:
        return (files if static_path(request) else answers).after_request(response)

    server.after_request(compressed)
