"""Requests of a web server as log records: message "GET /path 200", severity by the status, all else as attributes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

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


_PLAIN = r"^(?P<both>[A-Za-z]+ [^\s?#]*)"


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
        kept = {fields.columns[name] for name in ("ts",) if name in fields.columns} | set(fields.mapping.drop)
        columns = {"severity": _severity(said["status"]), "message": _message(said)}
        columns |= {"ts": ts, "attributes": frame.rest(kept), "service": fields.service(frame, draft.notes)}
        return draft.finish("logs", {**columns, "known_at": draft.known_at(fields, ts)})


def _severity(status: pa.ChunkedArray) -> pa.Array:
    """By the status, each of which is looked at once."""
    coded = engine.flat(status).dictionary_encode()
    return _levels(tuple(coded.dictionary.to_pylist())).take(coded.indices)


@lru_cache(maxsize=8)
def _levels(statuses: tuple[str, ...]) -> pa.Array:
    """The levels of a piece of a file: the next one has mostly the same statuses."""
    said = pa.table({"status": pa.array(statuses, pa.string())})
    return engine.flat(engine.run(f"SELECT {_LEVEL} AS y FROM t", said)["y"])  # noqa: S608 our own words


def _message(said: pa.Table) -> pa.Array:
    """Requests that are a method and a path are cut by one expression, the others by the careful one."""
    given = [said[name].null_count == len(said) for name in ("method", "path")]
    if not all(given):
        return _careful(said)
    found = pc.extract_regex(engine.flat(said["request"]), _PLAIN)
    message = pc.binary_join_element_wise(pc.struct_field(found, [0]), engine.flat(said["status"]), " ")
    odd = pc.is_null(found)
    if not pc.any(odd).as_py():
        return message
    return pc.replace_with_mask(message, odd, _careful(said.filter(odd)))


def _careful(said: pa.Table) -> pa.Array:
    return engine.flat(engine.run(f"SELECT {_MESSAGE} AS y FROM t", said)["y"])  # noqa: S608 our own words


def prepare(job: Job) -> HttpLog:
    """A builder for what a web server wrote, by the names that nginx gives its variables."""
    return HttpLog(Fields.find(WANTED, job, "http"))
