"""Grouping of onsets."""

from __future__ import annotations

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from analytics.correlation import group

T0 = pd.Timestamp("2026-01-01", tz="UTC")
CALLS = {
    "gateway": ["shop"],
    "shop": ["recommender", "orders-db"],
    "recommender": ["feature-store"],
    "billing": ["ledger"],
}


def events(*rows: tuple[str, float, float]) -> pd.DataFrame:
    table = [(f"{s}@{a:g}", s, T0 + pd.Timedelta(seconds=a), T0 + pd.Timedelta(seconds=b)) for s, a, b in rows]
    return pd.DataFrame(table, columns=["event_id", "service", "start", "end"])


def services(found: list) -> list[set[str]]:
    return [set(g.services) for g in found]


def test_a_cascade_along_the_topology_is_one_group() -> None:
    found = group(events(("feature-store", 0, 200), ("recommender", 10, 210), ("shop", 35, 220)), topology=CALLS)
    assert services(found) == [{"feature-store", "recommender", "shop"}]
    assert (found[0].start, found[0].end) == (T0, T0 + pd.Timedelta(seconds=220))
    assert found[0].event_ids == ("feature-store@0", "recommender@10", "shop@35")


def test_services_that_do_not_depend_on_each_other_stay_apart() -> None:
    assert len(group(events(("shop", 0, 100), ("ledger", 5, 100)), topology=CALLS)) == 2


def test_the_same_service_much_later_is_another_group() -> None:
    assert len(group(events(("shop", 0, 100), ("shop", 700, 800)), topology=CALLS)) == 2


def test_a_short_pause_does_not_split() -> None:
    assert len(group(events(("shop", 0, 100), ("shop", 130, 200)), topology=CALLS)) == 1


def test_far_ends_of_the_topology_are_joined_by_what_lies_between() -> None:
    apart = events(("gateway", 0, 100), ("feature-store", 0, 100))
    assert len(group(apart, topology=CALLS)) == 2
    assert len(group(pd.concat([apart, events(("shop", 0, 100))]), topology=CALLS)) == 1


def test_what_begins_while_another_has_long_lasted_is_a_story_of_its_own() -> None:
    found = group(events(("shop", 0, 5000), ("recommender", 200, 900), ("gateway", 2400, 2600)), topology=CALLS)
    assert services(found) == [{"shop", "recommender"}, {"gateway"}]


def test_a_signal_that_comes_back_after_a_short_pause_goes_on() -> None:
    flapping = events(("shop", 0, 400), ("shop", 430, 800), ("shop", 850, 900)).assign(signal="errors")
    assert len(group(flapping, topology=CALLS)) == 1
    assert len(group(flapping.assign(signal=["errors", "latency", "traffic"]), topology=CALLS)) == 3


def test_without_topology_time_decides() -> None:
    assert len(group(events(("shop", 0, 100), ("ledger", 5, 100)))) == 1


def test_order_of_rows_does_not_matter() -> None:
    rows = events(("feature-store", 0, 50), ("recommender", 10, 60), ("ledger", 20, 90), ("shop", 300, 400))
    assert group(rows, topology=CALLS) == group(rows.sample(frac=1, random_state=3), topology=CALLS)


def test_a_cycle_in_the_topology_ends() -> None:
    assert len(group(events(("a", 0, 1), ("b", 0, 1)), topology={"a": ["b"], "b": ["a"]})) == 1


def test_no_events_no_groups() -> None:
    assert group(events()) == []


def test_every_group_says_why() -> None:
    found = group(events(("shop", 0, 10), ("recommender", 5, 10), ("ledger", 500, 600)), topology=CALLS)
    assert [g.reason for g in found] == ["2 onsets within 5 s in services that depend on each other", "one onset alone"]


SPANS = st.tuples(
    st.sampled_from(["gateway", "shop", "recommender", "ledger"]), st.integers(0, 2000), st.integers(0, 900)
)


@given(st.lists(st.tuples(SPANS, st.sampled_from("abc")), max_size=12))
def test_groups_are_the_connected_parts_of_the_relation_that_the_docstring_states(drawn: list) -> None:
    table = events(*((service, start, start + length) for (service, start, length), _ in drawn))
    table = table.assign(event_id=range(len(drawn)), signal=[f"{s} {name}" for (s, _, _), name in drawn])
    rows = table.to_dict("records")
    near = {"gateway": {"shop", "recommender"}, "shop": {"gateway", "recommender"}, "recommender": {"gateway", "shop"}}

    def belong(one: dict, other: dict) -> bool:
        earlier, later = sorted((one, other), key=lambda row: (row["start"], row["end"], row["service"]))
        paused, apart = (later["start"] - earlier[edge] for edge in ("end", "start"))
        joined = one["service"] == other["service"] or other["service"] in near.get(one["service"], ())
        goes_on = one["signal"] == other["signal"]
        return paused.total_seconds() <= 60 and (goes_on or (apart.total_seconds() <= 300 and joined))

    parts = [{row["event_id"]} for row in rows]
    for one in rows:
        for other in rows:
            if one is not other and belong(one, other):
                joined = [part for part in parts if {one["event_id"], other["event_id"]} & part]
                parts = [part for part in parts if part not in joined] + [set().union(*joined)]
    assert sorted(map(sorted, parts)) == sorted(sorted(g.event_ids) for g in group(table, topology=CALLS))


def test_a_pause_of_three_samples_parts_what_different_signals_tell_and_no_flapping_one() -> None:
    told = events(("shop", 0, 100), ("recommender", 130, 200), ("recommender", 245, 300))
    signals = told.assign(signal=["errors", "latency", "latency"])
    assert [len(group(signals.assign(step_s=step), topology=CALLS)) for step in (5.0, 10.0, 60.0)] == [2, 1, 1]
    assert len(group(signals, topology=CALLS)) == 1, "without the distance of samples the pause alone decides"
    assert len(group(signals.assign(step_s=60.0), topology=CALLS, gap_s=20)) == 3, "and never more than it"
