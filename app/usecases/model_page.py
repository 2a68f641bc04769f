"""The Model page's question: how good was this model, what moved, what did it cost, and whose fault was it?"""

from __future__ import annotations

from datetime import timedelta, tzinfo

import numpy as np
import pandas as pd

from app.usecases import model_words as words
from app.usecases.incident_view import EventMark, Span
from app.usecases.model_before import load_before
from app.usecases.model_history import ModelHistory, load
from app.usecases.model_look import Look, VerdictOf, look, of_version, sentence, versions
from app.usecases.model_performance import series
from app.usecases.model_signals import default_signal, drift_signals
from app.usecases.model_view import InputLane, InputLine, ModelView, Sentence, VersionLine
from app.usecases.model_window import measured
from app.usecases.service_events import events_of
from app.usecases.service_judged import Judge, judge
from app.usecases.signals import Signal
from app.usecases.stamps import times
from data.errors import NotFound
from data.queries import incidents, registry
from data.records import Model
from data.store import Snapshot

MOST_DRIFT_LINES = 40


def names(snap: Snapshot) -> tuple[str, ...]:
    """Names of all models."""
    return tuple(model.name for model in registry.models(snap))


def find(snap: Snapshot, name: str) -> Model:
    """The model of this name. Raises NotFound."""
    for model in registry.models(snap):
        if model.name == name:
            return model
    raise NotFound(f"There is no model “{name[:80]}”.", "Choose one on the page Models.")


def reach(snap: Snapshot, name: str = "") -> Span | None:
    """When predictions were made, of one model or of all, as far as the store knows without reading them; half-open."""
    own = [s for s in snap.segments("predictions") if not name or name in s.models]
    firsts = [s.min_ts for s in own if s.min_ts is not None]
    lasts = [s.max_ts for s in own if s.max_ts is not None]
    return Span(min(firsts), max(lasts) + timedelta(seconds=1)) if firsts and lasts else None


def page(
    snap: Snapshot,
    name: str,
    span: Span,
    zone: tzinfo,
    verdict_of: VerdictOf,
    version: str = "",
    judge: Judge = judge,
    intervals: bool = True,
) -> ModelView:
    """The page over a range, of one version or of all. Raises NotFound for a name that the store does not have."""
    model = find(snap, name)
    whole = load(snap, model, span.start, span.end)
    if whole is None:
        return _without(model, span, "No predictions in this range.")
    chosen = version if version in versions(whole) else ""
    found = incidents.list_incidents(snap, span.start, span.end)
    made = look(whole, chosen, found, judge, load_before(snap, whole, found), intervals)
    drift = _drift(made)
    return ModelView(
        name=model.name,
        title=made.history.name if chosen else model.name,
        small=words.small_line(model, made.history, _replaced(made, zone) if chosen else ""),
        span=span,
        sentence=sentence(made, verdict_of),
        on_services=bool(model.service or model.reads),
        performance=series(made.history, made.judged, made.usual.value) if made.judged else None,
        performance_missing="" if made.judged else "No label is in for these predictions: the metric is not known.",
        drift=drift,
        fed=_fed(made),
        drift_missing="" if drift else _no_drift(made),
        features=made.compared.lines,
        window=made.window,
        window_words=words.window_words(made.window, zone),
        lost_unit=words.lost_unit(model),
        lost_words=words.lost_words(made.compared.cost, model),
        versions=_versions(whole, chosen, zone),
        incidents=tuple(sorted(made.costs, key=lambda one: one.span.start, reverse=True)),
        events=_events(snap, model, span, judge),
    )


def _replaced(made: Look, zone: tzinfo) -> str:
    """Until when a version served that is not the last one of the range."""
    own, newest = made.history.predictions["ts"].max(), made.whole.predictions["ts"].max()
    return words.served_words(own.to_pydatetime(), made.whole, zone) if newest - own > made.whole.bucket else ""


def _without(model: Model, span: Span, why: str) -> ModelView:
    said = Sentence("unknown", "Cannot tell.", why, "")
    return ModelView(model.name, model.name, words.small_line(model, None), span, said, nothing=why)


def _drift(made: Look) -> InputLane | None:
    """Effect size of every feature against what was before the window, the drifted first."""
    order = {name: i for i, name in enumerate(made.compared.drifted)}
    found = drift_signals(made.history, made.window.span.start)
    lines = [_line(signal, signal.name, signal.name in order) for signal in found]
    kept = sorted(lines, key=lambda one: (order.get(one.name, len(order)), -_most(one)))[:MOST_DRIFT_LINES]
    return InputLane("drift, effect size", "", tuple(kept), made.history.limits.drift_limit) if kept else None


def _fed(made: Look) -> InputLane | None:
    """Share of predictions on default features alone, by bucket; None where the registry states no default."""
    signal = default_signal(made.history, made.history.bucket)
    return None if signal is None else InputLane(f"{signal.measure}", "share", (_line(signal, "defaults", True),))


def _line(signal: Signal, name: str, marked: bool) -> InputLine:
    values = signal.values
    return InputLine(name, times(pd.DatetimeIndex(values.index)), values.to_numpy(float), marked)


def _most(one: InputLine) -> float:
    return float(np.nanmax(one.value)) if np.isfinite(one.value).any() else 0.0


def _no_drift(made: Look) -> str:
    if not len(made.history.features.columns):
        return "The predictions carry no features."
    return "Too few predictions before this window to set it against."


def _versions(whole: ModelHistory, chosen: str, zone: tzinfo) -> tuple[VersionLine, ...]:
    """The newest first; one line without a name where no version is written."""
    return tuple(
        _version(of_version(whole, one), one, one == chosen, zone) for one in reversed(versions(whole) or ("",))
    )


def _version(own: ModelHistory, version: str, shown: bool, zone: tzinfo) -> VersionLine:
    ts = own.predictions["ts"]
    span = Span(ts.min().to_pydatetime(), ts.max().to_pydatetime())
    said = words.predictions_words(len(ts), span, zone)
    return VersionLine(version, said, len(ts), span, measured(own, np.ones(len(ts), bool)), shown)


def _events(snap: Snapshot, model: Model, span: Span, judge: Judge) -> tuple[EventMark, ...]:
    near = [name for name in (model.service, *model.reads) if name]
    return events_of(snap, near, span.start, span.end, judge, (model.name,))
