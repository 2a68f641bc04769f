"""The question of the Health page: which services and models suffered in the range, how much, and what to do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, tzinfo

from analytics import health as definitions
from app.format import count, day
from app.usecases import comparing, incident, log_measures, log_signals
from app.usecases import health_tiles as tiles
from app.usecases import health_words as words
from app.usecases.health_logs import new_patterns
from app.usecases.health_members import members, model_member, service_member
from app.usecases.health_rows import Member, row, worst_words
from app.usecases.health_view import HealthRow, HealthView, IncidentLink, RowDetail, Tile, VerdictWords
from app.usecases.incident_view import Span
from app.usecases.service_events import events_of
from app.usecases.service_judged import Judge, chart_lane, judge
from app.usecases.service_lane import ChartLane, Ghost
from data.errors import NotFound
from data.queries import incidents, metrics, registry
from data.records import Incident
from data.store import Snapshot

DEFINITIONS = definitions.DEFINITIONS
RECORDS = ("metrics", "logs", "events", "predictions")
NOTHING = "Nothing was recorded in this range."


def known(snap: Snapshot) -> bool:
    """Whether there is anything to speak of."""
    return bool(registry.services(snap) or registry.models(snap))


def load(
    snap: Snapshot,
    start: datetime,
    end: datetime,
    zone: tzinfo,
    judge: Judge = judge,
    verdict_of: Callable[[str], VerdictWords] | None = None,
) -> HealthView:
    """The page over ``[start, end)``, all but the chosen row's chart; ``verdict_of`` may remember `verdict_words`."""
    span = Span(start, end)
    everyone = members(snap, start, end, judge)
    listed = worst_first(incidents.list_incidents(snap, start, end))
    rows = _by_severity([row(member, span, listed, zone) for member in everyone])
    found = led_by(rows, listed)
    ask = verdict_of or (lambda incident_id: verdict_words(snap, incident_id, zone))
    verdict = ask(found[0].incident_id) if found else None
    patterns, patterns_words = new_patterns(snap, start, end, zone)
    return HealthView(
        span=span,
        zone=zone,
        small=_small(snap, zone) + words.means(max((m.mean_over_s for m in everyone), default=0)),
        headline=headline(everyone, found, _recorded(snap, span)),
        advice=_advice(snap, everyone, found, verdict, zone),
        verdict=verdict.kind if verdict else None,
        incidents=tuple(IncidentLink(i.incident_id, i.title) for i in found),
        tiles=_tiles(everyone, found, zone),
        rows=rows,
        patterns=patterns,
        patterns_words=patterns_words,
    )


def _by_severity(rows: Sequence[HealthRow]) -> tuple[HealthRow, ...]:
    """Services before models, the worst first; a line that incidents tell has a state that its member has not."""
    return tuple(sorted(rows, key=lambda r: (r.side != "service", *definitions.severity(r.state, r.budget_left))))


def led_by(rows: Sequence[HealthRow], found: Sequence[Incident]) -> list[Incident]:
    """Of incidents that are equally bad that of the first row leads, so that the sentence and the table mean one."""
    named = [r.incident for r in rows if r.incident]
    first = found[0] if found else None
    equals = [i for i in found if first and (i.status, i.severity) == (first.status, first.severity)]
    leading = next((i for name in named for i in equals if i.incident_id == name), first)
    return sorted(found, key=lambda i: i is not leading)


def worst_first(found: Sequence[Incident]) -> list[Incident]:
    """Open before resolved, critical before the rest, then by start."""
    return sorted(found, key=lambda i: (i.status != "open", i.severity != "critical", i.started_at))


def _recorded(snap: Snapshot, span: Span) -> bool:
    return any(snap.segments(kind, span.start, span.end) for kind in RECORDS)


def headline(everyone: Sequence[Member], found: Sequence[Incident], recorded: bool = False) -> str:
    """The sentence of the page; ``recorded`` says whether anything was, be it judged or not."""
    if all(m.state == "nodata" for m in everyone):
        nothing = "Nothing that was recorded in this range can be judged." if recorded else NOTHING
        return f"{found[0].title.rstrip('.')}." if found else nothing
    misses = [
        words.Miss(m.name, worst.missed_s)
        for m in everyone
        if m.side == "service" and (worst := tiles.longest_miss(m)) is not None
    ]
    moved = {side: [w for m in everyone if m.side == side and (w := _moved(m))] for side in ("service", "model")}
    count = {side: sum(m.side == side for m in everyone) for side in ("service", "model")}
    story = found[0].title if found else ""
    silent = sum(m.state == "nodata" for m in everyone)
    return words.headline(misses, moved["service"], moved["model"], story, (count["service"], count["model"]), silent)


