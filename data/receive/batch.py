"""Posts of one receiver into the store, many at once, in one transaction; what was stored before is not stored twice.

Each receiver has a file a day, to which every batch is added as to a log that grows: posts stay few files and few
segments, however small they are. A post that comes again, because its answer was lost, is known by its receipt.
"""

from __future__ import annotations

import fcntl
import hashlib
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from data.catalog.commit import FileCommit
from data.catalog.receipts import known_receipts
from data.errors import DataError, Overtaken, StoreError
from data.ingest import growth, keys
from data.ingest.keys import Known
from data.ingest.mapping import FileMapping
from data.ingest.staging import private_folder
from data.ingest.visible import make_visible, said_of
from data.ingest.wire import Parsed, Request, Tail
from data.ingest.worker import Worker
from data.receive import resent
from data.receive.posts import Receiver
from data.store import Store

SOURCE = "receivers"
MOST_PROBLEMS = 5_000
TRIES = 5


@dataclass(slots=True)
class Post:
    """Lines that came in one request. What became of them: ``accepted`` and ``problems`` (line of the post, reason).

    ``error`` is why nothing of it was stored.
    """

    receiver: Receiver
    lines: list[bytes]
    accepted: int = 0
    problems: list[tuple[int, str]] = field(default_factory=list)
    error: DataError | None = None

    @property
    def size(self) -> int:
        """Bytes of its lines."""
        return sum(map(len, self.lines)) + len(self.lines)

    @property
    def digest(self) -> str:
        """What it is known by when it comes again; the moment at which an alert came is none of it."""
        said = hashlib.sha256(f"{self.receiver.path}\n".encode())
        for line in resent.comparable(self.receiver, self.lines):
            said.update(line + b"\n")
        return said.hexdigest()


def store_posts(store: Store, worker: Worker, posts: Sequence[Post]) -> None:
    """Store posts of one receiver and say in each what became of it. Raises `StoreError` where none could be stored."""
    with _one_at_a_time(store.home):
        try:
            _store(store, worker, posts)
        except StoreError:
            raise
        except DataError as error:
            if len(posts) == 1:
                posts[0].error = error
                return
            for post in posts:  # one of them cannot be read: the others are not to suffer
                _alone(store, worker, post)


def _alone(store: Store, worker: Worker, post: Post) -> None:
    try:
        _store(store, worker, [post])
    except StoreError:
        raise
    except DataError as error:
        post.error = error


@contextmanager
def _one_at_a_time(home: Path) -> Iterator[None]:
    """Web processes take turns: each adds to what the last one made."""
    with (home / ".receive.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _store(store: Store, worker: Worker, posts: Sequence[Post]) -> None:
    digests = [post.digest for post in posts]
    known = known_receipts(store.catalog, digests)
    fresh, seen = list[tuple[Post, str]](), set(known)
    for post, digest in zip(posts, digests, strict=True):
        post.accepted, post.problems = len(post.lines), []
        if digest not in seen:
            seen.add(digest)
            fresh.append((post, digest))
    news = resent.without_known(store, [post for post, _ in fresh])
    if not any(news):
        return
    for attempt in range(TRIES):
        try:
            parsed, before = _commit(store, worker, fresh[0][0].receiver, news, [digest for _, digest in fresh])
            break
        except Overtaken:
            if attempt == TRIES - 1:
                raise
    _tell([post for post, _ in fresh], news, parsed, before)


def _commit(
    store: Store, worker: Worker, receiver: Receiver, news: Sequence[Sequence[bytes]], digests: list[str]
) -> tuple[Parsed, int]:
    """Read the lines of all posts and make them visible, in one transaction with the receipts.

    Returns what they came to, and how many lines stood there before.
    """
    started, today = time.perf_counter(), datetime.now(UTC).date().isoformat()
    name = f"{today} {receiver.kind}"
    before = next(iter(keys.known_before(store.catalog, f"{SOURCE}/{receiver.name}/{name}")), None)
    with private_folder(store.home) as folder:
        path = folder / "posts"
        path.write_bytes(b"".join(line + b"\n" for lines in news for line in lines))
        size = path.stat().st_size
        tail = _tail(store, receiver, before, size)
        file_id = before.file_id if before else uuid.uuid4().int >> 65
        request = Request(path, name, {}, FileMapping(), store.home, file_id, tail=tail)
        parsed = worker.parse(request, lambda _: None)
    commit = _file_commit(receiver, name, before, file_id, size, parsed, digests)
    make_visible(store.catalog, replace(commit, elapsed_s=time.perf_counter() - started), parsed, before)
    return parsed, before.lines if before else 0


def _tail(store: Store, receiver: Receiver, before: Known | None, size: int) -> Tail:
    merge = growth.to_merge(store.catalog, before, before.size_bytes + size) if before else ()
    return Tail(0, before.lines if before else 0, receiver.format, receiver.kind, merge, MOST_PROBLEMS)


def _file_commit(
    receiver: Receiver, name: str, before: Known | None, file_id: int, size: int, parsed: Parsed, digests: list[str]
) -> FileCommit:
    key = hashlib.sha256(":".join((before.key if before else uuid.uuid4().hex, *digests)).encode()).hexdigest()
    return FileCommit(
        file_id=file_id,
        key=key,
        path=f"{SOURCE}/{receiver.name}/{name}",
        content_hash=key,
        mapping_hash="",
        target=receiver.path,
        source=name,
        size_bytes=size + (before.size_bytes if before else 0),
        mtime=datetime.now(UTC),
        receipts=tuple(digests),
        **said_of(parsed),
    )


def _tell(posts: Sequence[Post], news: Sequence[Sequence[bytes]], parsed: Parsed, before: int) -> None:
    """Say in each post which of its lines were refused. Problems number lines on from those ``before``."""
    first = before + 1
    for post, lines in zip(posts, news, strict=True):
        own = [each for each in parsed.problems if first <= each.line < first + len(lines)]
        post.problems = [(each.line - first + 1, each.reason) for each in own]
        post.accepted = len(post.lines) - (parsed.rejected if len(posts) == 1 else len(own))
        first += len(lines)
