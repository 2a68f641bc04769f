"""Errors of the web application, and how any error is told to a person: in words, never as a traceback."""

from __future__ import annotations

import logging
import secrets

from data.errors import DiptychError as DiptychError

log = logging.getLogger("diptych")


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