def _moved(member: Member) -> words.Moved | None:
    if member.telling is None or not member.telling.judged.excursions:
        return None
    judged = member.telling.judged
    lasted = sum((e.end - e.start).total_seconds() for e in judged.excursions)
    worst = "" if judged.worst is None or judged.signal.unit == "bool" else worst_words(judged)
    return words.Moved(f"{member.name} {judged.signal.measure}", lasted, worst)


def verdict_words(snap: Snapshot, incident_id: str, zone: tzinfo) -> VerdictWords:
    """The verdict of hindsight. Raises NotFound."""
    found = incident.final_verdict(snap, incident_id, zone)
    return VerdictWords(found.kind, found.headline, found.advice)


def _advice(
    snap: Snapshot, everyone: Sequence[Member], found: Sequence[Incident], verdict: VerdictWords | None, zone: tzinfo
) -> str:
    if found:
        state = words.incident_state(found[0].started_at, found[0].resolved_at, zone)
        return " ".join(filter(None, [state, verdict.headline if verdict else "", verdict.advice if verdict else ""]))
    reach = metrics.span(snap)
    if reach is not None and all(m.state == "nodata" for m in everyone):
        return f"Records reach from {day(reach[0], zone, year=True)} to {day(reach[1], zone, year=True)}."
    return "No incident in this range."


def _small(snap: Snapshot, zone: tzinfo) -> str:
    reach = metrics.span(snap)
    services, models = len(registry.services(snap)), len(registry.models(snap))
    return words.small_line(services, models, reach[1] if reach else None, zone)


def _tiles(everyone: Sequence[Member], found: Sequence[Incident], zone: tzinfo) -> tuple[Tile, ...]:
    first = found[0] if found else None
    made = (
        tiles.outside(everyone, zone),
        tiles.business(everyone, first, zone),
        tiles.noticed(first, everyone, zone),
        tiles.model(everyone, zone),
    )
    return tuple(tile for tile in made if tile is not None)


def detail(snap: Snapshot, key: str, span: Span, zone: tzinfo, judge: Judge = judge) -> RowDetail:
    """What stands beside the table for the row of this key. Raises NotFound for a key that no row has."""
    member = _member(snap, key, span, judge)
    found = worst_first(incidents.list_incidents(snap, span.start, span.end))
    line = row(member, span, found, zone)
    around = _around(snap, member)
    events = events_of(snap, around, span.start, span.end, judge, _models_of(member))
    return RowDetail(
        line, span, _lane(member), events, line.said or f"{member.name}: {member.nothing}.", _whose(member, around)
    )


def _whose(member: Member, around: Sequence[str]) -> str:
    """``of shop and 2 services around it``."""
    others = len([name for name in around if name != member.owner])
    return f"of {member.name}" + (f" and {count(others, 'service')} around it" if others else "")


def ghost(snap: Snapshot, key: str, span: Span, judge: Judge = judge) -> Ghost | None:
    """The row's own measure over the period before; None where there was none. Raises NotFound for an unknown key."""
    member = _member(snap, key, comparing.before(span), judge)
    one = next((each for each in member.assessed if each.judged.signal.key == key), None)
    return comparing.of_lane(chart_lane(one.judged, one.state) if one else None, span)


def _member(snap: Snapshot, key: str, span: Span, judge: Judge) -> Member:
    for service in registry.services(snap):
        if key in (f"n:{service.name}", *log_signals.keys(service.name)) or _owns(snap, service.name, key):
            return service_member(snap, service, span.start, span.end, judge)
    for model in registry.models(snap):
        if key == f"n:{model.name}" or key.startswith(f"m:{model.name}:"):
            return model_member(snap, model, span.start, span.end, judge)
    raise NotFound("This row is not in the table.", "Choose another one.")


def _owns(snap: Snapshot, service: str, key: str) -> bool:
    measured = any(f"s:{series.series_id}" == key for series in metrics.list_series(snap, service=service))
    return measured or log_measures.owns(snap, service, key)


def _around(snap: Snapshot, member: Member) -> tuple[str, ...]:
    """The services whose events concern a member: itself, or what serves and feeds it; and what they depend on."""
    model = next((m for m in registry.models(snap) if member.side == "model" and m.name == member.owner), None)
    near = [s for s in (model.service, *model.reads) if s] if model else [member.owner]
    below = [edge.depends_on for edge in registry.topology(snap) if edge.service in near]
    return tuple(dict.fromkeys([*near, *below]))


def _models_of(member: Member) -> tuple[str, ...]:
    return (member.owner,) if member.side == "model" else ()


def _lane(member: Member) -> ChartLane | None:
    one = member.telling
    if one is None or one.state == "nodata":
        return None
    return chart_lane(one.judged, one.state, one.kept[0].objective if one.kept else None)
