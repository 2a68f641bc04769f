"""Turns come in order, however those that wait are mixed."""

from __future__ import annotations

import random
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from data.ingest.turns import Turns


@pytest.mark.parametrize("seed", range(5))
def test_each_goes_on_when_all_before_it_have_ended(seed: int) -> None:
    turns, order, numbers = Turns(), list[int](), list(range(1, 21))
    random.Random(seed).shuffle(numbers)

    def work(number: int) -> None:
        turns.wait(number)
        order.append(number)
        turns.end(number)

    with ThreadPoolExecutor(len(numbers)) as pool:
        list(pool.map(work, numbers))
    assert order == sorted(numbers)


def test_one_that_ends_without_having_waited_holds_nobody_up() -> None:
    turns = Turns()
    turns.end(2)
    turns.end(1)
    turns.wait(3)


def test_one_that_has_not_ended_holds_up_those_after_it() -> None:
    turns, passed = Turns(), threading.Event()
    turns.end(2)
    waiting = threading.Thread(target=lambda: (turns.wait(3), passed.set()), daemon=True)
    waiting.start()
    assert not passed.wait(0.2)
    turns.end(1)
    assert passed.wait(10)
