"""Logs and metrics of OpenTelemetry, as OTLP says them in JSON.

64-bit integers come as strings, ids as hex or base64. Histograms, exponential ones too, and summaries become series as
Prometheus names them (``_bucket`` with ``le``, ``_sum``, ``_count``); what is of deltas carries the label
``temporality``. Spans are not kept. A log record or data point that cannot be read costs only itself.
"""

from __future__ import annotations

import base64
import binascii
import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from itertools import accumulate
from typing import Any

from data.ingest import exponential, severity
from data.ingest.unfolded import NO_TIME, Log, Record, Sample, is_plausible

Json = Mapping[str, Any]
Read = Callable[[str, Json, int, dict[str, str]], Iterator[Record | str]]
SPANS = "spans are not kept"
NOT_A_NUMBER = "a data point holds no number"
ODD = "it is written in another way than OTLP says"
WRONG = (ValueError, TypeError, AttributeError, KeyError, OverflowError)
NO_RECORDED_VALUE = 1
LEVELS = severity.SCALES["otel"]
DELTA = (1, "1", "AGGREGATION_TEMPORALITY_DELTA")


def unfold(request: Json) -> Iterator[Record | str]:
    """The records of a request, and words for what is not kept."""
    for resource in _list(request, "resourceLogs"):
        yield from _logs(resource)
    for resource in _list(request, "resourceMetrics"):
        yield from _metrics(resource)
    for _ in _list(request, "resourceSpans"):
        yield SPANS


def refused(request: Json) -> Counter[str]:
    """Why log records and data points of a request are not stored, each counted once."""
    return Counter(each for each in unfold(request) if isinstance(each, str) and each != SPANS)


def value_of(value: Any) -> Any:
    """What an AnyValue holds."""
    if not isinstance(value, Mapping) or not value:
        return None
    kind, held = next(iter(value.items()))
    if kind == "intValue":
        return int(held)
    if kind == "arrayValue":
        return [value_of(each) for each in _list(held, "values")]
    if kind == "kvlistValue":
        return attributes_of(held, "values")
    return held


def attributes_of(holder: Json, name: str = "attributes") -> dict[str, Any]:
    """A list of keys and values as a dict."""
    return {str(each.get("key")): value_of(each.get("value")) for each in _list(holder, name)}


def _list(holder: Json, *names: str) -> list[Any]:
    found: Any = next((holder[name] for name in names if holder.get(name)), [])
    return found if isinstance(found, list) else []


def _logs(resource: Json) -> Iterator[Record | str]:
    said = attributes_of(resource.get("resource") or {})
    service = str(said.pop("service.name", ""))
    for scope in _list(resource, "scopeLogs", "instrumentationLibraryLogs"):
        name = (scope.get("scope") or {}).get("name")
        for record in _list(scope, "logRecords", "logs"):
            yield _log_or_why(record, service, {**said, "scope": name})


def _log_or_why(record: Json, service: str, said: dict[str, Any]) -> Log | str:
    try:
        found = _log(record, service, said)
    except WRONG:
        return ODD
    return found if is_plausible(found.ts_us) else NO_TIME


