"""Have incidents looked for again, in the background: whatever the scan rests on has changed."""

from __future__ import annotations

from typing import Final

from data.jobs import enqueue
from data.store import Store

SCAN: Final = "scan"


def rescan(store: Store, who: str = "") -> str:
    """Queue a scan for ``who``, one for all that asked before it began; returns its job_id."""
    return enqueue(store.catalog, SCAN, {}, owner=who, once=True)
