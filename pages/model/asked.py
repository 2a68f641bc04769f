"""What an address of the Model page asks for, and the addresses that ask for something else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from app.asked import Asked
from app.timerange import Resolved
from app.urlstate import UrlState, path_of
from app.usecases.comparing import PREVIOUS

ADDRESS: Final = "/model/<name>"
CHOICES: Final = ("version", "view", "compare")


@dataclass(frozen=True, slots=True)
class ModelAsked(Asked):
    """One model, by ``name``."""

    name: str

    @classmethod
    def of(cls, name: str, state: UrlState, shown: Resolved) -> ModelAsked:
        """The page of this model."""
        return cls(path_of(ADDRESS, name), state, shown, name)

    @property
    def version(self) -> str:
        """The chosen version, "" for all."""
        return self.state.extra.get("version", "")

    @property
    def comparing(self) -> bool:
        """Whether the period before is drawn too."""
        return self.state.extra.get("compare") == PREVIOUS

    @property
    def compared(self) -> str:
        """The same with the period before, or without."""
        return self.at(compare=None if self.comparing else PREVIOUS)

    def key(self, snap: Any) -> tuple[Any, ...]:
        """What the page depends on, for the cache."""
        return self.pinned(snap, self.name, self.version, self.as_table, self.comparing)
