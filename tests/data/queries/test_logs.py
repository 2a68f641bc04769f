from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from data.queries import logs
from data.queries.log_masks import LINE_CHARS
from data.store import Snapshot, Store
from tests.data.builders import at, put


def line(minute: float, message: str, severity: str | None = "INFO", service: str | None = "shop") -> dict[str, Any]:
    return {"ts": at(minute), "service": service, "severity": severity, "message": message, "known_at": at(minute, 2)}


def counted(frame: pd.DataFrame) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in frame.astype(object).where(frame.notna(), None).itertuples(index=False)]


@pytest.fixture
def snap(store: Store) -> Snapshot:
    put(
        store,
        logs=[
            line(-5, "order 17 placed"),
            line(0.1, "order 18 placed"),
            line(0.2, "order 19 placed"),
            line(0.3, "payment failed after 3 tries", "WARN"),
            line(1.1, "payment failed after 4 tries", "ERROR"),
            line(1.2, "GET /cart/7 in 12ms", None, "gateway"),
        ],
    )
    return store.snapshot()


def test_records_are_counted_per_bucket_and_severity(snap: Snapshot) -> None:
    assert counted(logs.histogram(snap, at(), at(2), 60)) == [
        (at(0), "INFO", 2),
        (at(0), "WARN", 1),
        (at(1), "ERROR", 1),
        (at(1), None, 1),
    ]


def test_buckets_begin_at_round_times_whatever_the_range(snap: Snapshot) -> None:
    assert counted(logs.histogram(snap, at(0, 7), at(2), 60, "shop"))[0] == (at(0), "INFO", 1)


def test_counts_know_service_and_knowledge(snap: Snapshot) -> None:
    assert logs.histogram(snap, at(), at(2), 60, service="gateway")["n"].sum() == 1
    assert logs.histogram(snap, at(), at(2), 60, known_by=at(1))["n"].sum() == 3


def test_a_pattern_is_as_severe_as_most_of_its_lines_and_tells_the_worst(store: Store) -> None:
    put(store, logs=[line(0.1 * i, f"GET /{i}", "ERROR" if i == 3 else "INFO") for i in range(10)])
    with store.snapshot() as snap:
        found = logs.patterns(snap, at(), at(2))
    assert found[["n", "severity", "worst", "worst_n"]].astype(object).to_numpy().tolist() == [[10, "INFO", "ERROR", 1]]


def test_lines_of_one_kind_make_one_pattern_of_equals_the_worse_holds(snap: Snapshot) -> None:
    found = logs.patterns(snap, at(), at(2))
    assert found[["pattern", "service", "n", "severity"]].astype(object).to_numpy().tolist()[:2] == [
        ["order <*> placed", "shop", 2, "INFO"],
        ["payment failed after <*> tries", "shop", 2, "ERROR"],
    ]
    assert found["pattern"][2] == "GET <*> in <*>"
    assert (found["first_ts"][1], found["last_ts"][1]) == (at(0.3), at(1.1))


def test_new_is_what_a_service_that_logged_before_never_said(snap: Snapshot) -> None:
    found = logs.patterns(snap, at(), at(2)).set_index("pattern")["new"].to_dict()
    assert found == {"order <*> placed": False, "payment failed after <*> tries": True, "GET <*> in <*>": False}


def test_patterns_know_service_limit_and_knowledge(snap: Snapshot) -> None:
    assert logs.patterns(snap, at(), at(2), service="gateway")["n"].tolist() == [1]
    assert logs.patterns(snap, at(), at(2), limit=1)["n"].tolist() == [2]
    assert logs.patterns(snap, at(), at(2), known_by=at(1))["n"].tolist() == [2, 1]


@pytest.mark.parametrize("message", ["(", "%s {} \\1 $0", "'; DROP TABLE logs; --", "<*>", "x" * 100_000, "", "多 字"])
def test_hostile_lines_are_only_lines(store: Store, message: str) -> None:
    put(store, logs=[line(0, message)])
    with store.snapshot() as snap:
        found = logs.patterns(snap, at(), at(1))
    assert found["n"].tolist() == [1]
    assert len(found["pattern"][0]) <= LINE_CHARS


def test_an_empty_store_gives_empty_typed_frames(empty: Snapshot) -> None:
    histogram, patterns = logs.histogram(empty, at(), at(1), 1), logs.patterns(empty, at(), at(1), "shop")
    assert [str(kind) for kind in histogram.dtypes] == ["datetime64[us, UTC]", "str", "int64"]
    assert list(patterns.columns) == [
        "pattern",
        "service",
        "n",
        "first_ts",
        "first_known_at",
        "last_ts",
        "severity",
        "worst",
        "worst_n",
        "new",
    ]
    assert len(histogram) == len(patterns) == 0
