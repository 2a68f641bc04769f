"""OTLP in JSON, as the file exporter of OpenTelemetry's collector writes it: a request a line, or one document."""

from __future__ import annotations

from data.ingest.otlp import unfold
from data.ingest.sampled import Naming
from data.ingest.source import Format, Guess, Reader, Source
from data.ingest.unfolded import Unfolded

KINDS = {b'"resourceLogs"': "logs", b'"resourceMetrics"': "metrics"}


def sniff(source: Source) -> tuple[Guess, ...]:
    """The outermost key of a request; the first that comes is the kind of the file, both are read."""
    start = source.head[:4096]
    found = sorted((start.index(key), kind) for key, kind in KINDS.items() if key in start)
    return (Guess(found[0][1], 0.98),) if found and start.lstrip().startswith(b"{") else ()


def open_(source: Source) -> Reader:
    """See `Format`."""
    return Unfolded(source, unfold, Naming(source).derived())


FORMAT = Format("otlp_json", ("logs", "metrics"), sniff, open_, grows=True)
