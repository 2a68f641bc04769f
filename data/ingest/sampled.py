"""Samples that come with labels, as Prometheus has them: which series each is of, and the records of many at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from data.ingest import times
from data.ingest.fields import UNKNOWN_SERVICE
from data.ingest.parts import Batch, batch
from data.ingest.source import Source
from data.records import Series
from data.series import make_series

SERVICE_LABELS = ("service", "service_name", "job", "app", "application", "container")


@dataclass(frozen=True, slots=True)
class Naming:
    """Service and metric of series, by their labels and what the mapping says."""

    source: Source
    service_labels: Sequence[str] = SERVICE_LABELS

    def series(self, name: str, labels: Mapping[str, str], notes: Counter[str]) -> Series:
        """The series; the label that names its service is no label of it any more."""
        mapping, place, own = self.source.mapping, self.source.place, dict(labels)
        service = self._service(own, notes)
        stated = mapping.metric.replace("{file}", place.stem) if mapping.metric else ""
        metric = stated or name or place.stem
        return make_series(service, metric, {**mapping.labels, **own})

    def _service(self, labels: dict[str, str], notes: Counter[str]) -> str:
        mapping = self.source.mapping
        if mapping.service:
            return mapping.service
        if mapping.service_from == "file":
            return self.source.place.stem
        wanted = mapping.service_from.partition(":")[2]
        label = next((name for name in ([wanted] if wanted else self.service_labels) if labels.get(name)), None)
        if label is None:
            notes[f"series name no service and stand under {UNKNOWN_SERVICE!r} (state service)"] += 1
        return labels.pop(label) if label else UNKNOWN_SERVICE

    def derived(self, *, nameless: bool = False) -> dict[str, str]:
        """What the file's name decides: the metric where none is named, the service where that is stated."""
        mapping, stem = self.source.mapping, self.source.place.stem
        named = {"metric": stem} if (nameless and not mapping.metric) or "{file}" in mapping.metric else {}
        return named | ({"service": stem} if mapping.service_from == "file" and not mapping.service else {})


def samples(
    source: Source,
    ts: pa.Array,
    series_ids: npt.NDArray[np.int64],
    values: npt.NDArray[np.float64],
    lines: npt.NDArray[np.int64],
) -> Batch:
    """The records of samples ``(n,)``."""
    columns = {"ts": ts, "known_at": times.shift(ts, source.mapping.known_lag_s or 0.0), "series_id": series_ids}
    return batch("metrics", len(values), {**columns, "value": values, "line": lines})
