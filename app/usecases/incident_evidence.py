"""What speaks for and against the outage as the cause; every line with the span in which it was what was known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, tzinfo

import pandas as pd

from analytics.verdict import HARDLY
from app.format import clock, duration, number, value
from app.usecases.incident_lanes import Track, past_before
from app.usecases.incident_verdicts import Case
from app.usecases.incident_view import Evidence, Sign, VerdictView
from app.usecases.verdict_words import share_words
from app.usecases.words import listed

TIE = pd.Timedelta(seconds=10)


def evidence(case: Case, verdicts: Sequence[VerdictView], orders: dict[str, str], zone: tzinfo) -> tuple[Evidence, ...]:
    """Lines in a steady order: inputs, order of onset, split of the loss, other inputs, deploys."""
    lines = [
        *_defaults(case, orders),
        *_recovery(case, zone),
        *_split(verdicts),
        *_other_inputs(case),
        *_moved_before(case),
        *_deploys(case, zone),
        *_services_well(case),
        *_unwatched(case),
    ]
    return tuple(_joined(lines))


def _joined(lines: Iterable[Evidence]) -> Iterator[Evidence]:
    """Neighbours that say the same become one line over both spans."""
    held: Evidence | None = None
    for line in lines:
        if held and (held.sign, held.text, held.figure) == (line.sign, line.text, line.figure):
            held = replace(held, known_until=line.known_until)
            continue
        if held:
            yield held
        held = line
    if held:
        yield held


def _track(case: Case, metric: str) -> Track | None:
    return next((t for t in case.tracks if t.signal.metric == metric and t.signal.side == "model"), None)


def _outage(case: Case) -> Track | None:
    """The first thing that the model depends on and that left what is usual; of a tie the one that says it is down."""
    found = [t for t in case.tracks if t.change and t.signal.side == "service" and t.signal.owner in case.upstream]
    if not found:
        return None
    first = min(t.onset.happened for t in found)
    tied = [t for t in found if t.onset.happened - first <= TIE]
    return min(tied, key=lambda t: (t.signal.role != "availability", t.onset.happened))


def _known(*tracks: Track) -> datetime:
    return max(t.change.known.to_pydatetime() for t in tracks if t.change)


def _defaults(case: Case, orders: dict[str, str]) -> Iterator[Evidence]:
    outage, defaults = _outage(case), _track(case, "defaults")
    if outage is None or outage.change is None or defaults is None:
        return
    if defaults.change is None:
        yield Evidence("-", "Predictions kept their features", "none on defaults", _known(outage))
        return
    later = (defaults.change.happened - outage.change.happened).total_seconds()
    when = f"began {duration(later)} after" if later > 0 else "began with"
    lanes = ", ".join(orders[t.signal.key] for t in (outage, defaults) if t.signal.key in orders)
    text = f"Default features {when} {outage.signal.name} {outage.signal.measure}"
    yield Evidence("+", text, f"lanes {lanes}" if lanes else "", _known(outage, defaults))


def _recovery(case: Case, zone: tzinfo) -> Iterator[Evidence]:
    outage, score = _outage(case), _track(case, "performance")
    if outage is None or outage.change is None or outage.change.ended is None:
        return
    if score is None or score.change is None or score.change.ended is None:
        return
    back, well = outage.change.ended, score.change.ended
    known = score.signal.known_at.get(well)
    if known is None or pd.isna(known):
        return
    after = (well - back).total_seconds()
    measure = score.signal.measure
    figure = f"{number(float(score.signal.values[well]))} at {clock(well.to_pydatetime(), zone)}"
    close = after <= max(60.0, 0.25 * (back - outage.change.happened).total_seconds())
    text = (
        f"{measure.capitalize()} returns with {outage.signal.name}"
        if close
        else f"{measure.capitalize()} returns {duration(after)} later"
    )
    yield Evidence("+" if close else "-", text, figure, pd.Timestamp(known).to_pydatetime())


def _split(verdicts: Sequence[VerdictView]) -> Iterator[Evidence]:
    """The share of the loss inside the outage, as it was known from moment to moment."""
    for verdict, until in _with_end(verdicts):
        share = verdict.explained_share
        if share is None:
            if verdict.kind == "unknown" and verdict.bar:
                yield Evidence(
                    "?", "What of the loss the outage explains", "waits for labels", verdict.known_from, until
                )
            continue
        interval = share_words(share, verdict.low or 0.0, verdict.high or 0.0)
        sign: Sign = "+" if share > HARDLY else "-"
        text = "The loss lies inside the outage" if sign == "+" else "The loss lies outside of any outage"
        yield Evidence(sign, text, interval, verdict.known_from, until)


def _with_end(verdicts: Sequence[VerdictView]) -> Iterable[tuple[VerdictView, datetime | None]]:
    ends = [v.known_from for v in verdicts[1:]]
    return zip(verdicts, [*ends, None], strict=True)


def _other_inputs(case: Case) -> Iterator[Evidence]:
    """Features that do not come from the failed store: had the world changed, they would have moved too."""
    outage = _outage(case)
    if outage is None or not case.histories:
        return
    stored = set(case.histories[0].stored_defaults)
    others = [t for t in case.tracks if t.signal.limit is not None and t.signal.metric not in stored]
    if not others or not stored:
        return
    moved = [t for t in others if t.change]
    settled = _known(outage, *moved)
    text = f"Inputs that do not come from a store {'moved too' if moved else 'did not move'}"
    yield Evidence("-" if moved else "+", text, f"{len(moved)} of {len(others)} drifted", settled)


def _moved_before(case: Case) -> Iterator[Evidence]:
    """Features that were past the limit when the incident began: they moved, but not with it."""
    drifts = [t for t in case.tracks if t.signal.limit is not None]
    moved = [t.signal.name for t in drifts if not t.change and past_before(t.signal, case.start)]
    if moved:
        text = f"{listed(moved)} {'was' if len(moved) == 1 else 'were'} past the drift limit before it began"
        known = min((t.onset.known.to_pydatetime() for t in case.tracks if t.change), default=case.start)
        yield Evidence("-", text, f"{len(moved)} of {len(drifts)} inputs", max(known, case.start))


def _deploys(case: Case, zone: tzinfo) -> Iterator[Evidence]:
    """A rollout of the model speaks against an outage, a change of a service that failed for one."""
    served = {name for h in case.histories for name in (h.model.service, h.model.name)}
    failing = {t.signal.owner for t in case.tracks if t.change and t.signal.side == "service"} - served
    for deploy in case.deploys:
        before = (case.start - deploy.ts).total_seconds()
        inside = case.start <= deploy.ts < case.end
        if not inside and not 0 < before <= 600:
            continue
        when = f"{duration(before)} before" if before > 0 else f"at {clock(deploy.ts, zone)}"
        sign: Sign = "+" if deploy.service in failing else "-" if deploy.service in served else "?"
        yield Evidence(sign, f"{deploy.title}, {when}", deploy.source, max(deploy.known_at, case.start))


def _services_well(case: Case) -> Iterator[Evidence]:
    if _outage(case) is not None or not any(t.change for t in case.tracks):
        return
    judged = [t for t in case.tracks if t.signal.side == "service" and t.signal.owner in case.upstream]
    if judged:
        names = sorted({t.signal.owner for t in judged})
        first = min(t.change.known for t in case.tracks if t.change).to_pydatetime()
        yield Evidence("-", f"{', '.join(names)} stayed inside what is usual", value(len(judged)) + " signals", first)


def _unwatched(case: Case) -> Iterator[Evidence]:
    moved = [t.change.known for t in case.tracks if t.change]
    if moved and case.histories and not case.watched:
        text = "No service that the model depends on is recorded: an outage would not be seen"
        yield Evidence("?", text, "", min(moved).to_pydatetime())
