"""Exponential histograms, as the SDK of OpenTelemetry makes them: its buckets hold what was recorded."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from google.protobuf.json_format import MessageToDict
from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry.exporter.otlp.proto.common.metrics_encoder import encode_metrics
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.metrics.view import ExponentialBucketHistogramAggregation, View
from opentelemetry.sdk.resources import Resource

from data.ingest import exponential
from tests.data.ingest.parsing import Parser

SIZES = st.floats(1e-6, 1e9)


def exported(values: list[float]) -> dict[str, Any]:
    """A request that the SDK sends after it has recorded the values."""
    reader = InMemoryMetricReader()
    view = View(instrument_name="*", aggregation=ExponentialBucketHistogramAggregation())
    provider = MeterProvider([reader], Resource.create({"service.name": "cart"}), views=[view])
    histogram = provider.get_meter("m").create_histogram("seconds")
    for value in values:
        histogram.record(value, {"zone": "a"})
    request: dict[str, Any] = MessageToDict(encode_metrics(reader.get_metrics_data()))
    provider.shutdown()
    return request


def point_of(request: dict[str, Any]) -> dict[str, Any]:
    (metric,) = request["resourceMetrics"][0]["scopeMetrics"][0]["metrics"]
    (point,) = metric["exponentialHistogram"]["dataPoints"]
    found: dict[str, Any] = point
    return found


def check(found: list[tuple[float, int]], values: list[float]) -> None:
    """Each count is that of the values at or below the bound, but for those so near that rounding decides."""
    for bound, count in found[:-1]:
        near = abs(bound) * 1e-9
        assert sum(value <= bound - near for value in values) <= count
        assert count <= sum(value <= bound + near for value in values)
    assert found[-1] == (math.inf, len(values))


@given(st.lists(st.one_of(st.just(0.0), SIZES), min_size=1, max_size=60))
@settings(max_examples=60, deadline=None)
def test_a_bucket_counts_what_is_at_or_below_its_bound(values: list[float]) -> None:
    check(list(exponential.buckets(point_of(exported(values)))), values)


@given(st.lists(SIZES, min_size=1, max_size=20), st.integers(-3, 6))
def test_negative_values_stand_below_zero_at_any_scale(sizes: list[float], scale: int) -> None:
    indexes = [math.ceil(math.log2(size) * 2.0**scale) - 1 for size in sizes]
    offset = min(indexes)
    counts = [indexes.count(index) for index in range(offset, max(indexes) + 1)]
    point = {"scale": scale, "zeroCount": "2", "negative": {"offset": offset, "bucketCounts": counts}}
    check(list(exponential.buckets(point)), [*(-size for size in sizes), 0.0, 0.0])


def test_the_bounds_stay_when_the_scale_changes() -> None:
    narrow, wide = point_of(exported([1.0, 1.1, 1.2])), point_of(exported([1.0, 1.1, 1.2, 5e5]))
    assert narrow["scale"] > wide["scale"]
    first, then = dict(exponential.buckets(narrow)), dict(exponential.buckets(wide))
    assert first.items() - {(math.inf, 3)} <= then.items()


@pytest.mark.parametrize("scale", [-2_000, -12, 0, 20, 10**9])
def test_a_point_of_any_scale_is_read_in_a_moment(scale: int) -> None:
    point = {"scale": scale, "positive": {"offset": 2**31 - 1, "bucketCounts": ["1"]}}
    assert list(exponential.buckets(point))[-1] == (math.inf, 1)


@pytest.mark.parametrize(
    "point",
    [
        {"zeroCount": 1, "zeroThreshold": "NaN"},
        {"zeroCount": 1, "zeroThreshold": -1.0},
        {"zeroCount": -1},
        {"positive": {"bucketCounts": [3, -1]}},
        {"positive": {"offset": "much"}},
        {"positive": [1]},
    ],
    ids=repr,
)
def test_what_is_no_such_point_is_refused(parse: Parser, point: dict[str, Any]) -> None:
    good = point_of(request := exported([1.0]))
    request["resourceMetrics"][0]["scopeMetrics"][0]["metrics"][0]["exponentialHistogram"]["dataPoints"] = [
        {"timeUnixNano": good["timeUnixNano"], **point},
        good,
    ]
    read = parse(json.dumps(request) + "\n")
    assert read.accepted == 1, "the other point is kept"
    assert sum(read.notes.values()) >= 1
    assert [value for _, metric, _, _, value in read.samples if metric == "seconds_count"] == [1.0]


def test_they_are_stored_as_ordinary_histograms_are(parse: Parser) -> None:
    read = parse(json.dumps(exported([0.0, 0.2, 0.21, 3.0])) + "\n")
    found = {(metric, labels.get("le")): value for _, metric, labels, _, value in read.samples}
    assert found == {
        ("seconds_bucket", "0"): 1.0,
        ("seconds_bucket", "0.25"): 3.0,
        ("seconds_bucket", "4"): 4.0,
        ("seconds_bucket", "+Inf"): 4.0,
        ("seconds_sum", None): pytest.approx(3.41),
        ("seconds_count", None): 4.0,
    }
    assert {(service, labels["zone"]) for service, _, labels, _, _ in read.samples} == {("cart", "a")}


@pytest.mark.parametrize(("scale", "offset"), [(-(10**9), -5), (0, -(10**400))])
def test_bounds_below_all_numbers_are_zero_and_not_infinite(scale: int, offset: int) -> None:
    point = {"scale": scale, "positive": {"offset": offset, "bucketCounts": ["1"]}}
    assert list(exponential.buckets(point)) == [(0.0, 1), (math.inf, 1)]


def test_zero_from_below_is_zero() -> None:
    (bound, _), _ = exponential.buckets({"negative": {"offset": -3000, "bucketCounts": ["1"]}})
    assert math.copysign(1.0, bound) == 1.0
