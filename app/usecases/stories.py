"""The stories that the demo can tell: real data sets that are shipped, each on a clock of its own."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Final

FOLDER: Final = "stories"
SAMPLES: Final = Path(__file__).resolve().parents[2] / "data" / "samples"


@dataclass(frozen=True, slots=True)
class Story:
    """``name`` is its folder among the samples."""

    name: str
    words: str

    @property
    def folder(self) -> Path:
        """Its files, with the mapping that reads them."""
        return SAMPLES / self.name

    def home(self, home: Path) -> Path:
        """Where it is stored: the first story in the home itself, each other beside it, never in another's clock."""
        return home if self is STORIES[0] else home / FOLDER / self.name


STORIES: Final = (
    Story("lab", "thirty minutes of a shop and its recommender: Redis stops, then a bad model is rolled out"),
    Story("boutique", "a day of ten services with 24 injected faults"),
    Story("outages", "a year of a public status page, known by its alerts alone"),
    Story("housing", "a classifier in a world that moves, its labels a month late"),
)


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
