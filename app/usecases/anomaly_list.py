"""The question of the Anomalies page: which episodes there were in a range, and what people said of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any, Final

from app.format import duration, moment, value
from app.usecases import log_measures, words
from app.usecases.known_events import Planned
from app.usecases.signals import telling_labels
from data import jobs
from data.queries import anomalies, metrics, registry, verdicts
from data.records import Anomaly, MetricMeaning, Verdict
from data.store import Snapshot, Store

FARTHEST: Final = 100.0  # half widths of the expected range: beyond it a number says nothing more
SCAN_KINDS: Final = ("scan", "score")
LOGGED: Final = {"log_lines": ("log lines", "/min"), "log_error_share": ("logged errors", "share")}
MODELLED: Final = {"defaults": ("predictions on defaults", "share")}


@dataclass(frozen=True, slots=True)
class Named:
    """What people call a series: whose it is, what it measures, and the unit of its numbers."""

    owner: str
    measure: str
    unit: str


@dataclass(frozen=True, slots=True)
class EpisodeRow:
    """One line of the list. ``times`` is how far out in half widths of the expected range, at most `FARTHEST`;
    ``planned`` names the maintenance or known event that it fell into."""

    anomaly: Anomaly
    named: Named
    started: str
    lasted: str
    observed: str
    expected: str
    times: float
    verdict: str
    who: str
    note: str
    planned: str


@dataclass(frozen=True, slots=True)
class EpisodeList:
    """The newest first. ``outside`` counts episodes beyond the range."""

    rows: tuple[EpisodeRow, ...]
    outside: int

    def as_json(self) -> dict[str, Any]:
        """All that the page shows of it; ``strongest`` is the id of the episode shown where none is chosen, or ""."""
        rows = [(row.times, row.anomaly.end - row.anomaly.start, row.anomaly.anomaly_id) for row in self.rows]
        return {
            "rows": [as_json(row) for row in self.rows],
            "outside": self.outside,
            "judged": sum(bool(row.verdict) for row in self.rows),
            "strongest": max(rows)[2] if rows else "",
        }


def load(snap: Snapshot, start: datetime, end: datetime, zone: tzinfo) -> EpisodeList:
    """Episodes of all services and models that lasted into ``[start, end)``."""
    names, said, known = Names(snap), verdicts.by_series(snap), Planned(snap)
    found = sorted(anomalies.list_anomalies(snap, start, end), key=lambda a: (a.start, a.anomaly_id), reverse=True)
    outside = len(snap.state.anomalies) - len(found)
    rows = tuple(
        _row(one, names.of(one), verdicts.newest(said.get(one.key, ()), one), known_as(known, one), zone)
        for one in found
    )
    return EpisodeList(rows, outside)


def was_scored(store: Store, snap: Snapshot) -> bool:
    """Whether there is an episode, or a scan or a sweep has ended well without one."""
    return bool(snap.state.anomalies) or any(
        job.state == "done" for job in jobs.recent(store.catalog, kinds=SCAN_KINDS)
    )


def find(snap: Snapshot, anomaly_id: str) -> Anomaly | None:
    """The episode of this id; one that a scan has dated anew is found by what was said of it."""
    for one in snap.state.anomalies:
        if one.anomaly_id == anomaly_id:
            return one
    said = next((verdict for verdict in snap.state.verdicts if verdict.verdict_id == anomaly_id), None)
    return next((one for one in snap.state.anomalies if said is not None and said.judges(one)), None)


def known_as(known: Planned, one: Anomaly) -> str:
    """The maintenance or known event that an episode fell into, "" where there was none."""
    kind, subject = ("model", one.model) if one.model else ("service", one.service)
    return known.name(kind, subject, one.start, one.end)


class Names:
    """Names of series in a state of the store, worked out once for many episodes."""

    def __init__(self, snap: Snapshot) -> None:
        self._meanings = registry.meanings(snap)
        self._counts = {model.name: model.metric for model in registry.models(snap)}
        self._counted = {log_measures.metric(m): log_measures.words(m) for m in log_measures.listed(snap)}
        by_service: dict[tuple[str, str], list[Any]] = {}
        for series in metrics.list_series(snap):
            by_service.setdefault((series.service, series.metric), []).append(series)
        self._telling = {key: telling_labels(found).get(key[1], frozenset()) for key, found in by_service.items()}

    def of(self, one: Anomaly) -> Named:
        """What people call the series of an episode."""
        if one.model:
            measure, unit = MODELLED.get(one.metric, (self._counts.get(one.model, one.metric), "score"))
            return Named(one.model, measure, unit)
        if one.metric in self._counted:
            return Named(one.service, self._counted[one.metric], "/min")
        if one.metric in LOGGED and (one.service, one.metric) not in self._telling:
            return Named(one.service, *LOGGED[one.metric])
        meaning = self._meanings.get(one.metric, MetricMeaning(one.metric))
        telling = self._telling.get((one.service, one.metric), frozenset())
        suffix = words.labels(tuple(pair for pair in one.labels if pair[0] in telling))
        measure = words.measure(meaning).removeprefix(f"{one.service} ")
        return Named(one.service, measure + (f", {suffix}" if suffix else ""), unit_of(meaning))


def unit_of(meaning: MetricMeaning) -> str:
    """The unit in which a metric is judged: a counter by its rate."""
    if meaning.kind != "counter":
        return meaning.unit
    return f"{meaning.unit}/s" if meaning.unit not in ("", "1", "count") else "/s"


def times_out(one: Anomaly) -> float:
    """How far out the peak lies, in half widths of what was expected; `FARTHEST` of a range without width.

    A range that is cut at 0, or at 1, has lost a part of its half width: then it is no more than what is said.
    """
    low, high = one.expected_low, one.expected_high
    cut = (low == 0 and one.direction == "up") or (high == 1 and one.direction == "down")
    middle = (low if one.direction == "up" else high) if cut else (low + high) / 2
    half = (high - low) / (1 if cut else 2)
    away = abs(one.observed - middle)
    return min(away / half, FARTHEST) if half > 0 else FARTHEST


def _row(one: Anomaly, named: Named, said: Verdict | None, planned: str, zone: tzinfo) -> EpisodeRow:
    return EpisodeRow(
        anomaly=one,
        named=named,
        started=moment(one.start, zone),
        lasted=duration((one.end - one.start).total_seconds()),
        observed=value(one.observed, named.unit),
        expected=expected_words(one, named.unit),
        times=times_out(one),
        verdict=said.verdict if said else "",
        who=said.who if said else "",
        note=said.note if said else "",
        planned=planned,
    )


def expected_words(one: Anomaly, unit: str) -> str:
    """``4.6 – 12.8 ms``, or the one value that was expected."""
    low, high = value(one.expected_low, unit), value(one.expected_high, unit)
    return high if low == high else f"{low} – {high}"


def as_json(row: EpisodeRow) -> dict[str, Any]:
    """For the browser, which filters the rows and sets all of it as text."""
    one = row.anomaly
    return {
        "id": one.anomaly_id,
        "side": "model" if one.model else "service",
        "owner": row.named.owner,
        "metric": row.named.measure,
        "started": row.started,
        "lasted": row.lasted,
        "observed": row.observed,
        "expected": row.expected,
        "times": round(row.times, 2),
        "up": one.direction == "up",
        "verdict": row.verdict,
        "who": row.who,
        "note": row.note,
        "planned": row.planned,
        "stamps": [round(at.timestamp() * 1000) for at in (one.start, one.end)],
        "numbers": [one.observed, one.expected_low, one.expected_high, round(one.peak_score, 3)],
    }
