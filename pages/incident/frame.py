"""The elements of the Incident page. What depends on the clock is empty here: ``assets/diptych*.js`` writes it at T,
so that a word of a later moment is never in the document."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlencode

from dash import dcc, html

from app.charts.diptych import CONFIG
from app.components import cards
from app.components.controls import button, link_button
from app.components.empty import empty
from app.components.header import page_header
from app.components.how import how
from app.components.marks import mark_link
from app.components.tables import csv_button
from app.figures import as_json
from app.usecases.thresholds import labels_words

NO_INCIDENTS: Final = "No incident was found in what is stored. Health shows how services and models are."
LEGEND: Final = (("dip-happened", "happened"), ("dip-known-dot", "could be known"))
HOW_EVIDENCE: Final = (
    "The model’s loss during the incident is split into what fell inside the outage of a service it depends on, and "
    "the rest. The interval is a 95 % bootstrap over stretches of predictions.",
    "Plus speaks for the outage, minus against it; a question mark is what could not be known at that time.",
)
HOW_ONSETS: Final = (
    "An onset is the change point before the first run of samples outside the range expected from the past alone.",
    "It could be known when the sample that confirmed it had arrived. Rows stand by time; onsets within two sampling "
    "steps share a number, because the records do not tell which of them came first: a sample may be a step old when "
    "it is taken, and the change lies in the step before it. In the figure what others depend on leads a tie.",
)
HOW_MARKS: Final = (
    "Events were recorded; a line with a tag is a mark of a person, made by “Add mark” (m), changed by a click.",
    "As known at T, marks are shown that had been written by T. One that was made later is hindsight and stands there "
    "alone.",
)
Figure = dict[str, Any]


def page(
    incident_id: str,
    opening: str,
    figure: Figure,
    payload: dict[str, Any],
    needed: float,
    seasons: Sequence[str],
    note: str = "",
) -> html.Div:
    """The whole page; ``figure`` and ``payload`` stay in the browser's memory until their time.

    ``needed`` is the share of labels that a verdict needs, ``seasons`` are sentences on those that sources state.
    """
    title = page_header(
        html.Span(opening, id="incident-title", dir="auto"), html.Span(id="incident-small"), _actions(incident_id)
    )
    said = [html.P(note, className="dip-note", role="status")] if note else []
    body = [
        title,
        *said,
        html.Div(id="incident-verdict"),
        _controls(),
        _figure(incident_id, figure),
        _lists(needed, seasons),
        _thumb(),
    ]
    stores = [
        dcc.Store(id="incident-figure", data=as_json(figure)),
        dcc.Store(id="incident-payload", data=as_json(payload)),
        dcc.Store(id="incident-mounted"),
    ]
    return html.Div([*body, *stores], id="incident", className="incident stack")


def nothing(title: str, words: str) -> html.Div:
    """No incident at all, in words."""
    state = empty("nothing", words, link_button("Open Health", "/"))
    return html.Div([page_header(title), html.Section(state, className="card")])


def unknown(incident_id: str, address: str) -> html.Div:
    """An id that the store does not have, and the way back."""
    words = f"There is no incident {incident_id[:60]} in the store."
    state = empty("no_match", words, link_button("Open the newest incident", address))
    return html.Div([page_header("Incident not found"), html.Section(state, className="card")])


def _does(act: str, choice: str = "", **more: Any) -> dict[str, Any]:
    return {"data-dip": act, **({"data-choice": choice} if choice else {}), **more}


def _actions(incident_id: str) -> list[Any]:
    named: dict[str, Any] = {"aria-label": "Other incidents"}
    edit = link_button("Edit", f"/incidents?{urlencode({'edit': incident_id})}")
    return [
        html.Nav(id="incident-others", **named),
        edit,
        mark_link("incident", incident_id),
        button("Copy link", **_does("copy")),
    ]


def _segments(label: str, segments: list[html.Button]) -> html.Div:
    named: dict[str, Any] = {"aria-label": label}
    return html.Div(segments, className="segmented segments", role="group", **named)


def _segment(words: Any, act: str, choice: str) -> html.Button:
    pressed: dict[str, Any] = {"aria-pressed": "false"}
    return html.Button(words, type="button", className="segment", **pressed, **_does(act, choice))


def _controls() -> html.Div:
    clocks = [
        _segment("Hindsight", "mode", "hindsight"),
        _segment(html.Span(id="incident-mode-known"), "mode", "known"),
    ]
    zooms = [_segment(name.title(), "zoom", name) for name in ("onset", "incident", "recording")]
    signs = [html.Span([html.Span(className=sign), words]) for sign, words in LEGEND]
    legend = html.P([*signs, html.Span("the line between is blindness")], className="dip-legend")
    return html.Div([_segments("Clock", clocks), legend, _segments("Zoom", zooms)], className="dip-controls")


def _figure(incident_id: str, figure: Figure) -> html.Section:
    height = figure["layout"]["height"]
    empty_frame = {"data": [], "layout": {"height": height, "xaxis": {"visible": False}, "yaxis": {"visible": False}}}
    config: Any = CONFIG
    graph = dcc.Graph(id="diptych-graph", figure=empty_frame, config=config, responsive=False, className="dip-graph")
    foot = [html.Div(id="diptych-foot"), html.Div(id="diptych-table", className="table-box", tabIndex=0)]
    named: dict[str, Any] = {"aria-label": f"Incident {incident_id} on one time axis: services above, models below"}
    stage = html.Div([graph, html.Div(id="diptych-over", className="dip-over")], className="dip-stage")
    return html.Section([stage, *foot], id="diptych", className="card diptych", role="group", **named)


def _lists(needed: float, seasons: Sequence[str]) -> html.Div:
    order: list[Any] = [
        html.Span("order, not cause; = is a tie within two "),
        html.Span(id="incident-step"),
        " steps ",
        how([*HOW_ONSETS, *seasons]),
    ]
    rule = f"A verdict is given once {labels_words(needed)} of those minutes are in."
    against = _small([how([*HOW_EVIDENCE, rule])], "evidence", "For and against outage")
    onsets = cards.card(
        "Order of onset", _small(order, "onsets", "Order of onset"), html.Div(id="incident-onsets"), flush=True
    )
    evidence = cards.card("For and against “outage”", against, html.Div(id="incident-evidence"), flush=True)
    events = cards.card(
        "Events",
        _small([html.Span(id="incident-event-count"), " ", how(HOW_MARKS)], "events", "Events"),
        html.Div(id="incident-events"),
        flush=True,
    )
    return html.Div([html.Div([onsets, evidence], className="dip-pair"), events], className="stack")


def _small(words: list[Any], sheet: str, name: str) -> list[Any]:
    return [html.Span(words), csv_button(name, f"incident-{sheet}")]


def _thumb() -> html.Div:
    """Previous, play and next within reach of a thumb; only a phone shows them."""
    named: dict[str, Any] = {"aria-label": "Play"}
    before = html.Button("‹ Previous", type="button", className="button", **_does("previous"))
    play = html.Button(type="button", className="button button-primary", **named, **_does("play"))
    after = html.Button(html.Span(id="incident-next"), type="button", className="button", **_does("next"))
    return html.Div([before, play, after], className="dip-thumb")
