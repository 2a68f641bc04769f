"""Files into the store: formats, kinds of data, mapping files, and the protocol that takes each file exactly once.

The names below load when they are first used: the parser's process needs neither the catalog nor the store.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from data.ingest.mapping import Mapping, load
    from data.ingest.protocol import ingest
    from data.ingest.report import IngestReport, Note, Problem

_HOMES = {"Mapping": "mapping", "load": "mapping", "ingest": "protocol"}
_HOMES |= dict.fromkeys(("IngestReport", "Note", "Problem"), "report")

__all__ = ["IngestReport", "Mapping", "Note", "Problem", "ingest", "load"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
