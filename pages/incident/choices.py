"""What an address may ask of the Incident page: which incident, which clock, when. Nonsense is answered in words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final, Protocol

from app.errors import TimeRangeError
from app.timerange import find_zone
from app.urlstate import UrlState, href, path_of

CLOCKS: Final = ("hindsight", "known")
ZOOMS: Final = ("onset", "incident", "recording")
MOST_OTHERS: Final = 4
_MOMENT: Final = re.compile(r"\d{12,14}|\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?")


class Incident(Protocol):
    """What the page needs to know of an incident to offer it."""

    @property
    def incident_id(self) -> str:
        """As in the address."""

    @property
    def started_at(self) -> datetime:
        """When it began."""

    @property
    def detected_at(self) -> datetime | None:
        """When the team could know of it."""


def newest(found: Iterable[Incident]) -> str:
    """The id of the incident that began last, or nothing."""
    ordered = sorted(found, key=lambda one: (one.started_at, one.incident_id))
    return ordered[-1].incident_id if ordered else ""


def others(found: Iterable[Incident], shown: str, state: UrlState) -> list[dict[str, Any]]:
    """The incidents nearest in time to the one shown, by time, each with the moment from which it was known."""
    listed = sorted(found, key=lambda one: (one.started_at, one.incident_id))
    at = next(i for i, one in enumerate(listed) if one.incident_id == shown)
    low = max(at - MOST_OTHERS // 2, 0)
    near = [one for one in listed[low : low + MOST_OTHERS + 1] if one.incident_id != shown]
    return [_other(one, state) for one in near]


def _other(one: Incident, state: UrlState) -> dict[str, Any]:
    address = href(path_of("/incident/<id>", one.incident_id), UrlState(zone=state.zone))
    known = one.detected_at or one.started_at
    return {"id": one.incident_id, "href": address, "known": round(known.timestamp() * 1000)}


def complaint(query: Mapping[str, str]) -> str:
    """What in the address was not understood, and what is shown in its place; empty where all was."""
    said = [
        _clock(query.get("mode", "")),
        _time(query.get("t", "")),
        _zoom(query.get("zoom", "")),
        _zone(query.get("tz", "")),
    ]
    return " ".join(filter(None, said))


def _clock(asked: str) -> str:
    return "" if asked in ("", *CLOCKS) else f"“{asked[:40]}” is no clock: showing hindsight."


def _time(asked: str) -> str:
    return "" if not asked or _readable(asked) else f"“{asked[:40]}” is no time: showing the incident’s own."


def _zoom(asked: str) -> str:
    ends = asked.split("/")
    fits = asked in ("", *ZOOMS) or (len(ends) == 2 and all(_readable(end) for end in ends))
    return "" if fits else f"“{asked[:40]}” is no range: showing the onset."


def _zone(asked: str) -> str:
    try:
        find_zone(asked or "UTC")
    except TimeRangeError:
        return f"“{asked[:40]}” is no time zone: showing UTC."
    return ""


def _readable(text: str) -> bool:
    return _MOMENT.fullmatch(text) is not None
