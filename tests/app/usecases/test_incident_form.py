"""What a person wrote about an incident, read and checked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.usecases.fields import Refused, written
from app.usecases.history import lines
from app.usecases.incident_form import act, acts, read, save
from data.queries.incidents import get
from data.records import Incident
from data.store import Store
from tests.app.filled import START, add_incidents

KNOWN = (("shop", "a/b <i>"), ("recommender",))
GOOD: dict[str, Any] = {
    "title": "Printer on fire",
    "severity": "critical",
    "zone": "Europe/Berlin",
    "started_at": "2026-11-21 15:00",
    "resolved_at": "2026-11-21 15:30",
    "services": ["shop"],
    "models": None,
    "cause": " Paper\nand heat ",
}


def refused(**fields: Any) -> str:
    with pytest.raises(Refused) as caught:
        read({**GOOD, **fields}, None, KNOWN)
    return str(caught.value)


def test_times_are_read_in_the_zone_of_the_form() -> None:
    found = read(GOOD, None, KNOWN)
    assert (found.started_at, found.resolved_at) == (START, START + timedelta(minutes=30))
    assert (found.status, found.services, found.models, found.cause) == ("resolved", ("shop",), (), "Paper\nand heat")
    assert read({**GOOD, "resolved_at": " "}, None, KNOWN).status == "open"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"title": " \n "}, "title is empty"),
        ({"title": "x" * 301}, "301 characters, 300 fit"),
        ({"cause": "x" * 4001}, "4001 characters"),
        ({"severity": "dire"}, "Choose a severity"),
        ({"zone": "Mars/Base"}, "“Mars/Base” is no time zone"),
        ({"started_at": ""}, "“Started” is empty"),
        ({"started_at": "yesterday-ish"}, "“Started”: “yesterday-ish” is no time"),
        ({"started_at": "2999-01-01"}, "cannot start in the future"),
        ({"resolved_at": "2026-11-21 14:59"}, "“Resolved” lies before the start"),
        ({"acknowledged_at": "2026-11-21 14:59"}, "“Acknowledged” lies before the start"),
        ({"mitigated_at": "2026-11-21 15:31"}, "“Mitigated” lies after “Resolved”"),
        ({"services": ["shop", "<b>"]}, "no service “<b>”"),
        ({"models": ["none such"]}, "no model “none such”"),
    ],
)
def test_what_cannot_be_kept_is_refused_in_words(fields: dict[str, Any], words: str) -> None:
    assert words in refused(**fields)


def test_everything_that_is_wrong_is_said_at_once() -> None:
    said = refused(title="", zone="Mars", severity="")
    assert "title" in said
    assert "Mars" in said
    assert "severity" in said


def test_a_title_is_one_line_and_300_characters_fit() -> None:
    assert read({**GOOD, "title": " a\n\x00 b "}, None, KNOWN).title == "a b"
    assert len(read({**GOOD, "title": "x" * 300}, None, KNOWN).title) == 300


def test_a_time_that_was_not_touched_stays_what_it_was_also_in_the_hour_that_comes_twice() -> None:
    zone = ZoneInfo("Europe/Berlin")
    for hour in (0, 1):  # 02:30 before and after the clock went back
        began = datetime(2026, 10, 25, hour, 30, 0, 123_000, tzinfo=UTC)
        before = Incident("INC-0001", "x", "critical", "open", began)
        fields = {**GOOD, "started_at": written(began, zone), "resolved_at": "", "zone": zone.key}
        assert read(fields, before, KNOWN).started_at == began
    assert written(began, zone).endswith("02:30:00.123")


def test_saving_changes_only_what_was_written_differently(store: Store) -> None:
    add_incidents(store)
    (first,) = [one for one in ids(store) if get(store.catalog, one).title == "Shop slow"]
    fields = {**GOOD, "title": "Shop down", "resolved_at": ""}
    done = save(store, "Mara", first, fields, KNOWN)
    assert get(store.catalog, first).found_by == "scan"
    again = save(store, "Mara", first, fields, KNOWN)
    assert (done.change_id is None, again.change_id, "nothing was changed" in again.words) == (False, None, True)
    newest = lines(store, "incident", UTC)[0]
    assert newest.undo
    assert "title from “Shop slow” to “Shop down”" in newest.words


def ids(store: Store) -> list[str]:
    with store.snapshot() as snap:
        return [incident.incident_id for incident in snap.state.incidents]


def test_one_click_acknowledges_mitigates_and_resolves_once_each(store: Store) -> None:
    made = save(store, "Mara", "", {**GOOD, "resolved_at": ""}, KNOWN).incident_id
    assert acts(get(store.catalog, made)) == ("acknowledge", "mitigate", "resolve")
    began = datetime.now(UTC)
    act(store, "Jo", made, "acknowledge")
    with pytest.raises(Refused, match="is acknowledged already"):
        act(store, "Jo", made, "acknowledge")
    assert acts(get(store.catalog, made)) == ("mitigate", "resolve")
    act(store, "Jo", made, "resolve")
    over = get(store.catalog, made)
    assert over.status == "resolved"
    assert over.acknowledged_at is not None
    assert over.resolved_at is not None
    assert began <= over.acknowledged_at <= over.resolved_at <= datetime.now(UTC)
    assert acts(over) == ()
    with pytest.raises(Refused, match="is over already"):
        act(store, "Jo", made, "mitigate")
