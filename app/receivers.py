"""The addresses to which other systems post: metrics, logs, alerts, events, predictions and labels.

Each is off until its token is set. What is answered with 2xx is on disk and in the catalog; 4xx is never to be sent
again, 503 later. 429 is not said: Prometheus would drop what it is told that of.
"""

from __future__ import annotations

import hmac
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import orjson
from flask import Flask, Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from app.context import current
from app.errors import SettingsError
from app.settings import PREFIX, Settings
from app.usecases.rescan import rescan
from data.errors import DataError, StoreError
from data.receive import otlp
from data.receive.batch import Post
from data.receive.batcher import Batcher
from data.receive.posts import RECEIVERS, Body, Receiver, Refused
from data.receive.unpack import unpack
from data.store import Store

LEAST_TOKEN: Final = 16
AGAIN_S: Final = "2"
RESCAN_S: Final = 15.0
SHOWN: Final = 20


def token_of(settings: Settings, receiver: Receiver) -> str:
    """The token of a receiver; "" where it is off."""
    token: str = getattr(settings, f"receive_{receiver.name}")
    return token


def check(settings: Settings) -> None:
    """Raises `SettingsError` for a token that is easily guessed."""
    for receiver in RECEIVERS:
        if 0 < len(token_of(settings, receiver)) < LEAST_TOKEN:
            variable = f"{PREFIX}RECEIVE_{receiver.name.upper()}"
            raise SettingsError(
                f"The token in {variable} has fewer than {LEAST_TOKEN} characters.", "Make one: openssl rand -hex 24."
            )


def register(server: Flask, store: Store, settings: Settings) -> None:
    """Add the addresses to ``server``. Raises `SettingsError` for a token that is easily guessed."""
    check(settings)
    desk = _Desk(Batcher(store, _Rescan(store)), threading.BoundedSemaphore(max(1, settings.threads // 2)))
    for receiver in RECEIVERS:
        answer = _answering(receiver, desk)
        server.add_url_rule(receiver.path, f"receive{receiver.path}", answer, methods=["POST"])


@dataclass(frozen=True, slots=True)
class _Desk:
    """Where posts are handed in; at most so many at a time, so that pages are answered meanwhile."""

    batcher: Batcher
    places: threading.BoundedSemaphore


@dataclass(slots=True)
class _Rescan:
    """Has incidents looked for in what came: soon, and not more often than every `RESCAN_S`."""

    store: Store
    last: float = float("-inf")
    due: threading.Timer | None = None

    def __call__(self) -> None:
        if self.due is None:
            wait_s = max(RESCAN_S - (time.monotonic() - self.last), 0.0)
            self.due = threading.Timer(wait_s, self._ask)
            self.due.daemon = True
            self.due.start()

    def _ask(self) -> None:
        self.due, self.last = None, time.monotonic()
        try:
            rescan(self.store)
        except DataError as error:
            logging.getLogger("diptych").error("no scan for what was received: %s", error)


def _answering(receiver: Receiver, desk: _Desk) -> Callable[[], Response]:
    def answer() -> Response:
        try:
            _check_token(receiver)
            post = Post(receiver, receiver.lines(_body(receiver)))
            if post.lines:
                _hand_in(desk, post)
            return _done(post)
        except Refused as refused:
            return _refusal(refused.status, refused.reason)
        except StoreError as error:
            return _refusal(503, str(error))

    return answer


def _check_token(receiver: Receiver) -> None:
    wanted = token_of(current().settings, receiver)
    if not wanted:
        raise Refused(404, f"This receiver is off. Set {PREFIX}RECEIVE_{receiver.name.upper()} to a token.")
    if not hmac.compare_digest(_given_token().encode(), wanted.encode()):
        raise Refused(401, "The token is missing or wrong. Send it as Authorization: Bearer TOKEN.")


def _given_token() -> str:
    """The bearer's, or the password of basic authentication, which some senders can say alone."""
    said = request.authorization
    if said is None:
        return ""
    return str(said.token or "") if said.type == "bearer" else str(said.password or "")


def _body(receiver: Receiver) -> Body:
    packing = request.headers.get("Content-Encoding", "").strip().lower()
    if receiver.packing and packing != receiver.packing:
        raise Refused(415, f"Bodies must be packed by {receiver.packing} here.")
    if packing == "snappy" != receiver.packing:
        raise Refused(415, "Bodies packed by snappy are not read here; gzip is.")
    try:
        packed = request.get_data(cache=False)
    except RequestEntityTooLarge as error:
        most = current().settings.max_request_kb
        raise Refused(413, f"The body is larger than {most:,} KB. Send smaller ones.") from error
    return Body(unpack(packed, packing), request.mimetype, dict(request.mimetype_params))


def _hand_in(desk: _Desk, post: Post) -> None:
    """Store it. Raises `StoreError` where it may be sent again, `Refused` where nothing of it can be read."""
    if not desk.places.acquire(blocking=False):
        raise StoreError("Too many posts come in at once.", "Send it again later.")
    try:
        desk.batcher.put(post)
    finally:
        desk.places.release()
    if post.error:
        raise Refused(400, str(post.error))
    if not post.accepted:
        line, reason = post.problems[0] if post.problems else (1, "nothing in it can be read")
        raise Refused(400, f"Nothing of it could be read. Line {line}: {reason}.")


def _done(post: Post) -> Response:
    """What each sender expects to hear."""
    if post.receiver.name == "otlp":
        return Response(otlp.answer(post.lines, post.receiver.kind, request.mimetype), mimetype=request.mimetype)
    if post.receiver.name in ("prometheus", "loki"):
        return Response(status=204)
    problems = [{"line": line, "reason": reason} for line, reason in post.problems[:SHOWN]]
    said = {"accepted": post.accepted, "rejected": len(post.lines) - post.accepted, "problems": problems}
    return Response(orjson.dumps(said), mimetype="application/json")


def _refusal(status: int, reason: str) -> Response:
    response = Response(f"{reason}\n", status=status, mimetype="text/plain")
    if status == 503:
        response.headers["Retry-After"] = AGAIN_S
    if status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="diptych"'
    return response
