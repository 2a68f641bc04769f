"""Errors of the web application, and how any error is told to a person: in words, never as a traceback."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from functools import wraps
from typing import Any, Final, cast

from dash import set_props
from dash.exceptions import PreventUpdate
from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from app.components.empty import empty
from data.errors import DiptychError

log = logging.getLogger("diptych")
HTTP_WORDS: Final[dict[int, str]] = {
    400: "This request cannot be read, or it asks for a host name that is not in DIPTYCH_TRUSTED_HOSTS.",
    403: "Requests from pages of other sites are refused.",
    404: "There is nothing at this address. Go to / for the overview.",
    405: "This address does not take that kind of request.",
    413: "This is larger than DIPTYCH_MAX_REQUEST_KB allows. Ingest large files with `diptych ingest`.",
    415: "This address takes JSON only.",
    500: "Something went wrong here. The log says more.",
}


class AppError(DiptychError):
    """Base of what the web application itself refuses."""


class SettingsError(AppError):
    """A setting is missing, wrong or not allowed."""


class TimeRangeError(AppError):
    """A time range or zone that cannot be read."""


def report(error: BaseException, where: str) -> str:
    """Write an unexpected error to the log and return the id that stands there."""
    error_id = secrets.token_hex(4)
    log.error("error %s in %s", error_id, where, exc_info=error)
    return error_id


def words_of(error: BaseException, where: str) -> str:
    """What a person is told: our own errors speak for themselves, of any other only an id that the log knows."""
    if isinstance(error, DiptychError):
        return str(error)
    return f"Something went wrong here. The log says more under {report(error, where)}."


def inline(build: Callable[..., Any]) -> Callable[..., Any]:
    """``build`` returns the children of one panel; any error becomes an empty state in that panel."""

    @wraps(build)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        try:
            return build(*args, **kwargs)
        except PreventUpdate:
            raise
        except Exception as error:
            return empty("error", words_of(error, build.__qualname__))

    return guarded


def on_callback_error(error: Exception) -> None:
    """Dash's handler for callbacks: a toast; the outputs stay as they were."""
    set_props(
        "toast", {"data": {"words": words_of(error, "a callback"), "kind": "error", "nonce": secrets.token_hex(4)}}
    )


def answer_in_words(server: Flask) -> None:
    """Make Flask answer every failure with a sentence; an unexpected one with the id under which the log has it."""
    server.register_error_handler(HTTPException, _http_words)
    server.register_error_handler(Exception, _unexpected)


def _http_words(error: HTTPException) -> Response:
    code = error.code or 500
    if code < 400:  # a redirect is no failure
        return cast(Response, error.get_response())
    return Response(HTTP_WORDS.get(code, f"{error.name}."), status=code, mimetype="text/plain")


def _unexpected(error: Exception) -> Response:
    return Response(words_of(error, request.path), status=500, mimetype="text/plain")
