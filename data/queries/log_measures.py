"""Log lines counted as a measure: so many of one kind in each bucket."""
# ruff: noqa: S608 - what is put into SQL here are segment lists, whole numbers and column names of ours

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

import pandas as pd

from data import log_templates
from data.queries.conditions import Conditions
from data.queries.log_filter import pointer
from data.records import LogMeasure
from data.snapshot import Snapshot

TEMPLATE: Final = "template"
_PLAIN: Final = re.compile(r"[\w .:-]+", re.ASCII)  # written in JSON as it is


def measures(snap: Snapshot) -> tuple[LogMeasure, ...]:
    """All of them, by name."""
    return snap.state.log_measures


def counted(
    snap: Snapshot, measure: LogMeasure, service: str, start: datetime, end: datetime, bucket_s: int
) -> pd.DataFrame:
    """Lines of a service per bucket: columns ``bucket n known_at``; buckets without such lines have no row."""
    width_us = bucket_s * 1_000_000
    field, value = measure.counts["field"], measure.counts["value"]
    some = Conditions().span("ts", start, end).add("service = $service", service=service)
    if field == TEMPLATE:
        some.add("template = $template", template=value)
        some.params["literal"] = log_templates.literal(value)
        lines = log_templates.source(snap, start, end, holding="$literal")
    else:
        some.add("json_extract_string(attributes, $field) = $value", field=pointer(field), value=value)
        some.add("contains(attributes, $part)", part=value if _PLAIN.fullmatch(value) else None)
        lines = snap.source("logs", start, end)
    if "$literal" not in lines:
        some.params.pop("literal", None)
    return snap.frame(
        f"SELECT make_timestamptz(epoch_us(ts) // {width_us} * {width_us}) AS bucket, count(*) AS n, "
        f"max(coalesce(known_at, ts)) AS known_at FROM {lines} WHERE {some.where} GROUP BY bucket ORDER BY bucket",
        some.params,
    )


def logged(snap: Snapshot, service: str) -> tuple[datetime, datetime] | None:
    """A span that holds all lines of a service, from the catalog alone; None where it has none."""
    dated = [
        (s.min_ts, s.max_ts)
        for s in snap.segments("logs")
        if service in s.services and s.min_ts is not None and s.max_ts is not None
    ]
    return (min(first for first, _ in dated), max(last for _, last in dated)) if dated else None