def _log(record: Json, service: str, said: dict[str, Any]) -> Log:
    nanos = int(record.get("timeUnixNano") or 0) or int(record.get("observedTimeUnixNano") or 0)
    body = value_of(record.get("body"))
    ids = {name: _hex(record.get(key)) for name, key in (("trace_id", "traceId"), ("span_id", "spanId"))}
    attributes = {**said, **attributes_of(record), **ids, "event_name": record.get("eventName")}
    message = body if isinstance(body, str) else "" if body is None else str(body)
    return Log(nanos // 1000, message, _severity(record), service, attributes)


def _severity(record: Json) -> str | None:
    number = str(record.get("severityNumber") or "").removeprefix("SEVERITY_NUMBER_")
    text = str(record.get("severityText") or number)
    return LEVELS.get(int(number)) if number.isdecimal() else severity.word(text)


def _hex(text: Any) -> str | None:
    """An id as hex, whether it came so or as base64."""
    if not isinstance(text, str) or len(text) in (16, 32):
        return text or None
    try:
        return base64.b64decode(text, validate=True).hex()
    except (binascii.Error, ValueError):
        return text


def _metrics(resource: Json) -> Iterator[Record | str]:
    said = attributes_of(resource.get("resource") or {})
    service = {"service": said["service.name"]} if said.get("service.name") else {}
    for scope in _list(resource, "scopeMetrics", "instrumentationLibraryMetrics"):
        for metric in _list(scope, "metrics"):
            yield from _metric(metric, service)


def _metric(metric: Json, labels: Json) -> Iterator[Record | str]:
    for kind, read in KINDS.items():
        data = metric.get(kind) or {}
        delta = {"temporality": "delta"} if data.get("aggregationTemporality") in DELTA else {}
        for point in _list(data, "dataPoints"):
            try:
                found: list[Record | str] = list(_point(read, str(metric.get("name", "")), point, {**labels}, delta))
            except WRONG:
                found = [ODD]
            yield from found


def _point(read: Read, name: str, point: Json, labels: Json, delta: Json) -> Iterator[Record | str]:
    """The samples of a data point, or once why there are none; one that says it has no value is passed over."""
    if int(point.get("flags") or 0) & NO_RECORDED_VALUE:
        return
    ts_us = int(point.get("timeUnixNano") or 0) // 1000
    if not is_plausible(ts_us):
        yield NO_TIME
        return
    own = {**labels, **attributes_of(point), **delta}
    texts = {name: value if isinstance(value, str) else str(value) for name, value in own.items()}
    yield from read(name, point, ts_us, texts)


def _number(name: str, point: Json, ts_us: int, labels: dict[str, str]) -> Iterator[Record | str]:
    held = point.get("asDouble", point.get("asInt"))
    yield NOT_A_NUMBER if held is None else Sample(ts_us, name, labels, float(held))


def _histogram(name: str, point: Json, ts_us: int, labels: dict[str, str]) -> Iterator[Record | str]:
    counts = list(accumulate(int(each) for each in _list(point, "bucketCounts")))
    bounds = [*map(_bound, _list(point, "explicitBounds")), "+Inf"]
    for bound, count in zip(bounds, counts, strict=False):
        yield Sample(ts_us, f"{name}_bucket", {**labels, "le": bound}, float(count))
    yield from _sum_and_count(name, point, ts_us, labels)


def _exponential(name: str, point: Json, ts_us: int, labels: dict[str, str]) -> Iterator[Record | str]:
    for bound, count in exponential.buckets(point):
        held = {**labels, "le": "+Inf" if bound == math.inf else _bound(bound)}
        yield Sample(ts_us, f"{name}_bucket", held, float(count))
    yield from _sum_and_count(name, point, ts_us, labels)


def _summary(name: str, point: Json, ts_us: int, labels: dict[str, str]) -> Iterator[Record | str]:
    for each in _list(point, "quantileValues"):
        held = {**labels, "quantile": _bound(each.get("quantile", 0.0))}
        yield Sample(ts_us, name, held, float(each.get("value", 0.0)))
    yield from _sum_and_count(name, point, ts_us, labels)


def _sum_and_count(name: str, point: Json, ts_us: int, labels: dict[str, str]) -> Iterator[Record | str]:
    for end in ("sum", "count"):
        if point.get(end) is not None:
            yield Sample(ts_us, f"{name}_{end}", labels, float(point[end]))


def _bound(value: Any) -> str:
    return f"{float(value):g}"


KINDS: Mapping[str, Read] = {
    "gauge": _number,
    "sum": _number,
    "histogram": _histogram,
    "exponentialHistogram": _exponential,
    "summary": _summary,
}
