"""What the pages Models and Model show, as frozen records: words are finished, arrays are left to the charts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import numpy as np
import numpy.typing as npt

from app.usecases.incident_view import EventMark, Span, VerdictKind
from app.usecases.service_lane import Floats, Ghost, State

WindowKind = Literal["incident", "episode", "last"]


@dataclass(frozen=True, slots=True)
class Measured:
    """A figure with its 95 % interval, from ``n`` labelled predictions; NaN where there is none."""

    value: float
    low: float
    high: float
    n: int

    @property
    def known(self) -> bool:
        """Whether there is a figure at all."""
        return bool(np.isfinite(self.value))


UNKNOWN = Measured(np.nan, np.nan, np.nan, 0)


@dataclass(frozen=True, slots=True)
class Window:
    """The stretch that is set against the rest: an incident, an episode of the metric, or the last quarter."""

    span: Span
    kind: WindowKind
    incident_id: str = ""


@dataclass(frozen=True, slots=True)
class PerformanceSeries:
    """The metric by prediction time; arrays (m,), ``start`` datetime64[us] in UTC, NaN where nothing is known.

    ``estimate`` stands where fewer labels are in than are needed (``waiting``), ``left_out`` is the metric without the
    predictions on default features, where there were some. ``lower`` to ``upper`` is expected.
    """

    metric: str
    unit: str
    higher_is_better: bool
    start: npt.NDArray[np.datetime64]
    bucket_s: float
    value: Floats
    low: Floats
    high: Floats
    labelled: Floats
    predicted: Floats
    waiting: npt.NDArray[np.bool_]
    estimate: Floats
    left_out: Floats
    lower: float
    upper: float
    worst_at: datetime | None = None
    worst: float = np.nan
    state: State = "ok"
    ghost: Ghost | None = None


@dataclass(frozen=True, slots=True)
class InputLine:
    """What a model was fed over time, arrays (m,): the effect size of a feature, or a share of its predictions.

    A ``marked`` line is named and coloured, the others are grey.
    """

    name: str
    ts: npt.NDArray[np.datetime64]
    value: Floats
    marked: bool


@dataclass(frozen=True, slots=True)
class InputLane:
    """Lines on one scale from 0; ``limit`` in ``unit`` is drawn where there is one."""

    measure: str
    unit: str
    lines: tuple[InputLine, ...]
    limit: float | None = None


@dataclass(frozen=True, slots=True)
class Histogram:
    """Shares (k,) of reference and window per cell, each adding up to 1; ``words`` says it to those who hear."""

    reference: Floats
    current: Floats
    words: str


@dataclass(frozen=True, slots=True)
class FeatureLine:
    """One feature. ``lost`` in units of the loss with its interval, None where it cannot be told.

    Shares 0-1: ``nulls``, ``defaults`` (NaN without a stated default) and ``strange`` (outside the range, or levels,
    of the reference), each in the window; ``source`` is the service it comes from, ``incident_id`` that service's.
    """

    name: str
    effect: float
    drifted: bool
    lost: tuple[float, float, float] | None
    histogram: Histogram
    nulls: float
    defaults: float
    strange: float
    numeric: bool
    source: str = ""
    incident_id: str = ""


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A version with its predictions in the range, and its performance where labels are in."""

    version: str
    words: str
    predictions: int
    span: Span
    measured: Measured
    shown: bool = False


@dataclass(frozen=True, slots=True)
class IncidentCost:
    """An incident of the model's services, the metric before and during it, and the change between them."""

    incident_id: str
    title: str
    span: Span
    measured: Measured
    before: Measured
    change: float


@dataclass(frozen=True, slots=True)
class Sentence:
    """The sentence of a page with its mark; ``bar`` the words under the bar, ``share`` explained where it is split.

    ``lost``: the model lost something, whoever's fault it was; ``incident_id`` is what it speaks of, if of one.
    """

    kind: VerdictKind
    headline: str
    text: str = ""
    advice: str = ""
    bar: str = ""
    share: float | None = None
    lost: bool = False
    incident_id: str = ""


@dataclass(frozen=True, slots=True)
class ModelView:
    """The Model page. ``nothing`` says why there is none, ``..._missing`` why a part of it is not there.

    ``fed`` is the share of predictions on default features.
    """

    name: str
    title: str
    small: str
    span: Span
    sentence: Sentence
    nothing: str = ""
    on_services: bool = False
    performance: PerformanceSeries | None = None
    performance_missing: str = ""
    drift: InputLane | None = None
    fed: InputLane | None = None
    drift_missing: str = ""
    features: tuple[FeatureLine, ...] = ()
    window: Window | None = None
    window_words: str = ""
    lost_unit: str = ""
    lost_words: str = ""
    versions: tuple[VersionLine, ...] = ()
    incidents: tuple[IncidentCost, ...] = ()
    events: tuple[EventMark, ...] = ()


@dataclass(frozen=True, slots=True)
class ModelRow:
    """One model and version on the Models page; ``cost`` sorts, the dearest first (NaN: not known).

    ``labels_in`` is the share of labels in among those in or still to come; ``scale`` are the ends of the little axis.
    ``lost`` is the loss by the shift of all features, ``nulls`` and ``defaults`` are
    shares of the window (NaN: not known).
    """

    name: str
    version: str
    small: str
    sentence: Sentence
    metric: str
    measured: Measured
    baseline: Measured
    when: str
    scale: tuple[float, float]
    change: float
    cost: float
    state: State
    labels_in: float
    labels_words: str
    drift: str
    drift_small: str
    quality: str
    quality_small: str
    nothing: str = ""
    incident_id: str = ""
    lost: float = np.nan
    nulls: float = np.nan
    defaults: float = np.nan
