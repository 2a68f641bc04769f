"""Kinds of log lines in a range: which are new, which are gone, and which came more or less often than before."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from datetime import datetime, tzinfo
from typing import Any, Final

import numpy as np
import pandas as pd

from analytics.changes import Change, Tally, rank
from analytics.changes.compare import LEAST_ODDS
from app.format import count
from app.usecases import comparing
from app.usecases.health_logs import new_since
from app.usecases.incident_view import Span
from app.usecases.logs import SEARCH_S
from app.usecases.logs_view import TemplateMark, TemplatesView, TemplateView
from app.usecases.logs_words import certainty
from data import log_templates
from data.queries import log_counts
from data.queries.log_filter import LogFilter
from data.store import Snapshot

SPARK_BARS: Final = 40
SHOWN: Final = 12
MOST: Final = 500
_URGENCY: Final[Mapping[str, int]] = {"new": 0, "gone": 1, "more": 2, "less": 3, "": 4}
_KEY: Final = ["service", "template"]


def templates(
    snap: Snapshot, some: LogFilter, span: Span, zone: tzinfo, order: str = "change", most: int = SHOWN
) -> TemplatesView:
    """The templates of the range, of which ``most`` are shown; ``order`` is change, lines or first.

    Raises `WrongPattern`.
    """
    since, when = new_since(snap, span.start, span.end, zone)
    frame, stopped = _found(snap, some, span)
    compares = not some.searches and bool(frame["before"].sum())
    marked = _marked(frame, since, span, compares=compares)  # of all lines, whichever template is chosen
    marked = marked[marked["template"] == some.template] if some.template else marked
    shown = _ordered(marked, order).head(min(most, MOST))
    counts = {} if some.searches or shown.empty else _counts(snap, some, span)
    told = tuple(_view(row, counts, compares=compares) for row in shown.to_dict("records"))
    return TemplatesView(told, len(marked), _words(marked, when), stopped)


def _found(snap: Snapshot, some: LogFilter, span: Span) -> tuple[pd.DataFrame, datetime | None]:
    """All of them with their counts; where a text is looked for, those of the lines that it stands in."""
    before = comparing.before(span)
    frame = log_counts.by_template(snap, some.without_template(), before.start, span.start, span.end)
    if not some.searches:
        return frame, None
    hits, stopped = log_counts.found_templates(snap, some, span.start, span.end, SEARCH_S)
    return frame.drop(columns="n").assign(before=0).merge(hits, on=_KEY, how="inner"), stopped


def _marked(frame: pd.DataFrame, since: datetime, span: Span, *, compares: bool) -> pd.DataFrame:
    """With columns ``mark`` and ``sentence``; of what is in neither the range nor said to be gone there is no row."""
    counts = frame["before"], frame["n"]
    changed = _changes(frame, span) if compares else {}
    fresh = (frame["first_ts"] >= pd.Timestamp(since)) & (frame["n"] > 0)
    moved = [_direction(changed.get(i), int(b), int(n)) for i, (b, n) in enumerate(zip(*counts, strict=True))]
    gone = (frame["n"] == 0).to_numpy() & np.array([bool(mark) for mark in moved], dtype=bool)
    marks = np.where(fresh, "new", np.where(gone, "gone", np.array(moved, dtype=object)))
    sentences = [certainty(changed[i]) if i in changed else "" for i in range(len(frame))]
    kept = frame.assign(mark=marks, sentence=sentences)
    return kept[(kept["n"] > 0) | (kept["mark"] == "gone")]


def _direction(change: Change | None, before: int, during: int) -> str:
    """A share also falls where other lines are added: its own number must have moved the same way."""
    if change is None:
        return ""
    if change.during > change.before:
        return "more" if during >= LEAST_ODDS * before else ""
    return "less" if LEAST_ODDS * during <= before else ""


def _changes(frame: pd.DataFrame, span: Span) -> dict[int, Change]:
    """By their place in the frame."""
    counts = frame["before"].to_numpy(np.int64), frame["n"].to_numpy(np.int64)
    tally = Tally("template", tuple(map(str, range(len(frame)))), *counts)
    length_s = (span.end - span.start).total_seconds()
    records = int(counts[0].sum()), int(counts[1].sum())
    report = rank([tally], records=records, seconds=(length_s, length_s))
    return {int(change.value): change for change in report.changes if change.value is not None}


def _ordered(frame: pd.DataFrame, order: str) -> pd.DataFrame:
    if order == "lines":
        return frame.sort_values(["n", "template"], ascending=[False, True])
    if order == "first":
        return frame.sort_values(["first_ts", "template"], ascending=[False, True])
    urgency = frame["mark"].map(_URGENCY)
    return frame.assign(urgency=urgency).sort_values(["urgency", "n", "template"], ascending=[True, False, True])


def _counts(snap: Snapshot, some: LogFilter, span: Span) -> dict[tuple[str, str], list[int]]:
    """Lines of each (service, template) in each of `SPARK_BARS` parts of the range."""
    frame = log_counts.templates_over_time(snap, some, span.start, span.end, SPARK_BARS)
    found: dict[tuple[str, str], list[int]] = {}
    for service, template, bucket, n in frame.itertuples(index=False):
        row = found.setdefault((_name(service), template), [0] * SPARK_BARS)
        row[min(int(bucket), SPARK_BARS - 1)] += int(n)
    return found


def _view(told: Mapping[Hashable, Any], counts: Mapping[tuple[str, str], list[int]], *, compares: bool) -> TemplateView:
    service, template = _name(told["service"]), str(told["template"])
    mark: TemplateMark = told["mark"]
    return TemplateView(
        id=log_templates.template_id(template),
        template=template,
        service=service,
        level=_level(told),
        lines=int(told["n"]),
        before=int(told["before"]) if compares else None,
        first=told["first_ts"].to_pydatetime(),
        mark=mark,
        sentence=told["sentence"],
        counts=tuple(counts.get((service, template), ())),
    )


def _level(told: Mapping[Hashable, Any]) -> str:
    """``INFO``, or ``INFO, 3 ERROR`` where some lines are worse than most; empty where no line states one."""
    level, worst = told["severity"], told["worst"]
    if not isinstance(level, str):
        return ""
    if not isinstance(worst, str) or worst == level:
        return level
    return f"{level}, {count(int(told['worst_n']), worst, worst)}"


def _name(service: object) -> str:
    return service if isinstance(service, str) else ""


def _words(frame: pd.DataFrame, when: str) -> str:
    """``3 of 41 templates first seen in this range, 2 gone, 5 more or less often than before``."""
    marks = frame["mark"].value_counts()
    said = [f"{int(marks.get('new', 0))} of {count(len(frame), 'template')} first seen {when}"]
    said += [f"{int(marks['gone'])} gone"] if "gone" in marks else []
    moved = int(marks.get("more", 0)) + int(marks.get("less", 0))
    return ", ".join([*said, *([f"{moved} more or less often than in the same time before"] if moved else [])])
