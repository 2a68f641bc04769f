"""The seasons that sources state, in words: what expected ranges follow instead of what the data show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from app.format import count, duration
from app.usecases.signals import Signal
from app.usecases.words import listed
from data.queries import registry
from data.records import Season
from data.store import Snapshot

UNITS: Mapping[str, str] = {"metrics": "metric", "logs": "log", "predictions": "model"}


def lengths(seasons_s: Iterable[float]) -> str:
    """``12 min``, ``1 day and 7 days``."""
    return listed([duration(each) for each in seasons_s])


def of_signal(signal: Signal) -> tuple[str, ...]:
    """One sentence where the source of a signal states its season."""
    return (f"Its source states a season of {lengths(signal.seasons_s)}.",) if signal.seasons_s else ()


def stated(snap: Snapshot) -> tuple[str, ...]:
    """One sentence for each length that sources state: what it holds for. Nothing where no source states one."""
    by_length: dict[tuple[float, ...], list[Season]] = {}
    for one in registry.seasons(snap).values():
        by_length.setdefault(one.seasons_s, []).append(one)
    return tuple(_stated(seasons_s, found) for seasons_s, found in sorted(by_length.items()))


def _stated(seasons_s: tuple[float, ...], found: list[Season]) -> str:
    counted = Counter(one.kind for one in found)
    whose = listed([count(counted[kind], unit) for kind, unit in UNITS.items() if counted[kind]])
    return (
        f"The expected range follows a season of {lengths(seasons_s)}, stated by the sources of {whose}; "
        "no other is looked for there."
    )


def by_metric(snap: Snapshot) -> dict[str, tuple[str, str]]:
    """Of each metric whose season is stated: its length, of several services each once, and the files that state it."""
    found: dict[str, list[Season]] = {}
    for one in registry.seasons(snap).values():
        if one.kind == "metrics":
            found.setdefault(one.metric, []).append(one)
    return {metric: (_each(lengths(one.seasons_s) for one in all_of), _each(one.source for one in all_of))
            for metric, all_of in found.items()}  # fmt: skip


def of_file(snap: Snapshot) -> dict[str, str]:
    """The seasons that hold because a file states them, by its path."""
    found: dict[str, list[str]] = {}
    for one in registry.seasons(snap).values():
        found.setdefault(one.source, []).append(lengths(one.seasons_s))
    return {path: _each(each) for path, each in found.items()}


def _each(texts: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(texts))
