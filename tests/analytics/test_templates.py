"""Lines of one kind have one template."""

from __future__ import annotations

import pytest

from analytics.templates import mine


def kinds(*lines: str) -> int:
    return len(mine(lines).templates)


@pytest.mark.parametrize(
    ("line", "template"),
    [
        ("took 812 ms", "took <*> ms"),
        ("GET /api/v1/users answered", "GET <*> answered"),
        ("block blk_38 is on 10.0.0.1:50010 10.0.0.2:50010", "block <*> is on <*>"),
        ("Failed password for invalid user webmaster from 1.2.3.4", "Failed password for invalid user <*> from <*>"),
        ("session opened for user cyrus by someone", "session opened for user <*> by someone"),
        ("lookup of ns.example.com failed", "lookup of <*> failed"),
        ("raised java.io.IOException again", "raised java.io.IOException again"),
        ("user unknown", "user unknown"),
        ("started on Fri Jul  1", "started on <*>"),
    ],
)
def test_what_differs_is_masked_and_what_tells_is_kept(line: str, template: str) -> None:
    assert mine([line]).templates == (template,)


def test_a_list_is_one_thing_however_long() -> None:
    assert kinds("delete blk_1", "delete blk_1 blk_2 blk_3") == 1


def test_a_size_is_one_thing_whatever_its_unit() -> None:
    assert kinds("sent 12 KB, done", "sent 3 B, done", "lifetime <1 sec", "lifetime 00:02") == 2


def test_a_host_that_is_not_known_is_no_other_kind() -> None:
    assert kinds("connection from 1.2.3.4 (a.example.net) at noon", "connection from 1.2.3.4 () at noon") == 1


def test_ids_are_places_in_the_templates_in_order_of_appearance() -> None:
    found = mine(["b 1", "a", "b 2", None])
    assert found.templates == ("b <*>", "a", "")
    assert found.template_ids.tolist() == [0, 1, 0, 2]
    assert found.counts.tolist() == [2, 1, 1]


def test_no_line_has_no_template() -> None:
    assert mine([]).templates == ()
    assert mine([]).template_ids.shape == (0,)


def test_a_hostile_line_is_cut_short_and_costs_no_more_than_others() -> None:
    assert len(mine(["x " * 1_000_000]).templates[0]) <= 400
