"""The Models page's question: which models suffered in the range, how much, and whose fault was it?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from typing import Literal

import numpy as np

from app.format import DASH, count, duration, moment, value
from app.usecases import model_words as words
from app.usecases.incident_events import from_event
from app.usecases.incident_view import EventMark, Span
from app.usecases.model_before import load_before
from app.usecases.model_history import ModelHistory, load
from app.usecases.model_look import Look, VerdictOf, default_share, look, null_share, sentence, versions
from app.usecases.model_performance import state_of
from app.usecases.model_view import UNKNOWN, ModelRow, Sentence
from app.usecases.model_window import worse_by
from app.usecases.service_judged import Judge, judge
from app.usecases.service_lane import State
from data.queries import events, incidents, registry
from data.records import Model
from data.store import Snapshot

Order = Literal["cost", "name"]
BAD_SHARE = 0.01  # of predictions on defaults, or of values that are null, from which on the data are not well
MOST_VERSIONS = 6


def rows_of(
    snap: Snapshot, model: Model, span: Span, verdict_of: VerdictOf, judge: Judge = judge
) -> tuple[ModelRow, ...]:
    """A row per version of a model that served in the range, the newest six; one where it made no prediction."""
    whole = load(snap, model, span.start, span.end)
    if whole is None:
        return (_silent(model),)
    found = incidents.list_incidents(snap, span.start, span.end)
    chosen = versions(whole)[-MOST_VERSIONS:] or ("",)
    before = load_before(snap, whole, found)
    looks = [look(whole, version, found, judge, before, intervals=False) for version in reversed(chosen)]
    return tuple(_row(one, version, verdict_of) for one, version in zip(looks, reversed(chosen), strict=True))


def _silent(model: Model) -> ModelRow:
    said = Sentence("unknown", "Cannot tell.", "No predictions in this range.")
    return ModelRow(
        name=model.name, version="", small=_small(model), sentence=said, metric=words.metric_words(model),
        measured=UNKNOWN, baseline=UNKNOWN, when="", scale=(0.0, 1.0), change=np.nan, cost=np.nan, state="nodata",
        labels_in=np.nan, labels_words="", drift=DASH, drift_small="", quality=DASH, quality_small="",
        nothing="no predictions in this range",
    )  # fmt: skip


def _small(model: Model) -> str:
    return " · ".join(filter(None, [model.stage, model.service])) or "no service is stated"


def _row(made: Look, version: str, verdict_of: VerdictOf) -> ModelRow:
    model, said = made.whole.model, sentence(made, verdict_of)
    lost = worse_by(made.history, made.now.value, made.usual.value)
    drift, drift_small = _drift(made)
    quality, quality_small = _quality(made)
    labels, never = made.labels_in
    return ModelRow(
        name=model.name,
        version=version,
        small=_small(model),
        sentence=said,
        metric=words.metric_words(model),
        measured=made.now,
        baseline=made.usual,
        when=words.length_words(made.window),
        scale=_scale(made),
        change=made.now.value - made.usual.value,
        cost=lost / _loss_scale(made) if np.isfinite(lost) else np.nan,
        state=_state(made, said),
        labels_in=labels,
        labels_words=f"{value(never, 'share')} never came" if never >= BAD_SHARE else "",
        drift=drift,
        drift_small=drift_small,
        quality=quality,
        quality_small=quality_small,
        nothing="" if made.now.known else _unlabelled(made),
        incident_id=made.window.incident_id,
        lost=made.compared.cost.total - made.compared.cost.rest if made.compared.lines else np.nan,
        nulls=null_share(made),
        defaults=default_share(made),
    )


def _unlabelled(made: Look) -> str:
    n = int(made.history.predictions["y_true"].notna().sum())
    return f"has {count(n, 'label')}, none in this window" if n else "no label is in"


def _loss_scale(made: Look) -> float:
    """What a loss is measured by: the room left below a perfect share, or the usual error."""
    return max(1 - made.usual.value, 0.05) if made.usual.value <= 1 and made.history.share_metric else made.usual.value


def _state(made: Look, said: Sentence) -> State:
    """Critical where the incident of the window is and cost the model something, degraded where something was lost."""
    if not made.now.known:
        return "nodata"
    severe = any(i.incident_id == made.window.incident_id and i.severity == "critical" for i in made.incidents)
    return (
        "critical"
        if said.lost and severe
        else "degraded"
        if said.lost
        else state_of(made.judged)
        if made.judged
        else "ok"
    )


def _scale(made: Look) -> tuple[float, float]:
    """The ends of the little axis: all figures of the row with some air."""
    found = [x for one in (made.now, made.usual) for x in (one.value, one.low, one.high) if np.isfinite(x)]
    low, high = min(found, default=0.0), max(found, default=1.0)
    air = 0.12 * (high - low) or 0.1
    return low - air, high + air


def _drift(made: Look) -> tuple[str, str]:
    """Points lost over all features, and which drifted."""
    found, drifted = made.compared.cost, made.compared.drifted
    if not made.compared.lines:
        features = len(made.history.features.columns)
        return DASH, "too few predictions to compare" if features else "no features are logged"
    names = drifted[0] + (f", {len(drifted) - 1} more" if len(drifted) > 1 else "") if drifted else "none drifted"
    lost = found.total - found.rest
    return (words.lost(lost, made.whole.model) if np.isfinite(lost) else DASH), names


def _quality(made: Look) -> tuple[str, str]:
    defaults, nulls = default_share(made), null_share(made)
    if np.isnan(nulls):
        return DASH, ""
    when = f"for {duration((made.window.span.end - made.window.span.start).total_seconds())}"
    if np.isfinite(defaults) and defaults >= BAD_SHARE:
        return f"{value(defaults, 'share')} defaults", when
    if nulls >= BAD_SHARE:
        return f"{value(nulls, 'share')} missing", when
    return "well", f"{value(round(nulls, 4), 'share')} missing"


def in_order(rows: Sequence[ModelRow], order: Order) -> list[ModelRow]:
    """The dearest first, what cannot be told last; or by name and version."""
    if order == "name":
        return sorted(rows, key=lambda row: (row.name.casefold(), row.version))
    return sorted(
        rows, key=lambda row: (not np.isfinite(row.cost), -row.cost if np.isfinite(row.cost) else 0, row.name)
    )


def delay(history: ModelHistory | None) -> str:
    """How long it takes until as many labels of a model are in as are needed."""
    if history is None:
        return "no predictions"
    lag = words.stated_lag(history)
    return f"stated lag, {lag}" if lag else words.delay_words(history) or "no label is in"


def summary(snap: Snapshot, rows: Sequence[ModelRow], zone: tzinfo) -> str:
    """``2 versions of 1 model``, and until when labels were read."""
    models = len({row.name for row in rows})
    told = sum(bool(row.version) for row in rows)
    first = f"{count(told, 'version')} of {count(models, 'model')}" if told else count(models, "model")
    last = max((s.max_ts for s in snap.segments("labels") if s.max_ts is not None), default=None)
    return first + (f" · labels until {moment(last, zone)}" if last else "")


def rollouts(snap: Snapshot, models: Sequence[Model], span: Span) -> tuple[EventMark, ...]:
    """Deploys and changes of what the models run on, the newest first."""
    near = {name for model in models for name in (model.service, model.name) if name}
    found = events.read(snap, span.start, span.end, services=sorted(near), kinds=("deploy", "change"))
    return tuple(from_event(one) for one in reversed(found))


def models_of(snap: Snapshot) -> tuple[Model, ...]:
    """All models, by name."""
    return registry.models(snap)
