"""Events: alerts, deploys, changes, notes and faults, from any table or JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from data.ingest import names
from data.ingest.arrays import NO_TEXT
from data.ingest.draft import Draft
from data.ingest.fields import Fields
from data.ingest.frames import Frame
from data.ingest.job import columns_of
from data.ingest.kinds.kind import Job, Kind, Sample
from data.ingest.parts import Part

WANTED = ("ts", "ends_at", "known_at", "kind", "service", "severity", "title", "source", "fingerprint")
STATED_KIND = "stated_kind"
WORDS = {
    "alert": "alert alarm incident outage problem firing page down",
    "deploy": "deploy deployment release rollout rollback",
    "change": "change config configuration maintenance scale scaling update upgrade migration flag",
    "note": "note comment annotation info message",
    "fault": "fault chaos injection experiment",
}


@dataclass(slots=True)
class Events:
    """Reads events. A kind that is none of ours becomes a note that keeps what was stated in its attributes."""

    fields: Fields

    @property
    def derived(self) -> Mapping[str, str]:
        """See `Builder`."""
        return self.fields.derived

    def build(self, frame: Frame) -> Part:
        """See `Builder`."""
        fields, stated = self.fields, self.fields.text(frame, "kind")
        kind = kinds(stated)
        strange = pc.and_(pc.is_valid(stated), pc.is_null(kind))
        if pc.any(strange).as_py():
            frame = frame.with_columns({STATED_KIND: pc.if_else(strange, stated, NO_TEXT)})
        draft = Draft(frame)
        ts, ends_at = draft.time(fields), draft.time_or_none(fields, "ends_at")
        draft.refuse(pc.fill_null(pc.less(ends_at, ts), False), lambda _: "the event ends before it begins")
        columns = {name: fields.text(frame, name) for name in ("title", "source", "fingerprint", "severity")}
        columns |= {"ts": ts, "ends_at": ends_at, "kind": pc.fill_null(kind, "note")}
        columns |= {"service": self._service(frame), "attributes": frame.rest(fields.used)}
        columns["title"] = pc.coalesce(columns["title"], stated, pa.scalar("event"))
        return draft.finish("events", columns | {"known_at": draft.known_at(fields, ts)})

    def _service(self, frame: Frame) -> pa.Array:
        """An event may belong to no service."""
        fields = self.fields
        fallback = fields.stem_as("service") if fields.mapping.service_from == "file" else fields.mapping.service
        return pc.fill_null(fields.text(frame, "service"), fallback)


def kinds(stated: pa.Array) -> pa.Array:
    """Our word for each stated kind: by its first word that we know; NULL where there is none."""
    coded = stated.dictionary_encode()
    return pa.array([_kind(text) for text in coded.dictionary.to_pylist()], pa.string()).take(coded.indices)


_KIND = {word: kind for kind, words in WORDS.items() for word in words.split()}


def _kind(text: str) -> str | None:
    words = text.lower().replace("_", " ").replace("-", " ").split()
    return next((_KIND[word] for word in words if word in _KIND), None)


def guess(sample: Sample) -> float:
    """A time and a title make an event; kinds that we know or an end make it sure."""
    found = columns_of(sample, WANTED)
    if "ts" not in found or "title" not in found:
        return 0.0
    known = "kind" in found and pc.any(pc.is_valid(kinds(sample.frame.text(found["kind"])))).as_py()
    return 0.35 + 0.4 * bool(known) + 0.1 * ("ends_at" in found) + 0.05 * ("fingerprint" in found)


def prepare(job: Job) -> Events:
    """See `Kind`."""
    fields = Fields.find(WANTED, job)
    if not fields.has("ts"):
        raise names.need("ts", "the time", job.sample.names)
    return Events(fields)


KIND = Kind("events", guess, prepare)
