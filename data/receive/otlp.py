"""OTLP over HTTP, as protobuf or as JSON; both become a line of its JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from data.receive.json_bodies import load
from data.receive.refusal import Refused

if TYPE_CHECKING:
    from data.receive.posts import Body

PROTOBUF = "application/x-protobuf"


def metrics(body: Body) -> list[bytes]:
    """An ExportMetricsServiceRequest."""
    return _lines(body, "resourceMetrics")


def logs(body: Body) -> list[bytes]:
    """An ExportLogsServiceRequest."""
    return _lines(body, "resourceLogs")


def _lines(body: Body, wanted: str) -> list[bytes]:
    if body.media_type == PROTOBUF:
        request = _of_protobuf(body.data, wanted)
    elif body.media_type == "application/json":
        request = load(body.data)
    else:
        raise Refused(415, f"OTLP is read as {PROTOBUF} and as application/json.")
    if not isinstance(request, dict) or (request and wanted not in request):
        raise Refused(400, f"The request has no {wanted}.")
    return [orjson.dumps(request)] if request.get(wanted) else []


def _of_protobuf(data: bytes, wanted: str) -> Any:
    from google.protobuf.json_format import MessageToDict
    from google.protobuf.message import DecodeError
    from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
    from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest

    request: Any = ExportLogsServiceRequest() if wanted == "resourceLogs" else ExportMetricsServiceRequest()
    try:
        request.ParseFromString(data)
    except DecodeError as error:
        raise Refused(400, "The body is no OTLP request of this kind.") from error
    return MessageToDict(request)
