"""The frame around every page: top bar, navigation, main, dialogs, toasts. The pages come and go inside ``main``."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from dash import html, page_container

from app.shell import dialogs, live, nav, toasts, undo
from app.shell.acts import act

#: Sets the theme before the first paint, so it is the one script in the head; Dash loads all others at the end.
LOADED_FIRST: Final = r"^theme\.js$"

_INDEX: Final = """<!DOCTYPE html>
<html lang="en">
  <head>
    {%metas%}
    <title>{%title%}</title>
    <link rel="icon" type="image/svg+xml" href="/assets/favicon.svg">
    <link rel="preload" as="font" type="font/woff2" href="/assets/fonts/inter-latin-wght-normal.woff2" crossorigin>
    <script src="/assets/theme.js?m=THEME"></script>
    {%css%}
  </head>
  <body>
    <noscript>Diptych draws its pages with JavaScript. Switch it on for this address.</noscript>
    {%app_entry%}
    {%config%}{%scripts%}{%renderer%}
  </body>
</html>
"""


def index(assets: Path) -> str:
    """The HTML that carries every page; ``THEME`` becomes the age of the script, so that browsers may keep it."""
    return _INDEX.replace("THEME", str((assets / "theme.js").stat().st_mtime_ns))


def shell() -> html.Div:
    """The layout of the application."""
    main = html.Main(page_container, id="main", tabIndex=-1)
    return html.Div(
        [
            html.A("Skip to content", href="#main", className="skip"),
            _topbar(),
            nav.frame(),
            main,
            dialogs.help_dialog(),
            dialogs.search_dialog(),
            dialogs.view_dialog(),
            dialogs.name_dialog(),
            toasts.region(),
            *live.stores(),
            undo.store(),
        ],
        className="shell",
    )


def _topbar() -> html.Header:
    named: dict[str, Any] = {"aria-label": "Menu", "aria-controls": "navigation", "aria-expanded": "false"}
    menu = html.Button(html.Span(className="menu-lines"), type="button", className="menu", **named, **act("menu"))
    return html.Header([nav.brand(), menu], className="topbar")
