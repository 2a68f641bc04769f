"""By what each fault must be seen in the raw files. A sign gives the words for what is missing, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from statistics import median

from tests.lab.faults import BY_NAME
from tests.lab.measure import Measured, Window
from tests.lab.recording import Fault
from tests.lab.table import AIRPORT_ZONES

LEAST_ACCURACY_LOSS = 0.05
LEAST_LABELLED = 300  # fewer in a short fault at night tell little of accuracy
LEAST_LATENCY_FACTOR = 5.0
LEAST_ERROR_SHARE = 0.03
Sign = Callable[[Measured, Fault], Iterator[str]]


def missing(measured: Measured, fault: Fault) -> Iterator[str]:
    """What the truth says of a fault and the recording does not show, in words."""
    if fault.name not in SIGNS:
        yield f"{fault.name} is not a fault that the lab knows"
    for sign in SIGNS.get(fault.name, ()):
        yield from (f"{fault.name}: {words}" for words in sign(measured, fault))
    if BY_NAME[fault.name].verdict in ("model", "neither") and measured.alone(fault):
        yield from (f"{fault.name}: {words}" for words in services_stay_well(measured, fault))


def down(measured: Measured, fault: Fault) -> Iterator[str]:
    if measured.lowest("service_up", "feature-store", measured.window(fault)) != 0:
        yield "service_up of feature-store never shows it"


def slower(*services: str) -> Sign:
    """Much slower than usual; "" stands for the service that was touched."""

    def sign(measured: Measured, fault: Fault) -> Iterator[str]:
        for service in (service or fault.part for service in services):
            before, now = (measured.typical("latency_p95_ms", service, w) for w in _both(measured, fault))
            if not now >= LEAST_LATENCY_FACTOR * before:
                yield f"p95 of {service} only goes from {before:.0f} to {now:.0f} ms"

    return sign


def services_stay_well(measured: Measured, fault: Fault) -> Iterator[str]:
    for service in ("shop", "recommender"):
        before, now = (measured.typical("latency_p95_ms", service, w) for w in _both(measured, fault))
        if not now < LEAST_LATENCY_FACTOR * before:
            yield f"p95 of {service} is {now:.0f} ms, but the services must stay well"
    if measured.alerted(measured.window(fault)):
        yield "an alert fired, but the services must stay well"


def fails(measured: Measured, fault: Fault) -> Iterator[str]:
    if not measured.highest("error_share", "gateway", measured.window(fault)) >= LEAST_ERROR_SHARE:
        yield "the shop hardly fails"


def alert(measured: Measured, fault: Fault) -> Iterator[str]:
    if not measured.alerted(measured.window(fault)):
        yield "no alert fired"


def reaches(metric: str, service: str, least: float) -> Sign:
    """The highest value of a metric; "" stands for the service that was touched."""

    def sign(measured: Measured, fault: Fault) -> Iterator[str]:
        highest = measured.highest(metric, service or fault.part, measured.window(fault))
        if not highest >= least:
            yield f"{metric} of {service or fault.part} only reaches {highest:.3g}, not {least:g}"

    return sign


def accuracy_falls(measured: Measured, fault: Fault) -> Iterator[str]:
    n, loss, error = measured.loss(measured.window(fault))
    if n >= LEAST_LABELLED and not loss >= max(LEAST_ACCURACY_LOSS, 3 * error):
        yield f"accuracy only falls by {loss:.3f} (standard error {error:.3f})"


def accuracy_stays(measured: Measured, fault: Fault) -> Iterator[str]:
    _, loss, error = measured.loss(measured.window(fault))
    if loss > max(LEAST_ACCURACY_LOSS, 3 * error):
        yield f"accuracy falls by {loss:.3f}, but it must not"


def other_version(measured: Measured, fault: Fault) -> Iterator[str]:
    if not {one["version"] for one in measured.predictions(measured.window(fault))} - {"v3"}:
        yield "the bad version made no prediction"


def no_predictions(measured: Measured, fault: Fault) -> Iterator[str]:
    """All but the first and last second, in which the limit was being set."""
    window = Window(fault.name, fault.start + 1, fault.end - 1, False)
    if made := measured.predictions(window):
        yield f"{len(made)} predictions were recorded all the same"


def null(measured: Measured, fault: Fault) -> Iterator[str]:
    values = [one["features"]["trip_distance"] for one in measured.predictions(measured.window(fault))]
    if not values or sum(value is None for value in values) < 0.9 * len(values):
        yield "trip_distance is hardly ever null"


def moved(measured: Measured, fault: Fault) -> Iterator[str]:
    """The median of one of the features that come from upstream has moved by a third at least."""
    calm, now = (
        {name: _median(measured, window, name) for name in ("trip_distance", "pickup_pace")}
        for window in _both(measured, fault)
    )
    if all(0.75 < now[name] / calm[name] < 1.33 for name in calm):
        yield "no feature has moved"


def from_airports(measured: Measured, fault: Fault) -> Iterator[str]:
    made = measured.predictions(measured.window(fault))
    if sum(one["features"]["pickup_location_id"] in AIRPORT_ZONES for one in made) < 0.2 * len(made) or not made:
        yield "hardly an order comes from an airport"


def looks_worse(measured: Measured, fault: Fault) -> Iterator[str]:
    (_, usual), (_, known) = measured.accuracy_known(measured.calm), measured.accuracy_known(measured.window(fault))
    if not known < usual - LEAST_ACCURACY_LOSS:
        yield f"the accuracy that was known then goes from {usual:.3f} to {known:.3f}: nothing looks like a loss"


SIGNS: dict[str, tuple[Sign, ...]] = {
    "redis_stopped": (down, slower("shop", "recommender"), fails, alert, accuracy_falls),
    "redis_slowed": (slower("feature-store", "recommender", "shop"),),
    "cpu_taken": (slower("gateway"),),
    "memory_leak": (reaches("memory_mb", "shop", 200), fails, alert),
    "database_locked": (slower("orders-db", "shop"), fails, alert),
    "log_disk_full": (reaches("log_lines_lost_per_s", "recommender", 0.1), no_predictions, alert),
    "bad_model_version": (other_version, accuracy_falls),
    "heavy_model_version": (other_version, slower("recommender"), accuracy_falls),
    "feature_in_other_units": (moved, accuracy_falls),
    "feature_null": (null, accuracy_falls),
    "unknown_surge": (from_airports, accuracy_stays),
    "labels_delayed": (looks_worse, accuracy_stays),
    "slow_dependency": (slower("orders-db", "shop"), reaches("retries_per_s", "shop", 0.3)),
    "workers_stuck": (reaches("worker_saturation", "", 0.5), fails, alert),
}


def _both(measured: Measured, fault: Fault) -> tuple[Window, Window]:
    return measured.calm, measured.window(fault)


def _median(measured: Measured, window: Window, feature: str) -> float:
    values = [one["features"][feature] for one in measured.predictions(window)]
    known = [value for value in values if value is not None]
    return median(known) if known else float("nan")
