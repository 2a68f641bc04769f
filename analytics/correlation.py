"""Group what began together: onsets near in time whose services are joined along the topology."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

GAP_S = 60.0  # a pause no longer than this does not end a story
REACH_S = 300.0  # what begins later than this after an onset is a story of its own (Alertmanager's group_interval)
CALM_SAMPLES = 3  # that confirm the end of a story to another signal, as many as confirm an onset
HOPS = 2  # along the topology, in either direction


@dataclass(frozen=True, slots=True)
class Group:
    """Events that belong together; ``reason`` says why in words. Half-open ``[start, end)``."""

    event_ids: tuple[Any, ...]
    services: tuple[str, ...]
    start: pd.Timestamp
    end: pd.Timestamp
    reason: str


def group(
    events: pd.DataFrame,
    *,
    topology: Mapping[str, Collection[str]] | None = None,
    gap_s: float = GAP_S,
    reach_s: float = REACH_S,
    hops: int = HOPS,
) -> list[Group]:
    """Groups of ``events`` (columns ``event_id service start end``, where known ``signal step_s``), by start.

    Two events belong together when one begins at most ``gap_s`` seconds after the other has ended and at most
    ``reach_s`` after it began, and the same service reports both or a path of at most ``hops`` dependencies joins
    theirs; a ``signal`` that comes back within ``gap_s`` goes on. Where the distance of samples ``step_s`` is known, a
    pause of three of them parts what different signals tell, be it shorter. ``topology`` maps a service to those it
    calls; without it time alone decides. Groups are the connected components of that relation.
    """
    ordered = events.sort_values(["start", "end", "service"], kind="stable")
    rows: list[dict[str, Any]] = [{str(k): v for k, v in row.items()} for row in ordered.to_dict("records")]
    near = None if topology is None else _reachable(topology, hops)
    parents = list(range(len(rows)))
    recent: list[int] = []
    longest: dict[Any, int] = {}  # by signal: which of its events ends last
    for i, row in enumerate(rows):
        recent = [j for j in recent if _reaches(rows[j], row, reach_s)]
        linked = [
            j for j in recent if _follows(rows[j], row, _pause_s(rows[j], row, gap_s)) and _joined(near, rows[j], row)
        ]
        before = longest.get(row.get("signal"))
        if before is not None and _follows(rows[before], row, gap_s):
            linked.append(before)
        for j in linked:
            parents[_root(parents, i)] = _root(parents, j)
        recent.append(i)
        if "signal" in row and (before is None or rows[before]["end"] < row["end"]):
            longest[row["signal"]] = i
    members: dict[int, list[dict[str, Any]]] = {}
    for i, row in enumerate(rows):
        members.setdefault(_root(parents, i), []).append(row)
    return sorted((_group(m, topology is not None) for m in members.values()), key=lambda g: (g.start, g.end))


def _follows(earlier: Mapping[str, Any], later: Mapping[str, Any], gap_s: float) -> bool:
    return bool((later["start"] - earlier["end"]).total_seconds() <= gap_s)


def _pause_s(earlier: Mapping[str, Any], later: Mapping[str, Any], gap_s: float) -> float:
    """A pause that does not part two events."""
    if "step_s" not in later or earlier.get("signal") == later.get("signal"):
        return gap_s
    return min(gap_s, CALM_SAMPLES * float(max(earlier["step_s"], later["step_s"])))


def _reaches(earlier: Mapping[str, Any], later: Mapping[str, Any], reach_s: float) -> bool:
    return bool((later["start"] - earlier["start"]).total_seconds() <= reach_s)


def _joined(near: Mapping[str, Collection[str]] | None, one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return near is None or one["service"] == other["service"] or other["service"] in near.get(one["service"], ())


def _reachable(topology: Mapping[str, Collection[str]], hops: int) -> dict[str, set[str]]:
    """Services within ``hops`` steps of each, in either direction."""
    direct: dict[str, set[str]] = {}
    for service, callees in topology.items():
        for callee in callees:
            direct.setdefault(service, set()).add(callee)
            direct.setdefault(callee, set()).add(service)
    reached = {service: {service} for service in direct}
    for _ in range(hops):
        reached = {s: set().union(known, *(direct[k] for k in known)) for s, known in reached.items()}
    return reached


def _root(parents: list[int], i: int) -> int:
    while parents[i] != i:
        parents[i] = parents[parents[i]]
        i = parents[i]
    return i


def _group(rows: Sequence[Mapping[str, Any]], along_topology: bool) -> Group:
    services = tuple(dict.fromkeys(str(row["service"]) for row in rows))
    spread = (max(row["start"] for row in rows) - rows[0]["start"]).total_seconds()
    joined = "services that depend on each other" if along_topology and len(services) > 1 else "one service"
    if len(services) > 1 and not along_topology:
        joined = "the same time"
    reason = f"{len(rows)} onsets within {spread:.0f} s in {joined}" if len(rows) > 1 else "one onset alone"
    return Group(
        tuple(row["event_id"] for row in rows), services, rows[0]["start"], max(r["end"] for r in rows), reason
    )
