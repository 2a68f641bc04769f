from __future__ import annotations

from datetime import UTC

import pytest

from app.charts import event_row, tokens
from app.usecases.incident_view import Span
from tests.app.charts.lanes_data import SPAN, at, event

WIDTH = 900.0  # half a pixel a second


def found(*events):
    return event_row.clusters(events, SPAN, WIDTH)


def texts(*events, width=WIDTH):
    return [a["text"] for a in event_row.labels(found(*events), SPAN, UTC, width, "y5")]


def test_events_apart_stand_alone_in_order_of_time():
    assert [len(c.events) for c in found(event(9), event(2), event(20))] == [1, 1, 1]
    assert [c.at for c in found(event(9), event(2))] == [at(2), at(9)]


def test_events_close_together_become_one_with_a_count():
    assert texts(event(6), event(6.3), event(6.7)) == ["3 events, 14:06"]


def test_the_count_says_from_when_to_when():
    assert texts(*[event(6 + i / 3) for i in range(6)]) == ["6 events, 14:06 – 14:07"]


def test_events_outside_the_span_are_left_out():
    assert event_row.clusters([event(-1), event(31)], Span(at(0), at(30)), WIDTH) == []


def test_a_label_moves_left_where_the_next_sign_is_close():
    labels = event_row.labels(found(event(10, title="shop 1.8"), event(11.2)), SPAN, UTC, WIDTH, "y5")
    assert [label["xanchor"] for label in labels] == ["right", "left"]


def test_a_label_without_room_on_either_side_is_left_out():
    crowd = [event(10 + 0.6 * i, title="a title of some length") for i in range(6)]
    assert len(texts(*crowd)) == 2


def test_labels_never_leave_the_figure():
    (label,) = event_row.labels(found(event(29)), SPAN, UTC, WIDTH, "y5")
    assert label["xanchor"] == "right"


def test_a_title_from_outside_stays_text_and_short():
    (text,) = texts(event(3, title="<a href='javascript:x'>deploy</a> " + "x" * 200))
    assert "<" not in text
    assert len(text) < 60


@pytest.mark.parametrize("kind", list(tokens.EVENT))
def test_each_kind_has_its_sign(kind):
    trace = event_row.signs(found(event(3, kind)), "y5")
    assert trace["marker"]["symbol"] == [tokens.EVENT[kind][0]]


def test_signs_that_would_cover_each_other_are_drawn_once_with_one_dotted_line():
    crowd = found(event(6), event(6.1), event(6.45))
    wanted = [at(6).timestamp() * 1000, at(6.45).timestamp() * 1000]
    assert event_row.signs(crowd, "y5")["x"] == wanted
    assert [line["x0"] for line in event_row.rules(crowd, 0.9)] == wanted
