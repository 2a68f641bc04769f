"""Known events: when they come again, what is left out for them, and which episodes they name."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.usecases import anomaly_list
from app.usecases.fields import Refused
from app.usecases.history import lines
from app.usecases.known_events import LONGEST, RULES, NoHolidays, Occurrence, named_days, occurrences
from app.usecases.left_out import leaving
from app.usecases.mark_events import of_people
from app.usecases.mark_form import add, change, find, marks_of, shown
from data.queries import marks
from data.records import Mark
from data.store import Store
from tests.app import unusual
from tests.data.builders import at

BERLIN = ZoneInfo("Europe/Berlin")
HOUR = timedelta(hours=1)
FORM: dict[str, Any] = {
    "tag": "known event", "words": "sale", "zone": "Europe/Berlin",
    "ts": "2026-11-21 14:00", "ends_at": "2026-11-21 15:00",
}  # fmt: skip


def mark(repeats: str, begin: datetime, length: timedelta | None = HOUR, zone: str = "Europe/Berlin") -> Mark:
    ends = None if length is None else begin + length
    return Mark("1", "everything", "", "known event", "sale", begin, ends, "Mara", begin, repeats, zone)


def local(found: tuple[Occurrence, ...]) -> list[str]:
    return [f"{one.start.astimezone(BERLIN):%m-%d %H:%M}" for one in found]


def test_what_comes_weekly_comes_at_the_same_hour_also_after_the_clock_went_back() -> None:
    begin = datetime(2026, 10, 18, 2, tzinfo=BERLIN)
    found = occurrences(mark("weekly", begin), begin, begin + timedelta(days=21))
    assert local(found) == ["10-18 02:00", "10-25 02:00", "11-01 02:00"]
    assert {one.end - one.start for one in found if one.end} == {HOUR}


def test_a_month_without_that_day_is_passed_over() -> None:
    begin = datetime(2026, 1, 31, 12, tzinfo=BERLIN)
    found = occurrences(mark("monthly", begin), begin, begin + timedelta(days=150))
    assert local(found) == ["01-31 12:00", "03-31 12:00", "05-31 12:00"]


def test_public_holidays_are_whole_days_of_the_zone_and_have_names() -> None:
    begin = datetime(2026, 12, 24, tzinfo=BERLIN)
    found = occurrences(mark("holidays DE", begin, None), begin, begin + timedelta(days=9))
    assert local(found) == ["12-25 00:00", "12-26 00:00", "01-01 00:00"]
    assert found[0].name == "sale: Christmas Day"
    assert (date(2026, 11, 26), "Thanksgiving Day") in named_days("US-CA", [2026])


@pytest.mark.parametrize("country", ["XX", "DE-ZZ", "../x", "", "__class__", "registry", "US\0"])
def test_a_country_that_is_none_is_said_to_be_unknown(country: str) -> None:
    with pytest.raises(NoHolidays, match="no public holidays known"):
        named_days(country, [2026])


TIMES = st.timedeltas(timedelta(0), timedelta(days=100_000)).map(datetime(1902, 1, 2, tzinfo=UTC).__add__)


@given(TIMES, TIMES, st.sampled_from(RULES), st.timedeltas(timedelta(minutes=1), timedelta(hours=20)))
def test_repetitions_are_in_order_of_one_length_within_the_range_and_bounded(
    begin: datetime, end: datetime, rule: str, length: timedelta
) -> None:
    found = occurrences(mark(rule, begin, length), datetime(1, 1, 1, tzinfo=UTC), end)
    assert len(found) <= LONGEST.days + 2
    assert all(begin <= one.start < end and one.end == one.start + length for one in found)
    assert all(one.start < later.start for one, later in pairwise(found))


@pytest.mark.parametrize("reach", [(1, 9999), (9998, 9999), (1, 2)])
def test_records_of_any_year_do_no_harm(reach: tuple[int, int]) -> None:
    first, last = (datetime(year, 1, 1, tzinfo=UTC) for year in reach)
    for rule in (*RULES, "holidays DE", ""):
        assert len(occurrences(mark(rule, datetime(2026, 1, 1, tzinfo=UTC)), first, last)) <= LONGEST.days + 2


@pytest.fixture
def filled(store: Store) -> Store:
    unusual.scanned(store)
    return store


def kept(store: Store, repeats: str, begin: datetime, length: timedelta = timedelta(minutes=5)) -> None:
    marks.add_mark(store.catalog, mark(repeats, begin, length))


@pytest.mark.parametrize(("repeats", "learned"), [("", False), ("yearly", False), ("daily", True), ("weekly", True)])
def test_what_comes_every_day_or_week_is_learned_as_a_season_what_comes_seldom_is_not(
    filled: Store, repeats: str, learned: bool
) -> None:
    kept(filled, repeats, at(30))
    with filled.snapshot() as snap:
        left = leaving(snap)
    of_shop, of_model = left.of("shop", "", "any"), left.of("", "m", "any")
    assert [one.why for one in of_shop] == ([] if learned else ["sale (known event marked by Mara)"])
    assert of_shop == of_model, "what holds for everything holds for models too"


def test_an_episode_in_a_known_event_has_its_name(filled: Store) -> None:
    with filled.snapshot() as snap:
        (before,) = anomaly_list.load(snap, at(0), at(60), UTC).rows
    kept(filled, "daily", at(29) - timedelta(days=3))
    kept(filled, "", at(50))
    with filled.snapshot() as snap:
        (after,) = anomaly_list.load(snap, at(0), at(60), UTC).rows
    assert (before.planned, after.planned) == ("", "sale")
    assert anomaly_list.as_json(after)["planned"] == "sale"


def test_it_stands_among_the_events_of_whatever_it_holds_for(filled: Store) -> None:
    kept(filled, "daily", at(20) - timedelta(days=2))
    with filled.snapshot() as snap:
        found = of_people(snap, {"service": ["anything"]}, at(0), at(60))
    assert [(one.ts, one.title) for one in found] == [(at(20), "sale"), (at(25), "sale: end")]


def test_the_form_keeps_what_it_says_for_everything(filled: Store) -> None:
    add(filled, "Mara", "service", "shop", FORM | {"repeats": "weekly", "where": "everything"})
    add(filled, "Mara", "service", "shop", FORM | {"holidays": " us-ca ", "words": "Feast"})
    with filled.snapshot() as snap:
        weekly, feast = sorted(marks_of(snap, "service", "shop"), key=lambda one: one.words, reverse=True)
        assert [one.mark_id for one in marks_of(snap, "service", "cart")] == [weekly.mark_id]
        assert find(snap, feast.mark_id) == feast
    assert (weekly.kind, weekly.subject, weekly.repeats, weekly.zone) == ("everything", "", "weekly", "Europe/Berlin")
    assert feast.repeats == "holidays US-CA"
    assert shown(feast, BERLIN)["holidays"] == "US-CA"
    assert shown(weekly, BERLIN)["repeats"] == "weekly"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"repeats": "hourly"}, "how it repeats"),
        ({"repeats": "daily", "ends_at": ""}, "until when it lasts the first time"),
        ({"repeats": "daily", "holidays": "DE"}, "choose one of both"),
        ({"holidays": "Atlantis"}, "“ATLANTIS”. Write a code such as DE"),
        ({"repeats": "daily", "ts": "1800-01-01", "ends_at": "1800-01-02"}, "1902 or later"),
    ],
)
def test_what_cannot_repeat_is_refused_in_words(filled: Store, fields: dict[str, str], words: str) -> None:
    with pytest.raises(Refused, match=words):
        add(filled, "Mara", "service", "shop", FORM | fields)


def test_new_words_do_not_move_a_mark_that_repeats_to_the_clock_of_who_wrote_them(filled: Store) -> None:
    add(filled, "Mara", "service", "shop", FORM | {"repeats": "weekly"})
    with filled.snapshot() as snap:
        (mark,) = marks_of(snap, "service", "shop")
    opened = shown(mark, ZoneInfo("UTC"))
    change(filled, "Jo", mark.mark_id, opened | {"words": "big sale"}, opened)
    with filled.snapshot() as snap:
        (kept_,) = marks_of(snap, "service", "shop")
    assert (kept_.words, kept_.zone, kept_.ts) == ("big sale", "Europe/Berlin", mark.ts)
    change(
        filled,
        "Jo",
        mark.mark_id,
        shown(kept_, ZoneInfo("UTC")) | {"zone": "Asia/Tokyo"},
        shown(kept_, ZoneInfo("UTC")),
    )
    with filled.snapshot() as snap:
        assert [one.zone for one in marks_of(snap, "service", "shop")] == ["Asia/Tokyo"]


def test_the_history_says_that_a_mark_is_on_everything(filled: Store) -> None:
    add(filled, "Mara", "service", "shop", FORM | {"where": "everything"})
    (line,) = lines(filled, "mark", ZoneInfo("UTC"))
    assert line.subject == "“sale” on everything"
