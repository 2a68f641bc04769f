"""Prometheus remote write 1: a protobuf of series with labels and samples.

Its few messages are described here, by the numbers of prompb/remote.proto and types.proto; no package has them alone.
"""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING, Any

import orjson

from data.receive.refusal import Refused

if TYPE_CHECKING:
    from data.receive.posts import Body

STRING, DOUBLE, INT64, MESSAGE = 9, 1, 3, 11
ONE, MANY = 1, 3
#: message -> field -> number, type, how often, of which message
MESSAGES = {
    "Label": {"name": (1, STRING, ONE, ""), "value": (2, STRING, ONE, "")},
    "Sample": {"value": (1, DOUBLE, ONE, ""), "timestamp": (2, INT64, ONE, "")},
    "Histogram": {"timestamp": (15, INT64, ONE, "")},
    "TimeSeries": {
        "labels": (1, MESSAGE, MANY, "Label"),
        "samples": (2, MESSAGE, MANY, "Sample"),
        "histograms": (4, MESSAGE, MANY, "Histogram"),
    },
    "WriteRequest": {"timeseries": (1, MESSAGE, MANY, "TimeSeries")},
}


def lines(body: Body) -> list[bytes]:
    """One line of JSON for a request; nothing for one that only describes metrics."""
    proto = body.parameters.get("proto", "prometheus.WriteRequest")
    if body.media_type != "application/x-protobuf" or proto != "prometheus.WriteRequest":
        raise Refused(415, "Only remote write 1 is read here: application/x-protobuf, prometheus.WriteRequest.")
    from google.protobuf.message import DecodeError

    request = message()()
    try:
        request.ParseFromString(body.data)
    except DecodeError as error:
        raise Refused(400, "The body is no WriteRequest of Prometheus.") from error
    series = [_series(each) for each in request.timeseries]
    return [orjson.dumps({"timeseries": series})] if series else []


def _series(each: Any) -> dict[str, Any]:
    """Times in milliseconds. What JSON has no number for is a text; a histogram is counted."""
    samples = [[one.timestamp, one.value if math.isfinite(one.value) else str(one.value)] for one in each.samples]
    made: dict[str, Any] = {"labels": {label.name: label.value for label in each.labels}, "samples": samples}
    return made | ({"histograms": len(each.histograms)} if each.histograms else {})


@cache
def message() -> Any:
    """The class of a WriteRequest."""
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

    file = descriptor_pb2.FileDescriptorProto(
        name="diptych/remote_write.proto", package="diptych.prom", syntax="proto3"
    )
    for name, members in MESSAGES.items():
        described = file.message_type.add(name=name)
        for member, (number, kind, label, of) in members.items():
            field = described.field.add(name=member, number=number, type=kind, label=label)
            if of:
                field.type_name = f".diptych.prom.{of}"
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("diptych.prom.WriteRequest"))
