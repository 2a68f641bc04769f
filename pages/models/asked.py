"""What an address of the Models page asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from app.asked import Asked
from app.usecases.models import Order

CHOICES: Final = ("sort", "row")


@dataclass(frozen=True, slots=True)
class ModelsAsked(Asked):
    """All models."""

    @property
    def order(self) -> Order:
        """By cost, or by name."""
        return "name" if self.state.extra.get("sort") == "name" else "cost"
