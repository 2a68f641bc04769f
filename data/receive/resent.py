"""Alertmanager sends a group again and again: what says nothing new is answered, and not stored again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import orjson

from data.ingest.alerts import read_body
from data.store import Store

if TYPE_CHECKING:
    from data.receive.batch import Post
    from data.receive.posts import Receiver

ALERTS = "alertmanager"
Key = tuple[str, datetime, datetime | None]
_KNOWN = """
    SELECT fingerprint, ts, ends_at FROM events
    WHERE source = 'alertmanager' AND list_contains($fingerprints, fingerprint)
"""


def comparable(receiver: Receiver, lines: list[bytes]) -> list[bytes]:
    """The lines without the moment at which they came."""
    if receiver.format != ALERTS:
        return lines
    return [
        orjson.dumps({name: each for name, each in orjson.loads(line).items() if name != "received_at"})
        for line in lines
    ]


def without_known(store: Store, posts: Sequence[Post]) -> list[list[bytes]]:
    """The lines of each post that are to be stored: of alerts those with news, and in these what is new."""
    if not posts or posts[0].receiver.format != ALERTS:
        return [post.lines for post in posts]
    bodies = [[orjson.loads(line) for line in post.lines] for post in posts]
    sent = [alert for post in bodies for body in post for alert in body["alerts"]]
    known = _known(store, sent)
    return [[line for body in post if (line := _news(body, known))] for post in bodies]


def _news(body: dict[str, Any], known: set[Key]) -> bytes | None:
    left = [alert for alert in body["alerts"] if _key(alert) not in known]
    return orjson.dumps({**body, "alerts": left}) if left else None


def _known(store: Store, sent: Sequence[Any]) -> set[Key]:
    fingerprints = sorted({key[0] for alert in sent if (key := _key(alert))})
    if not fingerprints:
        return set()
    with store.snapshot() as snap:
        return {(str(a), b, c) for a, b, c in snap.rows(_KNOWN, {"fingerprints": fingerprints})}


def _key(sent: Any) -> Key | None:
    """Fingerprint, start and end; None for what cannot be read, which is refused elsewhere."""
    try:
        (alert,) = read_body({"alerts": [sent]})
        starts = _moment(alert.starts_at)
        over = alert.ends_at if alert.status == "resolved" else None
        return alert.fingerprint, starts, max(_moment(over), starts) if over else None
    except (ValueError, TypeError, AttributeError):
        return None


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
