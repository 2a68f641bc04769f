"""The parts that pages are made of: what a reader hears, and that text stays text."""

from __future__ import annotations

import json
from typing import Any

import pytest
from dash import html
from plotly.io.json import to_json_plotly

from app.components import cards, controls, empty, glyph, header, how, pills, status, tables, verdict
from tests.web import components, words

HOSTILE = "<img src=x onerror=alert(1)>"


def plain(component: Any) -> Any:
    return json.loads(to_json_plotly(component))


def test_a_page_has_one_first_heading() -> None:
    tree = plain(header.page_header("Health", "5 services", [controls.button("Copy")]))
    assert [each["props"]["children"] for each in components(tree, "H1")] == ["Health"]
    assert words(tree) == "Health 5 services Copy"


@pytest.mark.parametrize("state", ["ok", "degraded", "critical", "nodata"])
def test_a_state_is_sign_and_word(state: status.State) -> None:
    tree = plain(status.badge(state))
    assert words(tree) == status.WORDS[state]
    signs = [each["props"] for each in components(tree) if "glyph" in each["props"].get("className", "")]
    assert [sign["aria-hidden"] for sign in signs] == ["true"]


def test_every_event_has_its_sign_and_an_unknown_one_is_a_change() -> None:
    assert len({glyph.glyph(kind).className for kind in glyph.EVENTS}) == len(glyph.EVENTS)
    assert glyph.glyph(HOSTILE).className == glyph.glyph("change").className


def test_signs_of_events_are_those_of_the_charts() -> None:
    from app.charts.tokens import EVENT

    assert set(EVENT) == set(glyph.EVENTS)


@pytest.mark.parametrize("kind", list(verdict.WORDS))
def test_the_mark_is_read_aloud(kind: verdict.Kind) -> None:
    props = plain(verdict.mark(kind, 32))["props"]
    assert (props["role"], props["aria-label"]) == ("img", f"verdict: {verdict.WORDS[kind]}")
    assert props["className"] == f"mark mark-{kind}"


@pytest.mark.parametrize(
    ("explained", "drawn"), [(0.891, "89.1%"), (-0.2, "0.0%"), (1.7, "100.0%")], ids=["share", "below", "above"]
)
def test_the_bar_shows_the_explained_share(explained: float, drawn: str) -> None:
    tree = plain(verdict.bar(explained, "words", "label"))
    assert tree["props"]["children"][0]["props"]["style"] == {"--explained": drawn}


def test_a_loss_that_cannot_be_split_has_an_empty_dashed_bar() -> None:
    bar = plain(verdict.bar(None, "cannot be split yet", "label"))["props"]["children"][0]["props"]
    assert "split-unknown" in bar["className"]
    assert bar["style"] == {}


def test_commands_in_the_words_of_an_empty_state_are_set_as_code() -> None:
    tree = plain(empty.empty("nothing", empty.NOTHING))
    assert [each["props"]["children"] for each in components(tree, "Code")] == ["diptych ingest DIR"]
    assert words(tree) == "Nothing here yet.  diptych ingest DIR  fills it."


def test_an_error_is_announced_and_other_empty_states_are_not() -> None:
    assert plain(empty.empty("error", "Broken."))["props"]["role"] == "alert"
    assert "role" not in plain(empty.empty("no_match", "None."))["props"]


def test_a_table_sets_figures_right_and_says_how_it_is_sorted() -> None:
    columns = [
        tables.Column("Name", sort_href="/?sort=name", sorted="ascending"),
        tables.Column("Now", 60, numeric=True),
    ]
    tree = plain(tables.table(columns, [tables.Row(["shop", "3"], selected=True, id="r1")], caption="Services"))
    heads = [each["props"] for each in components(tree, "Th")]
    assert heads[0]["aria-sort"] == "ascending"
    assert heads[0]["children"]["props"]["href"] == "/?sort=name"
    assert (heads[1]["className"], heads[1]["style"]) == ("numeric", {"width": "60px"})
    row = next(each["props"] for each in components(tree, "Tr") if each["props"].get("id") == "r1")
    assert (row["className"], row["aria-current"]) == ("row-selected", "true")
    assert words(next(components(tree, "Caption"))) == "Services"
    box = next(each["props"] for each in components(tree) if each["props"].get("className") == "table-box")
    assert (box["tabIndex"], box["role"], box["aria-label"]) == (0, "region", "Services")


def test_a_hinge_row_spans_the_table() -> None:
    columns = [tables.Column("A"), tables.Column("B"), tables.Column("C")]
    tree = plain(tables.table(columns, [tables.Row(["Models"], hinge=True)]))
    assert next(components(tree, "Td"))["props"]["colSpan"] == 3


def test_a_row_that_does_not_fit_its_table_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="zip"):
        tables.table([tables.Column("A"), tables.Column("B")], [tables.Row([1, 2, 3])])


def test_choices_of_the_address_are_links_and_the_chosen_one_is_current() -> None:
    tree = plain(controls.segmented_links("Clock", [("a", "Hindsight", "/?a"), ("b", "As known", "/?b")], "b"))
    links = [each["props"] for each in components(tree, "A")]
    assert [(link["href"], link.get("aria-current")) for link in links] == [("/?a", None), ("/?b", "true")]
    assert tree["props"]["aria-label"] == "Clock"


def test_other_choices_are_radio_buttons() -> None:
    radio = next(components(plain(controls.segmented("view", [("a", "One"), ("b", "Two")], "b")), "RadioItems"))[
        "props"
    ]
    assert (radio["id"], radio["value"], [each["label"] for each in radio["options"]]) == ("view", "b", ["One", "Two"])


def test_a_button_never_submits_and_passes_on_what_it_is_given() -> None:
    props = plain(controls.button("Play", id="play", primary=True, title="space", **{"data-key": "p"}))["props"]
    assert props["type"] == "button"
    assert (props["id"], props["title"], props["data-key"]) == ("play", "space", "p")
    assert "button-primary" in props["className"]


def test_cards_tiles_pills_and_how_hold_what_they_are_given() -> None:
    card = plain(cards.card("Services", "worst first", html.P("body"), id="services", flush=True))
    assert (card["props"]["id"], words(card)) == ("services", "Services worst first body")
    assert words(plain(cards.tile("Noticed after", "1 min", "of 3", "alert"))) == "Noticed after 1 min of 3 alert"
    assert plain(pills.incident("INC-1", "/incident/INC-1"))["props"]["href"] == "/incident/INC-1"
    assert words(plain(how.how(["One.", "Two."]))) == "How? One. Two."


def test_hostile_text_stays_text_everywhere() -> None:
    made = [
        header.page_header(HOSTILE, HOSTILE),
        cards.card(HOSTILE, HOSTILE, HOSTILE),
        empty.empty("error", HOSTILE),
        verdict.line("infra", HOSTILE, HOSTILE, HOSTILE),
        tables.table([tables.Column(HOSTILE)], [tables.Row([HOSTILE])]),
        pills.incident(HOSTILE, "/x"),
    ]
    for component in made:
        tree = plain(component)
        assert HOSTILE in words(tree)
        assert not [each for each in components(tree) if "dangerously_allow_html" in each["props"]]
