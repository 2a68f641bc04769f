"""Lanes of an incident: which signals moved, in what order, and what each looked like in hindsight and then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from functools import cached_property

import numpy as np
import pandas as pd

from analytics.onset import Onset as Change
from app.format import NBSP, clock, value
from app.usecases import incident_view as view
from app.usecases import words
from app.usecases.judgement import alarmed, expected_range, onset_between, pooled
from app.usecases.service_judged import farthest
from app.usecases.signals import Signal
from app.usecases.stamps import times

LANES_PER_OWNER = 1  # more of one service repeat the story; they stay folded
ROLE_ORDER = ("availability", "errors", "latency", "business", "traffic", "saturation", "other")
MODEL_ORDER = ("defaults", "performance")
DRIFT_LANES = 2


@dataclass(frozen=True, slots=True)
class Samples:
    """A signal as plain arrays of shape (m,), times as datetime64[us] in UTC: asked at many moments."""

    ts: np.ndarray
    known_at: np.ndarray
    value: np.ndarray

    @classmethod
    def of(cls, signal: Signal) -> Samples:
        """The arrays of a signal."""
        known = pd.DatetimeIndex(signal.known_at)
        return cls(times(pd.DatetimeIndex(signal.values.index)), times(known), signal.values.to_numpy(float))


@dataclass(frozen=True)
class Track:
    """A signal with its expected range from the past alone and in hindsight, and its onset in the incident.

    ``told`` is what its owner is called at the onset where that is not its name: a model with the version of then.
    """

    signal: Signal
    causal: pd.DataFrame
    change: Change | None
    samples: Samples
    told: str = ""

    @cached_property
    def full(self) -> pd.DataFrame:
        """The range in hindsight: a verdict alone does not ask for it."""
        return expected_range(self.signal, "full")

    @property
    def onset(self) -> Change:
        """The change of a track that is known to have moved. Raises ValueError for one that did not."""
        if self.change is None:
            raise ValueError(f"{self.signal.key} did not move.")
        return self.change


def follow(signal: Signal, start: datetime, end: datetime) -> Track:
    """Judge one signal; its onset lies in ``[start, end)`` and rests on the causal range, so replay may show it."""
    causal = expected_range(signal, "causal")
    change = onset_between(signal, causal, start, end)
    while change and past_before(signal, change.first):
        ended = change.ended
        change = None if ended is None or ended >= pd.Timestamp(end) else onset_between(signal, causal, ended, end)
    change = change and alarmed(signal, causal, change)
    change = change and peak_until(signal, causal, change, end)
    return Track(signal, causal, change, Samples.of(signal))


def peak_until(signal: Signal, causal: pd.DataFrame, change: Change, end: datetime) -> Change:
    """The change with the worst of ``[change.first, end)``: what came after the incident is not its worst."""
    if change.peak_ts < pd.Timestamp(end):
        return change
    judged, band = pooled(signal, causal)
    beyond = judged.values - band["upper"] if change.direction == "up" else band["lower"] - judged.values
    inside = np.asarray((beyond.index >= change.first) & (beyond.index < pd.Timestamp(end)))
    place = int(np.nanargmax(np.where(inside, beyond.to_numpy(float), -np.inf)))
    return replace(change, peak_ts=judged.values.index[place], peak_value=float(judged.values.to_numpy(float)[place]))


def past_before(signal: Signal, at: datetime) -> bool:
    """Whether the last sample before ``at`` was past the stated limit already: what began earlier is no onset."""
    before = signal.values[signal.values.index < pd.Timestamp(at)].dropna()
    return signal.limit is not None and len(before) > 0 and bool(before.iloc[-1] > signal.limit)


def choose(tracks: Sequence[Track], promised: frozenset[tuple[str, str]] = frozenset()) -> frozenset[str]:
    """Keys of the lanes that stand unfolded: of each owner the most telling that moved.

    ``promised`` are the (service, metric) that an objective is about.
    """
    chosen: list[str] = []
    for owner in dict.fromkeys(t.signal.owner for t in tracks):
        moved = [t for t in tracks if t.signal.owner == owner and t.change]
        services = [t for t in moved if t.signal.side == "service"]
        drifts = [t for t in moved if t.signal.limit is not None]
        model = [t for t in moved if t.signal.metric in MODEL_ORDER and t.signal.side == "model"]
        chosen += [t.signal.key for t in sorted(services, key=lambda t: _telling(t, promised))[:LANES_PER_OWNER]]
        chosen += [t.signal.key for t in model]
        chosen += [t.signal.key for t in sorted(drifts, key=_peak, reverse=True)[:DRIFT_LANES]]
    return frozenset(chosen)


def _telling(track: Track, promised: frozenset[tuple[str, str]]) -> tuple[object, ...]:
    """Most telling first: what says up or down, what was promised, then by role, the tail before the middle."""
    signal = track.signal
    return (
        signal.role != "availability",
        (signal.owner, signal.metric) not in promised,
        ROLE_ORDER.index(signal.role),
        -words.tail_rank(signal.metric),
        -distance(track),
    )


def distance(track: Track) -> float:
    """How far the peak lies outside the expected range, in widths of that range."""
    if track.change is None:
        return 0.0
    lower, upper = bounds(track.full, track.change.peak_ts)
    return max(track.change.peak_value - upper, lower - track.change.peak_value) / max(upper - lower, 1e-9)


def bounds(band: pd.DataFrame, at: pd.Timestamp) -> tuple[float, float]:
    """Lower and upper end of the expected range at one sample."""
    row = band.index.get_loc(at)
    return float(band["lower"].to_numpy()[row]), float(band["upper"].to_numpy()[row])


def _peak(track: Track) -> float:
    return track.change.peak_value if track.change else 0.0


def lane(track: Track, folded: bool) -> view.Lane:
    """One row of the figure."""
    signal = track.signal
    return view.Lane(
        key=signal.key,
        side=signal.side,
        kind=_kind(signal),
        name=signal.name,
        measure=signal.measure,
        unit=signal.unit,
        ts=track.samples.ts,
        known_at=track.samples.known_at,
        value=track.samples.value,
        lower=track.full["lower"].to_numpy(float),
        upper=track.full["upper"].to_numpy(float),
        lower_known=track.causal["lower"].to_numpy(float),
        upper_known=track.causal["upper"].to_numpy(float),
        limit=signal.limit,
        quiet=folded,
        bad_direction=signal.bad_direction,
    )


def _kind(signal: Signal) -> view.LaneKind:
    if signal.role == "availability" and signal.values.dropna().isin((0, 1)).all():
        return "strip"
    if signal.limit is not None:
        return "drift"
    return "share" if signal.metric == "defaults" else "signal"


def onsets(groups: Sequence[Sequence[Track]], zone: tzinfo, until: datetime) -> tuple[view.Onset, ...]:
    """Numbered onsets of an incident that lasted ``until``; all of a group share the number of its first."""
    found, order = [], 1
    for group in groups:
        found += [_onset(track, order, len(group) > 1, zone, until) for track in group if track.change]
        order += len(group)
    return tuple(found)


def _onset(track: Track, order: int, tie: bool, zone: tzinfo, until: datetime) -> view.Onset:
    change, signal = track.onset, track.signal
    judged = pooled(signal, track.causal)[0].values
    at_confirmation = float(judged.to_numpy()[judged.index.get_loc(change.confirmed)])
    return view.Onset(
        lane=signal.key,
        order=order,
        tie=tie,
        happened=change.happened.to_pydatetime(),
        known=change.known.to_pydatetime(),
        title=onset_words(track),
        detail="" if signal.is_state else value(at_confirmation, signal.unit),
        worst=_worst_words(change, signal, zone),
        until=until,
    )


def _worst_words(change: Change, signal: Signal, zone: tzinfo) -> str:
    if signal.is_state:
        return ""
    at, worst = change.peak_ts, change.peak_value
    if signal.pooled > 1:  # as Health and the model's page say it: one bucket, not several together
        at, worst = farthest(signal, change, change.happened, change.ended or signal.values.index[-1])
    return f"{value(worst, signal.unit)} at worst, {clock(at.to_pydatetime(), zone)}"


def onset_words(track: Track) -> str:
    """``shop errors leave 0 – 0.9 %``: what happened at the onset, in one line."""
    change, signal = track.onset, track.signal
    if signal.is_state:
        return f"{signal.name} stops answering"
    if signal.metric == "defaults":
        return f"{track.told or signal.name} uses default features"
    if signal.limit is not None:
        return f"{signal.name} drifts past {value(signal.limit)}"
    lower, upper = bounds(pooled(signal, track.causal)[1], change.confirmed)
    if signal.metric == "performance":
        bound = f"under {value(lower)}" if change.direction == "down" else f"over {value(upper)}"
        return f"{track.told or signal.name} {signal.measure} {bound}"
    leaves = "leave" if signal.measure.partition(",")[0].endswith("s") else "leaves"
    return f"{signal.name} {signal.measure} {leaves} {range_words(lower, upper, signal.unit)}"


def range_words(lower: float, upper: float, unit: str) -> str:
    """``94 – 142 ms``: the unit stands once."""
    low, high = value(lower, unit), value(upper, unit)
    number_low, _, unit_low = low.rpartition(NBSP)
    same_unit = number_low and high.endswith(NBSP + unit_low)
    return f"{number_low if same_unit else low}{NBSP}–{NBSP}{high}"


def thread(groups: Sequence[Sequence[Track]], needs: dict[str, set[str]]) -> tuple[tuple[str, str], ...]:
    """Pairs of lane keys: each onset joined to the latest earlier one of its owner or of what its owner depends on."""
    flat = [track for group in groups for track in group]
    pairs = []
    for i, track in enumerate(flat):
        owner = track.signal.owner
        parents = [t for t in flat[:i] if _may_lead(t, owner, needs, track)]
        if parents:
            pairs.append((parents[-1].signal.key, track.signal.key))
    return tuple(pairs)


def _may_lead(earlier: Track, owner: str, needs: dict[str, set[str]], track: Track) -> bool:
    if earlier.signal.owner == owner and earlier.signal.side == track.signal.side:
        return True
    return earlier.signal.side == "service" and earlier.signal.owner in needs.get(owner, set())
