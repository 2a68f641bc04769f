"""The year or the day that the times of a log lack: stated by the mapping, or told from its lines and the file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pyarrow.compute as pc

from data.errors import CannotContinue, FormatError, MappingError
from data.ingest import years
from data.ingest.line_layout import Layout, texts_of
from data.ingest.source import Source
from data.ingest.streams import blocks

Calendar = years.Years | years.Dates


def calendar_of(source: Source, layout: Layout) -> Calendar | None:
    """What gives times the year or the day that they lack. Raises where nothing tells the day."""
    lacking, begins = layout.lacks, _begins(source)
    if source.continues and (lacking == "date" or begins is not None):
        raise CannotContinue("The date of a line follows from the lines before it.")
    if lacking == "date" and begins is None:
        raise FormatError("The times of this file have no date.", 'State the day it begins on: begins = "2024-05-31".')
    if lacking == "date" and begins is not None:
        return years.Dates(begins)
    if lacking != "year":
        return None
    if begins is not None:
        return years.Years(begins.year)
    return years.Years(years.first_year(_all_days(source, layout), years.now_of(source.path.stat().st_mtime)))


def _begins(source: Source) -> date | None:
    try:
        return years.begins(source.mapping.begins)
    except ValueError as error:
        raise MappingError(
            f"begins = {source.mapping.begins!r} is no year and no day.", 'Write begins = "2024" or "2024-05-31".'
        ) from error


def _all_days(source: Source, layout: Layout) -> Iterator[years.Days]:
    for block in blocks(source.path, source.mapping.encoding):
        found = layout.extract(layout.parted(texts_of(block)[0])[0]).drop_null()
        yield years.days_of({name: pc.struct_field(found, [layout.groups.index(name)]) for name in ("month", "day")})
