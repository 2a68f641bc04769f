"""Is a recording whole? Everything is computed from the raw files, as a stranger would find them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import mean, median

from tests.lab.recording import DamagedError, Fault, JsonRecord, Recording, seconds

SETTLE_S = 20.0  # a 15 s rate window and a scrape, after a fault has ended
LEAST_ACCURACY_LOSS = 0.08
LEAST_LATENCY_FACTOR = 5.0
LEAST_ERROR_SHARE = 0.03
MOST_QUIET_ERROR_SHARE = 0.005
TIME_KEYS = {"access.log": "msec", "shop.jsonl": "ts", "recommender.jsonl": "ts", "predictions.jsonl": "ts"}
TIME_KEYS |= {"labels.jsonl": "label_ts", "alerts.jsonl": "received_at"}
SLACK_S = 2.0  # several threads write: neighbours may change places, but not by more than a time-out


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of the recording: "before", a fault's name, or "after"."""

    name: str
    start: float
    end: float


def check(folder: Path) -> tuple[list[str], list[str]]:
    """Facts, and problems in words; no problem means that the recording is whole."""
    try:
        recording = Recording(folder)
        facts, problems = list(_facts(recording)), list(_problems(recording))
    except DamagedError as error:
        return [], [str(error)]
    except (KeyError, TypeError, ValueError) as error:
        return [], [f"a file does not have what it must have: {error.__class__.__name__}: {error}"]
    return facts, problems


def windows(recording: Recording) -> list[Window]:
    """Before, during and after each fault; what follows a fault begins when the rate windows have passed it."""
    about = recording.json("recording.json")
    edges, found = seconds(about["started"]), []
    for number, fault in enumerate(recording.faults(), 1):
        found.append(Window(f"quiet {number}", edges, fault.start))
        found.append(Window(fault.name, fault.start, fault.end))
        edges = fault.end
    return [*found, Window(f"quiet {len(found) // 2 + 1}", edges, seconds(about["ended"]))]


def accuracy(recording: Recording) -> Callable[[float, float], tuple[int, float]]:
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
    """Median of a metric in a window, without the seconds in which the rate window still holds the time before."""
    samples = recording.series(metric).get(service, [])
    settle_s = min(SETTLE_S, (window.end - window.start) / 2)
    inside = [value for ts, value in samples if window.start + settle_s <= ts < window.end]
    return median(inside) if inside else float("nan")


def _problems(recording: Recording) -> Iterator[str]:
    yield from _order_problems(recording)
    yield from _join_problems(recording)
    faults = {fault.verdict: fault for fault in recording.faults()}
    yield from _infra_problems(recording, faults["infra"])
    yield from _model_problems(recording, faults["model"])
    yield from _quiet_problems(recording)


def _order_problems(recording: Recording) -> Iterator[str]:
    for name, key in TIME_KEYS.items():
        times = [_time(line[key]) for line in recording.lines(name)]
        if not times:
            yield f"{name} is empty"
        backwards = sum(later < earlier - SLACK_S for earlier, later in pairwise(times))
        if backwards:
            yield f"{name}: time runs backwards {backwards} times"
    known = [(seconds(e["ts"]), seconds(e["known_at"])) for e in recording.events()]
    if any(later < earlier for earlier, later in [*pairwise(ts for ts, _ in known), *known]):
        yield "events.csv: times are not in order"
    if any(fault.end <= fault.start for fault in recording.faults()):
        yield "truth.json: a fault ends before it begins"


def _time(value: object) -> float:
    return value if isinstance(value, float) else seconds(str(value))


def _join_problems(recording: Recording) -> Iterator[str]:
    """Every label has its prediction and is later; every accepted order has a prediction and passed the gateway."""
    predictions = {p["prediction_id"]: seconds(p["ts"]) for p in recording.lines("predictions.jsonl")}
    labels = recording.lines("labels.jsonl")
    if orphans := sum(label["prediction_id"] not in predictions for label in labels):
        yield f"{orphans} labels have no prediction"
    if early := sum(seconds(la["label_ts"]) <= predictions.get(la["prediction_id"], 0) for la in labels):
        yield f"{early} labels are known before their prediction"
    accepted = [line for line in recording.lines("shop.jsonl") if line["message"] == "order accepted"]
    if lost := sum(line["order_id"] not in predictions for line in accepted):
        yield f"{lost} accepted orders have no prediction"
    passed = [line for line in recording.lines("access.log") if line["status"] == 201]
    if len(passed) != len(accepted):
        yield f"the gateway passed {len(passed)} orders, the shop accepted {len(accepted)}"


