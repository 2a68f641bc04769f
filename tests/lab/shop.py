"""`shop`: takes orders; asks the recommender about each one, waits only so long, writes the order to PostgreSQL."""

from __future__ import annotations

import itertools
import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from queue import Empty, LifoQueue
from typing import Any, TypeVar

import httpx
import psycopg
from prometheus_client import Counter

from tests.lab.settings import Settings
from tests.lab.web import Answer, JsonLines, Request, Route, Service, asking

WORKERS = 16
TIMEOUT_S = 0.375
STATEMENT_MS = 250
ATTEMPTS = 3
MEMORY_LIMIT_MB = 256
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
ORDERS = Counter("shop_orders", "Orders by outcome", ["outcome"])
RETRIES = Counter("shop_retries", "Statements that were sent again")
SCHEMA = """
CREATE TABLE IF NOT EXISTS orders (
    id text PRIMARY KEY, trip integer NOT NULL, long_trip integer NOT NULL, placed_at timestamptz DEFAULT now());
CREATE SEQUENCE IF NOT EXISTS starts;
"""
T = TypeVar("T")


class Database:
    """Connections that are used again; a statement that takes too long is cancelled and sent again, a few times."""

    def __init__(self, settings: Settings) -> None:
        self._where = settings.database
        self._idle: LifoQueue[psycopg.Connection[Any]] = LifoQueue()

    def ask(self, question: Callable[[psycopg.Connection[Any]], T]) -> T:
        """Raises psycopg.Error when no attempt succeeded."""
        for attempt in range(1, ATTEMPTS):
            try:
                return self._once(question)
            except psycopg.Error:
                RETRIES.inc()
                time.sleep(0.01 * attempt)
        return self._once(question)

    def _once(self, question: Callable[[psycopg.Connection[Any]], T]) -> T:
        with asking("orders-db"):
            connection = self._connection()
            try:
                answer = question(connection)
            except psycopg.OperationalError as error:
                if not isinstance(error, psycopg.errors.QueryCanceled):
                    connection.close()
                raise
            finally:
                if not connection.closed:
                    self._idle.put(connection)
        return answer

    def _connection(self) -> psycopg.Connection[Any]:
        try:
            return self._idle.get_nowait()
        except Empty:
            options = f"-c statement_timeout={STATEMENT_MS}"
            return psycopg.connect(self._where, autocommit=True, connect_timeout=2, options=options)


class Shop:
    def __init__(self, settings: Settings) -> None:
        self.log = JsonLines(settings.file("shop.jsonl"), service="shop")
        limits = httpx.Limits(max_connections=64)
        self.recommender = httpx.Client(base_url=settings.url("recommender"), timeout=TIMEOUT_S, limits=limits)
        self.database = Database(settings)
        self.numbers = itertools.count(1)
        self.start = 0
        self.version = "1.7"
        self.leaked: list[bytes] = []
        for outcome in ("accepted", "timeout", "refused", "not stored", "no memory"):
            ORDERS.labels(outcome)

    def begin(self) -> None:
        """Order ids begin with the number of this start, so that none comes twice."""
        self.database.ask(lambda connection: connection.execute(SCHEMA))
        (self.start,) = self.database.ask(lambda c: c.execute("SELECT nextval('starts')").fetchone()) or (0,)

    def list_orders(self, request: Request) -> Answer:
        newest = "SELECT id FROM orders ORDER BY placed_at DESC LIMIT 20"
        try:
            found = self.database.ask(lambda connection: connection.execute(newest).fetchall())
        except psycopg.Error as error:
            self.log.log("ERROR", f"orders not listed: {_reason(error)}", trace_id=request.trace_id)
            return Answer(503, {"error": "the orders cannot be read"})
        return Answer(200, {"orders": [order_id for (order_id,) in found]})

    def order(self, request: Request) -> Answer:
        started, order_id = time.perf_counter(), f"o{self.start}-{next(self.numbers):06d}"
        answer, outcome, words = self._order(order_id, request)
        ORDERS.labels(outcome).inc()
        duration_ms = round((time.perf_counter() - started) * 1000, 1)
        severity = "INFO" if outcome == "accepted" else "ERROR"
        more = {"order_id": order_id, "trace_id": request.trace_id, "duration_ms": duration_ms}
        self.log.log(severity, words, **more, version=self.version)
        return answer

    def _order(self, order_id: str, request: Request) -> tuple[Answer, str, str]:
        if (used := memory_mb()) > MEMORY_LIMIT_MB:
            return _refused(503, "no memory", f"{used} MB in use, the limit is {MEMORY_LIMIT_MB}")
        question = {**request.body, "order_id": order_id}
        try:
            reply = self.recommender.post("/predict", json=question, headers={"X-Request-ID": request.trace_id})
            reply.raise_for_status()
        except httpx.TimeoutException:
            return _refused(503, "timeout", f"no answer from recommender within {round(TIMEOUT_S * 1000)} ms")
        except httpx.HTTPError:
            return _refused(502, "refused", "recommender failed")
        return self._store(order_id, request.body["trip_id"], reply.json()["y_pred"])

    def _store(self, order_id: str, trip: int, long_trip: int) -> tuple[Answer, str, str]:
        row = (order_id, trip, long_trip)
        insert = "INSERT INTO orders (id, trip, long_trip) VALUES (%s, %s, %s)"
        try:
            self.database.ask(lambda connection: connection.execute(insert, row))
        except psycopg.Error as error:
            return _refused(503, "not stored", _reason(error))
        return Answer(201, {"order_id": order_id, "long_trip": long_trip}), "accepted", "order accepted"

    def deploy(self, request: Request) -> Answer:
        self.version = request.body["version"]
        self.log.log("INFO", f"shop {self.version} is live", version=self.version)
        if leak := request.body.get("leak_mb_per_s"):
            threading.Thread(target=self._leak, args=[leak], daemon=True).start()
        return Answer(200, {"version": self.version})

    def _leak(self, mb_per_s: float) -> None:
        """The mistake of 1.9: a cache that is filled and never emptied; a little beyond the limit is enough."""
        while memory_mb() < MEMORY_LIMIT_MB * 1.05:
            self.leaked.append(b"x" * int(mb_per_s * 250_000))
            time.sleep(0.25)


def memory_mb() -> int:
    """Resident memory of this process."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * PAGE_BYTES // 1_000_000


def _refused(status: int, outcome: str, why: str) -> tuple[Answer, str, str]:
    return Answer(status, {"error": why}), outcome, f"order refused: {why}"


def _reason(error: psycopg.Error) -> str:
    if isinstance(error, psycopg.errors.QueryCanceled):
        return f"orders-db did not answer within {STATEMENT_MS} ms, {ATTEMPTS} times"
    return f"orders-db failed: {type(error).__name__}"


def main(settings: Settings) -> None:
    shop = Shop(settings)
    shop.begin()
    routes: dict[str, Route] = {
        "GET /orders": shop.list_orders,
        "POST /orders": shop.order,
        "POST /admin/version": shop.deploy,
    }
    shop.log.log("INFO", f"shop {shop.version} started", version=shop.version)
    Service(settings.ports["shop"], WORKERS, routes).serve_forever()


if __name__ == "__main__":
    main(Settings.read(sys.argv[1]))
