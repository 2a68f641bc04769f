"""Turns: what is worked on at once goes on one after another."""

from __future__ import annotations

import threading


class Turns:
    """Numbers from 1 on, each of which ends once; a number's turn comes when all before it have ended."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._next = 1
        self._ended = set[int]()

    def wait(self, number: int) -> None:
        """Return when it is this number's turn."""
        with self._changed:
            self._changed.wait_for(lambda: self._next >= number)

    def end(self, number: int) -> None:
        """It needs no more turn, whatever became of it."""
        with self._changed:
            self._ended.add(number)
            while self._next in self._ended:
                self._ended.remove(self._next)
                self._next += 1
            self._changed.notify_all()
