"""What a person wrote about an incident, read and checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

from app.timerange import zone_of
from app.usecases.field_words import FIELDS
from app.usecases.fields import Refused, one_line, read_time, read_zone, written
from app.usecases.meanwhile import NOTHING, Fields, Witness, rebased, refuse, taken
from data.queries import incident_edits
from data.records import Incident
from data.store import Store

MOST_TITLE: Final = 300
MOST_CAUSE: Final = 4000
SEVERITIES: Final = ("critical", "degraded")
TIMES: Final = (
    ("started_at", "Started"),
    ("detected_at", "Detected"),
    ("acknowledged_at", "Acknowledged"),
    ("mitigated_at", "Mitigated"),
    ("resolved_at", "Resolved"),
)
Act = Literal["acknowledge", "mitigate", "resolve"]
SETS: Final[Mapping[str, str]] = {
    "acknowledge": "acknowledged_at",
    "mitigate": "mitigated_at",
    "resolve": "resolved_at",
}
SAID: Final[Mapping[str, str]] = {"acknowledge": "acknowledged", "mitigate": "mitigated", "resolve": "resolved"}


@dataclass(frozen=True, slots=True)
class Done:
    """What came of it: the incident, the change that can be undone (None where nothing changed), and the words."""

    incident_id: str
    change_id: int | None
    words: str


def shown(incident: Incident | None, zone: ZoneInfo) -> dict[str, Any]:
    """What the fields of the form show: an incident, or what a new one begins with."""
    times = {name: written(getattr(incident, name, None), zone) for name, _ in TIMES}
    if incident is None:
        new = {"title": "", "severity": "degraded", "services": [], "models": [], "cause": ""}
        return {"zone": zone.key, **times, **new}
    names = {"services": list(incident.services), "models": list(incident.models)}
    plain = {name: getattr(incident, name) for name in ("title", "severity", "cause")}
    return {"zone": zone.key, **times, **names, **plain}


def read(given: Mapping[str, Any], before: Incident | None, known: tuple[Iterable[str], Iterable[str]]) -> Incident:
    """The incident that the fields say. Raises Refused with one sentence for each thing that is wrong."""
    wrong: list[str] = []
    zone = read_zone(given.get("zone"), wrong)
    title = _title(given.get("title"), wrong)
    cause = _cause(given.get("cause"), wrong)
    severity = _severity(given.get("severity"), before, wrong)
    times = {name: read_time(given.get(name), label, zone, getattr(before, name, None), wrong) for name, label in TIMES}
    if not str(given.get("started_at") or "").strip():
        wrong.append("“Started” is empty: say when it began.")
    services = _names(given.get("services"), "service", known[0], before.services if before else (), wrong)
    models = _names(given.get("models"), "model", known[1], before.models if before else (), wrong)
    _order(times, wrong)
    if wrong:
        raise Refused(" ".join(wrong))
    status = "resolved" if times["resolved_at"] else "open"
    named: dict[str, Any] = {"title": title, "severity": severity, "status": status, "cause": cause, **times}
    return Incident(incident_id="", services=services, models=models, **named)


def _title(given: Any, wrong: list[str]) -> str:
    title = one_line(given)
    if not title:
        wrong.append("The title is empty: say what happened in a few words.")
    if len(title) > MOST_TITLE:
        wrong.append(f"The title has {len(title)} characters, {MOST_TITLE} fit. Put the rest into the cause.")
    return title


def _cause(given: Any, wrong: list[str]) -> str:
    cause = "".join(c if c.isprintable() or c == "\n" else " " for c in str(given or "")).strip()
    if len(cause) > MOST_CAUSE:
        wrong.append(f"The cause has {len(cause)} characters, {MOST_CAUSE} fit.")
    return cause


def _severity(given: Any, before: Incident | None, wrong: list[str]) -> str:
    kept = before.severity if before else ""
    if given not in (*SEVERITIES, kept) or not given:
        wrong.append("Choose a severity: critical or degraded.")
    return str(given)[:40]


def _names(given: Any, what: str, known: Iterable[str], kept: Iterable[str], wrong: list[str]) -> tuple[str, ...]:
    asked = given if isinstance(given, list | tuple) else [given] if given else []
    names = tuple(dict.fromkeys(str(name) for name in asked))
    strange = [name for name in names if name not in {*known, *kept}]
    if strange:
        wrong.append(f"There is no {what} “{strange[0][:60]}”.")
    return names


def _order(times: Mapping[str, datetime | None], wrong: list[str]) -> None:
    started, resolved = times["started_at"], times["resolved_at"]
    if started and started > datetime.now(UTC):
        wrong.append("It cannot start in the future.")
    for name, label in TIMES[1:]:
        at = times[name]
        if started and at and at < started and name != "detected_at":
            wrong.append(f"“{label}” lies before the start.")
    mitigated = times["mitigated_at"]
    if resolved and mitigated and mitigated > resolved:
        wrong.append("“Mitigated” lies after “Resolved”.")


def save(
    store: Store,
    who: str,
    incident_id: str,
    given: Mapping[str, Any],
    known: tuple[Iterable[str], Iterable[str]],
    opened: Fields = NOTHING,
    zone: tzinfo = UTC,
) -> Done:
    """Make the incident, or change the one of this id in what differs from what the form was ``opened`` with.

    Raises NotFound, Refused, and Meanwhile where that has been changed by another since.
    """
    if not incident_id:
        made, creation = incident_edits.create(store.catalog, who, read(given, None, known))
        return Done(made, creation, f"{made} was made.")
    witness = Witness(store.catalog, who, "incident", incident_id, "The scan", zone)
    change_id = incident_edits.amend(
        store.catalog, who, incident_id, lambda now: _asked(now, given, opened, known, witness)
    )
    return _edited(incident_id, change_id, f"{incident_id} was changed.")


def _asked(
    now: Incident, given: Fields, opened: Fields, known: tuple[Iterable[str], Iterable[str]], witness: Witness
) -> dict[str, Any]:
    """What a form asks to be set in the incident as it is now."""
    held = shown(now, zone_of(str(opened.get("zone"))))
    wanted = read(rebased(given, opened, held, dict(TIMES)), now, known)
    asked = {name: getattr(wanted, name) for name in FIELDS["incident"] if getattr(wanted, name) != getattr(now, name)}
    refuse([witness.told(name, getattr(now, name), held[name]) for name in taken(asked, opened, held)])
    return asked | ({"status": wanted.status} if "resolved_at" in asked else {})


def act(store: Store, who: str, incident_id: str, what: Act) -> Done:
    """Acknowledge, mitigate or resolve an open incident now. Raises Refused where that has been done."""
    change_id = incident_edits.amend(store.catalog, who, incident_id, lambda now: _act(now, what))
    return _edited(incident_id, change_id, f"{incident_id} is {SAID[what]}.")


def _act(before: Incident, what: Act) -> dict[str, Any]:
    name = SETS[what]
    if before.status != "open" or getattr(before, name) is not None:
        raise Refused(f"{before.incident_id} is {'over' if before.status != 'open' else SAID[what]} already.")
    now = max(datetime.now(UTC), before.started_at)
    return {name: now, **({"status": "resolved"} if what == "resolve" else {})}


def acts(incident: Incident) -> tuple[Act, ...]:
    """What one click can still do."""
    if incident.status != "open":
        return ()
    left: list[Act] = ["acknowledge"] if incident.acknowledged_at is None else []
    return (*left, *(("mitigate",) if incident.mitigated_at is None else ()), "resolve")


def delete(store: Store, who: str, incident_id: str) -> Done:
    """Delete one made by hand. Raises NotFound, NotPossible."""
    return Done(incident_id, incident_edits.remove(store.catalog, who, incident_id), f"{incident_id} was deleted.")


def _edited(incident_id: str, change_id: int | None, words: str) -> Done:
    if change_id is None:
        return Done(incident_id, None, f"{incident_id} is as before: nothing was changed.")
    return Done(incident_id, change_id, words)
