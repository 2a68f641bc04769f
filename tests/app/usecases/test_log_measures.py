"""Lines of one kind counted as a measure of their service: on its page, judged, undone, and gone with their file."""

from __future__ import annotations

import json
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from app.usecases import log_measures, scan, service
from app.usecases.history import lines as history
from app.usecases.incident_view import Span
from app.usecases.log_measures import counted_signals
from app.usecases.scoring import score_series
from app.usecases.signals import Signal
from app.usecases.undoing import undo
from app.usecases.wanted import Wanted
from data import kept, log_templates
from data.catalog.commit import forget_files
from data.changes import list_changes
from data.errors import NotFound
from data.queries import marks
from data.queries.incidents import list_incidents
from data.queries.log_filter import LogFilter
from data.records import Mark, Season, Service
from data.store import Store
from tests.data.builders import at, put

UTC_ZONE = ZoneInfo("UTC")
SPAN = Span(at(0), at(240))
TIMEOUT = LogFilter(service="shop", template="payment timed out after <*> s")


def line(minute: float, message: str, severity: str = "INFO", name: str = "shop", **fields: str) -> dict[str, Any]:
    told = json.dumps(fields) if fields else None
    return {"ts": at(minute), "service": name, "severity": severity, "message": message, "attributes": told}


@pytest.fixture
def logged(store: Store) -> Store:
    """Four hours with two orders a minute, one timeout a minute, for a quarter of an hour twelve; a file more later."""
    orders = [line(n / 2, f"order {n} placed", zone="eu" if n % 4 else 'u"s') for n in range(480)]
    often = [line(120 + n / 12, f"payment timed out after {n} s", "ERROR") for n in range(180)]
    seldom = [line(n + 0.3, f"payment timed out after {n} s", "ERROR") for n in range(240)]
    put(store, 1, services=[Service("shop"), Service("quiet")], logs=[*orders, *seldom])
    put(store, 2, logs=[*often, line(3, "payment timed out after 9 s", "ERROR", "till")])
    return store


def signals(store: Store, name: str = "shop") -> tuple[Signal, ...]:
    with store.snapshot() as snap:
        return tuple(counted_signals(snap, name, SPAN.start, SPAN.end))


def test_lines_of_a_template_are_counted_per_minute_silence_is_none(logged: Store) -> None:
    log_measures.count(logged, "Mara", TIMEOUT, loud=True)
    (one,) = signals(logged)
    assert (one.measure, one.unit, one.role) == ("log lines, “payment timed out after <*> s”", "/min", "errors")
    assert one.values[pd.Timestamp(at(60))] == 1
    assert one.values[pd.Timestamp(at(125))] == 13
    assert len(one.values) == 239, "whole minutes up to the newest record"
    assert (one.known_at >= one.values.index).all()


def test_kept_templates_and_lines_themselves_count_the_same(logged: Store) -> None:
    log_measures.count(logged, "Mara", TIMEOUT)
    (anew,) = signals(logged)
    with logged.snapshot() as snap:
        log_templates.prepare(snap)
    (from_kept,) = signals(logged)
    pd.testing.assert_series_equal(from_kept.values, anew.values)


@pytest.mark.parametrize(("value", "per_minute"), [("eu", 1.5), ('u"s', 0.5)])
def test_lines_with_a_value_are_counted_too(logged: Store, value: str, per_minute: float) -> None:
    log_measures.count(logged, "Mara", LogFilter(field="zone", value=value))
    (one,) = signals(logged)
    assert one.measure == f"log lines, zone “{value}”"
    assert one.values.mean() == pytest.approx(per_minute, rel=0.02)
    assert one.role == "traffic"


def test_a_measure_of_every_service_is_one_of_those_that_log_it(logged: Store) -> None:
    log_measures.count(logged, "Mara", LogFilter(template=TIMEOUT.template))
    assert [len(signals(logged, name)) for name in ("shop", "quiet", "nobody")] == [1, 0, 0]


def test_it_stands_on_the_page_of_its_service_and_is_taken_apart_like_any_other(logged: Store) -> None:
    log_measures.count(logged, "Mara", TIMEOUT, loud=True)
    (one,) = signals(logged)
    with logged.snapshot() as snap:
        view = service.load(snap, "shop", SPAN, UTC_ZONE)
        apart = service.apart(snap, "shop", SPAN, one.key)
    assert one.key in [lane.key for lane in view.lanes]
    assert one.key in [choice.key for choice in view.choices]
    assert apart.lane.measure == one.measure


