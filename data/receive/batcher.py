"""Gathers posts for a moment and stores them together: who posts waits until the posts are in the catalog.

One thread of each web process stores; while it does, the next batch gathers, so that a batch grows with the load.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from data.errors import DataError, StoreError
from data.ingest.limits import GIB, Limits
from data.ingest.worker import Worker
from data.receive.batch import MOST_PROBLEMS, Post, store_posts
from data.receive.posts import Receiver
from data.store import Store

GATHER_S = 0.1
MOST_WAITING_BYTES = 64 << 20
BATCH_BYTES = 8 << 20
PATIENCE_S = 30.0
LIMITS = Limits(memory_bytes=2 * GIB, cpu_s=120.0, output_bytes=2 * GIB, idle_s=120.0)
BUSY = StoreError("More is coming in than can be stored.", "Send it again later.")
SLOW = StoreError("It was not stored in time.", "Send it again later.")
BROKEN = StoreError("It could not be stored.", "Send it again later; the log of the web process says why.")


@dataclass(slots=True)
class _Waiting:
    post: Post
    done: threading.Event = field(default_factory=threading.Event)
    failed: StoreError | None = None


class Batcher:
    """Stores posts of any receiver. ``stored`` is told after each batch that brought something."""

    def __init__(self, store: Store, stored: Callable[[], None]) -> None:
        self._store = store
        self._stored = stored
        self._waiting: list[_Waiting] = []
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    def put(self, post: Post) -> None:
        """Store the post; returns when it is safe. Raises `StoreError` where it is to be sent again."""
        waiting = _Waiting(post)
        with self._changed:
            if sum(each.post.size for each in self._waiting) + post.size > MOST_WAITING_BYTES:
                raise BUSY
            self._waiting.append(waiting)
            self._run()
            self._changed.notify()
        if not waiting.done.wait(PATIENCE_S):
            raise SLOW
        if waiting.failed:
            raise waiting.failed

    def _run(self) -> None:
        """Begin the thread with the first post: it must live in the process that answers, not in one before a fork."""
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._work, name="receivers", daemon=True)
            self._thread.start()

    def _work(self) -> None:
        with Worker(self._store.home, LIMITS) as worker:
            while True:
                with self._changed:
                    self._changed.wait_for(lambda: self._waiting)
                time.sleep(GATHER_S)
                self._store_batch(self._next(), worker)

    def _next(self) -> list[_Waiting]:
        """Posts of the receiver whose post waits longest, as many as make a batch."""
        with self._changed:
            receiver = self._waiting[0].post.receiver
            chosen = _batch(receiver, self._waiting)
            self._waiting = [each for each in self._waiting if each not in chosen]
        return chosen

    def _store_batch(self, waiting: Sequence[_Waiting], worker: Worker) -> None:
        failed: StoreError | None = None
        try:
            store_posts(self._store, worker, [each.post for each in waiting])
            if any(each.post.accepted and not each.post.error for each in waiting):
                self._stored()
        except StoreError as error:
            failed = error
        except (OSError, DataError) as error:
            failed = StoreError(f"It could not be stored: {error}.", "Send it again later.")
        except Exception:
            logging.getLogger("diptych").exception("posts could not be stored")
            failed = BROKEN
        for each in waiting:
            each.failed = failed
            each.done.set()


def _batch(receiver: Receiver, waiting: Sequence[_Waiting]) -> list[_Waiting]:
    """At least one post; as many lines as each can be told of, and as many bytes as are read in a moment."""
    found, lines, size = list[_Waiting](), 0, 0
    for each in waiting:
        if each.post.receiver is not receiver:
            continue
        lines, size = lines + len(each.post.lines), size + each.post.size
        if found and (lines > MOST_PROBLEMS or size > BATCH_BYTES):
            break
        found.append(each)
    return found
