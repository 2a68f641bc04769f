"""The jobs that work in the background, with their progress."""

from __future__ import annotations

from datetime import tzinfo
from typing import Any, Final

from dash import Dash, Input, Output, State, dcc, html

from app.components import cards
from app.components.empty import empty
from app.context import current
from app.failures import inline
from app.format import moment
from app.routing import LOCATION, read_address
from app.timerange import zone_of
from app.urlstate import read
from app.usecases import sources
from app.usecases.sources import Job
from pages.sources.parts import PATH

EVERY_MS: Final = 2000
WORDS: Final = {"scan": "Look for incidents", "sweep": "Remove what was taken back", "prepare": "Make pages ready"}
STATES: Final = {"queued": "waits", "running": "runs", "done": "done", "failed": "failed", "cancelled": "cancelled"}


def card(zone: tzinfo) -> html.Section:
    """The newest jobs; while one is at work it is asked again and again."""
    found = sources.jobs(current().store)
    tick = dcc.Interval(id="jobs-tick", interval=EVERY_MS, disabled=not _at_work(found))
    listed = html.Div(_listed(found, zone), id="jobs", **_live())
    return cards.card("Jobs", "Work in the background", [listed, tick])


def register(app: Dash) -> None:
    """Ask again while something runs."""
    app.callback(
        Output("jobs", "children"),
        Output("jobs-tick", "disabled"),
        Input("jobs-tick", "n_intervals"),
        State(LOCATION, "href"),
        prevent_initial_call=True,
    )(refresh)


def refresh(_: int | None, here: str) -> tuple[Any, bool]:
    """The list in the zone of the page, and whether to stop asking."""
    found, state = sources.jobs(current().store), read(read_address(here or "", PATH)[1])
    return _listed(found, zone_of(state.zone or current().settings.zone)), not _at_work(found)


def _at_work(found: tuple[Job, ...]) -> bool:
    return any(job.state in ("queued", "running") for job in found)


@inline
def _listed(found: tuple[Job, ...], zone: tzinfo) -> Any:
    if not found:
        return empty("nothing", "No job has run yet. New records queue a look for incidents.")
    return html.Ul([_job(job, zone) for job in found], className="jobs")


def _job(job: Job, zone: tzinfo) -> html.Li:
    name = html.Span(WORDS.get(job.kind, job.kind), dir="auto")
    at = html.Span(moment(job.finished_at or job.created_at, zone, seconds=False), className="muted")
    words = html.Span(_words(job), className="muted clip", dir="auto", title=_words(job))
    bar = [html.Progress(value=f"{job.progress:.2f}", max="1", **_named(job))] if job.state == "running" else []
    return html.Li([name, words, *bar, at])


def _words(job: Job) -> str:
    if job.state == "queued":
        return "waits for a worker: diptych worker"
    said = f": {job.message}" if job.message else ""
    return f"{STATES[job.state]}{said}"


def _named(job: Job) -> dict[str, Any]:
    return {"aria-label": f"{WORDS.get(job.kind, job.kind)}: {job.progress:.0%}"}


def _live() -> dict[str, Any]:
    return {"aria-live": "polite"}
