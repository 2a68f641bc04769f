"""Which WSGI server keeps answering while 40 clients send headers of a POST and never its body?

`python -m tests.benchmarks.servers [NAME...]` starts each installed candidate on loopback with the same small
application and 16 threads, measures `/healthz` alone, then beside the half-open POSTs, and prints one line each. A
candidate that is not installed is skipped. Waitress, which reads a request wholly before it takes a thread, is ours.
"""

from __future__ import annotations

import importlib.util
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.request import urlopen

if TYPE_CHECKING:
    from flask import Flask

HALF_OPEN = 40
REQUESTS = 200
PATIENCE_S = 5.0
MODULE = "tests.benchmarks.servers"
COMMANDS = {
    "waitress": ["-m", "waitress", "--listen=127.0.0.1:{port}", "--threads=16", f"{MODULE}:application"],
    "cheroot": ["-m", "cheroot", "--bind", "127.0.0.1:{port}", "--threads", "16", f"{MODULE}:application"],
    "gunicorn": ["-m", "gunicorn", "-b", "127.0.0.1:{port}", "-k", "gthread", "--threads=16", f"{MODULE}:application"],
    "gevent": ["-m", "gunicorn", "-b", "127.0.0.1:{port}", "-k", "gevent", f"{MODULE}:application"],
    "granian": ["-m", "granian", "--interface=wsgi", "--host=127.0.0.1", "--port={port}", "--blocking-threads=16",
                f"{MODULE}:application"],
    "werkzeug": ["-m", "flask", "--app", f"{MODULE}:application", "run", "--port={port}", "--with-threads"],
}  # fmt: skip


def make_application() -> Flask:
    """A Flask application that reads its body, as Dash does."""
    from flask import Flask, request

    app = Flask(__name__)
    app.add_url_rule("/healthz", "healthz", lambda: "ok")
    app.add_url_rule("/echo", "echo", lambda: str(len(request.get_data())), methods=["POST"])
    return app


def __getattr__(name: str) -> Flask:
    if name == "application":
        return make_application()
    raise AttributeError(name)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(name: str) -> Iterator[int]:
    port = free_port()
    command = [sys.executable, *(part.format(port=port) for part in COMMANDS[name])]
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(port, child)
        yield port
    finally:
        child.terminate()
        child.wait(20)


def wait_for(port: int, child: subprocess.Popen[bytes]) -> None:
    for _ in range(200):
        if child.poll() is not None:
            raise RuntimeError(f"it ended with status {child.returncode}")
        try:
            urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1).read()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("it never answered")


@contextmanager
def half_open_posts(port: int, path: str = "/echo", count: int = HALF_OPEN) -> Iterator[None]:
    """``count`` connections that promised a body and send none."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{{"
    )
    sockets = [socket.create_connection(("127.0.0.1", port)) for _ in range(count)]
    try:
        for each in sockets:
            each.sendall(head.encode())
        time.sleep(0.3)
        yield
    finally:
        for each in sockets:
            each.close()


def healthz_ms(port: int, requests: int) -> float | None:
    """Median time of an answer in milliseconds; None where one did not come in ``PATIENCE_S``."""
    taken = []
    for _ in range(requests):
        began = time.perf_counter()
        try:
            urlopen(f"http://127.0.0.1:{port}/healthz", timeout=PATIENCE_S).read()
        except OSError:
            return None
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken)


def measure(name: str) -> str:
    with running(name) as port:
        alone = healthz_ms(port, REQUESTS)
        with half_open_posts(port):
            beside = healthz_ms(port, REQUESTS)
    return f"{name:<10} {_shown(alone):>14} {_shown(beside):>26}"


def _shown(ms: float | None) -> str:
    return f"no answer in {PATIENCE_S:.0f} s" if ms is None else f"{ms:.2f} ms"


def main(names: list[str]) -> None:
    print(f"{'server':<10} {'healthz alone':>14} {f'beside {HALF_OPEN} half-open':>26}")
    for name in names or list(COMMANDS):
        if importlib.util.find_spec({"werkzeug": "flask"}.get(name, name)) is None:
            print(f"{name:<10} not installed")
            continue
        try:
            print(measure(name), flush=True)
        except RuntimeError as error:
            print(f"{name:<10} {error}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
