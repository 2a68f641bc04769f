"""Records to rows of the catalog and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import date, datetime
from typing import Any

from data.records import (
    Anomaly,
    Edge,
    FeatureSource,
    Incident,
    MetricMeaning,
    Model,
    Objective,
    Season,
    Series,
    Service,
    Verdict,
)
from data.segments import SegmentInfo
from data.series import labels_json

Row = Mapping[str, Any]
INCIDENT_TIMES = ("started_at", "detected_at", "acknowledged_at", "mitigated_at", "resolved_at")


def segment_row(segment: SegmentInfo, file_id: int, generation: int) -> dict[str, Any]:
    """A live segment, born at ``generation``."""
    row = asdict(segment) | {"file_id": file_id, "born": generation, "dead": None}
    return row | {"day": segment.day.isoformat() if segment.day else None}


def segment_from(row: Row) -> SegmentInfo:
    """A segment as `data.segments.write_segments` gave it."""
    day = date.fromisoformat(row["day"]) if row["day"] else None
    names = {"services": tuple(row["services"]), "models": tuple(row["models"]), "day": day}
    return SegmentInfo(**{name: row[name] for name in SegmentInfo.__dataclass_fields__} | names)


def series_row(series: Series) -> dict[str, Any]:
    """Labels become canonical JSON."""
    return asdict(series) | {"labels": labels_json(series.labels)}


def series_from(series_id: int, service: str, metric: str, labels: str) -> Series:
    """The way back from `series_row`."""
    return Series(series_id, service, metric, _pairs(labels))


def service_row(service: Service) -> dict[str, Any]:
    """Objectives become JSON."""
    return asdict(service)


def service_from(row: Row) -> Service:
    """The way back from `service_row`."""
    objectives = tuple(Objective(**objective) for objective in row["objectives"])
    return Service(row["name"], row["owner"], row["team"], row["environment"], objectives)


def model_row(model: Model) -> dict[str, Any]:
    """What it reads and its features become JSON."""
    return asdict(model)


def model_from(row: Row) -> Model:
    """The way back from `model_row`."""
    features = tuple(FeatureSource(**feature) for feature in row["features"])
    plain = ("name", "service", "kind", "metric", "label_delay_s", "stage", "version", "trained_at")
    return Model(**{name: row[name] for name in plain}, reads=tuple(row["reads"]), features=features)


def meaning_row(meaning: MetricMeaning) -> dict[str, Any]:
    """A stated meaning: that it was guessed is not kept, for a guess is made again when it is asked for."""
    return {name: value for name, value in asdict(meaning).items() if name != "guessed"}


def meaning_from(row: Row) -> MetricMeaning:
    """The way back from `meaning_row`."""
    return MetricMeaning(row["metric"], row["role"], row["unit"], row["bad_direction"], row["kind"], row["limit"])


def season_row(season: Season) -> dict[str, Any]:
    """A stated season; the file that states it is named by its number."""
    return {name: value for name, value in asdict(season).items() if name != "source"}


def edge_row(edge: Edge) -> dict[str, Any]:
    """One dependency."""
    return asdict(edge)


def incident_row(incident: Incident) -> dict[str, Any]:
    """Services, models and what the scan made of it become JSON."""
    scanned = incident_json(incident.scanned) if incident.scanned else None
    names = {"services": list(incident.services), "models": list(incident.models)}
    return asdict(replace(incident, scanned=None)) | names | {"scanned": scanned}


def incident_from(row: Row) -> Incident:
    """The way back from `incident_row`."""
    names = {"services": tuple(row["services"]), "models": tuple(row["models"])}
    scanned = incident_from_json(row["scanned"]) if row["scanned"] else None
    return Incident(**{name: row[name] for name in Incident.__dataclass_fields__} | names | {"scanned": scanned})


def incident_json(incident: Incident) -> dict[str, Any]:
    """The whole record as JSON; times as ISO text."""
    row = incident_row(incident)
    return {name: given.isoformat() if isinstance(given, datetime) else given for name, given in row.items()}


def incident_from_json(row: Row) -> Incident:
    """The way back from `incident_json`."""
    times = {name: datetime.fromisoformat(row[name]) for name in INCIDENT_TIMES if row[name]}
    return incident_from({**row, **times})


def anomaly_row(anomaly: Anomaly) -> dict[str, Any]:
    """Labels become canonical JSON."""
    row = asdict(anomaly) | {"anomaly_id": anomaly.anomaly_id, "labels": labels_json(anomaly.labels)}
    return row | {"start_ts": row.pop("start"), "end_ts": row.pop("end")}


def anomaly_from(row: Row) -> Anomaly:
    """The way back from `anomaly_row`."""
    given = {**row, "labels": _pairs(row["labels"]), "start": row["start_ts"], "end": row["end_ts"]}
    return Anomaly(**{name: given[name] for name in Anomaly.__dataclass_fields__})


def verdict_row(verdict: Verdict) -> dict[str, Any]:
    """Labels become canonical JSON."""
    row = asdict(verdict) | {"labels": labels_json(verdict.labels)}
    return row | {"start_ts": row.pop("start"), "end_ts": row.pop("end")}


def verdict_from(row: Row) -> Verdict:
    """The way back from `verdict_row`."""
    given = {**row, "labels": _pairs(row["labels"]), "start": row["start_ts"], "end": row["end_ts"]}
    return Verdict(**{name: given[name] for name in Verdict.__dataclass_fields__})


def _pairs(labels: str) -> tuple[tuple[str, str], ...]:
    return tuple(json.loads(labels).items())
