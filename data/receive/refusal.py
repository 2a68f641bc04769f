"""Why a post is refused."""

from __future__ import annotations


class Refused(Exception):
    """``status`` is that of HTTP: 4xx is never to be sent again, 503 later; ``reason`` is for who set it up."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
