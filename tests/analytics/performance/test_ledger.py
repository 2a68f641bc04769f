"""What a ledger says of a moment is what its predictions say when everything later is taken away."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.performance import METRICS, Ledger, by_bucket

START = pd.Timestamp("2026-11-21T14:00:00Z")
MINUTE = pd.Timedelta(minutes=1)
MINUTES = 4
SECONDS = MINUTES * 60


@st.composite
def logs(draw: st.DrawFn) -> pd.DataFrame:
    """Predictions of four minutes, received soon after and labelled late or never."""
    count = draw(st.integers(1, 30))

    def column(values: st.SearchStrategy[object]) -> list[object]:
        return draw(st.lists(values, min_size=count, max_size=count))

    made = np.array(sorted(column(st.integers(0, SECONDS - 1))), dtype="timedelta64[s]")
    received = made + np.array(column(st.integers(0, 5)), dtype="timedelta64[s]")
    late = np.array(column(st.integers(0, 300)), dtype="timedelta64[s]")
    truth = column(st.sampled_from(["0", "1", None]))
    known = pd.Series(pd.DatetimeIndex(START + pd.to_timedelta(made + late))).where(
        [label is not None for label in truth]
    )
    return pd.DataFrame(
        {
            "ts": START + pd.to_timedelta(made),
            "received_at": START + pd.to_timedelta(received),
            "y_pred": column(st.sampled_from(["0", "1"])),
            "y_score": column(st.floats(0, 1)),
            "y_true": truth,
            "label_known_at": pd.to_datetime(known, utc=True),
        }
    )


def ledger(rows: pd.DataFrame, metric: str = "accuracy") -> Ledger:
    return Ledger.of(rows, METRICS[metric], MINUTE, START, START + MINUTES * MINUTE)


@given(logs(), st.integers(0, 600), st.sampled_from(["accuracy", "f1", "roc_auc"]))
def test_a_moment_is_told_as_if_nothing_later_had_been_logged(rows: pd.DataFrame, after_s: int, metric: str) -> None:
    at = START + pd.Timedelta(seconds=after_s)
    then = rows[rows["received_at"] <= at].copy()
    then.loc[~(then["label_known_at"] <= at), "y_true"] = None
    expected = by_bucket(then, metric=metric, bucket=MINUTE, start=START, end=START + MINUTES * MINUTE)
    pd.testing.assert_frame_equal(ledger(rows, metric).known_by(at), expected)


@given(logs(), st.integers(0, 600), st.integers(0, MINUTES))
def test_a_part_of_the_buckets_is_the_end_of_them_all(rows: pd.DataFrame, after_s: int, first: int) -> None:
    at = START + pd.Timedelta(seconds=after_s)
    counted = ledger(rows)
    pd.testing.assert_frame_equal(counted.known_by(at, None, first), counted.known_by(at).iloc[first:])


@given(logs(), st.integers(0, 600), st.integers(0, 300))
def test_patience_leaves_out_only_what_is_old_and_without_a_label(
    rows: pd.DataFrame, after_s: int, patience_s: int
) -> None:
    at, patience = START + pd.Timedelta(seconds=after_s), pd.Timedelta(seconds=patience_s)
    waited, all_of_it = ledger(rows).known_by(at, patience), ledger(rows).known_by(at)
    overdue = (rows["received_at"] <= at) & (rows["ts"] < at - patience) & ~(rows["label_known_at"] <= at)
    assert (all_of_it["predicted"] - waited["predicted"]).sum() == overdue.sum()
    pd.testing.assert_frame_equal(waited.drop(columns="predicted"), all_of_it.drop(columns="predicted"))


@given(logs(), st.integers(0, 600))
def test_what_was_received_by_then_is_found_by_its_place(rows: pd.DataFrame, after_s: int) -> None:
    at, counted = START + pd.Timedelta(seconds=after_s), ledger(rows)
    places = counted.received_by(at, np.arange(MINUTES))
    found = rows.loc[counted.index[np.concatenate(places)]]
    assert sorted(found.index) == list(rows.index[rows["received_at"] <= at])
    assert [len(p) for p in places] == counted.known_by(at)["predicted"].tolist()


@pytest.mark.parametrize("columns", [["ts", "y_pred", "y_true"], ["ts", "y_pred", "y_true", "received_at"]])
def test_what_has_no_times_of_arrival_was_always_known(columns: list[str]) -> None:
    rows = pd.DataFrame({"ts": [START], "y_pred": ["1"], "y_true": ["1"], "received_at": [START], "y_score": [0.5]})
    known = ledger(rows[columns]).known_by(START)
    assert known["labelled"].tolist() == [1, 0, 0, 0]
