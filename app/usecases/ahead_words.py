"""The sentences of a look ahead: pure functions of facts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import Final

import pandas as pd

from analytics import samples
from analytics.forecast import COVERAGE, Backtest
from app.format import DASH, NBSP, day, moment, number, value
from app.usecases.words import first_upper
from data.timespan import parse_span, span_text

SOON_S: Final = 2 * 86_400  # within that the time of day is said too
MOST_DIGITS: Final = 4
YEAR_S: Final = 365.25 * 86_400
LEAST_S: Final = 1.0
MOST_S: Final = 3_660 * 86_400.0
CASES: Final = f"{COVERAGE * 100:.0f} of 100"
EVEN: Final = 0.05  # a difference to the naive forecast that is not worth a word
TESTED: Final = (
    "Backtest: the forecast is made from moments in the second half of the history, from what lay before each, and "
    "compared with what came.",
    "MASE: its mean error as a share of the error of the seasonal naive forecast from the same moments, which says the "
    "last cycle again. Below 1 it is better, above 1 it is worse.",
    "Inside the range: the share of values that came that lay in the range, made each time without that moment. The "
    f"range should hold {value(COVERAGE, 'share')}.",
    "The expected value is a mean of simple forecasts, weighted by how well each would have done; the range is as wide "
    "as their misses at that distance. It knows nothing of what never happened yet.",
)


def span(seconds: float) -> str:
    """``1 day``, ``4 weeks``, ``12 years``: one unit, two digits at most."""
    if seconds >= 2 * YEAR_S:
        return f"{number(seconds / YEAR_S)}{NBSP}years"
    return samples.duration(seconds).replace(" ", NBSP)


def address(seconds: float) -> str:
    """``6h``, as an address and a command have it."""
    return span_text(seconds)


def asked_s(text: str) -> float | None:
    """The way back; None where it is no length of time up to ten years."""
    try:
        seconds = parse_span(text)
    except ValueError:
        return None
    return seconds if LEAST_S <= seconds <= MOST_S else None


def digits_of(values: Sequence[float], unit: str) -> int:
    """As many digits as tell the values apart, two to four."""
    enough = (d for d in (2, 3) if len({value(x, unit, d) for x in values}) == len(set(values)))
    return next(enough, MOST_DIGITS)


def told(values: Sequence[float], unit: str) -> list[str]:
    """Values with their unit, with as many digits as tell them apart."""
    digits = digits_of(values, unit)
    return [value(x, unit, digits) for x in values]


def expected(measure: str, horizon_s: float, end: datetime, path: Sequence[float], unit: str, zone: tzinfo) -> str:
    """``P95 latency: 120 ms expected in 1 day, Sun 22 Nov, 14:30; in 90 of 100 cases between 108 ms and 131 ms.``

    ``path`` is expected, lower, upper at the end.
    """
    middle, low, high = told(path, unit)
    within = f"in {CASES} cases between {low} and {high}" if low != high else "hardly anything else"
    when = moment(end, zone, seconds=horizon_s < 60)
    return f"{first_upper(measure)}: {middle} expected in {span(horizon_s)}, {when}; {within}."


def tested(test: Backtest) -> str:
    """``Tested from 16 moments of the history: errors 0.7 times those of ...; 94 % of what came lay in the range.``"""
    kept = f"{value(test.coverage, 'share')} of what came lay inside the range, of {value(COVERAGE, 'share')} promised"
    return f"Tested from {test.origins} moments of the history: {against_naive(test.mase)}; {kept}."


def against_naive(mase: float) -> str:
    """What a MASE says."""
    if mase != mase:
        return "saying the last cycle again was never wrong, so that there is nothing to compare with (MASE)"
    rather = "better" if mase < 1 - EVEN else "worse" if mase > 1 + EVEN else ""
    said = f"its errors are {number(mase)} times those of saying the last cycle again (MASE)"
    return f"{said}, which is {rather}" if rather else f"{said}, which is no better"


def too_little(measure: str, horizon_s: float, needed_s: float, has_s: float, count: int, least: int) -> str:
    """Why nothing is said, and what would be enough."""
    if count < least:
        return f"Nothing can be said of {measure} yet: it needs {least} samples in sight, and has {count}."
    return (
        f"{span(horizon_s)} ahead needs more than {span(needed_s)} of history in sight, and there {_are(has_s)}. "
        "A longer range or a shorter look ahead can be answered."
    )


def _are(seconds: float) -> str:
    said = span(seconds)
    return f"{'is' if said.startswith(f'1{NBSP}') else 'are'} {said}"


def longer(horizon_s: float, needed_s: float) -> str:
    """What a longer look would need."""
    return f"{span(horizon_s)} ahead needs more than {span(needed_s)} of history in sight."


def reached(
    what: str,
    never: str,
    now: datetime,
    at: datetime | None,
    earliest: datetime | None,
    latest: datetime | None,
    far_s: float,
    zone: tzinfo,
) -> str:
    """``Reaches 100 % in 6 days (between 4 days and 11 days), about Wed 2 Dec.``

    ``what`` is "Reaches 100 %", ``never`` "100 % is not reached".
    """
    if at is None:
        early = f", at the earliest in {_wait(now, earliest)}, {_date(now, earliest, zone)}" if earliest else ""
        return f"As it goes, {never} within {span(far_s)}{early}."
    about = f"about {_date(now, at, zone)}"
    if earliest is None or latest is None:
        early = f", at the earliest {_date(now, earliest, zone)}" if earliest else ""
        return f"{what} in {_wait(now, at)}, {about}{early}; perhaps never."
    low, high = _wait(now, earliest), _wait(now, latest)
    between = f" (between {low} and {high})" if low != high else ""
    return f"{what} in {_wait(now, at)}{between}, {about}."


def short(what: str, now: datetime, at: datetime, earliest: datetime, latest: datetime) -> str:
    """``disk used reaches 100 % in 6 days (4 days – 11 days)``."""
    low, high = _wait(now, earliest), _wait(now, latest)
    return f"{what} in {_wait(now, at)}" + (f" ({low}{NBSP}{DASH}{NBSP}{high})" if low != high else "")


def _wait(now: datetime, at: datetime) -> str:
    return span(max((at - now).total_seconds(), 1.0))


def _date(now: datetime, at: datetime, zone: tzinfo) -> str:
    near = (at - now).total_seconds() < SOON_S
    year = at.astimezone(zone).year != now.astimezone(zone).year
    return moment(at, zone, seconds=False, year=year) if near else day(at, zone, year=year)


def utc(at: pd.Timestamp | None) -> datetime | None:
    """A plain time of the analysis' one."""
    return None if at is None else at.tz_convert("UTC").to_pydatetime()
