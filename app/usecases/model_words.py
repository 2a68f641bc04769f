"""Sentences of the pages Models and Model, and the definitions behind "How?". Pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Final

import numpy as np

from analytics.drift.cost import Cost
from analytics.performance import METRICS
from app.format import DASH, MINUS, clock, count, day, duration, exact, number, span, value
from app.usecases.incident_view import Span
from app.usecases.model_history import ModelHistory
from app.usecases.model_view import Measured, Sentence, Window
from app.usecases.thresholds import Limits, labels_words
from app.usecases.words import first_upper, listed
from data.records import Model

_WINDOWS: Final = (
    "Baseline. Of an incident: the same over the predictions around it before it began and in no other incident, which "
    "its verdict rests on, too. Else over all predictions outside incidents and episodes. Of the version itself where "
    "it has 200 labels there, else of all versions of the model.",
    "Worst window. The dearest incident of the range, else the worst episode of the metric, else the last quarter of "
    "the predictions. A window that was chosen for being bad looks a little worse than it was.",
    "Labels in. Of the labels that are in or may still come, those that are in.",
)
_COUNTED: Final = (
    "Data quality. Predictions whose stored features all stood at their fall-back values or were missing, and values "
    "that were missing.",
    "Cost, by which rows are sorted: how much worse than the baseline the window was, in parts of the baseline loss.",
)
ERROR: Final = "error"
LOST: Final = (
    "Points lost. 100 times the loss (wrong predictions, or the error) that would go away if the feature were "
    "distributed as in the reference. The model itself is not asked: this is an estimate from what was observed.",
    "loss = a + w [in the window] + sum of b(cell of each feature), fitted over both windows; a feature lost "
    "the sum over its cells of (share in the window – share in the reference) times b. Cells: tenths of the reference, "
    "frequent single values, levels and null. Source: Oaxaca 1973, Blinder 1973, pooled with the window as Jann 2008.",
    "The parts and the rest add up to the whole loss. The interval is a bootstrap over 50 stretches of time of each "
    "window. Features that moved in the same rows share what those rows lost, and which of them did it cannot be told "
    "apart; a feature that takes values the reference never held cannot be judged.",
)


def definitions(limits: Limits) -> tuple[str, ...]:
    """What the words on a model mean under the limits that hold."""
    performance = (
        "Performance. The metric that counts for the model, over the predictions made in each stretch of time, from "
        "the labels that are in; the interval holds 95 % (Wilson's for shares, the normal one for errors). A stretch "
        f"in which under {labels_words(limits.labels_needed)} are in has no figure, only an estimate where scores "
        "were logged."
    )
    drift = (
        "Drift. A feature drifted when its distribution in the window differs from the quiet predictions before it by "
        "more than chance (Holm over all features) and by an effect of the drift limit or more, which is "
        f"{exact(limits.drift_limit)} (Settings)."
    )
    return performance, *_WINDOWS, drift, *_COUNTED


def metric_words(model: Model) -> str:
    """``accuracy``, ``mean error``: what the metric is called."""
    return METRICS[model.metric].label


def delay_words(history: ModelHistory) -> str:
    """How long the labels needed take, ``""`` without labels."""
    delays = _delays(history)
    return "" if delays is None else duration(float(np.quantile(delays, history.limits.labels_needed)))


def stated_lag(history: ModelHistory) -> str:
    """The lag that stands for label times where all labels took exactly as long, which no real label does; or ""."""
    delays = _delays(history)
    if delays is None or len(delays) < 20 or np.ptp(delays) > 0:
        return ""
    return duration(float(delays[0]))


def _delays(history: ModelHistory) -> np.ndarray | None:
    rows = history.predictions
    found = (rows["label_known_at"] - rows["ts"]).dropna().dt.total_seconds().to_numpy(float)
    return found if len(found) else None


def small_line(model: Model, history: ModelHistory | None, served: str = "") -> str:
    """What it runs on, where features come from, whether it is live or until when it ``served``, when labels arrive."""
    parts = [f"runs on {model.service}" if model.service else "", _reads(model), served or model.stage]
    if history is not None:
        parts.append(_labels_words(history))
    return " · ".join(filter(None, parts))


def served_words(until: datetime, whole: ModelHistory, zone: tzinfo) -> str:
    """``served until 04:09:45``, with the day where the range is longer than two."""
    long = whole.end - whole.start > timedelta(days=2)
    return f"served until {day(until, zone, year=True) if long else clock(until, zone)}"


def _reads(model: Model) -> str:
    return f"features from {listed(list(model.reads))}" if model.reads else ""


def _labels_words(history: ModelHistory) -> str:
    lag = stated_lag(history)
    if lag:
        return f"no label times: a stated lag of {lag} stands for them"
    taken = delay_words(history)
    needed = history.limits.labels_needed
    return f"{needed:.0%} of labels are in after {taken}" if taken else "no label is in"


def window_words(window: Window, zone: tzinfo) -> str:
    """``03:56:55 – 04:01:35 against the quiet predictions before it``."""
    when = span_words(window.span, zone)
    return f"{when} against the quiet predictions before it"


def span_words(found: Span, zone: tzinfo) -> str:
    """Short spans by the clock, long ones by the day."""
    if found.end - found.start > timedelta(days=2):
        return f"{day(found.start, zone, year=True)} {DASH} {day(found.end, zone, year=True)}"
    if found.start.astimezone(zone).date() == found.end.astimezone(zone).date():
        return f"{clock(found.start, zone)} {DASH} {clock(found.end, zone)}"
    return span(found.start, found.end, zone)


def without_incident(
    metric: str, window: Window | None, now: Measured, usual: Measured, drifted: Sequence[str], labels: float
) -> Sentence:
    """The sentence of a model that no incident hit."""
    if not now.known:
        share = 0.0 if np.isnan(labels) else labels
        return Sentence("unknown", f"Cannot tell yet: {value(share, 'share')} of labels are in.",
                        f"The {metric} of this stretch is not known.", "")  # fmt: skip
    if window is not None and window.kind == "episode":
        text = f"{first_upper(metric)} went from {number(usual.value)} to {number(now.value)}; no incident covers it."
        return Sentence("model", "The model moved.", text, "Look at its inputs and labels of that time.", lost=True)
    if drifted:
        moved = listed(list(drifted[:3])) + (f" and {len(drifted) - 3} more" if len(drifted) > 3 else "")
        return Sentence("neither", f"Neither. Inputs changed, {metric} held.", f"{moved} moved.",
                        "Nothing to repair, nothing to retrain.")  # fmt: skip
    return Sentence("neither", f"Healthy. {first_upper(metric)} held.", f"{number(usual.value)} over the range.", "")


def change_words(change: float) -> str:
    """A difference of the metric with its sign."""
    if not np.isfinite(change):
        return DASH
    return f"{MINUS if change < 0 else '+'}{number(abs(change))}"


def lost_unit(model: Model) -> str:
    """What a loss is counted in: ``accuracy points``, or the error itself of a regression."""
    return ERROR if model.kind == "regression" else "accuracy points"


def lost_words(found: Cost, model: Model) -> str:
    """``17.9 accuracy points lost in all, 0.9 of them in no feature.``"""
    if found.reason:
        return f"Points lost: {found.reason}."
    if not np.isfinite(found.total):
        return ""
    if found.total <= 0:
        return "Nothing was lost in this window."
    total, rest = (lost(x, model) for x in (found.total, found.rest))
    return f"{total} {lost_unit(model)} lost in all, {rest} of them in no feature."


def lost(loss: float, model: Model) -> str:
    """A loss in points with one decimal, or in the unit of the error."""
    return lost_in(loss, lost_unit(model))


def lost_in(loss: float, unit: str) -> str:
    """The same where the unit is known already."""
    if not np.isfinite(loss):
        return DASH
    text = number(abs(loss)) if unit == ERROR else f"{100 * abs(loss):.1f}"
    return f"{MINUS}{text}" if loss < 0 and text.strip("0.") else text


def predictions_words(n: int, found: Span, zone: tzinfo) -> str:
    """``13,323 predictions, 03:45:15 – 04:15:14``."""
    return f"{count(n, 'prediction')}, {span_words(found, zone)}"


def length_words(window: Window) -> str:
    """``worst 4 min 39 s`` or ``last 7 min``."""
    length = duration((window.span.end - window.span.start).total_seconds())
    return f"{'last' if window.kind == 'last' else 'worst'} {length}"
