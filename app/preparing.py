"""The pages that people open first, made before they ask: each is opened once, and the cache of figures keeps it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Final

from app.context import EXTENSION, Context
from app.routing import page_at
from app.settings import Settings
from app.urlstate import path_of
from app.usecases.health import worst_first
from data import log_templates
from data.queries import incidents, registry
from data.snapshot import Snapshot
from data.store import Store

MOST_OF_A_KIND: Final = 20


def prepare(store: Store, progress: Callable[[float, str], None]) -> int:
    """Open the pages of ``store``; returns how many, fewer where the store changed meanwhile."""
    from app.factory import create_app

    server = create_app(dataclasses.replace(Settings.from_env(), home=store.home)).server
    context: Context = server.extensions[EXTENSION]
    before = store.catalog.counters()
    with store.snapshot() as snap:
        log_templates.prepare(snap)
        wanted = addresses(snap)
    for done, address in enumerate(wanted):
        if store.catalog.counters() != before:
            return done
        progress(done / len(wanted), address)
        with server.test_request_context(address):
            page_at(context.pages, address)
    return len(wanted)


def addresses(snap: Snapshot) -> list[str]:
    """What is worth making ready: the lists, the incidents that need a person most, models and services."""
    stories = [i.incident_id for i in worst_first(incidents.list_incidents(snap))]
    models, services = [m.name for m in registry.models(snap)], [s.name for s in registry.services(snap)]
    kinds = {"/incident/<incident_id>": stories, "/model/<name>": models, "/service/<name>": services}
    each = [path_of(path, name) for path, names in kinds.items() for name in names[:MOST_OF_A_KIND]]
    return ["/", "/models", "/anomalies", *each]
