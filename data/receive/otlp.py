"""OTLP over HTTP, as protobuf or as JSON; both become a line of its JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import orjson

from data.receive.json_bodies import JSON, load
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


def answer(lines: Sequence[bytes], kind: str, media_type: str) -> bytes:
    """What the sender of a request that was stored is told: nothing, or how many of its records were refused and why.

    ``kind`` is ``metrics`` or ``logs``; the message is an Export…ServiceResponse in the encoding of the request.
    """
    from google.protobuf.json_format import MessageToJson

    response = _response(_refused(lines), kind)
    return MessageToJson(response).encode() if media_type == JSON else bytes(response.SerializeToString())


def _refused(lines: Sequence[bytes]) -> Counter[str]:
    from data.ingest.otlp import refused

    return sum((refused(orjson.loads(line)) for line in lines), Counter[str]())


def _response(refused: Counter[str], kind: str) -> Any:
    from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse
    from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceResponse

    response: Any = ExportLogsServiceResponse() if kind == "logs" else ExportMetricsServiceResponse()
    if refused:
        count = "rejected_log_records" if kind == "logs" else "rejected_data_points"
        setattr(response.partial_success, count, refused.total())
        response.partial_success.error_message = "; ".join(f"{why} ({n:,} times)" for why, n in refused.most_common())
    return response


def _lines(body: Body, wanted: str) -> list[bytes]:
    if body.media_type == PROTOBUF:
        request = _of_protobuf(body.data, wanted)
    elif body.media_type == JSON:
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
