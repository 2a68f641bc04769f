"""One run from start to end: start the parts, play the load, do the steps of the schedule, keep what was written."""

from __future__ import annotations

import asyncio
import csv
import json
import platform
import re
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pandas as pd
import redis

from tests.lab import schedule, table
from tests.lab.load import Load
from tests.lab.parts import LabError, Parts, fill, missing_daemons
from tests.lab.settings import Settings, free_ports
from tests.lab.web import now_text

STEP_S = 5
WARM_UP_S = 25  # until the rate windows hold nothing from before the load began
EVENT_COLUMNS = ("ts", "kind", "service", "title", "source", "version", "known_at")
SELECTORS = {
    **{name: name for name in ("latency_p95_ms", "latency_p50_ms", "error_share", "requests_per_s")},
    **{name: name for name in ("worker_saturation", "service_up", "orders_per_s", "shop_orders_total")},
    "redis_commands_total": 'redis_commands_total{cmd="hgetall"}',
    "recommender_feature_fallbacks_total": "recommender_feature_fallbacks_total",
    "http_request_duration_seconds_count": 'http_request_duration_seconds_count{route!~"POST /(admin|alerts).*"}',
    "http_request_duration_seconds_bucket": 'http_request_duration_seconds_bucket{route="POST /orders",code="201"}',
}


def record(out: Path, minutes: float, seed: int, folder: Path = table.TABLE) -> None:
    """Records into `out`, which must not exist or be empty. Raises LabError with words when the lab cannot run."""
    if missing := missing_daemons():
        raise LabError(f"the lab needs {', '.join(missing)}: install the Debian packages named in tests/lab/README.md")
    if out.exists() and any(out.iterdir()):
        raise LabError(f"{out} is not empty: choose a new folder")
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="lab-") as state:
        settings = Settings(str(out.resolve()), state, str(folder.resolve()), minutes, seed, free_ports())
        with Parts(settings) as parts:
            Run(settings, parts, table.load(folder)).go()


