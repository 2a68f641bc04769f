"""Is a recording whole? Everything is computed from the raw files, as a stranger would find them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt
from pathlib import Path
from statistics import mean, median

from tests.lab.recording import DamagedError, Fault, Recording, seconds

SETTLE_S = 20.0  # a 15 s rate window and a scrape: so long a metric still holds what was before
SLACK_S = 2.0  # several threads write: neighbours may change places, but not by more than a time-out
LEAST_ACCURACY_LOSS = 0.05
LEAST_LATENCY_FACTOR = 5.0
LEAST_ERROR_SHARE = 0.03
MOST_QUIET_ERROR_SHARE = 0.005
TIME_KEYS = {
    "access.log": "msec",
    "shop.jsonl": "ts",
    "recommender.jsonl": "ts",
    "predictions.jsonl": "ts",
    "labels.jsonl": "label_ts",
    "alerts.jsonl": "received_at",
}
Right = Callable[[float, float], tuple[int, float]]


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of the recording, [start, end) in seconds: a fault, or the quiet before, between and after."""

    name: str
    start: float
    end: float
    quiet: bool

    @property
    def settled(self) -> float:
        """From here on a metric shows this window; in a short fault at least its second half is looked at."""
        settle_s = SETTLE_S if self.quiet else min(SETTLE_S, (self.end - self.start) / 2)
        return self.start + settle_s


def check(folder: Path) -> tuple[list[str], list[str]]:
    """Facts, and problems in words; no problem means that the recording is whole."""
    try:
        recording = Recording(folder)
        return list(_facts(recording)), list(_problems(recording))
    except DamagedError as error:
        return [], [str(error)]
    except (KeyError, TypeError, ValueError, LookupError) as error:
        return [], [f"a file does not have what it must have: {error.__class__.__name__}: {error}"]


def windows(recording: Recording) -> list[Window]:
    """quiet 1, first fault, quiet 2, second fault, quiet 3: together the whole recording."""
    about = recording.json("recording.json")
    edge, found = seconds(about["started"]), list[Window]()
    for number, fault in enumerate(recording.faults(), 1):
        found.append(Window(f"quiet {number}", edge, fault.start, True))
        found.append(Window(fault.name, fault.start, fault.end, False))
        edge = fault.end
    return [*found, Window(f"quiet {len(found) // 2 + 1}", edge, seconds(about["ended"]), True)]


def accuracy(recording: Recording) -> Right:
    """A function (start, end) -> labelled predictions and their accuracy, by the time of the prediction."""
    truth = {label["prediction_id"]: label["y_true"] for label in recording.lines("labels.jsonl")}
    made = [(seconds(p["ts"]), p) for p in recording.lines("predictions.jsonl") if p["prediction_id"] in truth]

    def between(start: float, end: float) -> tuple[int, float]:
        right = [p["y_pred"] == truth[p["prediction_id"]] for ts, p in made if start <= ts < end]
        return len(right), mean(right) if right else float("nan")

    return between


def _facts(recording: Recording) -> Iterator[str]:
    for name in TIME_KEYS:
        yield f"{name}: {len(recording.lines(name))} lines"
    right = accuracy(recording)
    for window in windows(recording):
        n, share = right(window.start, window.end)
        p95 = _typical(recording, "latency_p95_ms", "shop", window)
        errors = _typical(recording, "error_share", "shop", window)
        yield f"{window.name}: accuracy {share:.3f} (n = {n}), shop p95 {p95:.0f} ms, shop errors {errors:.1%}"


def _typical(recording: Recording, metric: str, service: str, window: Window) -> float:
    """Median of a metric in the settled part of a window."""
    samples = recording.series(metric).get(service, [])
    inside = [value for ts, value in samples if window.settled <= ts < window.end]
    return median(inside) if inside else float("nan")


def _problems(recording: Recording) -> Iterator[str]:
    yield from _order_problems(recording)
    yield from _join_problems(recording)
    verdicts = {fault.verdict: fault for fault in recording.faults()}
    yield from _infra_problems(recording, verdicts["infra"])
    yield from _model_problems(recording, verdicts["model"])
    yield from _quiet_problems(recording)


def _order_problems(recording: Recording) -> Iterator[str]:
    for name, key in TIME_KEYS.items():
        times = [_time(line[key]) for line in recording.lines(name)]
        if not times:
            yield f"{name} is empty"
        if backwards := sum(later < earlier - SLACK_S for earlier, later in pairwise(times)):
            yield f"{name}: time runs backwards {backwards} times"
    happened = [seconds(event["ts"]) for event in recording.events()]
    known = [seconds(event["known_at"]) for event in recording.events()]
    if any(later < earlier for earlier, later in [*pairwise(happened), *zip(happened, known, strict=True)]):
        yield "events.csv: times are not in order"
    if any(fault.end <= fault.start for fault in recording.faults()):
        yield "truth.json: a fault ends before it begins"