def test_what_leaves_its_range_is_found_by_a_scan(logged: Store) -> None:
    log_measures.count(logged, "Mara", TIMEOUT, loud=True)
    scan.scan(logged)
    with logged.snapshot() as snap:
        found = list_incidents(snap)
    assert any(at(115) <= one.started_at <= at(122) for one in found)


def test_what_a_file_brought_goes_with_it(logged: Store) -> None:
    log_measures.count(logged, "Mara", TIMEOUT)
    forget_files(logged.catalog, (2,))
    (one,) = signals(logged)
    assert one.values.max() == 1


def test_it_is_signed_told_and_taken_back(logged: Store) -> None:
    name, change = log_measures.count(logged, "Mara", TIMEOUT)
    with pytest.raises(kept.NameTaken, match="counted already"):
        log_measures.count(logged, "Jo", TIMEOUT)
    (told,) = history(logged, "measure", UTC_ZONE)
    assert (told.who, told.became) == (
        "Mara",
        "what is counted lines like “payment timed out after <*> s” of shop, per minute",
    )
    undo(logged, "Jo", change)
    assert signals(logged) == ()
    with logged.snapshot() as snap:
        assert log_measures.listed(snap) == ()
    assert [one.subject for one in list_changes(logged.catalog, "measure")] == [name, name]


def test_stopping_can_be_undone(logged: Store) -> None:
    log_measures.count(logged, "Mara", TIMEOUT)
    (one,) = signals(logged)
    _, change = log_measures.stop(logged, "Jo", one.key)
    assert signals(logged) == ()
    undo(logged, "Jo", change)
    assert [again.key for again in signals(logged)] == [one.key]
    with pytest.raises(log_measures.NothingToCount):
        log_measures.stop(logged, "Jo", "c:nothing")


def test_the_season_that_a_source_of_logs_states_is_that_of_what_is_counted_from_it(logged: Store) -> None:
    put(logged, 3, seasons=[Season("logs", "shop", "", (720.0,))], logs=[line(5, "order 1 placed")])
    log_measures.count(logged, "Mara", TIMEOUT)
    (one,) = signals(logged)
    assert one.seasons_s == (720.0,)


def test_maintenance_of_its_service_is_left_out_of_what_is_expected(logged: Store) -> None:
    log_measures.count(logged, "Mara", TIMEOUT)
    (before,) = signals(logged)
    done = Mark("", "service", "shop", "maintenance", "till swapped", at(120), at(135), "Mara", at(140))
    marks.add_mark(logged.catalog, done)
    (after,) = signals(logged)
    assert [each.why for each in (*before.left_out, *after.left_out)] == ["till swapped (maintenance marked by Mara)"]


def test_long_values_that_begin_alike_are_two_measures(logged: Store) -> None:
    names = {log_measures.count(logged, "Mara", LogFilter(template="x" * 300 + end))[0] for end in "ab"}
    assert len(names) == 2
    assert all(len(name) <= 160 for name in names)


def test_nothing_is_counted_where_nothing_is_chosen(logged: Store) -> None:
    with pytest.raises(log_measures.NothingToCount):
        log_measures.count(logged, "Mara", LogFilter(service="shop"))


def test_it_is_scored_on_demand_by_its_metric_or_its_words(logged: Store) -> None:
    log_measures.count(logged, "Mara", TIMEOUT, loud=True)
    (one,) = signals(logged)
    scored = score_series(logged, Wanted("shop", one.metric))
    assert score_series(logged, Wanted("shop", one.measure)) == scored
    assert (scored.service, scored.metric) == ("shop", one.metric)
    burst = next(episode for episode in scored.episodes if episode.start <= at(125) < episode.end)
    assert burst.observed > 10
    with pytest.raises(NotFound, match="no metric orders") as refused:
        score_series(logged, Wanted("shop", "orders"))
    assert one.metric in refused.value.todo


def test_where_nothing_is_measured_the_lines_of_a_service_are_scored(logged: Store) -> None:
    scored = score_series(logged, Wanted("shop", "log_error_share", start=at(0), end=at(100)))
    assert scored.points[0][0] >= at(0)
    assert scored.points[-1][0] < at(100)
