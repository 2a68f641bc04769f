"""Access logs in JSON: nginx with a JSON log_format, and servers that put request and response into objects.

Numbers may be quoted, ``upstream_response_time`` may be a list "0.1, 0.2 : -", which stays as it is written.
"""

from __future__ import annotations

import pyarrow.compute as pc

from data.ingest import http_log, names, objects, reading
from data.ingest.frames import JsonFrame
from data.ingest.source import Format, Guess, Reader, Source

VARIABLES = {
    *("time_iso8601", "time_local", "msec", "remote_addr", "remote_user", "request", "request_method", "request_uri"),
    *("uri", "status", "method", "path", "body_bytes_sent", "bytes_sent", "request_time", "http_referer"),
    *("http_user_agent", "upstream_response_time", "upstream_addr", "upstream_status", "request_length"),
    *("http_x_forwarded_for", "server_name", "connection", "request_id"),
}


def sniff(source: Source) -> tuple[Guess, ...]:
    """Objects with a status, a request and other variables of nginx, or with a request and a response inside."""
    frame, share = objects.head_frame(source.head)
    if share < 0.5:
        return ()
    found = objects.names(frame)
    known = VARIABLES & set(found)
    requested = known & {"request", "request_uri", "uri", "request_method", "method", "path"}
    plain = "status" in known and requested and len(known) >= 4
    return (Guess("logs", 0.96),) if plain or _is_nested(frame, found) else ()


def _is_nested(frame: JsonFrame, found: tuple[str, ...]) -> bool:
    """Whether nearly every object says method and path of its request and the status of its response."""
    columns = names.find_all(("status", "method", "path"), found, kind="http")
    if len(columns) < 3 or not columns["method"].startswith("request."):
        return False
    return all((pc.mean(pc.is_valid(frame.text(column))).as_py() or 0.0) > 0.9 for column in columns.values())


def open_(source: Source) -> Reader:
    """See `Format`."""
    pieces = objects.read_lines(source.path, source.mapping.encoding)
    return reading.read(source, pieces, objects.names, mixed=False, prepare=http_log.prepare)


FORMAT = Format("nginx_json", ("logs",), sniff, open_, grows=True)
