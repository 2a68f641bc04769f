"""What readers, kinds and formats hand to each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from data.records import Edge, MetricMeaning, Model, Series, Service, StatedThreshold
from data.schemas import BY_KIND

RAW_KEPT = 65_536


@dataclass(frozen=True, slots=True)
class Reject:
    """A line that could not be read: its number (1 = first), what stood there and why not, in words."""

    line: int
    reason: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class Batch:
    """Records of one kind; ``table`` has the columns of ``BY_KIND[kind]`` without ``file_id``."""

    kind: str
    table: pa.Table


@dataclass(slots=True)
class Part:
    """What one piece of a file came to. ``accepted + rejected + ignored`` are the lines of the piece.

    The unit is the line for what is made of lines, and the record (for Prometheus: the sample) for a JSON document.
    """

    accepted: int = 0
    ignored: int = 0
    batches: list[Batch] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    series: dict[int, Series] = field(default_factory=dict)
    edges: list[Edge] = field(default_factory=list)
    services: list[Service] = field(default_factory=list)
    models: list[Model] = field(default_factory=list)
    meanings: list[MetricMeaning] = field(default_factory=list)
    thresholds: list[StatedThreshold] = field(default_factory=list)
    notes: Counter[str] = field(default_factory=Counter)

    @property
    def lines(self) -> int:
        """Lines of the piece."""
        return self.accepted + len(self.rejects) + self.ignored


def reject(line: int, reason: str, raw: bytes) -> Reject:
    """A `Reject` that keeps at most `RAW_KEPT` bytes of an overlong line."""
    return Reject(int(line), reason, raw[:RAW_KEPT])


def batch(kind: str, rows: int, columns: Mapping[str, Any]) -> Batch:
    """A batch from arrays and constants; a column of the schema that is not given is NULL."""
    fields = [item for item in BY_KIND[kind] if item.name != "file_id"]
    arrays = [_column(columns.get(item.name), item.type, rows) for item in fields]
    return Batch(kind, pa.Table.from_arrays(arrays, schema=pa.schema(fields)))


def _column(given: Any, kind: pa.DataType, rows: int) -> pa.Array:
    if given is None or isinstance(given, str | int | float):
        return pa.repeat(pa.scalar(given, type=kind), rows)
    array = given if isinstance(given, pa.Array) else pa.array(given)
    return array if array.type == kind else array.cast(kind)


def shown(text: object, limit: int = 60) -> str:
    """Foreign text as it may stand in a sentence: quoted, printable, short."""
    words = repr(str(text)[: limit + 1])
    return words if len(words) <= limit + 2 else f"{words[:limit]}…'"


def listed(names: Iterable[str], limit: int = 12) -> str:
    """Names as a list in a sentence."""
    quoted: Sequence[str] = [shown(name, 40) for name in names]
    more = f" and {len(quoted) - limit} more" if len(quoted) > limit else ""
    return ", ".join(quoted[:limit]) + more if quoted else "none"
