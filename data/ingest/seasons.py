"""What a mapping states of the season holds for every metric, log and model that has records in the file."""

from __future__ import annotations

from data.ingest.wire import Parsed
from data.records import Season


def stated(seasons_s: tuple[float, ...], parsed: Parsed) -> tuple[Season, ...]:
    """One record each, none where the mapping says nothing of a season."""
    if not seasons_s:
        return ()
    measured = [("metrics", series.service, series.metric) for series in parsed.series]
    logged = [("logs", name, "") for each in parsed.segments if each.kind == "logs" for name in each.services]
    made = [("predictions", name, "") for each in parsed.segments if each.kind == "predictions" for name in each.models]
    return tuple(Season(*key, seasons_s) for key in dict.fromkeys([*measured, *logged, *made]))
