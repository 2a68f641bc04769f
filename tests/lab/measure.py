"""What a recording shows in a stretch of time, computed from the raw files, as a stranger would find them."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import sqrt
from statistics import mean, median

from tests.lab.recording import Fault, JsonRecord, Recording, seconds

SETTLE_S = 20.0  # a 15 s rate window and a scrape: so long a metric still holds what was before


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


@dataclass(frozen=True, slots=True)
class Labelled:
    """A prediction with its label; times in seconds."""

    ts: float
    known: float
    right: bool


@dataclass(slots=True)
class Measured:
    """Measures `recording`; what all is compared with is `calm`, the quiet before the first fault."""

    recording: Recording
    windows: list[Window] = field(init=False)
    labelled: list[Labelled] = field(init=False)

    def __post_init__(self) -> None:
        self.windows = windows(self.recording)
        self.labelled = _labelled(self.recording)

    @property
    def calm(self) -> Window:
        return self.windows[0]

    def window(self, fault: Fault) -> Window:
        return Window(fault.name, fault.start, fault.end, False)

    def alone(self, fault: Fault) -> bool:
        """Was nothing else broken, so shortly before that a metric still shows it or at the same time?"""
        others = (other for other in self.recording.faults() if other != fault)
        return not any(other.start < fault.end and fault.start < other.end + SETTLE_S for other in others)

    def typical(self, metric: str, service: str, window: Window) -> float:
        """Median of a metric in the settled part of a window; NaN without samples."""
        inside = self._inside(metric, service, window.settled, window.end)
        return median(inside) if inside else float("nan")

    def highest(self, metric: str, service: str, window: Window) -> float:
        """Also just after the window: a rate shows late what was."""
        return max(self._inside(metric, service, window.start, window.end + SETTLE_S), default=float("nan"))

    def lowest(self, metric: str, service: str, window: Window) -> float:
        return min(self._inside(metric, service, window.start, window.end + SETTLE_S), default=float("nan"))

    def _inside(self, metric: str, service: str, start: float, end: float) -> list[float]:
        samples = self.recording.series(metric).get(service, [])
        return [value for ts, value in samples if start <= ts < end]

    def accuracy(self, window: Window) -> tuple[int, float]:
        """Labelled predictions of the window and the share that was right, with all labels that ever came."""
        right = [one.right for one in self.labelled if window.start <= one.ts < window.end]
        return len(right), mean(right) if right else float("nan")

    def accuracy_known(self, window: Window) -> tuple[int, float]:
        """The same of the labels that arrived in the window: what people saw on their screens."""
        right = [one.right for one in self.labelled if window.start <= one.known < window.end]
        return len(right), mean(right) if right else float("nan")

    def loss(self, window: Window) -> tuple[int, float, float]:
        """Labelled predictions, how much their accuracy is below the calm one, and the standard error of that."""
        pairs = [self.accuracy(one) for one in (self.calm, window)]
        error = sqrt(sum(share * (1 - share) / max(n, 1) for n, share in pairs))
        return pairs[1][0], pairs[0][1] - pairs[1][1], error

    def predictions(self, window: Window) -> list[JsonRecord]:
        made = self.recording.lines("predictions.jsonl")
        return [one for one in made if window.start <= seconds(one["ts"]) < window.end]

    def alerted(self, window: Window) -> bool:
        """Did an alert begin in this window?"""
        alerts = [alert for payload in self.recording.lines("alerts.jsonl") for alert in payload["alerts"]]
        return any(window.start <= seconds(alert["startsAt"]) < window.end + SETTLE_S for alert in alerts)


def windows(recording: Recording) -> list[Window]:
    """Quiet, fault, quiet, fault ... in order of time; of faults that overlap each is a window of its own."""
    about = recording.json("recording.json")
    edge, found = seconds(about["started"]), list[Window]()
    for fault in [*recording.faults(), None]:
        until = fault.start if fault else seconds(about["ended"])
        if until > edge:
            found.append(Window(f"quiet {sum(one.quiet for one in found) + 1}", edge, until, True))
        if fault:
            found.append(Window(fault.name, fault.start, fault.end, False))
            edge = max(edge, fault.end)
    return found


def _labelled(recording: Recording) -> list[Labelled]:
    labels = {label["prediction_id"]: label for label in recording.lines("labels.jsonl")}
    found = list[Labelled]()
    for made in recording.lines("predictions.jsonl"):
        if label := labels.get(made["prediction_id"]):
            right = made["y_pred"] == label["y_true"]
            found.append(Labelled(seconds(made["ts"]), seconds(label["label_ts"]), right))
    return found
