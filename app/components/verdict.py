"""The verdict: two stacked rectangles, the upper for the services, the lower for the models, and its sentence."""

from __future__ import annotations

from typing import Any, Final, Literal

from dash import html

Kind = Literal["infra", "model", "both", "neither", "unknown"]
WORDS: Final[dict[str, str]] = {
    "infra": "services failed",
    "model": "model moved",
    "both": "both",
    "neither": "neither",
    "unknown": "cannot tell",
}


def mark(kind: Kind, size: int = 24) -> html.Span:
    """Filled above, below, both, none, or dashed; ``size`` is its width in pixels."""
    return shape(kind, size, role="img", **{"aria-label": f"verdict: {WORDS[kind]}"})


def shape(kind: Kind, size: int, **props: Any) -> html.Span:
    """The drawing alone: the logo is the shape of "infra" and says nothing."""
    halves = [html.Span(className="mark-half"), html.Span(className="mark-half")]
    return html.Span(halves, className=f"mark mark-{kind}", style={"--mark": f"{size}px"}, **props)


def line(kind: Kind, headline: Any, sentence: Any = "", advice: Any = "", aside: Any = None) -> html.Section:
    """The sentence of the page with its mark; ``aside`` stands at the right (a bar, a button)."""
    first = html.P([html.Strong(headline), " ", html.Span(sentence)], className="verdict-first")
    words = html.Div([first, html.P(advice, className="verdict-advice")], className="verdict-words")
    right = [html.Div(aside, className="verdict-aside")] if aside is not None else []
    named: dict[str, Any] = {"aria-label": "Verdict"}
    return html.Section([mark(kind), words, *right], className="card verdict", **named)


def bar(explained: float | None, words: str, label: str) -> html.Div:
    """260 x 10: the share explained by the outage, the rest hatched; dashed and empty where it cannot be split."""
    width = {} if explained is None else {"--explained": f"{100 * min(max(explained, 0.0), 1.0):.1f}%"}
    kind = "split-bar" if explained is not None else "split-bar split-unknown"
    named: dict[str, Any] = {"aria-label": label}
    drawn = html.Div(className=kind, style=width, role="img", **named)
    return html.Div([drawn, html.P(words, className="meta")], className="split")
