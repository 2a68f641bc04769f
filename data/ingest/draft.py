"""Records on their way into the store: what is kept, what is refused and why, what says nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.ingest import numbers, times
from data.ingest.arrays import Mask, mask_of
from data.ingest.fields import Fields
from data.ingest.frames import Frame
from data.ingest.parts import Part, batch, reject
from data.schemas import TIME


@dataclass(slots=True)
class Draft:
    """Records on their way: each is kept, refused with a reason, or left out because it says nothing."""

    frame: Frame
    reasons: dict[int, str] = field(default_factory=dict)
    empty: Mask = field(init=False)
    notes: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.empty = np.zeros(len(self.frame.lines), bool)

    def refuse(self, where: Any, why: Callable[[int], str]) -> None:
        """Refuse the records at the mask ``where`` that are not refused yet; ``why`` gives the words for an index."""
        mask = mask_of(where) if isinstance(where, pa.Array) else where
        for index in np.flatnonzero(mask):
            self.reasons.setdefault(int(index), why(int(index)))

    def time(self, fields: Fields, name: str = "ts") -> pa.Array:
        """The times of a field that every record needs."""
        texts = _with_nanoseconds(fields.text(self.frame, name), fields.columns.get(name, ""), self.frame)
        read = times.read(texts, fields.clock, fields.memory)
        self.notes.update(read.notes)
        self.refuse(pc.is_null(read.ts), lambda i: times.why_not(texts[i].as_py(), fields.clock))
        return read.ts

    def time_or_none(self, fields: Fields, name: str) -> pa.Array:
        """The times of a field that a record may leave out; one that cannot be read is refused."""
        if not fields.has(name):
            return pa.nulls(len(self.frame.lines), TIME)
        texts = times.without_never(numbers.without_missing(fields.text(self.frame, name)))
        ts = times.read(texts, fields.clock).ts
        bad = pc.and_(pc.is_valid(texts), pc.is_null(ts))
        self.refuse(bad, lambda i: f"{name}: {times.why_not(texts[i].as_py(), fields.clock)}")
        return ts

    def known_at(self, fields: Fields, ts: pa.Array, name: str = "known_at") -> pa.Array:
        """When each record could be known: its own word, otherwise ``ts`` and the stated lag."""
        lagged = times.shift(ts, fields.mapping.known_lag_s or 0.0)
        return pc.coalesce(self.time_or_none(fields, name), lagged) if fields.has(name) else lagged

    def number(self, texts: pa.Array, column: str, decimal: str) -> pa.Array:
        """The values of texts; what is neither a number nor missing is refused."""
        values, bad = numbers.read(texts, decimal)
        self.refuse(bad, lambda i: numbers.why_not(column, texts[i].as_py()))
        return values

    @property
    def kept(self) -> Mask:
        """Records that are stored."""
        keep = ~self.empty
        keep[list(self.reasons)] = False
        return keep

    def part(self) -> Part:
        """The account of the records, still without what is stored of them."""
        kept, refused = self.kept, sorted(self.reasons.items())
        said = [(i, why) for i, why in refused if not self.frame.is_blank(i)]
        rejects = [reject(self.frame.lines[i], why, self.frame.raw(i)) for i, why in said]
        ignored = len(kept) - int(kept.sum()) - len(rejects)
        return Part(accepted=int(kept.sum()), ignored=ignored, rejects=rejects, notes=self.notes)

    def finish(self, kind: str, columns: Mapping[str, Any]) -> Part:
        """The account with one record of ``kind`` for each record that is kept."""
        part, kept = self.part(), self.kept
        keep = pa.array(kept)
        some = {name for name, value in columns.items() if isinstance(value, pa.Array) and not kept.all()}
        chosen = {name: value.filter(keep) if name in some else value for name, value in columns.items()}
        if part.accepted:
            part.batches.append(batch(kind, part.accepted, {**chosen, "line": self.frame.lines[kept]}))
        return part


def _with_nanoseconds(texts: pa.Array, column: str, frame: Frame) -> pa.Array:
    """Log4j writes the fraction of an ``epochSecond`` beside it, as ``nanoOfSecond``."""
    if not column.endswith("epochSecond"):
        return texts
    nanos = pc.utf8_lpad(frame.text(column.removesuffix("epochSecond") + "nanoOfSecond"), 9, "0")
    return pc.if_else(pc.is_valid(nanos), pc.binary_join_element_wise(texts, nanos, "."), texts)
