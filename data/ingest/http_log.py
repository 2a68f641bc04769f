"""Requests of a web server as log records: message "GET /path 200", severity by the status, all else as attributes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from data.ingest import engine
from data.ingest.draft import Draft
from data.ingest.fields import Fields
from data.ingest.frames import Frame
from data.ingest.job import Job
from data.ingest.parts import Part

WANTED = ("ts", "known_at", "service", "request", "method", "path", "status")
_LEVEL = """CASE WHEN try_cast(status AS INTEGER) BETWEEN 500 AND 599 THEN 'ERROR'
    WHEN try_cast(status AS INTEGER) BETWEEN 400 AND 499 THEN 'WARN'
    WHEN try_cast(status AS INTEGER) BETWEEN 100 AND 399 THEN 'INFO' END"""
_PATH = "regexp_extract(coalesce(path, regexp_extract(request, '^[A-Za-z]+ (\\S+)', 1)), '^[^?#]*')"
_METHOD = "coalesce(method, regexp_extract(request, '^[A-Za-z]+'))"
_MESSAGE = (
    f"CASE WHEN {_METHOD} = '' THEN coalesce(request, '') || ' ' ELSE {_METHOD} || ' ' || {_PATH} || ' ' END || status"
)


@dataclass(slots=True)
class HttpLog:
    """Reads requests; ``fields.columns`` says which column is the time, the request, the status."""

    fields: Fields

    @property
    def derived(self) -> Mapping[str, str]:
        """See `Builder`."""
        return self.fields.derived

    def build(self, frame: Frame) -> Part:
        """See `Builder`."""
        draft, fields = Draft(frame), self.fields
        ts = draft.time(fields)
        said = pa.table({name: fields.text(frame, name) for name in ("request", "method", "path", "status")})
        draft.refuse(pc.is_null(said["status"].combine_chunks()), lambda _: "the request has no status")
        made = engine.run(f"SELECT {_LEVEL} AS severity, {_MESSAGE} AS message FROM t", said)  # noqa: S608 our own words
        kept = {fields.columns[name] for name in ("ts",) if name in fields.columns} | set(fields.mapping.drop)
        columns = {name: engine.flat(made[name]) for name in ("severity", "message")}
        columns |= {"ts": ts, "attributes": frame.rest(kept), "service": fields.service(frame, draft.notes)}
        return draft.finish("logs", {**columns, "known_at": draft.known_at(fields, ts)})


def prepare(job: Job) -> HttpLog:
    """A builder for what a web server wrote, by the names that nginx gives its variables."""
    return HttpLog(Fields.find(WANTED, job, "http"))
