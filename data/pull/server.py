"""Asks a Prometheus server, patiently: what is busy or cut off is asked again, with longer and longer pauses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson
import urllib3
from urllib3.util import Retry, Timeout

from data.errors import DataError, MappingError

TRIES = 6
PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0
CONNECT_S = 10.0
READ_S = 120.0
CHUNK = 1 << 20
MOST_BYTES = 200 << 20
BUSY = (429, 500, 502, 503, 504)
TOO_MUCH = (400, 422)


class TooMuch(DataError):
    """More was asked for than the server answers at once."""


class NotAnswered(DataError):
    """The server does not answer, or refuses to."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server by its address; ``token`` goes with every question, where there is one."""

    address: str
    token: str = ""
    tries: int = TRIES

    @property
    def host(self) -> str:
        """Its name and port, without what is secret. Raises `MappingError` for what is no address."""
        parts = urlsplit(self.address)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise MappingError(f"{self.address} is no address of a server.", "Write it like http://127.0.0.1:9090.")
        return parts.hostname + (f":{parts.port}" if parts.port else "")

    def query_range(self, query: str, start: datetime, end: datetime, step: timedelta, to: Path) -> bool:
        """Write the answer to a file: samples in ``[start, end)``. Says whether it holds any.

        Raises `TooMuch` where a shorter span may do, `NotAnswered` where nothing does.
        """
        last = end - step
        numbers = {"start": start.timestamp(), "end": last.timestamp(), "step": step.total_seconds()}
        fields = {"query": query, **{name: repr(number) for name, number in numbers.items()}}
        try:
            with self._pool() as pool:
                answer = pool.request("POST", f"{self.address.rstrip('/')}/api/v1/query_range", fields=fields,
                                      encode_multipart=False, preload_content=False)  # fmt: skip
                _check(answer)
                return _write(answer, to)
        except urllib3.exceptions.HTTPError as error:
            raise NotAnswered(
                f"{self.host} does not answer: {_reason(error)}.",
                "What was pulled is kept; the same command goes on where it ended.",
            ) from error

    def _pool(self) -> urllib3.PoolManager:
        retry = Retry(
            total=self.tries, backoff_factor=PAUSE_S, backoff_max=LONGEST_PAUSE_S, backoff_jitter=PAUSE_S,
            status_forcelist=BUSY, allowed_methods=None, raise_on_status=False, redirect=0,
        )  # fmt: skip
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return urllib3.PoolManager(retries=retry, timeout=Timeout(CONNECT_S, READ_S), headers=headers)


def _check(answer: Any) -> None:
    if answer.status == 200:
        return
    said = _said(answer.read(CHUNK))
    if answer.status in TOO_MUCH and ("too many samples" in said or "maximum resolution" in said):
        raise TooMuch(f"The server refused: {said}.")
    if answer.status in TOO_MUCH:
        raise MappingError(f"The server cannot answer this query: {said}.", "Try it on the server's own page.")
    raise NotAnswered(f"The server answered {answer.status}: {said or answer.reason}.", "Try again later.")


def _said(body: bytes) -> str:
    try:
        return str(orjson.loads(body).get("error", "")).rstrip(".")[:300]
    except (ValueError, AttributeError):
        return body[:200].decode(errors="replace").strip()


def _write(answer: Any, to: Path) -> bool:
    size, start = 0, b""
    with to.open("wb") as file:
        for piece in answer.stream(CHUNK):
            start = start or piece[:4096]
            size += len(piece)
            if size > MOST_BYTES:
                raise TooMuch(f"The answer is larger than {MOST_BYTES >> 20} MB.")
            file.write(piece)
    return b'"result":[]' not in start


def _reason(error: Exception) -> str:
    """The innermost cause, in one line."""
    reason = getattr(error, "reason", None) or error
    return " ".join(str(getattr(reason, "args", [reason])[-1]).split()).rstrip(".")[:200]
