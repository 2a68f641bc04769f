"""The stories that the demo can tell: real data sets that are shipped, each on a clock of its own."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from data.records import Incident
    from data.snapshot import Snapshot

FOLDER: Final = "stories"
SAMPLES: Final = Path(__file__).resolve().parents[2] / "data" / "samples"


@dataclass(frozen=True, slots=True)
class Story:
    """``name`` is its folder among the samples; it begins with the incident of the fault that ``fault`` names."""

    name: str
    words: str
    fault: str = ""

    @property
    def folder(self) -> Path:
        """Its files, with the mapping that reads them."""
        return SAMPLES / self.name

    def home(self, home: Path) -> Path:
        """Where it is stored: the first story in the home itself, each other beside it, never in another's clock."""
        return home if self is STORIES[0] else home / FOLDER / self.name


STORIES: Final = (
    Story(
        "lab", "96 minutes of a shop and its recommender, broken in fourteen ways: Redis stops, ...", "Redis stopped"
    ),
    Story("boutique", "a day of ten services with 24 injected faults"),
    Story("outages", "a year of a public status page, known by its alerts alone"),
    Story("housing", "a classifier in a world that moves, its labels a month late"),
)


def first_incident(snap: Snapshot, one: Story) -> Incident | None:
    """The incident that a story begins with: the one nearest to its fault. None where the store does not tell it."""
    from data.queries import events, incidents

    began = next((e.ts for e in events.read(snap, kinds=("fault",)) if e.title == one.fault), None)
    if began is None:
        return None
    return min(incidents.list_incidents(snap), key=lambda i: abs(i.started_at - began), default=None)


def commands(home: Path, filled: bool) -> tuple[tuple[Story, str], ...]:
    """What opens each story beside ``home``, which may be a story's itself; none is put among records of another."""
    root = home.parent.parent if home.parent.name == FOLDER else home
    return tuple((one, _command(one, root, filled or root != home)) for one in STORIES)


def _command(one: Story, root: Path, filled: bool) -> str:
    where = root / FOLDER / one.name if filled and one is STORIES[0] else root
    return shlex.join(["diptych", "--home", str(where), "demo", "--story", one.name, "--port", "0"])


def story(name: str) -> Story:
    """The story of that name. Raises KeyError."""
    return {one.name: one for one in STORIES}[name]
