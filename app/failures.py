"""Where errors meet people: inline in a panel, as a toast, or as the answer of Flask; always in words."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Final, cast

from dash.exceptions import PreventUpdate
from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from app.components.empty import empty
from app.errors import words_of
from app.shell.toasts import say

HTTP_WORDS: Final[dict[int, str]] = {
    400: "This request cannot be read, or it asks for a host name that is not in DIPTYCH_TRUSTED_HOSTS.",
    403: "Requests from pages of other sites are refused.",
    404: "There is nothing at this address. Go to / for the overview.",
    405: "This address does not take that kind of request.",
    413: "This is larger than DIPTYCH_MAX_REQUEST_KB allows. Ingest large files with `diptych ingest`.",
    415: "This address takes JSON only.",
    500: "Something went wrong here. The log says more.",
}


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
    say(words_of(error, "a callback"), "error")


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
