"""The shipped stories: real data of other kinds than the recording, read by mapping files alone."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.factory import create_app
from app.settings import Settings
from app.usecases.intake import take_in
from app.usecases.scan import scan
from app.usecases.stories import STORIES, Story, commands, first_incident, story
from data.queries import events, incidents
from data.queries.incidents import save_incidents
from data.records import Incident
from data.store import Store
from tests.data.builders import at, put
from tests.web import page_at, words


@dataclass(frozen=True)
class Told:
    """Rows by kind, and how many incidents are found."""

    rows: dict[str, int]
    incidents: int


TOLD = {
    "outages": Told({"events": 1_043}, 99),
    "housing": Told({"predictions": 14_064, "labels": 14_064}, 3),
    "boutique": Told({"metrics": 84_359, "events": 24, "logs": 13_134}, 19),
}


@pytest.fixture(params=["outages", "housing", pytest.param("boutique", marks=pytest.mark.slow)], scope="module")
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def home(name: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp(name) / "home"
    report = take_in(home, [story(name).folder])
    assert (report.rejected, report.failed) == (0, 0), report.problems
    assert {kind: n for kind, n in report.by_kind.items() if kind in TOLD[name].rows} == TOLD[name].rows
    with Store.open(home) as store:
        assert scan(store) == TOLD[name].incidents
    return home


def test_every_page_opens_in_words(name: str, home: Path) -> None:
    client = create_app(Settings(home=home)).server.test_client()
    with Store.open(home) as store:
        first = incidents.list_incidents(store.catalog)[0].incident_id
    for href in ("/", "/service", f"/incident/{first}"):
        said = words(page_at(client, href))
        assert "went wrong" not in said
        assert "Not found" not in said


def test_the_first_screen_tells_the_story(name: str, home: Path) -> None:
    client = create_app(Settings(home=home)).server.test_client()
    said = words(page_at(client, "/")).replace("\u00a0", " ").casefold()
    assert {"outages": "is down", "housing": "lost accuracy", "boutique": "frontend"}[name] in said


def test_each_story_has_a_clock_of_its_own(tmp_path: Path) -> None:
    homes = [one.home(tmp_path) for one in STORIES]
    assert homes[0] == tmp_path
    assert len(set(homes)) == len(STORIES)


@pytest.mark.slow
def test_faults_eight_minutes_apart_are_incidents_of_their_own(tmp_path: Path) -> None:
    """Of 24 injected faults those that stand out at the default budget of false alarms; none swallows the next."""
    take_in(tmp_path, [story("boutique").folder])
    with Store.open(tmp_path) as store:
        scan(store)
        found = [i.started_at for i in incidents.list_incidents(store.catalog)]
        with store.snapshot() as snap:
            faults = [e.ts for e in events.read(snap, kinds=("fault",))]
    noticed = [f for f in faults if any(-timedelta(minutes=3) <= at - f <= timedelta(minutes=4) for at in found)]
    assert len(faults) == 24
    assert len(noticed) >= 15
    assert min(faults) > datetime(2022, 8, 22, tzinfo=UTC)


def test_each_story_has_a_command_and_none_is_put_among_other_records(tmp_path: Path) -> None:
    home = tmp_path / "my home"
    fresh = {one.name: shlex.split(line) for one, line in commands(home, filled=False)}
    assert set(fresh) == {one.name for one in STORIES}
    assert fresh["boutique"] == ["diptych", "--home", str(home), "demo", "--story", "boutique", "--port", "0"]
    assert fresh["lab"][2] == str(home)
    beside = {one.name: shlex.split(line)[2] for one, line in commands(home, filled=True)}
    assert beside["lab"] == str(home / "stories" / "lab")
    inside = {one.name: shlex.split(line)[2] for one, line in commands(home / "stories" / "boutique", filled=True)}
    assert inside == beside


def test_a_story_begins_with_the_incident_nearest_to_its_fault(store: Store) -> None:
    faults = [{"ts": at(m), "known_at": at(90), "kind": "fault", "title": title} for m, title in ((5, "x"), (30, "y"))]
    put(store, events=faults)
    found = [Incident("", f"at {m}", "critical", "resolved", at(m), resolved_at=at(m + 3)) for m in (4, 29, 40)]
    save_incidents(store.catalog, found)
    with store.snapshot() as snap:
        told = [first_incident(snap, Story("s", "words", fault)) for fault in ("x", "y", "z", "")]
    assert [one.title if one else None for one in told] == ["at 4", "at 29", None, None]
