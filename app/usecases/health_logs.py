"""Log patterns that appeared in a range: what is new, said once for every page."""

from __future__ import annotations

from datetime import datetime, tzinfo

import pandas as pd

from app.format import clock, count
from app.usecases.health_view import PatternView
from app.usecases.health_words import pattern_line
from app.usecases.logs_links import template_id
from data.queries import logs
from data.store import Snapshot

MOST = 500
SHOWN = 3
LEAD = 0.2
NO_LOGS = "no log lines were taken in"
LOUD = ("FATAL", "ERROR", "WARN")


def new_patterns(snap: Snapshot, start: datetime, end: datetime, zone: tzinfo) -> tuple[tuple[PatternView, ...], str]:
    """The new kinds of line, the severe and frequent first, and how many there are."""
    since, words = new_since(snap, start, end, zone)
    found = logs.patterns(snap, since, end, limit=MOST)
    fresh = found[found["new"].astype(bool)]
    shown = tuple(_view(one, start, end, zone) for one in _loudest(fresh).head(SHOWN).itertuples())
    if found.empty:
        return shown, f"nothing was logged {words}" if snap.segments("logs") else NO_LOGS
    return shown, f"{len(fresh)} of {count(len(found), 'pattern')} first seen {words}"


def new_since(snap: Snapshot, start: datetime, end: datetime, zone: tzinfo) -> tuple[datetime, str]:
    """From when on a kind of line that was not there before is new, and that in words.

    What is new needs a before: where nothing was logged before ``start``, it is the first fifth of the range.
    """
    if _logged_before(snap, start):
        return start, "in this range"
    since = start + LEAD * (end - start)
    return since, f"after {clock(since, zone, seconds=False)}"


def _logged_before(snap: Snapshot, start: datetime) -> bool:
    return any(s.min_ts is not None and s.min_ts < start for s in snap.segments("logs", None, start))


def _loudest(fresh: pd.DataFrame) -> pd.DataFrame:
    rank = fresh["severity"].map({name: i for i, name in enumerate(LOUD)}).fillna(len(LOUD))
    return fresh.assign(rank=rank).sort_values(["rank", "n", "pattern"], ascending=[True, False, True])


def _view(one: object, start: datetime, end: datetime, zone: tzinfo) -> PatternView:
    first, last = (getattr(one, name).to_pydatetime() for name in ("first_ts", "last_ts"))
    service = getattr(one, "service", None) or ""
    return PatternView(
        pattern=str(getattr(one, "pattern", "")),
        service=service,
        words=pattern_line(service or "no service", int(getattr(one, "n", 0)), first, zone),
        first=(first - start) / (end - start),
        last=(last - start) / (end - start),
        severe=getattr(one, "severity", None) in LOUD,
        template=template_id(str(getattr(one, "pattern", ""))),
    )
