"""Log records (the OpenTelemetry log model): time, severity, message, service, and all else as attributes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from data.ingest import severity
from data.ingest.draft import Draft
from data.ingest.fields import Fields
from data.ingest.frames import Frame
from data.ingest.job import columns_of
from data.ingest.kinds.kind import Job, Kind, Sample
from data.ingest.parts import Part

NEXTCLOUD = {"reqId", "remoteAddr", "app", "level"}  # it counts its levels from 0 to 4
WANTED = ("ts", "severity", "message", "service", "known_at")


@dataclass(slots=True)
class Logs:
    """Reads log records; a record without a message of its own shows all that it says."""

    fields: Fields
    scale: str = ""

    @property
    def derived(self) -> Mapping[str, str]:
        """See `Builder`."""
        return self.fields.derived

    def build(self, frame: Frame) -> Part:
        """See `Builder`."""
        draft, fields = Draft(frame), self.fields
        ts = draft.time(fields)
        attributes = frame.rest(fields.used)
        message = pc.utf8_rtrim(fields.text(frame, "message"), "\r\n")
        message = pc.coalesce(message, attributes, pa.scalar(""))
        scale = fields.mapping.severity_numbers or self.scale
        level = severity.read(fields.text(frame, "severity"), fields.columns.get("severity", ""), scale)
        columns = {"ts": ts, "severity": level, "message": message, "attributes": attributes}
        columns["service"] = fields.service(frame, draft.notes)
        columns["known_at"] = draft.known_at(fields, ts)
        return draft.finish("logs", columns)


def guess(sample: Sample) -> float:
    """A time and a message make a log, more so when messages are sentences; a severity makes it sure."""
    found = columns_of(sample, WANTED)
    if "ts" not in found:
        return 0.0
    sentences = "message" in found and _are_sentences(sample.frame.text(found["message"]))
    return 0.1 + 0.3 * ("message" in found) + 0.3 * ("severity" in found) + 0.1 * sentences


def _are_sentences(texts: pa.Array) -> bool:
    spaces = pc.mean(pc.count_substring(texts, " ")).as_py()
    return spaces is not None and spaces > 1


def prepare(job: Job) -> Logs:
    """See `Kind`."""
    return Logs(Fields.find(WANTED, job), "nextcloud" if set(job.sample.names) >= NEXTCLOUD else "")


KIND = Kind("logs", guess, prepare)
