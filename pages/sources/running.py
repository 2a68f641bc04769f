"""The jobs that work in the background, with their progress."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from typing import Any, Final

from dash import Dash, Input, Output, State, dcc, html, no_update, set_props

from app.components import cards
from app.components.empty import empty
from app.context import current
from app.failures import inline
from app.format import moment
from app.routing import LOCATION
from app.shell.live import state_now
from app.shell.toasts import message
from app.timerange import zone_of
from app.urlstate import UrlState
from app.usecases import sources, uploads
from app.usecases.sources import Job
from pages.sources import parts

EVERY_MS: Final = 2000
PATIENCE_S: Final = 8
AT_WORK: Final = ("queued", "running")
WORDS: Final = {
    "take-in": "Take in a file",
    "scan": "Look for incidents",
    "sweep": "Remove what was taken back",
    "prepare": "Make pages ready",
    "score": "Score everything",
}
STATES: Final = {"queued": "waits", "running": "runs", "done": "done", "failed": "failed", "cancelled": "cancelled"}


def card(frame: parts.Frame) -> html.Section:
    """The newest jobs; while one is at work, or ``taking`` of the address is not told yet, it is asked again."""
    found = sources.jobs(current().store)
    tick = dcc.Interval(id="jobs-tick", interval=EVERY_MS, disabled=not (_at_work(found) or _followed(frame.state)))
    listed = html.Div(_listed(found, frame.zone), id="jobs", **_live())
    return cards.card("Jobs", "Work in the background", [listed, tick])


def register(app: Dash) -> None:
    """Ask again while something runs."""
    app.callback(
        Output("jobs", "children"),
        Output("jobs-tick", "disabled"),
        Output(LOCATION, "search", allow_duplicate=True),
        Output("store-state", "data", allow_duplicate=True),
        Input("jobs-tick", "n_intervals"),
        State(LOCATION, "href"),
        prevent_initial_call=True,
    )(refresh)


def refresh(_: int | None, here: str) -> tuple[Any, bool, Any, Any]:
    """The list, whether to stop asking, and where to go when the job that the address follows has ended."""
    found, state = sources.jobs(current().store), parts.state_of(here)
    listed = _listed(found, zone_of(state.zone or current().settings.zone))
    job = _followed(state)
    if job is None or job.state in AT_WORK:
        return listed, not (_at_work(found) or job), no_update, no_update
    words = str((job.result or {}).get("said") or job.message or f"It was {STATES[job.state]}.")
    set_props("toast", {"data": message(words, "said" if job.state == "done" else "error")})
    return listed, not _at_work(found), parts.search_of(state, taking=None, **_after(job)), state_now()


def _after(job: Job) -> dict[str, str | None]:
    """What the page shows then: the source of uploads, or the dry run again where it was not taken in."""
    if job.state == "done":
        return {"source": sources.source_id(uploads.SOURCE)}
    read_as = {"as": "kind", "service": "service", "zone-of-times": "tz"}
    return {"upload": job.args.get("upload"), **{name: job.args.get(of) or None for name, of in read_as.items()}}


def _followed(state: UrlState) -> Job | None:
    """The job of taking in that the address follows."""
    return uploads.followed(current().store, state.extra.get("taking", ""))


def _at_work(found: tuple[Job, ...]) -> bool:
    return any(job.state in AT_WORK for job in found)


@inline
def _listed(found: tuple[Job, ...], zone: tzinfo) -> Any:
    if not found:
        return empty("nothing", "No job has run yet. New records queue a look for incidents.")
    held = any(job.state == "running" for job in found)
    return html.Ul([_job(job, held, zone) for job in found], className="jobs")


def _job(job: Job, held: bool, zone: tzinfo) -> html.Li:
    name = html.Span(WORDS.get(job.kind, job.kind), dir="auto")
    at = html.Span(moment(job.finished_at or job.created_at, zone, seconds=False), className="muted")
    said = _words(job, held)
    words = html.Span(said, className="muted clip", dir="auto", title=said)
    bar = [html.Progress(value=f"{job.progress:.2f}", max="1", **_named(job))] if job.state == "running" else []
    return html.Li([name, words, *bar, at])


def _words(job: Job, held: bool) -> str:
    """A worker that has nothing to do takes a job within a second or two: what waits longer has none."""
    if job.state == "queued":
        if held:
            return "waits until the job before it is done"
        waited_s = (datetime.now(UTC) - job.created_at).total_seconds()
        return "begins in a moment" if waited_s < PATIENCE_S else "waits, for no worker runs. Start one: diptych worker"
    told = job.message or (job.result or {}).get("said", "")
    said = f": {told}" if told else ""
    return f"{STATES[job.state]}{said}"


def _named(job: Job) -> dict[str, Any]:
    return {"aria-label": f"{WORDS.get(job.kind, job.kind)}: {job.progress:.0%}"}


def _live() -> dict[str, Any]:
    return {"aria-live": "polite"}
