"""A pull from a server that is busy, cut off or asked for too much: every sample once, and none asked for twice."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import pytest

from data.errors import MappingError
from data.pull import server as asking
from data.pull.pulling import pull
from data.pull.server import NotAnswered, Server
from data.pull.spans import Query, missing, pieces
from data.store import Store

T0 = datetime(2026, 11, 20, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Fake(ThreadingHTTPServer):
    """Answers as Prometheus does; ``wrong`` are the statuses of the next answers, 0 cuts one off."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.wrong: list[int] = []
        self.asked: list[tuple[float, float]] = []
        self.most_s = 10.0**9


class Handler(BaseHTTPRequestHandler):
    server: Fake

    def do_POST(self) -> None:
        said = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        start, end, step = (float(said[name][0]) for name in ("start", "end", "step"))
        if self.server.wrong:
            self.answer(self.server.wrong.pop(0), {"status": "error", "error": "no such function"})
        elif end - start > self.server.most_s:
            self.answer(422, {"status": "error", "error": "query processing would load too many samples into memory"})
        else:
            self.server.asked.append((start, end))
            values = [[start + i * step, str(i)] for i in range(int((end - start) / step) + 1)]
            result = [{"metric": {"__name__": "up", "job": "shop"}, "values": values}]
            empty = said["query"] == ["nothing"]
            self.answer(200, {"status": "success", "data": {"resultType": "matrix", "result": [] if empty else result}})

    def answer(self, status: int, body: dict[str, Any]) -> None:
        text = json.dumps(body, separators=(",", ":")).encode()
        if status == 0:
            self.connection.close()
            return
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[Fake]:
    monkeypatch.setattr(asking, "PAUSE_S", 0.01)
    with Fake() as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield running
        running.shutdown()


def pulled(store: Store, fake: Fake, hours: int, query: str = "up") -> int:
    address = f"http://127.0.0.1:{fake.server_port}"
    span = (T0, T0 + hours * HOUR)
    return pull(store, Server(address, tries=3), [query], span, timedelta(minutes=1), "", lambda *_: None).accepted


def samples(store: Store) -> tuple[int, int]:
    with store.snapshot() as snap:
        ((count, moments),) = snap.rows("SELECT count(*), count(DISTINCT ts) FROM metrics WHERE service = 'shop'")
    return int(count), int(moments)


def test_what_is_there_is_not_asked_for_again(store: Store, fake: Fake) -> None:
    assert pulled(store, fake, 30) == 30 * 60
    assert len(fake.asked) == 2, "a piece is a day"
    assert pulled(store, fake, 30) == 0
    assert pulled(store, fake, 50) == 20 * 60
    assert len(fake.asked) == 4
    assert samples(store) == (50 * 60, 50 * 60)


def test_a_busy_server_is_asked_again_and_a_cut_off_pull_goes_on(store: Store, fake: Fake) -> None:
    fake.wrong = [503, 0, 429]
    assert pulled(store, fake, 24) == 24 * 60
    fake.wrong = [503] * 4
    with pytest.raises(NotAnswered, match="answered 503"):
        pulled(store, fake, 72)
    assert fake.wrong == []
    assert pulled(store, fake, 72) == 48 * 60
    assert samples(store) == (72 * 60, 72 * 60)


def test_more_than_is_answered_at_once_is_asked_for_in_halves(store: Store, fake: Fake) -> None:
    fake.most_s = 7 * 3600
    assert pulled(store, fake, 24) == 24 * 60
    assert len(fake.asked) == 4
    assert samples(store) == (24 * 60, 24 * 60)
    assert pulled(store, fake, 24) == 0


def test_what_cannot_be_pulled_is_said_in_words(store: Store, fake: Fake) -> None:
    assert pulled(store, fake, 1, "nothing") == 0
    fake.wrong = [400]
    with pytest.raises(MappingError, match="cannot answer this query: no such function"):
        pulled(store, fake, 1, "rubbish(")
    with pytest.raises(MappingError, match="no address"):
        pull(store, Server("localhost"), ["up"], (T0, T0 + HOUR), HOUR, "", lambda *_: None)
    gone = Server("http://127.0.0.1:9", tries=1)
    with pytest.raises(NotAnswered, match=r"127.0.0.1:9 does not answer: .*[Rr]efused"):
        pull(store, gone, ["up"], (T0, T0 + HOUR), HOUR, "", lambda *_: None)


def test_the_spans_of_a_query_are_those_of_its_files() -> None:
    query, other = Query("h:1", "sum(rate(x[5m]))", HOUR), Query("h:1", "sum(rate(x[1m]))", HOUR)
    spans = [(T0, T0 + HOUR), (T0 + 3 * HOUR, T0 + 4 * HOUR)]
    paths = [*map(query.path, spans), other.path((T0, T0 + 9 * HOUR)), "/somewhere/else.json"]
    assert list(query.spans(paths)) == spans
    assert query.name == "sum_rate_x_5m"
    assert missing((T0, T0 + 5 * HOUR), spans) == [
        (T0 + HOUR, T0 + 3 * HOUR),
        (T0 + 4 * HOUR, T0 + 5 * HOUR),
    ]
    assert missing((T0, T0 + HOUR), spans) == []
    assert list(pieces((T0 + HOUR, T0 + 3 * HOUR), 2 * HOUR)) == [
        (T0 + HOUR, T0 + 2 * HOUR),
        (T0 + 2 * HOUR, T0 + 3 * HOUR),
    ]
