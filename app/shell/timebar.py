"""The range of a page: earlier, what is shown, later, zone. All of it is links, so the address is the only state."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from dash import dcc, html

from app.components.controls import button
from app.components.glyph import HIDDEN
from app.format import offset
from app.shell.acts import act, key
from app.timerange import GRAMMAR, Resolved
from app.urlstate import UrlState, again

QUICK: Final = (
    ("Last 15 minutes", "now-15m"),
    ("Last hour", "now-1h"),
    ("Last 6 hours", "now-6h"),
    ("Last 24 hours", "now-24h"),
    ("Last 7 days", "now-7d"),
    ("Last 30 days", "now-30d"),
)
ZONES: Final = ("UTC", "Europe/Berlin", "America/New_York", "America/Los_Angeles", "Asia/Kolkata", "Asia/Tokyo")
SHORTEST: Final = timedelta(seconds=10)
LONGEST: Final = timedelta(days=3660)


def timebar(path: str, state: UrlState, shown: Resolved) -> html.Div:
    """``path`` is the page's own, ``state`` its query, ``shown`` the range it shows. A note says what must be known."""
    controls = html.Div([_range(path, state, shown), _zone(path, state, shown)], className="timebar")
    note = [html.P(shown.words, className="range-note", role="status")] if shown.words else []
    return html.Div([controls, *note], className="timebar-box")


def absolute(path: str, state: UrlState, shown: Resolved) -> str:
    """The address of the page with the range it shows now, whenever it is opened."""
    return _shifted(path, state, shown.start, shown.end)


def copy_link(path: str, state: UrlState, shown: Resolved, sentence: str) -> html.Button:
    """Copies the absolute address with the sentence of the page before it."""
    data: dict[str, Any] = {"data-href": absolute(path, state, shown), "data-sentence": sentence}
    return button("Copy link", **act("copy"), **data)


def _range(path: str, state: UrlState, shown: Resolved) -> html.Div:
    length = shown.end - shown.start
    earlier = _shifted(path, state, shown.start - length, shown.end - length)
    later = _shifted(path, state, shown.start + length, shown.end + length)
    popover = html.Details([html.Summary(shown.label), _choices(path, state, shown)], className="popover range-popover")
    return html.Div([_step("‹", "Earlier", "[", earlier), popover, _step("›", "Later", "]", later)], className="range")


def _step(sign: str, words: str, on_key: str, href: str) -> html.A:
    named: dict[str, Any] = {"aria-label": words}
    return html.A(sign, href=href, title=f"{words} ({on_key})", className="step", **named, **key(on_key))


def _choices(path: str, state: UrlState, shown: Resolved) -> html.Div:
    quick = [_quick(path, state, words, frm) for words, frm in QUICK]
    whole = html.Li(html.A("All that fits the data", href=again(path, state, frm=None, to=None)))
    zoom = html.Div(
        [
            html.A("Zoom out", href=_zoomed(path, state, shown, 2), className="button", **key("-")),
            html.A("Zoom in", href=_zoomed(path, state, shown, 0.5), className="button", **key("=")),
        ],
        className="pair",
    )
    return html.Div(
        [html.Ul([whole, *quick], className="choices"), html.Div([_form(state, shown), zoom])], className="popover-body"
    )


def _quick(path: str, state: UrlState, words: str, frm: str) -> html.Li:
    chosen: dict[str, Any] = {"aria-current": "true"} if (state.frm, state.to or "now") == (frm, "now") else {}
    return html.Li(html.A(words, href=again(path, state, frm=frm, to="now"), **chosen))


def _form(state: UrlState, shown: Resolved) -> html.Form:
    fields = [
        _field("range-from", "From", state.frm or _written(shown.start, shown)),
        _field("range-to", "To", state.to or _written(shown.end, shown)),
    ]
    go = html.Button("Show", type="submit", className="button button-primary")
    return html.Form([*fields, html.P(GRAMMAR, className="meta"), go], **_form_name("range"))


def _zone(path: str, state: UrlState, shown: Resolved) -> html.Details:
    name = shown.zone.key
    label = "UTC" if name == "UTC" else f"{name.rsplit('/', 1)[-1].replace('_', ' ')} {offset(shown.start, shown.zone)}"
    links = [html.Li(_zone_link(path, state, zone, zone == name)) for zone in ZONES]
    here = html.Li(html.A("This browser’s", href=again(path, state, zone="UTC"), **act("browser-zone")))
    form = html.Form(
        [_field("zone-name", "Other", name), html.Button("Show", type="submit", className="button")],
        **_form_name("zone"),
    )
    body = html.Div([html.Ul([here, *links], className="choices"), form], className="popover-body popover-narrow")
    chevron = html.Span(className="chevron", **HIDDEN)
    return html.Details([html.Summary([label, chevron]), body], className="popover zone-popover")


def _zone_link(path: str, state: UrlState, zone: str, chosen: bool) -> html.A:
    marked: dict[str, Any] = {"aria-current": "true"} if chosen else {}
    return html.A(zone.replace("_", " "), href=again(path, state, zone=zone), **marked)


def _field(id: str, label: str, value: str) -> html.Div:
    given = dcc.Input(id=id, type="text", value=value, className="field", autoComplete="off", spellCheck="false")
    return html.Div([html.Label(label, htmlFor=id), given], className="labelled")


def _zoomed(path: str, state: UrlState, shown: Resolved, factor: float) -> str:
    middle = shown.start + (shown.end - shown.start) / 2
    half = min(max((shown.end - shown.start) * factor, SHORTEST), LONGEST) / 2
    return _shifted(path, state, middle - half, middle + half)


def _shifted(path: str, state: UrlState, start: datetime, end: datetime) -> str:
    return again(path, state, frm=_stamp(start), to=_stamp(end))


def _stamp(at: datetime) -> str:
    text = at.astimezone(UTC).isoformat(timespec="milliseconds" if at.microsecond else "seconds")
    return text.replace("+00:00", "Z")


def _written(at: datetime, shown: Resolved) -> str:
    return f"{at.astimezone(shown.zone):%Y-%m-%d %H:%M:%S}"


def _form_name(name: str) -> dict[str, Any]:
    return {"data-form": name}
