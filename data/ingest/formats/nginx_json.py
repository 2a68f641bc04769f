"""nginx access logs with a JSON log_format.

Numbers may be quoted, ``upstream_response_time`` may be a list "0.1, 0.2 : -", which stays as it is written.
"""

from __future__ import annotations

from data.ingest import http_log, objects, reading
from data.ingest.source import Format, Guess, Reader, Source

VARIABLES = {
    *("time_iso8601", "time_local", "msec", "remote_addr", "remote_user", "request", "request_method", "request_uri"),
    *("uri", "status", "method", "path", "body_bytes_sent", "bytes_sent", "request_time", "http_referer"),
    *("http_user_agent", "upstream_response_time", "upstream_addr", "upstream_status", "request_length"),
    *("http_x_forwarded_for", "server_name", "connection", "request_id"),
}


def sniff(source: Source) -> tuple[Guess, ...]:
    """Objects with a status, a request and other variables of nginx."""
    frame, share = objects.head_frame(source.head)
    known = VARIABLES & set(objects.names(frame))
    requested = known & {"request", "request_uri", "uri", "request_method", "method", "path"}
    return (Guess("logs", 0.96),) if share >= 0.5 and "status" in known and requested and len(known) >= 4 else ()


def open_(source: Source) -> Reader:
    """See `Format`."""
    pieces = objects.read_lines(source.path, source.mapping.encoding)
    return reading.read(source, pieces, objects.names, mixed=False, prepare=http_log.prepare)


FORMAT = Format("nginx_json", ("logs",), sniff, open_)
