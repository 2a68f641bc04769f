"""Topology: one edge a record, who depends on whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.compute as pc

from data.ingest import names
from data.ingest.draft import Draft
from data.ingest.fields import Fields
from data.ingest.frames import Frame
from data.ingest.kinds.kind import Job, Kind, Sample
from data.ingest.parts import Part
from data.records import Edge

WANTED = ("service", "depends_on", "kind")


@dataclass(slots=True)
class Topology:
    """Reads edges; an edge that is said twice counts once."""

    fields: Fields

    @property
    def derived(self) -> Mapping[str, str]:
        """See `Builder`."""
        return self.fields.derived

    def build(self, frame: Frame) -> Part:
        """See `Builder`."""
        draft = Draft(frame)
        ends = [self.fields.text(frame, name) for name in ("service", "depends_on")]
        draft.refuse(pc.or_(*map(pc.is_null, ends)), lambda _: "an edge needs both a service and what it depends on")
        draft.refuse(pc.fill_null(pc.equal(*ends), False), lambda i: f"{ends[0][i].as_py()!r} depends on itself")
        part, keep = draft.part(), pa.array(draft.kept)
        words = pc.fill_null(self.fields.text(frame, "kind"), "calls")
        columns = [texts.filter(keep).to_pylist() for texts in (*ends, words)]
        part.edges = list(dict.fromkeys(Edge(*row) for row in zip(*columns, strict=True)))
        return part


def guess(sample: Sample) -> float:
    """Two columns for the two ends and no time."""
    found = names.find_all(WANTED, sample.names, (), "topology")
    if not {"service", "depends_on"} <= found.keys():
        return 0.0
    return 0.2 if names.find("ts", sample.names) else 0.8


def prepare(job: Job) -> Topology:
    """See `Kind`."""
    own = replace(job.mapping, service="", service_from="")  # an edge has two services: none is that of the file
    fields = Fields.find(WANTED, replace(job, mapping=own), "topology")
    for field, what in (("service", "the service that depends"), ("depends_on", "what a service depends on")):
        if not fields.has(field):
            raise names.need(field, what, job.sample.names)
    return Topology(fields)


KIND = Kind("topology", guess, prepare)
