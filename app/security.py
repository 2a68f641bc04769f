"""What every answer and every start is held to: private key, loopback only, known host names, strict content policy."""

from __future__ import annotations

import ipaddress
import os
import secrets
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Final

from flask import Flask, Response, abort, request

from app.errors import SettingsError
from app.settings import Settings

if TYPE_CHECKING:
    from dash import Dash

STATIC: Final = ("/assets/", "/_dash-component-suites/")
FOREVER: Final = "public, max-age=31536000, immutable"
HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def secret_key(home: Path) -> str:
    """The key of this home, made at the first start and readable by its owner alone."""
    path = home / "secret_key"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(32))
    return path.read_text(encoding="ascii")


def require_loopback(host: str) -> None:
    """Raise SettingsError unless every address of ``host`` is this machine's own: there is no sign-in yet."""
    try:
        found = {str(info[4][0]) for info in socket.getaddrinfo(host, None)}
    except OSError as error:
        raise SettingsError(f"{host!r} is no address of this machine.", "Use --host 127.0.0.1.") from error
    if not host or not all(ipaddress.ip_address(address.split("%")[0]).is_loopback for address in found):
        raise SettingsError(
            f"{host or 'An empty host'} can be reached from other machines, and there is no sign-in yet.",
            "Serve on 127.0.0.1 and reach it through an SSH tunnel.",
        )


def harden(app: Dash, settings: Settings) -> None:
    """Limits and headers of ``app``; call it last, so that its headers see every answer."""
    server = app.server
    server.config["SECRET_KEY"] = secret_key(settings.home)
    server.config["TRUSTED_HOSTS"] = list(settings.trusted_hosts)
    server.config["MAX_CONTENT_LENGTH"] = settings.max_request_kb * 1024
    server.before_request(refuse_other_sites)
    _add_headers(server, app)


def refuse_other_sites() -> None:
    """A page of another site may not make a browser act here; browsers say where a request comes from."""
    if request.method not in ("GET", "HEAD") and request.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site"):
        abort(403)


def content_policy(app: Dash) -> str:
    """Scripts from here only and no eval; the hashes are of Dash's own start and of its one inline callback.

    Styles may be inline: dcc and plotly write style elements. They cannot run code.
    """
    scripts = " ".join(["'self'", *sorted(set(app.csp_hashes()))])
    return (
        f"default-src 'self'; script-src {scripts}; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
        "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


def _add_headers(server: Flask, app: Dash) -> None:
    def secured(response: Response) -> Response:
        response.headers.update(HEADERS)
        if response.mimetype == "text/html":
            response.headers["Content-Security-Policy"] = content_policy(app)
        _set_caching(response)
        return response

    server.after_request(secured)


def _set_caching(response: Response) -> None:
    static = request.path.startswith(STATIC)
    if static and "m" in request.args and response.status_code == 200:
        response.headers["Cache-Control"] = FOREVER
    elif not static:
        response.headers["Cache-Control"] = "no-store"
