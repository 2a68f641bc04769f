"""The application, all its wiring in one place."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Final

from dash import Dash

from app import context, endpoints, figures, log_endpoints, receivers, routing, security, source_endpoints
from app.compression import compress
from app.failures import answer_in_words, on_callback_error
from app.settings import Settings
from app.shell import layout, live, nav, saving, toasts, undo
from data.store import Store
from pages import anomalies, health, incident, incidents, logs, mark, model, models, service, sources
from pages import settings as settings_page

ROOT: Final = Path(__file__).resolve().parents[1]
ASSETS: Final = ROOT / "assets"
#: In the order of the navigation.
PAGES: Final[tuple[ModuleType, ...]] = (
    health,
    service,
    anomalies,
    logs,
    incidents,
    incident,
    models,
    model,
    sources,
    settings_page,
    mark,
)


def create_app(settings: Settings, pages: tuple[ModuleType, ...] = PAGES) -> Dash:
    """A new application on the home of ``settings``; several may live in one process."""
    store = Store.open(settings.home)
    app = Dash(
        "app",
        use_pages=True,
        pages_folder="",
        assets_folder=str(ASSETS),
        assets_ignore=layout.LOADED_FIRST,
        include_pages_meta=False,
        index_string=layout.index(ASSETS),
        title="Diptych",
        update_title="",
        suppress_callback_exceptions=True,
        routing_callback_inputs=routing.INPUTS,
        on_error=on_callback_error,
        add_log_handler=False,
        enable_mcp=False,
    )
    compress(app.server)
    cache = figures.FigureCache(app.server, settings.home / "cache", settings.figure_cache_entries)
    app.server.extensions[figures.EXTENSION] = cache
    app.server.extensions[context.EXTENSION] = context.Context(store, settings, cache, pages)
    endpoints.register(app.server)
    source_endpoints.register(app.server)
    log_endpoints.register(app.server)
    receivers.register(app.server, store, settings)
    answer_in_words(app.server)
    routing.register_pages(pages)
    app.layout = layout.shell
    for part in (nav, live, toasts, undo, saving, *pages):
        part.register(app)
    security.harden(app, settings)
    return app
