"""A measure and what is expected of it: history, a line at the last sample, then the expected value in its range."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, Final

import numpy as np

from app import format
from app.charts import signals, tokens
from app.charts.lane import Drawn, limit_shown, ms
from app.charts.lanes import AHEAD, AHEAD_NARROW
from app.charts.thin import keep
from app.charts.values import packed
from app.usecases.ahead_view import Ahead
from app.usecases.incident_view import Span
from app.usecases.service_lane import ChartLane, Floats, seconds
from app.usecases.service_words import stated

LIMIT_TIMES: Final = 4.0  # the largest value
TIMES_SHOWN: Final = 4  # of what lies ahead is drawn of the history: more would leave nothing to see ahead


def drawn_span(ahead: Ahead) -> Span:
    """What the figure shows; of a measure without a sample nothing."""
    if ahead.last is None:
        return Span(datetime.fromtimestamp(0, UTC), datetime.fromtimestamp(1, UTC))
    at = seconds(ahead.lane.ts)
    first = datetime.fromtimestamp(float(at[0]), UTC)
    if not len(ahead.ts):
        return Span(first, ahead.last + timedelta(seconds=1))
    end = datetime.fromtimestamp(float(seconds(ahead.ts)[-1]), UTC)
    return Span(max(first, ahead.last - TIMES_SHOWN * (end - ahead.last)), end + timedelta(seconds=1))


def figure(ahead: Ahead, zone: tzinfo = UTC) -> dict[str, Any]:
    """A plotly figure as plain data."""
    span, lane = drawn_span(ahead), whole(ahead)
    made = signals.figure([lane], (), span, zone, wide=AHEAD, narrow=AHEAD_NARROW)
    made["data"].append(_expected(ahead))
    told = Drawn.of(lane, 0, span)
    made["layout"]["meta"]["lanes"][0]["value"] = _at_cursor(ahead, told)
    if ahead.last is not None and len(ahead.ts):
        made["layout"]["shapes"].append(_last(ahead.last))
        for part in (made["layout"], made["layout"]["meta"]["narrow"], made["layout"]["meta"]["wide"]):
            part["annotations"] = [*part["annotations"], _last_label(ahead.last, zone)]
    return made


def whole(ahead: Ahead) -> ChartLane:
    """History and what is expected as one lane: what is measured, then the range."""
    before, after = np.full(len(ahead.lane.ts), np.nan), np.full(len(ahead.ts), np.nan)
    limit = ahead.limit
    return replace(
        ahead.lane,
        ts=np.concatenate([ahead.lane.ts, ahead.ts]),
        value=np.concatenate([ahead.lane.value, after]),
        expected=np.concatenate([before, ahead.expected]),
        lower=np.concatenate([before, ahead.lower]),
        upper=np.concatenate([before, ahead.upper]),
        limit=limit.value if limit else None,
        limit_words=limit_words(ahead) if limit else "",
        limit_in_sight=_in_sight(ahead),
    )


def limit_words(ahead: Ahead) -> str:
    """``limit 100 %``, and whether it is guessed."""
    if ahead.limit is None:
        return ""
    return f"limit {stated(ahead.limit.value, ahead.lane.unit)}{', guessed' if ahead.limit.guessed else ''}"


def out_of_sight(ahead: Ahead) -> str:
    """The limit in words where it lies too far from the values to be drawn; else nothing."""
    if ahead.limit is None or limit_shown(Drawn.of(whole(ahead), 0, drawn_span(ahead))):
        return ""
    return f"limit {stated(ahead.limit.value, ahead.lane.unit)}, out of sight"


def _in_sight(ahead: Ahead) -> bool:
    """Whether the scale reaches to the limit: where it is run towards, and where values are still told apart."""
    known = np.abs([each for each in (*ahead.lane.value, *ahead.upper) if np.isfinite(each)])
    if ahead.limit is None or not len(known):
        return False
    towards = any(one.limit is not None and one.at is not None for one in ahead.run_outs)
    return towards or 0 < ahead.limit.value <= LIMIT_TIMES * float(known.max())


def _expected(ahead: Ahead) -> dict[str, Any]:
    at = seconds(ahead.ts)
    kept = keep(ahead.expected)
    return {
        "hoverinfo": "skip",
        "type": "scatter",
        "mode": "lines",
        "name": "expected",
        "x": packed(at[kept] * 1000),
        "y": packed(ahead.expected[kept]),
        "yaxis": "y",
        "line": {"width": 1.5, "color": tokens.SIDE[ahead.lane.side], "dash": "dash"},
    }


def _at_cursor(ahead: Ahead, told: Drawn) -> list[str]:
    """What stands beside the figure at the cursor: the value measured, after the last sample the one expected."""
    middle: Floats = np.interp(told.seconds, seconds(ahead.ts), ahead.expected) if len(ahead.ts) else told.value
    unit, last = ahead.lane.unit, ahead.last.timestamp() if ahead.last else 0.0
    pairs = zip(told.seconds.tolist(), told.value.tolist(), middle.tolist(), strict=True)
    return [format.value(v, unit) if at <= last else f"≈{format.NBSP}{format.value(m, unit)}" for at, v, m in pairs]


def _last(at: datetime) -> dict[str, Any]:
    line = {"color": tokens.MUTED, "width": 1, "dash": "dot"}
    return {"type": "line", "xref": "x", "x0": ms(at), "x1": ms(at), "yref": "paper", "y0": 0, "y1": 1, "line": line}


def _last_label(at: datetime, zone: tzinfo) -> dict[str, Any]:
    place = {"x": ms(at), "xref": "x", "xanchor": "right", "xshift": -6, "y": 1, "yref": "paper", "yanchor": "top"}
    look = {"font": {"size": 11, "color": tokens.MUTED}, "showarrow": False}
    return {**place, **look, "text": f"last sample, {format.clock(at, zone, seconds=False)}"}
