"""The thresholds that people may tune, in one table: what each does, its default, its bounds, and what holds now."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import UTC, datetime, tzinfo
from typing import Final

from analytics.correlation import GAP_S, REACH_S
from app.errors import AppError
from app.format import exact
from app.usecases.meanwhile import COPY, Meanwhile, Witness
from app.usecases.rescan import rescan
from data import kept, registry
from data.changes import Changed
from data.store import Snapshot, Store


@dataclass(frozen=True, slots=True)
class Limits:
    """Every threshold with the value that holds; the defaults are those of an untouched store."""

    alarms_per_week: float = 0.5
    drift_limit: float = 0.2
    labels_needed: float = 0.8
    incident_services: float = 2.0
    incident_lasts_s: float = 60.0
    group_pause_s: float = GAP_S
    group_reach_s: float = REACH_S


UNTOUCHED: Final = Limits()


@dataclass(frozen=True, slots=True)
class Threshold:
    """``words`` is what people call it; the default stands in `Limits`, inclusive bounds are those of a registry."""

    name: str
    words: str
    unit: str
    does: str
    whole: bool = False

    @property
    def least(self) -> float:
        """The least that can be set."""
        return registry.THRESHOLDS[self.name][0]

    @property
    def most(self) -> float:
        """The most that can be set."""
        return registry.THRESHOLDS[self.name][1]

    @property
    def default(self) -> float:
        """The value in an untouched store."""
        return float(getattr(UNTOUCHED, self.name))


@dataclass(frozen=True, slots=True)
class Effective:
    """A threshold with what holds; ``who`` and ``set_at`` where a person set it."""

    threshold: Threshold
    value: float
    who: str = ""
    set_at: datetime | None = None


class WrongThreshold(AppError):
    """A value that a threshold cannot take."""


THRESHOLDS: Final = (
    Threshold(
        "alarms_per_week",
        "False alarms",
        "per series and week",
        "How many false alarms one series may raise. Fewer means that only plainer episodes are found.",
    ),
    Threshold(
        "drift_limit",
        "Drift limit",
        "effect size",
        "How far the values of a feature may move, as effect size, before it counts as drift.",
    ),
    Threshold(
        "labels_needed",
        "Labels needed",
        "share of a bucket",
        "Share of its labels that must be in before performance counts as known and a verdict may rest on it.",
    ),
    Threshold(
        "incident_services",
        "Slow together",
        "services or models",
        "How many must be unusual at once to be an incident where nothing failed and no model lost.",
        whole=True,
    ),
    Threshold(
        "incident_lasts_s",
        "Slow for",
        "seconds",
        "How long that has to last to be an incident.",
    ),
    Threshold(
        "group_pause_s",
        "Goes on after a pause of",
        "seconds",
        "A signal that comes back so soon goes on. What another tells is joined after at most three calm samples.",
    ),
    Threshold(
        "group_reach_s",
        "Belongs together within",
        "seconds",
        "What begins later than this after an onset is an incident of its own, even while the first one lasts.",
    ),
)
BY_NAME: Final = {threshold.name: threshold for threshold in THRESHOLDS}


def limits(snap: Snapshot) -> Limits:
    """What holds in this state of the store."""
    known = {item.name for item in fields(Limits)}
    return Limits(**{one.name: one.value for one in snap.state.thresholds if one.name in known})


def labels_words(needed: float) -> str:
    """``80 % of the labels``: how many must be in, where a sentence speaks of them."""
    return f"{round(100 * needed, 4):g} % of the labels"


def effective(snap: Snapshot) -> tuple[Effective, ...]:
    """Every threshold, in the order of the table."""
    given = {one.name: one for one in snap.state.thresholds}
    return tuple(
        Effective(t, given[t.name].value, given[t.name].who, given[t.name].set_at)
        if t.name in given
        else Effective(t, t.default)
        for t in THRESHOLDS
    )


def checked(name: str, text: str) -> float:
    """The value that ``text`` gives to a threshold. Raises `WrongThreshold` in words."""
    one = find(name)
    try:
        value = float(str(text).strip().replace(",", "."))
    except ValueError as error:
        raise WrongThreshold(
            f"{one.words}: “{str(text)[:40]}” is no number.", f"Write one like {one.default:g}."
        ) from error
    if not one.least <= value <= one.most:
        raise WrongThreshold(f"{one.words} lies between {one.least:g} and {one.most:g} {one.unit}.")
    if one.whole and value != int(value):
        raise WrongThreshold(f"{one.words} is a whole number.")
    return value


def find(name: str) -> Threshold:
    """Raises `WrongThreshold` for a name that is not in the table."""
    if name not in BY_NAME:
        raise WrongThreshold("There is no such threshold.")
    return BY_NAME[name]


def save(store: Store, who: str, name: str, value: float | None, seen: float | None = None, zone: tzinfo = UTC) -> int:
    """Let ``value`` hold, or with None the default; incidents are looked for again. Returns the change's number.

    Raises `Meanwhile` where ``seen`` is given and does not hold any more.
    """
    one = find(name)
    among = None if seen is None else (seen, *([None] if seen == one.default else []))
    try:
        change = kept.set_threshold(store.catalog, who, one.name, value, among)
    except Changed as error:
        raise _meanwhile(store, who, one, zone) from error
    rescan(store, who)
    return change


def _meanwhile(store: Store, who: str, one: Threshold, zone: tzinfo) -> Meanwhile:
    with store.snapshot() as snap:
        holding = next((kept.value for kept in snap.state.thresholds if kept.name == one.name), None)
    witness = Witness(store.catalog, who, "threshold", one.name, "Somebody", zone)
    return Meanwhile(witness.told("value", holding, exact(one.default if holding is None else holding)), COPY)