def _infra_problems(recording: Recording, fault: Fault) -> Iterator[str]:
    window, before = _around(recording, fault)
    if not _any_sample(recording, "service_up", "feature-store", window, lambda value: value == 0):
        yield f"{fault.name}: service_up of feature-store never shows it"
    for service in ("shop", "recommender"):
        calm, hurt = (_typical(recording, "latency_p95_ms", service, w) for w in (before, window))
        if not hurt >= LEAST_LATENCY_FACTOR * calm:
            yield f"{fault.name}: p95 of {service} goes from {calm:.0f} to {hurt:.0f} ms only"
    if not _typical(recording, "error_share", "shop", window) >= LEAST_ERROR_SHARE:
        yield f"{fault.name}: the shop hardly fails"
    if not any(_fired_within(alert, window) for alert in recording.lines("alerts.jsonl")):
        yield f"{fault.name}: no alert fired"
    yield from _accuracy_problems(recording, fault)


def _model_problems(recording: Recording, fault: Fault) -> Iterator[str]:
    window, before = _around(recording, fault)
    versions = {p["version"] for p in _during(recording.lines("predictions.jsonl"), window)}
    if len(versions - {"v3"}) != 1:
        yield f"{fault.name}: versions {sorted(versions)} predicted, the bad one is not among them"
    for service in ("shop", "recommender"):
        calm, now = (_typical(recording, "latency_p95_ms", service, w) for w in (before, window))
        if not now < LEAST_LATENCY_FACTOR * calm:
            yield f"{fault.name}: p95 of {service} is {now:.0f} ms, but its services must stay well"
    if any(_fired_within(alert, window) for alert in recording.lines("alerts.jsonl")):
        yield f"{fault.name}: an alert fired, but its services must stay well"
    yield from _accuracy_problems(recording, fault)


def _quiet_problems(recording: Recording) -> Iterator[str]:
    right = accuracy(recording)
    quiet = [window for window in windows(recording) if window.name.startswith("quiet")]
    for window in quiet:
        if _typical(recording, "error_share", "shop", window) > MOST_QUIET_ERROR_SHARE:
            yield f"{window.name}: the shop fails outside the faults"
        if right(window.start, window.end)[1] < right(quiet[0].start, quiet[0].end)[1] - LEAST_ACCURACY_LOSS / 2:
            yield f"{window.name}: the model is less right outside the faults"


def _accuracy_problems(recording: Recording, fault: Fault) -> Iterator[str]:
    right, (window, before) = accuracy(recording), _around(recording, fault)
    loss = right(before.start, before.end)[1] - right(window.start, window.end)[1]
    if not loss >= LEAST_ACCURACY_LOSS:
        yield f"{fault.name}: accuracy falls by {loss:.3f} only"


def _around(recording: Recording, fault: Fault) -> tuple[Window, Window]:
    found = windows(recording)
    at = next(i for i, window in enumerate(found) if window.name == fault.name)
    return found[at], found[at - 1]


def _any_sample(
    recording: Recording, metric: str, service: str, window: Window, holds: Callable[[float], bool]
) -> bool:
    samples = recording.series(metric).get(service, [])
    return any(holds(value) for ts, value in samples if window.start <= ts < window.end + SETTLE_S)


def _during(lines: Iterable[JsonRecord], window: Window) -> list[JsonRecord]:
    return [line for line in lines if window.start <= seconds(line["ts"]) < window.end]


def _fired_within(payload: JsonRecord, window: Window) -> bool:
    return any(window.start <= seconds(alert["startsAt"]) < window.end + SETTLE_S for alert in payload["alerts"])
