"""The load generator: plays the table's later rows against nginx, open loop, and brings the labels late."""

from __future__ import annotations

import asyncio
import time
from collections import Counter

import httpx
import pandas as pd

from tests.lab.schedule import Arrival
from tests.lab.settings import Settings
from tests.lab.table import FROM_REQUEST
from tests.lab.web import JsonLines, now_text


class Load:
    """Runs `plan` against the gateway; `outcomes` counts status codes (0: no answer at all).

    While `holding` is set, labels that agree with their prediction are held back; they come when it is cleared.
    """

    def __init__(self, settings: Settings, plan: list[Arrival], rows: pd.DataFrame) -> None:
        self.plan = plan
        self.rows = rows
        self.labels = JsonLines(settings.file("labels.jsonl"))
        self.outcomes: Counter[int] = Counter()
        self.holding = False
        self._url = settings.url("nginx")
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Sends every arrival at its time whether or not earlier ones were answered; ends with the last."""
        begun = time.monotonic()
        async with httpx.AsyncClient(base_url=self._url, timeout=10) as client:
            for arrival in self.plan:
                await asyncio.sleep(arrival.at_s - (time.monotonic() - begun))
                self._start(client, arrival)
            await asyncio.sleep(1)

    def _start(self, client: httpx.AsyncClient, arrival: Arrival) -> None:
        task = asyncio.create_task(self._send(client, arrival))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _send(self, client: httpx.AsyncClient, arrival: Arrival) -> None:
        try:
            answer = await (self._order(client, arrival) if arrival.row >= 0 else client.get("/orders"))
        except httpx.HTTPError:
            self.outcomes[0] += 1
            return
        self.outcomes[answer.status_code] += 1
        if answer.status_code == 201:
            await self._label(answer.json(), arrival)

    async def _order(self, client: httpx.AsyncClient, arrival: Arrival) -> httpx.Response:
        row = self.rows.iloc[arrival.row]
        features = {name: float(row[name]) for name in FROM_REQUEST}
        return await client.post("/orders", json={"trip_id": arrival.row, "features": features})

    async def _label(self, order: dict[str, object], arrival: Arrival) -> None:
        """A refused order is never driven, so it never gets a label."""
        await asyncio.sleep(arrival.label_delay_s)
        y_true = int(self.rows["long_trip"].iloc[arrival.row])
        while self.holding and y_true == order["long_trip"]:
            await asyncio.sleep(1)
        self.labels.write(prediction_id=order["order_id"], model="recommender", y_true=y_true, label_ts=now_text())
