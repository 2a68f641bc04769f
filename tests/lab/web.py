"""A small JSON service on loopback: bounded workers, /metrics, a duration histogram, a JSON-lines log."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from prometheus_client import REGISTRY, Counter, Gauge, Histogram, generate_latest

BUCKETS_S: tuple[float, ...] = (0.003, 0.005, 0.0075, 0.01, 0.015, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.2, 0.25)
BUCKETS_S += (0.3, 0.35, 0.4, 0.5, 0.75, 1.0, 2.0)
DURATION = Histogram("http_request_duration_seconds", "Time to answer", ["route", "code"], buckets=BUCKETS_S)
BUSY = Gauge("workers_busy", "Requests in hand or waiting for a worker")
LIMIT = Gauge("workers_limit", "Workers of this service")
LOST = Counter("log_lines_lost", "Lines that could not be written")
ASKED = Histogram("dependency_duration_seconds", "Time to an answer", ["dependency", "outcome"], buckets=BUCKETS_S)


def now_text() -> str:
    """The wall clock, UTC, in milliseconds."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass(frozen=True, slots=True)
class Request:
    body: Any
    trace_id: str


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: Any


class JsonLines:
    """An append-only file of JSON lines; several threads may write, a line is never torn.

    A line that the disk does not take is lost and counted, as with most loggers: the service goes on.
    """

    def __init__(self, path: Path, **constant: object) -> None:
        self._file = path.open("ab", buffering=0)
        self._constant = constant
        self._lock = threading.Lock()

    def write(self, **record: object) -> None:
        line = (json.dumps({**self._constant, **record}, separators=(",", ":"), allow_nan=False) + "\n").encode()
        with self._lock:
            begun = self._file.seek(0, os.SEEK_END)
            try:
                whole = self._file.write(line) == len(line)
            except OSError:
                whole = False
            if not whole:
                LOST.inc()
                self._file.truncate(begun)

    def log(self, severity: str, message: str, **more: object) -> None:
        self.write(ts=now_text(), severity=severity, message=message, **more)


@contextmanager
def asking(dependency: str) -> Iterator[None]:
    """Measures one call of another service, whether it answers or fails."""
    started, outcome = time.perf_counter(), "error"
    try:
        yield
        outcome = "ok"
    finally:
        ASKED.labels(dependency, outcome).observe(time.perf_counter() - started)


Route = Callable[[Request], Answer]


@dataclass(slots=True)
class Service:
    """Routes by "METHOD /path"; at most `workers` of them run at once, the others wait (and their wait counts)."""

    port: int
    workers: int
    routes: dict[str, Route]
    slots: threading.BoundedSemaphore = field(init=False)

    def __post_init__(self) -> None:
        self.slots = threading.BoundedSemaphore(self.workers)
        LIMIT.set(self.workers)
        for name in self.routes:
            DURATION.labels(name, "503")  # a counter that is there from the start shows its first rise

    def stick(self, seconds: float) -> None:
        """A fault: one worker after another stops for good, the last of them after `seconds`."""

        def take() -> None:
            for _ in range(self.workers):
                time.sleep(seconds / self.workers)
                BUSY.inc()
                self.slots.acquire()

        threading.Thread(target=take, daemon=True).start()

    def answer(self, name: str, request: Request) -> Answer:
        route = self.routes.get(name)
        if route is None:
            return Answer(404, {"error": f"there is no {name}"})
        started, answer = time.perf_counter(), Answer(500, {"error": "the service failed"})
        with BUSY.track_inprogress(), self.slots:
            try:
                answer = route(request)
            finally:
                DURATION.labels(name, str(answer.status)).observe(time.perf_counter() - started)
        return answer

    def _stick(self, request: Request) -> Answer:
        self.stick(request.body["seconds"])
        return Answer(200, {})

    def serve_forever(self) -> None:
        self.routes["POST /admin/stick"] = self._stick
        Server(("127.0.0.1", self.port), _handler(self)).serve_forever()


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


def _handler(service: Service) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1

        def do_GET(self) -> None:
            if self.path == "/metrics":
                self._send(200, generate_latest(REGISTRY), "text/plain; version=0.0.4")
            else:
                self._answer()

        def do_POST(self) -> None:
            self._answer()

        def _answer(self) -> None:
            text = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            request = Request(json.loads(text or b"null"), self.headers.get("X-Request-ID", ""))
            answer = service.answer(f"{self.command} {self.path.partition('?')[0]}", request)
            self._send(answer.status, json.dumps(answer.body).encode(), "application/json")

        def _send(self, status: int, body: bytes, kind: str) -> None:
            try:
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
                self.wfile.flush()
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True  # the client had a time-out and has left

        def log_message(self, format: str, *args: object) -> None:
            """The services write their own log."""

    return Handler
