"""Small segments of a file that grows are written together with what comes new, so that they stay few.

Which of them follows from their sizes: each is at most twice as large as all that is written together with it, so that
a row is written again about as often as its number has binary digits.
"""

from __future__ import annotations

from data.catalog.catalog import Catalog
from data.catalog.commit import small_segments
from data.ingest.keys import Known
from data.segments import MIN_ROWS

ALWAYS_ROWS = 500


def to_merge(catalog: Catalog, known: Known, size_bytes: int) -> tuple[tuple[str, str], ...]:
    """Kind and path of the segments of ``known`` to write again, now that it has grown to ``size_bytes``."""
    records = sum(known.by_kind.values())
    rows = int(records * (size_bytes - known.size_bytes) / max(known.size_bytes, 1))
    return chosen(small_segments(catalog, known.file_id, MIN_ROWS), rows)


def chosen(segments: list[tuple[str, str, int]], rows: int) -> tuple[tuple[str, str], ...]:
    """Of segments (kind, path, rows), the smallest first, those that ``rows`` new ones of any kind are merged with."""
    totals, found = dict[str, int](), list[tuple[str, str]]()
    for kind, path, size in segments:
        total = totals.get(kind, max(rows, 1))
        if size <= max(2 * total, ALWAYS_ROWS):
            found.append((kind, path))
            totals[kind] = total + size
        else:
            totals[kind] = 0  # what is larger stays
    return tuple(found)
