"""The kinds of data, one module each: what its fields are, how sure a set of columns is of this kind, how it is read.

A kind is a `Kind` in `KINDS`; it works on any `Frame`, so that a new kind can be read from every format at once.
"""

from __future__ import annotations

from data.ingest.kinds import events, labels, logs, metrics, predictions, topology
from data.ingest.kinds.kind import Builder, Kind, Sample

KINDS: dict[str, Kind] = {
    kind.name: kind for kind in (metrics.KIND, logs.KIND, events.KIND, predictions.KIND, labels.KIND, topology.KIND)
}

__all__ = ["KINDS", "Builder", "Kind", "Sample"]
