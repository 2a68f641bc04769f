"""Incidents of a model in a world that moves, where no service is recorded: the shipped story of houses."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.usecases import incident
from app.usecases.incident_view import IncidentView
from app.usecases.intake import take_in
from app.usecases.scan import scan
from app.usecases.stories import story
from data.queries import incidents
from data.store import Snapshot, Store


@pytest.fixture(scope="module")
def snap(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    home: Path = tmp_path_factory.mktemp("housing") / "home"
    take_in(home, [story("housing").folder])
    with Store.open(home) as store:
        scan(store)
        with store.snapshot() as snapshot:
            yield snapshot


@pytest.fixture(scope="module")
def views(snap: Snapshot) -> tuple[IncidentView, ...]:
    return tuple(incident.load(snap, one.incident_id) for one in incidents.list_incidents(snap))


def test_no_service_is_cleared_that_was_never_recorded(views: tuple[IncidentView, ...]) -> None:
    for view in views:
        said = view.verdicts[-1]
        assert said.headline == "The model moved; no service is recorded."
        assert "left what is usual" not in said.sentence
        assert [line.text for line in view.evidence if line.known_until is None] == [
            "No service that the model depends on is recorded: an outage would not be seen"
        ]
