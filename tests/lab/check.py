"""Is a recording whole? Everything is computed from the raw files, as a stranger would find them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from tests.lab import signs
from tests.lab.measure import Measured
from tests.lab.recording import DamagedError, Recording, seconds

SLACK_S = 2.0  # several threads write: neighbours may change places, but not by more than a time-out
MOST_QUIET_ERROR_SHARE = 0.005
TIME_KEYS = {
    "access.log": "msec",
    "shop.jsonl": "ts",
    "recommender.jsonl": "ts",
    "predictions.jsonl": "ts",
    "labels.jsonl": "label_ts",
    "alerts.jsonl": "received_at",
}
BLIND = "log_disk_full"  # the one fault in which predictions are made and not recorded


def check(folder: Path) -> tuple[list[str], list[str]]:
    """Facts, and problems in words; no problem means that the recording is whole."""
    try:
        measured = Measured(Recording(folder))
        return list(_facts(measured)), list(_problems(measured))
    except DamagedError as error:
        return [], [str(error)]
    except (KeyError, TypeError, ValueError, LookupError) as error:
        return [], [f"a file does not have what it must have: {error.__class__.__name__}: {error}"]


def _facts(measured: Measured) -> Iterator[str]:
    for name in TIME_KEYS:
        yield f"{name}: {len(measured.recording.lines(name))} lines"
    for window in measured.windows:
        n, share = measured.accuracy(window)
        p95 = measured.typical("latency_p95_ms", "shop", window)
        errors = measured.typical("error_share", "shop", window)
        yield f"{window.name}: accuracy {share:.3f} (n = {n}), shop p95 {p95:.0f} ms, shop errors {errors:.1%}"


def _problems(measured: Measured) -> Iterator[str]:
    yield from _order_problems(measured.recording)
    yield from _join_problems(measured.recording)
    for fault in measured.recording.faults():
        yield from signs.missing(measured, fault)
    yield from _quiet_problems(measured)


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
    faults = recording.faults()
    if any(fault.end <= fault.start for fault in faults):
        yield "truth.json: a fault ends before it begins"
    if any(later.start < earlier.start for earlier, later in pairwise(faults)):
        yield "truth.json: the faults are not in order"


def _time(value: object) -> float:
    return value if isinstance(value, float) else seconds(str(value))


def _join_problems(recording: Recording) -> Iterator[str]:
    """Every label has an earlier prediction; every accepted order has a prediction and passed the gateway."""
    predictions = {p["prediction_id"]: seconds(p["ts"]) for p in recording.lines("predictions.jsonl")}
    accepted = [line for line in recording.lines("shop.jsonl") if line["message"] == "order accepted"]
    unrecorded = _while_blind(recording, accepted)
    labels = [label for label in recording.lines("labels.jsonl") if label["prediction_id"] not in unrecorded]
    if orphans := sum(label["prediction_id"] not in predictions for label in labels):
        yield f"{orphans} labels have no prediction"
    if early := sum(seconds(la["label_ts"]) <= predictions.get(la["prediction_id"], 0) for la in labels):
        yield f"{early} labels are known before their prediction"
    if lost := sum(line["order_id"] not in predictions for line in accepted if line["order_id"] not in unrecorded):
        yield f"{lost} accepted orders have no prediction"
    answers = [line["status"] for line in recording.lines("access.log")]
    passed, unanswered = answers.count(201), sum(answers.count(status) for status in (499, 502, 504))
    if not passed <= len(accepted) <= passed + unanswered:
        yield f"the gateway passed {passed} orders, the shop accepted {len(accepted)}"


def _while_blind(recording: Recording, accepted: list[dict[str, str]]) -> set[str]:
    """Orders of the time in which the recommender could write nothing; theirs alone may lack a prediction."""
    blind = [(f.start, f.end + 1) for f in recording.faults() if f.name == BLIND]
    times = ((line["order_id"], seconds(line["ts"])) for line in accepted)
    return {order_id for order_id, at in times if any(start <= at < end for start, end in blind)}


def _quiet_problems(measured: Measured) -> Iterator[str]:
    quiet = [window for window in measured.windows if window.quiet]
    for window in quiet:
        if measured.typical("error_share", "shop", window) > MOST_QUIET_ERROR_SHARE:
            yield f"{window.name}: the shop fails outside the faults"
    for window in quiet[1:]:
        _, loss, error = measured.loss(window)
        if loss > max(signs.LEAST_ACCURACY_LOSS, 3 * error):
            yield f"{window.name}: accuracy is {loss:.3f} lower outside the faults"
