"""Redis and Valkey: process, role and a sign for the severity around a time without a zone."""

from __future__ import annotations

from data.ingest import line_layout, lined, written

_LINE = rf"^(?P<pid>[0-9]+):(?P<role>[XCSM]) {written.RFC_822.regex} (?P<severity>[.*#-]) (?P<message>.*)$"
FORMAT = lined.format_("redis_log", line_layout.Layout(_LINE), certainty=0.93, share=0.3)
