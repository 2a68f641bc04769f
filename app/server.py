"""Serving the application: waitress, which reads a request wholly before it takes a thread.

Measured by tests/benchmarks/servers.py: 40 POSTs whose bodies never come stop the servers that give each connection a
thread; waitress keeps answering.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
import time
from types import FrameType
from typing import Any, Final

from app.errors import SettingsError
from app.security import require_loopback
from app.settings import Settings

CONNECTIONS: Final = 500
BACKLOG: Final = 256
CLEANUP_S: Final = 5
RESTART_S: Final = 1.0


def serve(settings: Settings, begin: str = "") -> None:
    """Serve until SIGINT or SIGTERM, and say where, and that the page ``begin`` is worth opening first.

    Raises SettingsError where the address is not allowed or taken.
    """
    require_loopback(settings.host)
    listening = bind(settings.host, settings.port)
    signal.signal(signal.SIGTERM, _stop)
    try:
        if settings.workers > 1:
            _serve_in_children(settings, listening, begin)
        else:
            _serve_here(settings, listening, begin)
    finally:
        listening.close()


def bind(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one."""
    family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise SettingsError(f"Port {port} of {host} is taken: {error.strerror}.", "Choose another --port.") from error
    listening.listen(BACKLOG)
    return listening


def address_of(listening: socket.socket) -> str:
    """The address to open in a browser."""
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def _serve_here(settings: Settings, listening: socket.socket, begin: str | None) -> None:
    """Says nothing where ``begin`` is None."""
    from waitress import create_server

    from app.factory import create_app

    _log_to(settings)
    server = create_server(create_app(settings).server, sockets=[listening], **_limits(settings))
    if begin is not None:
        _announce(listening, begin)
    server.run()


def _announce(listening: socket.socket, begin: str) -> None:
    address = address_of(listening)
    print(f"Diptych answers at {address}", flush=True)  # noqa: T201
    if begin:
        print(f"Begin with {address.rstrip('/')}{begin}", flush=True)  # noqa: T201


def _limits(settings: Settings) -> dict[str, Any]:
    return {
        "threads": settings.threads,
        "connection_limit": CONNECTIONS,
        "channel_timeout": settings.idle_timeout_s,
        "cleanup_interval": CLEANUP_S,
        "max_request_body_size": settings.max_request_kb * 1024,
        "asyncore_use_poll": True,
        "ident": None,
    }


def _serve_in_children(settings: Settings, listening: socket.socket, begin: str) -> None:
    """``workers`` processes that share the socket; one that dies is replaced, until we are told to stop."""
    children = {_child(settings, listening) for _ in range(settings.workers)}
    _announce(listening, begin)
    try:
        while True:
            gone, status = os.wait()
            logging.getLogger("diptych").error("web process %d ended with status %d", gone, status)
            time.sleep(RESTART_S)
            children = (children - {gone}) | {_child(settings, listening)}
    except (KeyboardInterrupt, SystemExit):
        for child in children:
            os.kill(child, signal.SIGTERM)
        for child in children:
            os.waitpid(child, 0)


def _child(settings: Settings, listening: socket.socket) -> int:
    child = os.fork()
    if child:
        return child
    try:
        _serve_here(settings, listening, begin=None)
    except BaseException:
        logging.getLogger("diptych").exception("web process failed")
        os._exit(1)
    os._exit(0)


def _log_to(settings: Settings) -> None:
    """Everything to ``logs/web.log`` of the home, warnings to stderr as well."""
    folder = settings.home / "logs"
    folder.mkdir(parents=True, exist_ok=True)
    to_file, to_terminal = logging.FileHandler(folder / "web.log"), logging.StreamHandler(sys.stderr)
    to_terminal.setLevel(logging.WARNING)
    line = "%(asctime)s %(levelname)s %(name)s %(message)s"
    logging.basicConfig(level=settings.log_level.upper(), format=line, handlers=[to_file, to_terminal], force=True)
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)


def _stop(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
    raise SystemExit(0)
