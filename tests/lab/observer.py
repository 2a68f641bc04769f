"""The recorder's own process: keeps every raw alert payload, and gives Prometheus the gateway's figures.

Debian's nginx has no latency metric; what it writes to its access log is counted here as it is written.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
from prometheus_client import Gauge

from tests.lab.settings import Settings
from tests.lab.web import DURATION, Answer, JsonLines, Request, Service, now_text

UP = Gauge("nginx_up", "1 while nginx answers")


def follow(path: Path) -> Iterator[dict[str, object]]:
    """Whole lines of a growing log, for ever."""
    with path.open(encoding="utf-8") as file:
        begun = ""
        while True:
            begun += file.readline()
            if begun.endswith("\n"):
                yield json.loads(begun)
                begun = ""
            else:
                time.sleep(0.2)


def count_requests(log: Path) -> None:
    for line in follow(log):
        DURATION.labels("all", str(line["status"])).observe(float(str(line["request_time"])))


def nginx_up(url: str) -> float:
    try:
        return float(httpx.get(url + "/healthz", timeout=1).status_code == 204)
    except httpx.HTTPError:
        return 0.0


def main(settings: Settings) -> None:
    alerts = JsonLines(settings.file("alerts.jsonl"))
    DURATION.labels("all", "503")
    UP.set_function(lambda: nginx_up(settings.url("nginx")))
    threading.Thread(target=count_requests, args=[settings.file("access.log")], daemon=True).start()

    def keep(request: Request) -> Answer:
        alerts.write(**request.body, received_at=now_text())
        return Answer(200, None)

    Service(settings.ports["observer"], 4, {"POST /alerts": keep}).serve_forever()


if __name__ == "__main__":
    main(Settings.read(sys.argv[1]))
