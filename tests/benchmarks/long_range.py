"""What does the Health page cost over a month?

`python -m tests.benchmarks.long_range [--services 40] [--days 30] [--folder DIR]` makes 12 judged series per service at
one minute and prints CPU seconds (user + system, one run) of the page's whole question: from every sample, from means
over the samples, and from means over rollups. Headline and states are compared: they should say the same.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from datetime import UTC, timedelta
from pathlib import Path
from unittest.mock import patch

from app.usecases import health
from app.usecases.health_view import HealthView
from data import rollups
from data.queries import coarse
from data.series import make_series
from data.store import Store
from tests.benchmarks.query import START, fill

METRICS = (
    "http_request_duration_ms",
    "p95_latency_ms",
    "latency_p50_ms",
    "error_rate",
    "errors_per_second",
    "requests_per_second",
    "cpu_usage_percent",
    "memory_usage_percent",
    "disk_usage_percent",
    "queue_depth",
    "availability",
    "orders_per_minute",
)


def ask(store: Store, days: int) -> tuple[float, HealthView]:
    """CPU seconds of the page, nothing of it remembered."""
    began = time.process_time()
    with store.snapshot() as snap:
        view = health.load(snap, START, START + timedelta(days=days), UTC)
    return time.process_time() - began, view


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--services", type=int, default=40)
    asked.add_argument("--days", type=int, default=30)
    asked.add_argument("--folder", type=Path, help="where the store may lie")
    said = asked.parse_args()
    known = [make_series(f"service-{i}", metric) for i in range(said.services) for metric in METRICS]
    with tempfile.TemporaryDirectory(dir=said.folder) as folder, Store.open(Path(folder) / "home") as store:
        for number in range(said.days):
            fill(store, number, known)
        with patch.object(coarse, "MOST_SAMPLES", 10**12):
            _print("every sample", *ask(store, said.days))
        _print("means over samples", *ask(store, said.days))
        began = time.process_time()
        with store.snapshot() as snap:
            rollups.build(store.home, snap.state.segments)
        print(f"rollups made in {time.process_time() - began:.1f} CPU s")
        _print("means over rollups", *ask(store, said.days))


def _print(name: str, spent: float, view: HealthView) -> None:
    states = sorted({row.state for row in view.rows})
    print(f"{name:<20}{spent:>7.1f} CPU s  {len(view.rows)} rows, {', '.join(states)}: {view.headline}", flush=True)


if __name__ == "__main__":
    main()