def _time(value: object) -> float:
    return value if isinstance(value, float) else seconds(str(value))


def _join_problems(recording: Recording) -> Iterator[str]:
    """Every label has an earlier prediction; every accepted order has a prediction and passed the gateway."""
    predictions = {p["prediction_id"]: seconds(p["ts"]) for p in recording.lines("predictions.jsonl")}
    labels = recording.lines("labels.jsonl")
    if orphans := sum(label["prediction_id"] not in predictions for label in labels):
        yield f"{orphans} labels have no prediction"
    if early := sum(seconds(la["label_ts"]) <= predictions.get(la["prediction_id"], 0) for la in labels):
        yield f"{early} labels are known before their prediction"
    accepted = [line for line in recording.lines("shop.jsonl") if line["message"] == "order accepted"]
    if lost := sum(line["order_id"] not in predictions for line in accepted):
        yield f"{lost} accepted orders have no prediction"
    passed = sum(line["status"] == 201 for line in recording.lines("access.log"))
    if passed != len(accepted):
        yield f"the gateway passed {passed} orders, the shop accepted {len(accepted)}"


def _infra_problems(recording: Recording, fault: Fault) -> Iterator[str]:
    window, calm = _around(recording, fault)
    up = recording.series("service_up").get("feature-store", [])
    if not any(value == 0 for ts, value in up if window.start <= ts < window.end + SETTLE_S):
        yield f"{fault.name}: service_up of feature-store never shows it"
    for service in ("shop", "recommender"):
        before, now = (_typical(recording, "latency_p95_ms", service, w) for w in (calm, window))
        if not now >= LEAST_LATENCY_FACTOR * before:
            yield f"{fault.name}: p95 of {service} only goes from {before:.0f} to {now:.0f} ms"
    if not _typical(recording, "error_share", "shop", window) >= LEAST_ERROR_SHARE:
        yield f"{fault.name}: the shop hardly fails"
    if not _alerted(recording, window):
        yield f"{fault.name}: no alert fired"
    yield from _accuracy_problems(recording, fault)


def _model_problems(recording: Recording, fault: Fault) -> Iterator[str]:
    window, calm = _around(recording, fault)
    made = [p for p in recording.lines("predictions.jsonl") if window.start <= seconds(p["ts"]) < window.end]
    if not {p["version"] for p in made} - {"v3"}:
        yield f"{fault.name}: the bad version made no prediction"
    for service in ("shop", "recommender"):
        before, now = (_typical(recording, "latency_p95_ms", service, w) for w in (calm, window))
        if not now < LEAST_LATENCY_FACTOR * before:
            yield f"{fault.name}: p95 of {service} is {now:.0f} ms, but the services must stay well"
    if _alerted(recording, window):
        yield f"{fault.name}: an alert fired, but the services must stay well"
    yield from _accuracy_problems(recording, fault)


def _quiet_problems(recording: Recording) -> Iterator[str]:
    right = accuracy(recording)
    calm, *later = [window for window in windows(recording) if window.quiet]
    for window in (calm, *later):
        if _typical(recording, "error_share", "shop", window) > MOST_QUIET_ERROR_SHARE:
            yield f"{window.name}: the shop fails outside the faults"
    for window in later:
        loss, error = _loss(right, calm, window)
        if loss > max(LEAST_ACCURACY_LOSS, 3 * error):
            yield f"{window.name}: accuracy is {loss:.3f} lower outside the faults"


def _accuracy_problems(recording: Recording, fault: Fault) -> Iterator[str]:
    window, calm = _around(recording, fault)
    loss, error = _loss(accuracy(recording), calm, window)
    if not loss >= max(LEAST_ACCURACY_LOSS, 3 * error):
        yield f"{fault.name}: accuracy only falls by {loss:.3f} (standard error {error:.3f})"


def _loss(right: Right, calm: Window, window: Window) -> tuple[float, float]:
    """How much accuracy is lower than in the calm window, and the standard error of that difference."""
    pairs = [right(w.start, w.end) for w in (calm, window)]
    error = sqrt(sum(share * (1 - share) / max(n, 1) for n, share in pairs))
    return pairs[0][1] - pairs[1][1], error


def _around(recording: Recording, fault: Fault) -> tuple[Window, Window]:
    """The window of a fault, and the calm one it is compared with: what was before the first fault."""
    found = windows(recording)
    return next(window for window in found if window.name == fault.name), found[0]


def _alerted(recording: Recording, window: Window) -> bool:
    """Did an alert begin in this window?"""
    alerts = [alert for payload in recording.lines("alerts.jsonl") for alert in payload["alerts"]]
    return any(window.start <= seconds(alert["startsAt"]) < window.end + SETTLE_S for alert in alerts)
