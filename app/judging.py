"""Judging a signal is the dear part of every page: what was found is kept by the content of the signal itself."""

from __future__ import annotations

import dataclasses
import hashlib
from typing import Any, Final

import numpy as np
import pandas as pd

from analytics.onset import Onset
from app.figures import cached
from app.usecases.judgement import Excursion, excursions
from app.usecases.service_judged import Judged, judge
from app.usecases.signals import Signal

TIMES: Final = ("happened", "first", "confirmed", "known", "ended", "peak_ts")
JUDGED: Final = ("peak_score", "expected_low", "expected_high", "detector")


def judge_once(signal: Signal) -> Judged:
    """`judge`, with excursions that were found before, by any page over any range that gave the same samples."""
    return judge(signal, excursions_once)


def excursions_once(signal: Signal, band: pd.DataFrame | None = None) -> tuple[Excursion, ...]:
    """`excursions`, or what it found before."""
    find = lambda: {"found": [_written(e) for e in excursions(signal, band)]}  # noqa: E731
    made = cached("excursions", (fingerprint(signal),), find)
    return tuple(_read(signal, one) for one in made["found"])


def fingerprint(signal: Signal) -> str:
    """A hash of all that judging may look at."""
    digest = hashlib.blake2b(digest_size=16)
    said = (signal.key, signal.metric, signal.bad_direction, signal.limit, signal.pooled)
    left = [(one.start, one.end) for one in signal.left_out]
    digest.update(repr((*said, signal.alarms_per_week, signal.seasons_s, left, signal.lessons)).encode())
    records = [] if signal.records is None else [column for _, column in signal.records.items()]
    for part in (signal.values, signal.known_at, signal.counts, *records):
        if part is not None:
            digest.update(_bytes(part.index) + _bytes(part))
    return digest.hexdigest()


def _bytes(part: pd.Series | pd.Index) -> bytes:
    if isinstance(part.dtype, pd.DatetimeTZDtype):
        return pd.DatetimeIndex(part).as_unit("ns").asi8.tobytes()
    return np.ascontiguousarray(part.to_numpy(dtype=float)).tobytes()


def _written(one: Excursion) -> dict[str, Any]:
    onset = {field.name: getattr(one.onset, field.name) for field in dataclasses.fields(Onset)}
    times = {name: _text(onset[name]) for name in TIMES}
    judged = {name: getattr(one, name) for name in JUDGED}
    return {"onset": {**onset, **times}, "start": _text(one.start), "end": _text(one.end), **judged}


def _text(at: Any) -> str | None:
    return None if at is None else pd.Timestamp(at).isoformat()


def _read(signal: Signal, told: dict[str, Any]) -> Excursion:
    onset = {**told["onset"], **{name: _time(told["onset"][name]) for name in TIMES}}
    judged = {name: told[name] for name in JUDGED}
    return Excursion(signal, Onset(**onset), pd.Timestamp(told["start"]), pd.Timestamp(told["end"]), **judged)


def _time(text: str | None) -> pd.Timestamp | None:
    return None if text is None else pd.Timestamp(text)
