"""Bodies of JSON: Loki's push, Alertmanager's webhook, and lines of records."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import orjson

from data.ingest.names import find_all
from data.receive.refusal import Refused

if TYPE_CHECKING:
    from data.receive.posts import Body

JSON = "application/json"
LINES = (JSON, "application/x-ndjson", "application/jsonl", "application/x-jsonlines", "text/plain", "")


def load(data: bytes) -> Any:
    """A JSON document. Raises `Refused`."""
    try:
        return orjson.loads(data)
    except ValueError as error:
        raise Refused(400, f"The body is no valid JSON: {error}.") from error


def loki(body: Body) -> list[bytes]:
    """A push of streams."""
    if body.media_type != JSON:
        raise Refused(415, "Loki's push is read as application/json, not as protobuf.")
    pushed = load(body.data)
    if not isinstance(pushed, dict) or not isinstance(pushed.get("streams"), list):
        raise Refused(400, "The body has no list of streams.")
    return [orjson.dumps(pushed)] if pushed["streams"] else []


def alerts(body: Body) -> list[bytes]:
    """A body of Alertmanager's webhook, with the moment at which it came."""
    sent = load(body.data)
    if not isinstance(sent, dict) or not isinstance(sent.get("alerts"), list):
        raise Refused(400, "The body has no list of alerts.")
    return [orjson.dumps({**sent, "received_at": now()})] if sent["alerts"] else []


def records(body: Body) -> list[bytes]:
    """Lines of JSON, or a list of objects."""
    if body.media_type not in LINES:
        raise Refused(415, "Records are read as lines of JSON: application/x-ndjson.")
    if body.data.lstrip()[:1] == b"[":
        found = load(body.data)
        return [orjson.dumps(each) for each in found]
    return [line for line in body.data.replace(b"\r\n", b"\n").split(b"\n") if line.strip()]


def labels(body: Body) -> list[bytes]:
    """Lines of labels; one that states no time is known from now on."""
    moment = now()
    return [_known(line, moment) for line in records(body)]


def _known(line: bytes, moment: str) -> bytes:
    try:
        label = orjson.loads(line)
    except ValueError:
        return line  # it is refused for what it is where lines are read
    if not isinstance(label, dict) or find_all(("label_ts",), tuple(label), kind="labels"):
        return line
    return orjson.dumps({**label, "label_ts": moment})


def now() -> str:
    """This moment."""
    return datetime.now(UTC).isoformat()
