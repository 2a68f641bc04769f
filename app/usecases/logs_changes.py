"""What changed between two windows of log lines: every field and template, exact counts, most telling first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from analytics.changes import Change, ChangeReport, Tally, rank, tally
from app.format import number, value
from app.usecases import comparing
from app.usecases.health import worst_first
from app.usecases.incident_view import Span
from app.usecases.logs_view import ChangesView, ChangeView, Offer
from app.usecases.logs_words import rise
from data import log_templates
from data.queries import incidents, log_fields
from data.queries.log_fields import Asked, FieldCounts, FieldNumbers
from data.store import Snapshot

MOST_LINES: Final = 1_000_000  # whose attributes are read; of more, only every second, third, ...
SHOWN: Final = 40
MOST_OFFERS: Final = 3  # incidents
ALPHA: Final = 0.05
NOT_STATED: Final = "(none)"


def changes(snap: Snapshot, before: Span, during: Span, service: str = "", most_lines: int = MOST_LINES) -> ChangesView:
    """What came more or less often, of all services or of one. With more than ``most_lines`` in both windows, the
    attributes are those of a sample; services, levels and templates are counted whole."""
    asked = Asked((before.start, before.end), (during.start, during.end), service)
    records = log_fields.records(snap, asked)
    every = max(1, -(-sum(records) // most_lines))
    reports = _reports(snap, asked, records, every)
    found = sorted((change for report in reports for change in report.changes), key=lambda change: -change.evidence)
    shown = tuple(_view(change) for change in found[:SHOWN])
    tested = sum(report.tested for report in reports)
    offered = () if all(records) else offers(snap, during)
    return ChangesView(before, during, reports[0].volume, shown, tested, every, records, offered)


def offers(snap: Snapshot, shown: Span) -> tuple[Offer, ...]:
    """The worst incidents that began in a range, each against the time before it, and its second half against its
    first."""
    began = [i for i in incidents.list_incidents(snap, shown.start, shown.end) if i.started_at > shown.start]
    stories = [(i.title, Span(i.started_at, min(i.resolved_at or shown.end, shown.end))) for i in worst_first(began)]
    middle = shown.start + (shown.end - shown.start) / 2
    halves = Offer("Second half of the range", Span(shown.start, middle), Span(middle, shown.end))
    return (*(Offer(words, comparing.before(one), one) for words, one in stories[:MOST_OFFERS]), halves)


def _reports(snap: Snapshot, asked: Asked, records: tuple[int, int], every: int) -> list[ChangeReport]:
    """One over all fields; where attributes are of a sample they are another family, and each gets half of alpha."""
    lengths_s = [(end - start).total_seconds() for start, end in (asked.before, asked.during)]
    seconds = lengths_s[0], lengths_s[1]
    kept = [_named(one) for one in log_fields.kept_fields(snap, asked) if asked.service == "" or one.field != "service"]
    some = Asked(asked.before, asked.during, asked.service, every)
    others = [_tally(one) for one in log_fields.attributes(snap, some)]
    if every == 1:
        return [rank([*kept, *others], records=records, seconds=seconds, alpha=ALPHA)]
    sampled = log_fields.records(snap, some, sampled=True)
    return [
        rank(kept, records=records, seconds=seconds, alpha=ALPHA / 2),
        rank(others, records=sampled, seconds=seconds, alpha=ALPHA / 2),
    ]


def _tally(one: FieldCounts | FieldNumbers) -> Tally:
    if isinstance(one, FieldNumbers):
        return tally(one.field, one.before, one.during)
    return _named(one)


def _named(one: FieldCounts) -> Tally:
    values = tuple(NOT_STATED if value is None else value for value in one.values)
    return Tally(one.field, values, _ints(one.before), _ints(one.during))


def _ints(counts: Sequence[int]) -> np.ndarray:
    return np.array(counts, dtype=np.int64)


def _view(change: Change) -> ChangeView:
    measured = change.value is None
    return ChangeView(
        field=change.field,
        value=change.value or "",
        words=rise(change),
        before=number(change.before) if measured else value(change.before, "share"),
        during=number(change.during) if measured else value(change.during, "share"),
        q_value=change.q_value,
        template=log_templates.template_id(change.value) if change.field == "template" and change.value else "",
    )
