"""The verdict of a person on the chosen episode: real, expected or not useful, with a note."""

from __future__ import annotations

from datetime import tzinfo
from typing import Any, Final

from dash import Dash, Input, Output, State, ctx, dcc, html, no_update
from dash.exceptions import PreventUpdate

from app.components.controls import button
from app.components.how import how
from app.context import current
from app.errors import DiptychError, words_of
from app.format import moment
from app.people import signed, who
from app.routing import CONTENT, LOCATION
from app.shell.live import rebuilt
from app.shell.toasts import say
from app.usecases import anomaly_verdict
from app.usecases.anomaly_verdict import MEANS, WORDS

IDS: Final = {word: f"verdict-{word.replace(' ', '-')}" for word in WORDS}
WITHDRAW: Final = "verdict-withdraw"
HOW: Final = tuple(f"{words}: {MEANS[word]}" for word, words in WORDS.items())


def form(said: Any, episode: str, zone: tzinfo) -> html.Div:
    """What is said of the ``episode`` of this id and by whom, and the buttons that say something else."""
    buttons = [_choice(word, words, bool(said) and said.verdict == word) for word, words in WORDS.items()]
    note = _note(said.note if said else "")
    gone = button("Withdraw", id=WITHDRAW, hidden=not said, **signed())
    named: dict[str, Any] = {"aria-label": "Verdict"}
    choices = html.Div(buttons, className="why-choices", role="group", **named)
    row = html.Div([choices, note, gone, how(HOW)], className="why-verdict")
    refused = html.Div(id="verdict-said", role="alert", className="form-said")
    of = dcc.Input(id="verdict-of", type="hidden", value=episode)
    return html.Div([row, of, *_given(said, zone), refused])


def _note(text: str) -> html.Label:
    field = dcc.Input(
        id="verdict-note",
        type="text",
        value=text,
        className="field",
        placeholder="A note, if any",
        autoComplete="off",
        maxLength=anomaly_verdict.MOST_NOTE,
    )
    return html.Label([html.Span("Note", className="sr-only"), field], className="why-note")


def _choice(word: Any, words: str, chosen: bool) -> html.Button:
    pressed: dict[str, Any] = {"aria-pressed": "true" if chosen else "false", "title": MEANS[word]}
    return button(words, id=IDS[word], **pressed, **signed())


def _given(said: Any, zone: tzinfo) -> list[Any]:
    if not said:
        return []
    when = html.Time(moment(said.judged_at, zone, seconds=False), dateTime=said.judged_at.isoformat())
    note: list[Any] = [": ", html.Span(f"“{said.note}”", dir="auto")] if said.note else []
    words: list[Any] = [WORDS[said.verdict], " says ", html.Span(said.who, dir="auto"), ", ", when, *note]
    return [html.P(words, className="meta why-given")]


def register(app: Dash) -> None:
    """One callback for all buttons."""
    app.callback(
        Output("verdict-said", "children"),
        Output(CONTENT, "children", allow_duplicate=True),
        Output("store-state", "data", allow_duplicate=True),
        *(Input(name, "n_clicks") for name in (*IDS.values(), WITHDRAW)),
        State("verdict-note", "value"),
        State("verdict-of", "value"),
        State(LOCATION, "href"),
        prevent_initial_call=True,
    )(press)


def press(*given: Any) -> tuple[Any, Any, Any]:
    """Keep what the pressed button says; what stands against it is told below the buttons."""
    *clicks, note, episode, here = given
    if not any(clicks):
        raise PreventUpdate
    store = current().store
    word = next((word for word, name in IDS.items() if name == ctx.triggered_id), "")
    try:
        if ctx.triggered_id == WITHDRAW:
            said = anomaly_verdict.withdraw(store, who(), str(episode or ""))
        else:
            said = anomaly_verdict.give(store, who(), str(episode or ""), word, note)
    except DiptychError as error:
        return words_of(error, "the verdict on an episode"), no_update, no_update
    say(said.words, undo=said.change_id)
    return "", *rebuilt(here)
