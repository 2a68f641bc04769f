"""A verdict of "not useful" silences what is no stronger, and nothing else."""

from __future__ import annotations

from datetime import datetime

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.usecases.learnt import ALWAYS, Lesson, lesson_of, level, level_known, words
from data.records import Verdict
from tests.data.builders import at

SCORES = st.floats(0.5, 1.0)
JUDGED = st.lists(st.tuples(SCORES, st.booleans()))


def lesson(minute: float, *, real: bool = False, who: str = "Mara", said: datetime | None = None) -> Lesson:
    return Lesson(at(minute), at(minute + 1), real, who, said or at(90))


@given(JUDGED)
def test_what_was_judged_real_is_always_raised_and_so_is_what_is_plain(judged: list[tuple[float, bool]]) -> None:
    passed = level(judged)
    assert all(peak > passed for peak, real in judged if real)
    assert passed <= ALWAYS


@given(JUDGED, SCORES)
def test_one_more_that_was_not_useful_never_lets_more_through(judged: list[tuple[float, bool]], peak: float) -> None:
    assert level([*judged, (peak, False)]) >= level(judged)


@pytest.mark.parametrize(
    ("judged", "passed"),
    [([], 0.0), ([(0.6, True)], 0.0), ([(0.52, False), (0.57, False)], 0.57), ([(0.95, False)], ALWAYS)],
)
def test_the_strongest_that_was_not_useful_is_to_be_passed(judged: list[tuple[float, bool]], passed: float) -> None:
    assert level(judged) == passed


def test_as_known_then_counts_what_was_said_until_then() -> None:
    scores = pd.Series([0.1, 0.6, 0.2], index=[at(0), at(1), at(2)])
    lessons = [lesson(1), lesson(1, real=True, said=at(120)), lesson(50)]
    assert [level_known(scores, lessons, at(minute)) for minute in (89, 90)] == [0.0, 0.6]
    assert level_known(scores, lessons, at(120)) < 0.6


def test_what_was_expected_teaches_nothing() -> None:
    said = Verdict("a", "shop", "", "m", (), at(0), at(1), "expected", "", "Mara", at(2))
    assert lesson_of(said) is None


def test_it_is_said_on_whose_word_it_rests() -> None:
    assert words([lesson(0, real=True)]) == ""
    assert words([lesson(0), lesson(5), lesson(9, who="Jo")]).startswith("Jo and Mara judged an episode")
