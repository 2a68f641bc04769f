"""What the pieces of a record's first line mean: severities in words or numbers, and times put together."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from data.ingest import levels, written
from data.ingest.arrays import NO_TEXT

SYSLOG = ("emerg", "alert", "crit", "err", "warning", "notice", "info", "debug")


def spoken(cut: dict[str, pa.Array]) -> dict[str, pa.Array]:
    """With the severity that the head of the message says, or what stands before the time."""
    message = pc.utf8_rtrim_whitespace(cut["message"])
    severity = cut.get("severity", pa.nulls(len(message), pa.string()))
    severity = pc.if_else(pc.equal(severity, ""), NO_TEXT, severity)
    if "prefix" in cut:
        severity = pc.coalesce(severity, levels.find(cut["prefix"]))
    return {**cut, "severity": pc.coalesce(severity, levels.find(message)), "message": levels.without(message)}


def of_priority(texts: pa.Array) -> dict[str, pa.Array]:
    """Severity and facility of a syslog priority ``8 * facility + severity``."""
    known = [int(text) if text and int(text) < 192 else None for text in texts.to_pylist()]
    words = [None if each is None else SYSLOG[each % 8] for each in known]
    return {
        "severity": pa.array(words, pa.string()),
        "facility": pa.array([_facility(each) for each in known], pa.string()),
    }


def _facility(priority: int | None) -> str | None:
    return None if priority is None else str(priority // 8)


def dated(dates: list[str], said: Mapping[str, pa.Array]) -> pa.Array:
    """The times of ``said`` pieces on these dates (``2024-05-31``)."""
    table = {"year": 0, "month": 1, "day": 2}
    parts = [each.split("-") for each in dates]
    return written.assemble({**said, **{name: pa.array([p[i] for p in parts]) for name, i in table.items()}})