class Run:
    """A run in progress: the orchestrator's view of the system and what it writes itself."""

    def __init__(self, settings: Settings, parts: Parts, trips: table.Trips) -> None:
        self.settings, self.parts, self.trips = settings, parts, trips
        self.plan = schedule.arrivals(settings.seed, settings.minutes, len(trips.later), table.hourly(trips.past))
        self.events: list[dict[str, str]] = []
        self.begun_at: dict[str, str] = {}
        self.done_at: dict[str, str] = {}
        self.load = Load(settings, self.plan, trips.later)

    def go(self) -> None:
        self.parts.start_all()
        self._fill_store()
        time.sleep(15)  # Prometheus has to have seen every target before the first request counts
        started, begun = now_text(), time.time()
        asyncio.run(self._play())
        self._keep_metrics(begun, time.time())
        self._write(started, now_text())

    async def _play(self) -> None:
        """Load and steps run side by side; labels that are not in when both have ended never come."""
        await asyncio.gather(self.load.run(), self._do_steps())

    async def _do_steps(self) -> None:
        begun = time.monotonic()
        for step in schedule.steps(self.settings.seed, self.settings.minutes):
            await asyncio.sleep(step.at_s - (time.monotonic() - begun))
            self._expect_alive()
            action: Callable[[], None] = getattr(self, step.action)
            self.begun_at[step.action] = now_text()
            await asyncio.to_thread(action)
            self.done_at[step.action] = now_text()
        remaining_s = self.settings.minutes * 60 - (time.monotonic() - begun)
        await asyncio.sleep(max(0.0, remaining_s))
        self._expect_alive()

    def _expect_alive(self) -> None:
        if died := self.parts.died():
            raise LabError(f"{', '.join(died)} ended in the middle of the recording")

    # What the schedule can do to the system.

    def deploy_shop(self) -> None:
        self._deploy("shop", "1.8", "shop 1.8 deployed")

    def stop_redis(self) -> None:
        self.parts.stop("redis")

    def start_redis(self) -> None:
        self.parts.start("redis")
        self._fill_store()
        self._event("note", "feature-store", "restarted Redis, feature store reloaded", "Mara Lind", "")

    def deploy_v4(self) -> None:
        self._deploy("recommender", "v4", "recommender model v4 deployed")

    def roll_back_v4(self) -> None:
        self._deploy("recommender", "v3", "recommender model rolled back to v3")

    def _deploy(self, service: str, version: str, title: str) -> None:
        answer = httpx.post(self.settings.url(service) + "/admin/version", json={"version": version}, timeout=5)
        answer.raise_for_status()
        self._event("deploy", service, title, "CI", version)

    def _event(self, kind: str, service: str, title: str, source: str, version: str) -> None:
        row = (now_text(), kind, service, title, source, version, now_text())
        self.events.append(dict(zip(EVENT_COLUMNS, row, strict=True)))

    def _fill_store(self) -> None:
        """Loads the features of every trip that the plan will order."""
        rows = sorted({arrival.row for arrival in self.plan if arrival.row >= 0})
        stored: pd.DataFrame = self.trips.later[list(table.FROM_STORE)]
        with redis.Redis(port=self.settings.ports["redis"]) as store, store.pipeline(transaction=False) as pipe:
            for row, features in zip(rows, stored.iloc[rows].to_dict("records"), strict=True):
                pipe.hset(f"trip:{row}", mapping=features)
            pipe.execute()

    # What is kept at the end.

    def _keep_metrics(self, begun: float, ended: float) -> None:
        folder = self.settings.file("prometheus")
        folder.mkdir()
        url, start = self.settings.url("prometheus") + "/api/v1/query_range", (begun + WARM_UP_S) // STEP_S * STEP_S
        for name, selector in SELECTORS.items():
            query = {"query": selector, "start": start, "end": ended - STEP_S, "step": STEP_S}
            body = httpx.get(url, params=query, timeout=30).raise_for_status().text
            (folder / f"{name}.json").write_text(body, encoding="utf-8")

    def _write(self, started: str, ended: str) -> None:
        with self.settings.file("events.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, EVENT_COLUMNS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(self.events)
        longest = schedule.label_delays_s(self.settings.minutes)[1]
        known = {"WINDOW": f"{self.settings.minutes:g}m", "LABEL_DELAY": f"{longest:g}s"}
        for name in ("registry.toml", "ingest.toml", "topology.csv"):
            fill(name, self.settings.file(name), **known, **table.defaults(self.trips.past))
        self._write_json("truth.json", {"faults": self._faults(), "harmless": [self.done_at["deploy_shop"]]})
        about = {"started": started, "ended": ended, "minutes": self.settings.minutes, "seed": self.settings.seed}
        answers = {str(status): count for status, count in sorted(self.load.outcomes.items())}
        self._write_json("recording.json", {**about, "versions": versions(), "answers_seen_by_load": answers})

    def _write_json(self, name: str, content: object) -> None:
        self.settings.file(name).write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")

    def _faults(self) -> list[dict[str, object]]:
        stopped = {
            "name": "redis_stopped",
            "start": self.begun_at["stop_redis"],
            "end": self.done_at["start_redis"],
            "touched": "redis-server of feature-store was stopped (SIGTERM), later started and reloaded",
            "services": ["feature-store", "recommender", "shop", "gateway"],
            "models": ["recommender"],
            "verdict": "infra",
            "symptoms": [
                "feature-store down",
                "recommender latency up, features at their defaults",
                "shop latency and errors up",
                "gateway errors up",
                "recommender accuracy down (labels come later)",
            ],
        }
        bad_version = {
            "name": "bad_model_version",
            "start": self.begun_at["deploy_v4"],
            "end": self.done_at["roll_back_v4"],
            "touched": "recommender model v4 was deployed (trained on wrongly converted distances), then rolled back",
            "services": [],
            "models": ["recommender"],
            "verdict": "model",
            "symptoms": ["version v4 predicts", "more long trips predicted", "accuracy down (labels come later)"],
        }
        return [stopped, bad_version]


def versions() -> dict[str, str]:
    """Version numbers of what ran, by asking each."""
    import sklearn

    asked = {"nginx": ["-v"], "redis-server": ["--version"], "prometheus": ["--version"]}
    asked |= {"prometheus-alertmanager": ["--version"], "prometheus-redis-exporter": ["-version"]}
    found = {name: _version([name, *arguments]) for name, arguments in asked.items()}
    return {**found, "python": platform.python_version(), "scikit-learn": sklearn.__version__}


def _version(command: list[str]) -> str:
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    found = re.search(r"\d+\.\d+\.\d+", said.stdout + said.stderr)
    return found[0] if found else "unknown"
