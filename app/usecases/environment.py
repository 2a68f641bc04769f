"""The settings of this process: what holds, and whether a variable, an option or nobody set it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from app.settings import PREFIX, Settings


@dataclasses.dataclass(frozen=True, slots=True)
class Setting:
    """One setting; ``origin`` in words."""

    variable: str
    value: str
    origin: str
    does: str


def settings_of(settings: Settings, env: Mapping[str, str]) -> tuple[Setting, ...]:
    """Every setting in the order of the record."""
    return tuple(_setting(item, getattr(settings, item.name), env) for item in dataclasses.fields(Settings))


def _setting(item: dataclasses.Field[Any], value: Any, env: Mapping[str, str]) -> Setting:
    variable = PREFIX + item.name.upper()
    set_there = variable in env and getattr(Settings.from_env({variable: env[variable]}), item.name) == value
    origin = "variable" if set_there else "default" if value == item.default else "command line"
    shown = ", ".join(value) if isinstance(value, tuple) else str(value)
    return Setting(variable, shown, origin, str(item.metadata["doc"]))
