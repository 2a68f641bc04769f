"""`recommender`: serves a scikit-learn model; part of its features comes from Redis, or from defaults without it."""

from __future__ import annotations

import math
import sys
import time
from datetime import UTC, datetime
from typing import Any

import redis
from prometheus_client import Counter, Info
from redis.backoff import EqualJitterBackoff
from redis.retry import Retry

from tests.lab import models, table
from tests.lab.settings import Settings
from tests.lab.web import Answer, JsonLines, Request, Route, Service, asking, now_text

WORKERS = 8
RETRIES = 3
BACKOFF_S = 0.032  # doubled at each retry, with jitter: about a third of a second over three retries
PREDICTIONS = Counter("recommender_predictions", "Predictions served", ["version"])
FALLBACKS = Counter("recommender_feature_fallbacks", "Predictions made with default features")
MODEL = Info("recommender_model", "The model version that is live")


class Recommender:
    """Holds every trained version; which one is live is switched by an admin call."""

    def __init__(self, settings: Settings) -> None:
        self.log = JsonLines(settings.file("recommender.jsonl"), service="recommender")
        self.predictions = JsonLines(settings.file("predictions.jsonl"))
        self.versions, self.defaults = models.read_all(settings.kept_in_state("models"))
        retry = Retry(EqualJitterBackoff(cap=1, base=BACKOFF_S), RETRIES)
        self.store = redis.Redis(
            port=settings.ports["redis"], retry=retry, socket_timeout=0.2, socket_connect_timeout=0.2
        )
        self.live = ""
        self.switch(Request({"version": "v3"}, ""))

    def switch(self, request: Request) -> Answer:
        version = request.body["version"]
        if version not in self.versions:
            return Answer(404, {"error": f"no version {version}; there are {sorted(self.versions)}"})
        self.live = version
        MODEL.info({"version": version})
        self.log.log("INFO", f"model {version} is live", version=version)
        return Answer(200, {"version": version})

    def predict(self, request: Request) -> Answer:
        started, version = time.perf_counter(), self.live
        stored = self._stored(request)
        features = {**stored, **{name: float(request.body["features"][name]) for name in table.FROM_REQUEST}}
        y_pred, y_score = models.predict(self.versions[version], features)
        prediction = {"prediction_id": request.body["order_id"], "version": version, "y_pred": y_pred}
        self._record(prediction, round(y_score, 4), features)
        duration_ms = round((time.perf_counter() - started) * 1000, 1)
        self.log.log("INFO", "prediction served", trace_id=request.trace_id, duration_ms=duration_ms)
        return Answer(200, prediction)

    def _stored(self, request: Request) -> dict[str, float]:
        """Features of the trip from the feature store; the defaults when it does not answer or has none."""
        trip = request.body["trip_id"]
        try:
            with asking("feature-store"):
                found = self.store.hgetall(f"trip:{trip}")
            reason = "it has no such trip"
        except redis.RedisError as error:
            found, reason = {}, f"{type(error).__name__} after {RETRIES + 1} attempts"
        if found:
            return {name: float(found.get(name.encode(), "nan")) for name in table.FROM_STORE}
        FALLBACKS.inc()
        message = f"feature store gave nothing for trip {trip}, using defaults: {reason}"
        self.log.log("WARN", message, trace_id=request.trace_id)
        return dict(self.defaults)

    def _record(self, prediction: dict[str, Any], y_score: float, features: dict[str, float]) -> None:
        PREDICTIONS.labels(prediction["version"]).inc()
        ts = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        known = {name: None if math.isnan(value) else value for name, value in features.items()}
        record = {"ts": ts, **prediction, "model": "recommender", "y_score": y_score, "features": known}
        self.predictions.write(**record, received_at=now_text())


def main(settings: Settings) -> None:
    recommender = Recommender(settings)
    routes: dict[str, Route] = {"POST /predict": recommender.predict, "POST /admin/version": recommender.switch}
    recommender.log.log("INFO", "recommender started")
    Service(settings.ports["recommender"], WORKERS, routes).serve_forever()


if __name__ == "__main__":
    main(Settings.read(sys.argv[1]))
