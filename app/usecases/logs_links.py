"""Addresses of the Logs page from elsewhere: a template of a service, what changed in an incident."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlencode

from data import log_templates
from data.queries import metrics
from data.store import Snapshot

PATH: Final = "/logs"
AROUND: Final = timedelta(minutes=15)


def template_id(template: str) -> str:
    """The name of a template in addresses."""
    return log_templates.template_id(template)


def to_template(service: str, template: str, start: datetime, end: datetime) -> str:
    """Lines of a template over ``[start, end)``."""
    return _address(start, end, service=service, template=template_id(template))


def around(service: str, template: str, at: datetime) -> str:
    """Lines of a template about a moment: nothing of the address tells what came later."""
    return to_template(service, template, at - AROUND, at + AROUND)


def incident_span(snap: Snapshot, incident_id: str) -> tuple[datetime, datetime] | None:
    """From when to when the logs of an incident are compared with those before it; None where nothing was logged."""
    found = next((one for one in snap.state.incidents if one.incident_id == incident_id), None)
    newest = metrics.span(snap)
    if found is None or newest is None or not snap.segments("logs"):
        return None
    end = found.resolved_at or newest[1]
    return (found.started_at, end) if found.started_at < end else None


def _address(start: datetime, end: datetime, **chosen: str) -> str:
    ends = {"from": f"{start.timestamp() * 1000:.0f}", "to": f"{end.timestamp() * 1000:.0f}"}
    return f"{PATH}?{urlencode({**ends, **{name: text for name, text in chosen.items() if text}})}"
