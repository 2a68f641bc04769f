"""What a threshold would have done is what a scan would find with it."""

from __future__ import annotations

from datetime import timedelta

from app.usecases.scan import scan
from app.usecases.settings_preview import threshold_words
from data.store import Store
from tests.data.builders import at, put

DAY = timedelta(days=1)


def tried(store: Store, after: float = 0) -> str:
    """The words for the day that begins so many minutes after noon."""
    with store.snapshot() as snap:
        return threshold_words(snap, "alarms_per_week", 5.0, at(after), at(after) + DAY).replace("\u00a0", " ")


def test_incidents_that_alerts_alone_tell_of_are_counted(store: Store) -> None:
    down = {"kind": "alert", "service": "site", "severity": "critical", "title": "is down"}
    slow = {"kind": "alert", "service": "site", "severity": "warning", "title": "is slow"}
    put(store, events=[
        {"ts": at(0), "ends_at": at(9), **down}, {"ts": at(300), "ends_at": at(310), **down},
        {"ts": at(100), "ends_at": at(109), **slow}, {"ts": at(3000), "ends_at": at(3009), **down},
    ])  # fmt: skip
    assert scan(store) == 3
    assert tried(store) == "0 episodes and 2 incidents in this range; now 0 and 2."
    assert tried(store, after=2000) == "0 episodes and 1 incident in this range; now 0 and 1."
    assert tried(store, after=9000) == "0 episodes and 0 incidents in this range; now 0 and 0."
