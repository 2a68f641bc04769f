"""The step that makes what a parser has written visible: after it everybody sees all of it, or nobody any."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, Final

from data.catalog.catalog import Catalog
from data.catalog.commit import FileCommit, Grown, commit_file, continue_file
from data.ingest.discard import discard
from data.ingest.keys import Known
from data.ingest.wire import Parsed

_SAID: Final = {each.name for each in fields(Parsed)} & {each.name for each in fields(FileCommit)}


def said_of(parsed: Parsed) -> dict[str, Any]:
    """The fields of a `FileCommit` that the parser has settled."""
    return {name: getattr(parsed, name) for name in _SAID} | {"lines": parsed.lines}


def make_visible(catalog: Catalog, commit: FileCommit, parsed: Parsed, before: Known | None = None) -> None:
    """Commit a file, or add to what it was ``before``; where that fails the segments go. Raises as the commits do."""
    try:
        if before:
            continue_file(catalog, commit, Grown(before.key, parsed.merged))
        else:
            commit_file(catalog, commit)
    except BaseException:
        discard(catalog.home, parsed.segments)
        raise
