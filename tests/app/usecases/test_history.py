"""What people changed, in words: one line for each change of any kind, the newest first."""

from __future__ import annotations

import re
from datetime import UTC, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.usecases import history, incident_form, log_measures, mark_form, retention, thresholds, views
from app.usecases.history import Line, lines
from app.usecases.undoing import undo
from data import statements
from data.catalog.commit import forget_files
from data.queries import verdicts
from data.queries.incident_edits import edit, remove
from data.queries.log_filter import LogFilter
from data.records import Anomaly, FeatureSource, MetricMeaning, Model, Objective, Service
from data.store import Store
from tests.app.filled import START, add_incidents, fill

BERLIN = ZoneInfo("Europe/Berlin")
RAW = re.compile(r"\d{4}-\d\d-\d\dT|[0-9a-f]{16}|scanned|incident_id|file_id|content_hash|\b[a-z]+_(at|s|id)\b|\{|None")
NEW: dict[str, Any] = {
    "title": "Printer on fire", "severity": "critical", "zone": "UTC", "started_at": "2026-11-21 14:00",
}  # fmt: skip
EPISODE = Anomaly("shop", "latency_p95_ms", (), START, START + timedelta(minutes=3), 0.9, 90.0, 15, 25, "up", "range")
MARK = {"tag": "repair", "words": "cable in", "ts": "2026-11-21 14:05", "zone": "UTC", "ends_at": "2026-11-21 14:30"}


@pytest.fixture
def filled(store: Store) -> Store:
    fill(store)
    add_incidents(store)
    return store


def newest(store: Store, kind: str = "") -> Line:
    return lines(store, kind, BERLIN)[0]


def change_everything(store: Store) -> None:
    objective = Objective("latency_p95_ms", 500, "<=", 0.995, 28 * 86_400)
    feature = FeatureSource("views", "shop", 0.0)
    statements.state(store.catalog, "Mara", Service("shop", objectives=(objective,)))
    model = Model("recommender", features=(feature,), label_delay_s=86_400, trained_at=START)
    statements.state(store.catalog, "Mara", model)
    statements.state(store.catalog, "Mara", MetricMeaning("latency_p95_ms", "latency", "ms", "up"))
    thresholds.save(store, "Mara", "incident_lasts_s", 90)
    retention.save(store, "Mara", "logs", 90 * 86_400.0, (), UTC)
    views.save(store, "Mara", "Friday", "/?t=5")
    log_measures.count(store, "Mara", LogFilter(service="shop", template="order <*> failed"))
    edit(store.catalog, "Mara", "INC-0001", {"acknowledged_at": START + timedelta(hours=1), "title": "Shop gone"})
    mark_form.add(store, "Mara", "service", "shop", MARK)
    verdicts.give(store.catalog, "Mara", EPISODE, "real", "cable out")
    forget_files(store.catalog, (1,), "Mara")


def test_no_kind_is_told_in_stamps_hashes_or_names_of_columns(filled: Store) -> None:
    change_everything(filled)
    told = lines(filled, "", BERLIN)
    assert {one.kind for one in told} == {*history.WORDS.values()}
    for one in told:
        for text in (one.subject, one.was, one.became, one.words):
            assert not RAW.search(text), (one.kind, text)


def test_each_kind_has_words_of_its_own(filled: Store) -> None:
    change_everything(filled)
    told = {one.kind: one for one in lines(filled, "", BERLIN)}
    assert "objectives latency_p95_ms ≤ 500 for 99.5 % of 28d" in told["service"].became
    assert "features views from shop, else 0" in told["model"].became
    assert "labels come within 1d" in told["model"].became
    assert "hurts when it rises" in told["metric"].became
    assert (told["threshold"].subject, told["threshold"].was, told["threshold"].became) == (
        "Slow for (seconds)", "the default", "value 90",
    )  # fmt: skip
    assert told["measure of logs"].became == "what is counted lines like “order <*> failed” of shop, per minute"
    assert (told["verdict on an episode"].subject, told["verdict on an episode"].became) == (
        "shop: latency p95",
        "verdict real; note cable out",
    )
    assert told["mark"].subject == "“cable in” on shop"
    assert "when Sat 21\u00a0Nov, 15:05:00" in told["mark"].became
    assert (told["file"].subject, told["file"].became) == ("metrics.csv", "nothing")
    assert "acknowledged –" in told["incident"].was
    assert "title from “" in told["incident"].words


def test_times_are_of_the_zone_that_the_page_shows(filled: Store) -> None:
    edit(filled.catalog, "Jo", "INC-0001", {"detected_at": START})
    assert [lines(filled, "incident", zone)[0].words for zone in (UTC, BERLIN)] == [
        "detected from nothing to Sat 21\u00a0Nov, 14:00:00",
        "detected from nothing to Sat 21\u00a0Nov, 15:00:00",
    ]


def test_one_kind_alone_and_no_more_than_asked(filled: Store) -> None:
    change_everything(filled)
    assert [one.kind for one in lines(filled, "mark", UTC)] == ["mark"]
    assert len(lines(filled, "no such kind", UTC)) == len(history.WORDS)
    assert len(lines(filled, "", UTC, 3)) == 3


def test_the_newest_change_of_each_incident_can_be_undone(store: Store) -> None:
    one, two = (incident_form.save(store, "Mara", "", NEW, ((), ())) for _ in range(2))
    gone = remove(store.catalog, "Jo", one.incident_id)
    assert [(line.subject, line.words, line.undo) for line in lines(store, "incident", UTC)] == [
        (one.incident_id, "deleted", True),
        (two.incident_id, "made", True),
        (one.incident_id, "made", False),
    ]
    undo(store, "Jo", gone)
    assert (newest(store).words, newest(store).undo, newest(store).undoes) == ("undo: made", False, gone)


def test_a_long_text_is_shortened_in_a_sentence(filled: Store) -> None:
    edit(filled.catalog, "Jo", "INC-0001", {"cause": "x" * 4000})
    assert len(newest(filled).words) < 120
    assert newest(filled).words.startswith("cause from nothing to “xxx")
