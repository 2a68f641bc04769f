"""What changed, as a person would say it."""

from __future__ import annotations

from analytics.words import amount

MANY_TIMES = 1.95  # below, a percentage says more than "1.3 times"


def named_sentence(field: str, value: str, counts: tuple[int, int], records: tuple[int, int]) -> str:
    """ "status 500: 12 % of records, 0.3 % before: 40 times as often"."""
    (b, d), (n, m) = counts, records
    if not b:
        return f"{field} {value}: new, {_percent(d / m)} of records ({d:,})"
    if not d:
        return f"{field} {value}: gone, {_percent(b / n)} of records before ({b:,})"
    return f"{field} {value}: {_percent(d / m)} of records, {_percent(b / n)} before: {_times(d / m, b / n)} as often"


def measured_sentence(field: str, medians: tuple[float, float], *, rose: bool) -> str:
    """ "latency_ms rose: median 340, 120 before"; a spread that widens moves no median, and is said so."""
    before, during = medians
    if before == during:
        return f"{field} is spread differently: median {_number(during)} as before"
    return f"{field} {'rose' if rose else 'fell'}: median {_number(during)}, {_number(before)} before"


def volume_sentence(records: tuple[int, int], seconds: tuple[float, float] | None) -> str:
    """How many records there were, per minute where the lengths of the windows are known."""
    if seconds is None or not min(seconds) > 0:
        return f"{records[1]:,} records, {records[0]:,} before"
    before, during = (count / length * 60 for count, length in zip(records, seconds, strict=True))
    said = f"{_number(during)} records a minute, {_number(before)} before"
    return f"{said}: {_times(during, before)} as many" if before and during else said


def _times(during: float, before: float) -> str:
    ratio = during / before
    if ratio >= MANY_TIMES:
        return f"{_number(ratio)} times"
    if ratio <= 1 / MANY_TIMES:
        return f"1/{_number(before / during)}"
    return f"{ratio:.0%}"


def _percent(share: float) -> str:
    return f"{_number(100 * share)} %"


def _number(number: float) -> str:
    return amount(number, 0.1 * abs(number))
