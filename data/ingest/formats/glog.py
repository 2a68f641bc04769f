"""glog and klog (Kubernetes): a letter for the severity, month and day in four digits, no year."""

from __future__ import annotations

from data.ingest import line_layout, lined, written

_LINE = rf"^(?P<severity>[IWEF]){written.GLOG.regex} +(?P<thread>[0-9]+) (?P<code>[^\s\]]+:[0-9]+)\] ?(?P<message>.*)$"
FORMAT = lined.format_("glog", line_layout.Layout(_LINE, spoken=False), certainty=0.95, share=0.2)
