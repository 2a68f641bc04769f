"""What a request works with: the store, the settings, the cache of figures, and the range that its address asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import ModuleType
from typing import Any, Final

from flask import current_app

from app.figures import FigureCache
from app.settings import Settings
from app.timerange import Resolved, resolve
from app.usecases.navigation import data_span, telling_length
from data.snapshot import Snapshot
from data.store import Store

EXTENSION: Final = "diptych"


@dataclass(frozen=True, slots=True)
class Context:
    """One per application; ``figures`` is the cache of finished figures."""

    store: Store
    settings: Settings
    figures: FigureCache
    pages: tuple[ModuleType, ...] = ()


def current() -> Context:
    """The context of the application that answers this request."""
    context: Context = current_app.extensions[EXTENSION]
    return context


def page_range(snap: Snapshot, query: Mapping[str, Any]) -> Resolved:
    """The range that the query asks for, fitted to the data of ``snap`` where it asks for none."""
    oldest, newest = data_span(snap) or (None, None)
    now = datetime.now(UTC).replace(microsecond=0)
    zone, recent = current().settings.zone, telling_length(snap)
    return resolve(query, now=now, newest=newest, oldest=oldest, default_zone=zone, recent=recent)
