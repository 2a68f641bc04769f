"""How long records are kept: what is said, what goes, and that what they told stays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from app.usecases import retention
from app.usecases.meanwhile import Meanwhile
from app.usecases.retention import KINDS, THINK, WrongAge, border, checked, effective, is_due, let_go, preview_words
from app.usecases.undoing import undo
from data.catalog import retain, tables
from data.store import Store
from tests.data.builders import at, put

DAY_S = 86_400.0
NOW = at(0).replace(hour=15) + timedelta(days=30)


@pytest.fixture
def aged(store: Store) -> Store:
    """Log records of 30 days, one a day, and predictions of the first."""
    put(store, logs=[{"ts": at(0) + timedelta(days=day), "message": "x"} for day in range(30)])
    put(store, 2, predictions=[{"ts": at(0), "model": "m", "prediction_id": "1", "received_at": at(0)}])
    return store


def keep(store: Store, kind: str, keep_s: float | None) -> None:
    """Said by Mara two hours before `NOW`."""
    retention.save(store, "Mara", kind, keep_s, (), UTC)
    with store.catalog.write() as connection:
        connection.execute(update(tables.retention).values(set_at=NOW - 2 * THINK))


def looked(store: Store, kind: str, keep_s: float | None) -> str:
    return preview_words(store, kind, keep_s, UTC, NOW).replace("\u00a0", " ")


def left(store: Store, kind: str = "logs") -> int:
    with store.snapshot() as snap:
        ((count,),) = snap.rows(f"SELECT count(*) FROM {kind}")
    return int(count)


def due(store: Store) -> bool:
    with store.snapshot() as snap:
        return is_due(snap, NOW)


def test_every_kind_that_has_an_age_can_be_said() -> None:
    assert tuple(KINDS) == tuple(retention.NOUNS)
    assert set(KINDS) == set(retain.KINDS)


def test_untouched_everything_is_kept(aged: Store) -> None:
    with aged.snapshot() as snap:
        assert {one.words for one in effective(snap)} == {"for ever"}
    assert not due(aged)
    assert let_go(aged, NOW) == {}


def test_whole_days_that_are_older_go_and_nothing_else(aged: Store) -> None:
    keep(aged, "logs", 10 * DAY_S)
    assert border(10 * DAY_S, NOW) == NOW.replace(hour=0) - timedelta(days=10)
    assert due(aged)
    assert let_go(aged, NOW) == {"logs": 20}
    assert (left(aged), left(aged, "predictions")) == (10, 1)
    assert not due(aged), "a second look finds nothing"


def test_within_the_hour_nothing_goes_so_that_an_undo_loses_nothing(aged: Store) -> None:
    change = retention.save(aged, "Mara", "logs", 10 * DAY_S, (), UTC)
    assert let_go(aged, datetime.now(UTC) + THINK / 2) == {}
    undo(aged, "Jo", change)
    with aged.snapshot() as snap:
        assert snap.state.retention == ()


def test_a_preview_counts_to_the_record_and_changes_nothing(aged: Store) -> None:
    assert looked(aged, "logs", 10 * DAY_S).startswith("20 log records would go, ")
    assert looked(aged, "predictions", 10 * DAY_S).startswith("1 prediction would go, ")
    assert looked(aged, "labels", 10 * DAY_S) == "Nothing would go now: no label is so old."
    assert looked(aged, "logs", None) == "All of them are kept."
    assert left(aged) == 30


@pytest.mark.parametrize(
    ("text", "seconds"), [("90d", 90 * DAY_S), (" 12w ", 84 * DAY_S), ("", None), ("36h", 129_600)]
)
def test_an_age_is_written_as_everywhere_and_nothing_means_for_ever(text: str, seconds: float | None) -> None:
    assert checked("logs", text) == seconds


@pytest.mark.parametrize(
    ("kind", "text", "words"),
    [
        ("logs", "soon", "is no span of time"),
        ("logs", "3h", "at least 1 day"),
        ("logs", "99999w", "at most 36,500 days"),
        ("quarantine", "3d", "no such kind"),
    ],
)
def test_what_it_cannot_be_is_refused_in_words(kind: str, text: str, words: str) -> None:
    with pytest.raises(WrongAge, match=words):
        checked(kind, text)


def test_what_another_said_meanwhile_is_not_overwritten(store: Store) -> None:
    retention.save(store, "Jo", "logs", 30 * DAY_S, (None,), UTC)
    with pytest.raises(Meanwhile, match=r"Jo changed “Kept for” .*: it is “30d” now"):
        retention.save(store, "Mara", "logs", 10 * DAY_S, (None,), UTC)
    assert isinstance(retention.save(store, "Mara", "logs", 10 * DAY_S, (30 * DAY_S,), UTC), int)


def test_what_was_said_is_kept_with_who_and_when(store: Store) -> None:
    before = datetime.now(UTC)
    retention.save(store, "Mara", "logs", 90 * DAY_S, (None,), UTC)
    with store.snapshot() as snap:
        one = next(one for one in effective(snap) if one.kind == "logs")
    assert (one.words, one.who) == ("90d", "Mara")
    assert one.set_at
    assert one.set_at >= before
