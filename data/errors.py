"""Errors a person can act on: each says what happened and what to do about it."""

from __future__ import annotations


class DiptychError(Exception):
    """Base of every error that Diptych raises on purpose.

    ``what`` is one sentence on what happened, ``todo`` one on what to do; neither holds a traceback.
    """

    def __init__(self, what: str, todo: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.todo = todo

    def __str__(self) -> str:
        return f"{self.what} {self.todo}".rstrip()


class DataError(DiptychError):
    """The store, a file or a query cannot give what was asked."""


class StoreError(DataError):
    """The home folder or its catalog cannot be used as it is."""


class MappingError(DataError):
    """A mapping file does not fit the file it maps."""


class FormatError(DataError):
    """A file as a whole is of no known format, or not of the one that was stated."""


class AlreadyIngested(DataError):
    """The same content with the same mapping and target is in the store."""


class Overtaken(DataError):
    """Another process has changed what this one was about to add to."""


class CannotContinue(DataError):
    """What a file has grown by cannot be read without what stands before it: the whole is to be read again."""


class RegistryError(DataError):
    """A registry file is wrong."""


class QueryRefused(DataError):
    """A query of a person is not one read-only statement, or names what is not there."""


class QueryLimit(DataError):
    """A query went over its limit of time, rows or memory."""


class NotFound(DataError):
    """A name or id is not in the store."""
