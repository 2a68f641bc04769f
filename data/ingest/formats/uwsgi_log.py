"""Requests as uWSGI logs them; how long they took comes as msecs or as micros."""

from __future__ import annotations

from data.ingest import http_log, line_layout, lined, written

_LINE = (
    r"^\[pid: (?P<pid>[0-9]+)\|app: (?P<app>[^|]*)\|req: (?P<count>[^\]]*)\] (?P<remote_addr>\S*) "
    rf"\((?P<remote_user>[^)]*)\) \{{(?P<variables>[^}}]*)\}} \[{written.CTIME.regex}\] (?P<method>[A-Z]+) "
    r"(?P<path>\S*) => generated (?P<bytes>[0-9]+) bytes in (?P<elapsed>[0-9]+ (?:msecs|micros)) "
    r"\((?P<protocol>HTTP/[0-9.]+) (?P<status>[0-9]{3})\) (?P<more>.*)$"
)
FORMAT = lined.format_("uwsgi_log", line_layout.Layout(_LINE, spoken=False, prepare=http_log.prepare), certainty=0.95)
