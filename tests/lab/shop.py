"""`shop`: takes orders; asks the recommender about each one and waits only so long for the answer."""

from __future__ import annotations

import itertools
import sys
import time
from collections import deque

import httpx
from prometheus_client import Counter

from tests.lab.settings import Settings
from tests.lab.web import Answer, JsonLines, Request, Service

WORKERS = 16
TIMEOUT_S = 0.375
ORDERS = Counter("shop_orders", "Orders by outcome", ["outcome"])


class Shop:
    def __init__(self, settings: Settings) -> None:
        self.log = JsonLines(settings.file("shop.jsonl"), service="shop")
        limits = httpx.Limits(max_connections=64)
        self.recommender = httpx.Client(base_url=settings.url("recommender"), timeout=TIMEOUT_S, limits=limits)
        self.numbers = itertools.count(1)
        self.recent: deque[str] = deque(maxlen=20)
        self.version = "1.7"
        for outcome in ("accepted", "timeout", "refused"):
            ORDERS.labels(outcome)

    def list_orders(self, request: Request) -> Answer:
        return Answer(200, {"orders": list(self.recent)})

    def order(self, request: Request) -> Answer:
        started, order_id = time.perf_counter(), f"o{next(self.numbers):06d}"
        answer, outcome = self._ask(order_id, request)
        ORDERS.labels(outcome).inc()
        duration_ms = round((time.perf_counter() - started) * 1000, 1)
        severity = "INFO" if outcome == "accepted" else "ERROR"
        more = {"order_id": order_id, "trace_id": request.trace_id, "duration_ms": duration_ms}
        self.log.log(severity, _words(outcome), **more, version=self.version)
        return answer

    def _ask(self, order_id: str, request: Request) -> tuple[Answer, str]:
        question = {**request.body, "order_id": order_id}
        try:
            reply = self.recommender.post("/predict", json=question, headers={"X-Request-ID": request.trace_id})
            reply.raise_for_status()
        except httpx.TimeoutException:
            return Answer(503, {"error": "the recommender did not answer in time"}), "timeout"
        except httpx.HTTPError:
            return Answer(502, {"error": "the recommender failed"}), "refused"
        self.recent.append(order_id)
        return Answer(201, {"order_id": order_id, "long_trip": reply.json()["y_pred"]}), "accepted"

    def deploy(self, request: Request) -> Answer:
        self.version = request.body["version"]
        self.log.log("INFO", f"shop {self.version} is live", version=self.version)
        return Answer(200, {"version": self.version})


def _words(outcome: str) -> str:
    timeout = f"order refused: no answer from recommender within {round(TIMEOUT_S * 1000)} ms"
    return {"accepted": "order accepted", "timeout": timeout, "refused": "order refused: recommender failed"}[outcome]


def main(settings: Settings) -> None:
    shop = Shop(settings)
    routes = {"GET /orders": shop.list_orders, "POST /orders": shop.order, "POST /admin/version": shop.deploy}
    shop.log.log("INFO", f"shop {shop.version} started", version=shop.version)
    Service(settings.ports["shop"], WORKERS, routes).serve_forever()


if __name__ == "__main__":
    main(Settings.read(sys.argv[1]))
