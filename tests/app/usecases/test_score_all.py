"""Score everything: what a sweep finds beside a scan, and that neither takes away what the other found."""

from __future__ import annotations

import pytest

from app.jobs import run_here
from app.usecases import score_all
from app.usecases.scan import scan
from app.usecases.score_all import SCORE, ScoredAll
from data.catalog.commit import forget_files
from data.queries.anomalies import list_anomalies
from data.store import Store
from tests.app import unusual


def metrics(store: Store) -> list[str]:
    with store.snapshot() as snap:
        return sorted(one.metric for one in list_anomalies(snap))


@pytest.fixture
def filled(store: Store) -> Store:
    unusual.fill(store)
    return store


def test_a_sweep_scores_what_no_scan_judges(filled: Store) -> None:
    scan(filled)
    assert metrics(filled) == ["latency_p95_ms"]
    made = score_all.score_all(filled)
    assert (made.series, made.episodes) == (3, 2)
    assert metrics(filled) == ["cache_entries", "latency_p95_ms"]


def test_a_scan_leaves_what_the_sweep_found_in_series_that_it_does_not_judge(filled: Store) -> None:
    score_all.score_all(filled)
    before = filled.catalog.revision
    scan(filled)
    assert metrics(filled) == ["cache_entries", "latency_p95_ms"]
    scan(filled)
    assert filled.catalog.revision <= before + 1


def test_both_give_a_series_the_same_episode(filled: Store) -> None:
    scan(filled)
    with filled.snapshot() as snap:
        (scanned,) = list_anomalies(snap)
    score_all.score_all(filled)
    with filled.snapshot() as snap:
        assert scanned in list_anomalies(snap)


def test_what_was_forgotten_has_no_episode_any_more(filled: Store) -> None:
    score_all.score_all(filled)
    forget_files(filled.catalog, (1,))
    scan(filled)
    assert metrics(filled) == []


def test_a_job_says_how_far_it_is_and_what_came_of_it(filled: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(score_all, "AT_ONCE", 2)
    said: list[str] = []
    score_all.ask(filled, "Ines")
    done = run_here(filled, SCORE, lambda share, words: said.append(words))
    assert done is not None
    assert (done.owner, done.state, (done.result or {})["said"]) == (
        "Ines",
        "done",
        "3\u00a0series scored, 2\u00a0episodes",
    )
    assert said[0].startswith("2 of ")


def test_one_that_waits_can_be_stopped(filled: Store) -> None:
    score_all.ask(filled)
    assert score_all.stop(filled)
    assert not score_all.stop(filled)
    assert run_here(filled, SCORE, lambda share, words: None) is None


def test_an_empty_store_has_nothing_to_score(store: Store) -> None:
    assert score_all.score_all(store) == ScoredAll(0, 0)
