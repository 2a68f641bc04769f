"""Incident: verdict line, the diptych, order of onset, what speaks for and against, events; all of it on two clocks."""

from __future__ import annotations

import re
from typing import Any

from dash import ClientsideFunction, Dash, Input, Output
from dash.development.base_component import Component

from app.charts import diptych
from app.charts.diptych_payload import payload
from app.components.empty import NOTHING
from app.context import Context, current
from app.timerange import zone_of
from app.urlstate import UrlState, href, path_of, read
from app.usecases import incident, logs_links, season_words
from app.usecases.incident_view import IncidentView, Span
from app.usecases.thresholds import limits
from pages.incident import frame
from pages.incident.choices import complaint, newest, others

PATH = "/incident/<incident_id>"
TITLE = "Incident"
UNDER = "/incidents"


def layout(incident_id: str = "", **query: str) -> Component:
    """The incident of the path, or the newest; raises NotFound for an id that the store does not have."""
    context = current()
    state = read(query)
    with context.store.snapshot() as snap:
        wanted = incident_id or newest(snap.state.incidents)
        if not wanted:
            return frame.nothing("Incidents", NOTHING if not snap.state.segments else frame.NO_INCIDENTS)
        if all(known.incident_id != wanted for known in snap.state.incidents):
            return frame.unknown(wanted, href("/incident", state))
        zone = zone_of(state.zone or context.settings.zone)
        made = _figures(context, snap, wanted, zone)
        made["payload"]["others"] = others(snap.state.incidents, wanted, state)
        needed, seasons = limits(snap).labels_needed, season_words.stated(snap)
    title = opening_title(made["payload"], query.get("mode", ""))
    return frame.page(wanted, title, made["figure"], made["payload"], needed, seasons, complaint(query))


def _figures(context: Context, snap: Any, incident_id: str, zone: Any) -> dict[str, Any]:
    """Figure and payload of this generation, from the cache where they have been made before."""

    def build() -> dict[str, Any]:
        view, compared = incident.load(snap, incident_id, zone), logs_links.incident_span(snap, incident_id)
        logs = Span(*compared) if compared else None
        return {"figure": diptych.figure(view), "payload": payload(view, zone=zone.key, links=links(view), logs=logs)}

    return context.figures.cached("diptych", (snap.generation, snap.revision, incident_id, zone.key), build)


def opening_title(payload: dict[str, Any], mode: str) -> str:
    """The title until the replay has drawn the page: as known, it must not tell how the story went on."""
    titles = payload["titles"]
    return titles[-1]["title"] if titles and mode != "known" else f"Incident {payload['id']}"


def links(view: IncidentView) -> dict[str, str]:
    """The page of each lane's service or model, at the time of the incident."""
    ends = [f"{at.timestamp() * 1000:.0f}" for at in (view.zoom_incident.start, view.zoom_incident.end)]
    state = UrlState(frm=ends[0], to=ends[1])
    services = {lane.key: ("/service/<name>", lane.name) for lane in view.lanes if lane.side == "service"}
    models = {key: ("/model/<name>", model_of(key)) for key in lane_keys(view) if key.startswith("m:")}
    return {key: href(path_of(page, name), state) for key, (page, name) in {**services, **models}.items()}


def lane_keys(view: IncidentView) -> list[str]:
    """Keys of all lanes, those of performance among them."""
    return [*(lane.key for lane in view.lanes), *(lane.key for lane in view.performance)]


def model_of(key: str) -> str:
    """The model's name in the key of one of its signals: ``m:NAME:performance``, ``m:NAME:drift:FEATURE``."""
    name = key.removeprefix("m:")
    return re.sub(r":(performance|defaults|drift:.*)$", "", name, count=1, flags=re.DOTALL)


def register(app: Dash) -> None:
    """One clientside callback: what the page holds goes to the replay, which then needs nothing more."""
    app.clientside_callback(
        ClientsideFunction("incident", "mount"),
        Output("incident-mounted", "data"),
        Input("incident-figure", "data"),
        Input("incident-payload", "data"),
    )
