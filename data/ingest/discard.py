"""Takes back segments that no commit has made visible."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from data.segments import SegmentInfo


def discard(home: Path, segments: Iterable[SegmentInfo]) -> None:
    """Delete the files; one that is gone already is none the worse."""
    for segment in segments:
        (home / segment.path).unlink(missing_ok=True)
