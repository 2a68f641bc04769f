"""Requests of Prometheus remote write as the receiver keeps them: series with labels and samples, a request a line.

A sample that is no number says that its series has ended, and is left out, as are histograms of Prometheus' own kind.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from data.ingest.sampled import Naming
from data.ingest.source import Format, Guess, Reader, Source
from data.ingest.unfolded import Record, Sample, Unfolded

NO_NUMBER = "samples say that a series has ended; they are left out"
HISTOGRAMS = "native histograms are not kept"


def sniff(source: Source) -> tuple[Guess, ...]:
    """The outermost key of a request."""
    return (Guess("metrics", 0.98),) if source.head.lstrip().startswith(b'{"timeseries":[') else ()


def unfold(request: Mapping[str, Any]) -> Iterator[Record | str]:
    """The samples of a request."""
    for series in request["timeseries"]:
        labels = dict(series["labels"])
        name = labels.pop("__name__", "")
        for _ in range(series.get("histograms", 0)):
            yield HISTOGRAMS
        for ts_ms, value in series["samples"]:
            number = float(value)
            yield NO_NUMBER if math.isnan(number) else Sample(ts_ms * 1000, name, labels, number)


def open_(source: Source) -> Reader:
    """See `Format`."""
    return Unfolded(source, unfold, Naming(source).derived())


FORMAT = Format("remote_write", ("metrics",), sniff, open_, grows=True)
