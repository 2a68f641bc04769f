"""What can be done to the system, and the truth about each: who suffers, whose fault it is, what shows it in order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["infra", "model", "both", "neither"]


@dataclass(frozen=True, slots=True)
class Fault:
    """One kind of fault. `targets` are what the seed chooses from; `{target}` in words stands for the chosen one.

    `part` is the service that was touched, `alone` says that nothing else may be broken at the same time.
    """

    name: str
    title: str
    part: str
    verdict: Verdict
    touched: str
    services: tuple[str, ...]
    models: tuple[str, ...]
    symptoms: tuple[str, ...]
    targets: tuple[str, ...] = ("",)
    alone: bool = True


FRONT = ("shop", "gateway")
MODEL = ("recommender",)
ACCURACY = "recommender accuracy down (labels come later)"

FAULTS = (
    Fault(
        "redis_stopped",
        "Redis stopped",
        "feature-store",
        "infra",
        "redis-server of feature-store was stopped (SIGTERM), later started and reloaded",
        ("feature-store", "recommender", *FRONT),
        MODEL,
        (
            "feature-store down",
            "recommender latency up, features at their defaults",
            "shop latency and errors up",
            "gateway errors up",
            ACCURACY,
        ),
    ),
    Fault(
        "redis_slowed",
        "Redis slowed",
        "feature-store",
        "infra",
        "a client blocked Redis for 100 ms at a time, again and again (DEBUG SLEEP)",
        ("feature-store", "recommender", *FRONT),
        (),
        ("feature-store latency up", "recommender latency up", "shop latency up", "gateway latency up"),
        alone=False,
    ),
    Fault(
        "cpu_taken",
        "CPU taken from {target}",
        "{target}",
        "infra",
        "{target} was stopped and continued by signals so that it ran 60 of every 360 ms, as under a CPU limit",
        ("{target}", *FRONT),
        (),
        ("callers of {target} wait, its own figures show little of it", "gateway latency up"),
        ("recommender", "shop"),
        alone=False,
    ),
    Fault(
        "memory_leak",
        "memory leak in shop 1.9",
        "shop",
        "infra",
        "shop 1.9 was deployed, whose memory grows to its limit, where it refuses orders; rolled back by a restart",
        FRONT,
        (),
        ("shop memory up steadily", "shop errors up at its memory limit", "gateway errors up"),
    ),
    Fault(
        "database_locked",
        "PostgreSQL table locked",
        "orders-db",
        "infra",
        "a session held an ACCESS EXCLUSIVE lock on the orders table, as a migration does",
        ("orders-db", *FRONT),
        (),
        ("sessions of orders-db wait", "orders-db errors up", "shop latency and errors up", "gateway errors up"),
        alone=False,
    ),
    Fault(
        "log_disk_full",
        "disk of the recommender's logs full",
        "recommender",
        "infra",
        "the kernel's file size limit of the recommender was set to nothing, so that no line could be written",
        MODEL,
        MODEL,
        ("recommender loses log lines", "no predictions are recorded though orders go on"),
    ),
    Fault(
        "bad_model_version",
        "model v4 deployed, trained on wrong distances",
        "recommender",
        "model",
        "recommender model v4 was deployed (trained on wrongly converted distances), then rolled back",
        (),
        MODEL,
        ("version v4 predicts", "more long trips predicted", ACCURACY),
        alone=False,
    ),
    Fault(
        "heavy_model_version",
        "model v5 deployed, slow and wrong",
        "recommender",
        "both",
        "recommender model v5 was deployed (hundreds of trees, trained without the feature store), then rolled back",
        MODEL + FRONT,
        MODEL,
        ("version v5 predicts", "recommender latency up", "shop latency up", "gateway latency up", ACCURACY),
    ),
    Fault(
        "feature_in_other_units",
        "{target} in other units",
        "feature-store",
        "model",
        "upstream wrote {target} into the feature store in other units (km for miles, hours for minutes per mile)",
        (),
        MODEL,
        ("{target} out of its usual range", ACCURACY),
        ("trip_distance", "pickup_pace"),
        alone=False,
    ),
    Fault(
        "feature_null",
        "trip_distance null",
        "feature-store",
        "model",
        "upstream wrote no trip_distance into the feature store",
        (),
        MODEL,
        ("trip_distance null", "no long trips predicted", ACCURACY),
        alone=False,
    ),
    Fault(
        "unknown_surge",
        "surge of trips from the airports",
        "gateway",
        "neither",
        "nothing: many orders came from the airports, which the model has never seen; it is as right about them",
        (),
        (),
        ("traffic up", "recommender features drift, accuracy does not fall"),
        alone=False,
    ),
    Fault(
        "labels_delayed",
        "confirmations delayed, complaints not",
        "recommender",
        "neither",
        "labels that agree with the prediction were held back and came in one go at the end; the others came as ever",
        (),
        (),
        ("fewer labels arrive", "accuracy of what is known falls", "the late labels arrive, accuracy was as ever"),
        alone=False,
    ),
    Fault(
        "slow_dependency",
        "orders-db slow, the shop retries",
        "orders-db",
        "infra",
        "an audit trigger was added to the orders table; an insert takes 50 to 450 ms, the shop waits 250 and retries",
        ("orders-db", *FRONT),
        (),
        ("orders-db latency up", "shop retries up", "shop latency and errors up", "gateway errors up"),
        alone=False,
    ),
    Fault(
        "workers_stuck",
        "workers of {target} stuck, restarted",
        "{target}",
        "infra",
        "one worker of {target} after another stopped for good; a restart healed it",
        ("{target}", *FRONT),
        (),
        ("busy workers of {target} up", "{target} stops answering", "gateway errors up", "{target} restarted"),
        ("recommender", "shop"),
    ),
)
BY_NAME = {fault.name: fault for fault in FAULTS}
