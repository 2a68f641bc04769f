"""What people call a metric: a measure in words from its meaning and name, never the raw column name."""

from __future__ import annotations

import re

from data.records import MetricMeaning

MOST_SHOWN = 60

ROLE_WORDS = {
    "errors": "errors",
    "traffic": "traffic",
    "availability": "up",
    "latency": "latency",
    "saturation": "saturation",
}
STATISTIC = re.compile(r"(?:^|[_.:])(p\d{2,3}|mean|avg|max|min|median)(?:$|[_.:])")
SUFFIXES = re.compile(r"(?<!_per)[_.:](total|seconds|ms|milliseconds|bytes|percent|share|ratio|s)$")
SEPARATORS = re.compile(r"[_.:\-]+")
# a metric of one of these roles is named after it; of the others its own name says more
NAMED_AFTER_ROLE = ("errors", "traffic", "availability", "latency")


def measure(meaning: MetricMeaning) -> str:
    """``latency_p95_ms`` is "p95 latency", ``redis_up`` is "up", ``orders_per_s`` is "orders per s"."""
    if meaning.role not in NAMED_AFTER_ROLE:
        return plain_name(meaning.metric)
    words = ROLE_WORDS[meaning.role]
    if meaning.role == "availability" and meaning.unit in ("share", "percent"):
        words = "availability"
    statistic = STATISTIC.search(meaning.metric)
    return f"{statistic.group(1)} {words}" if statistic else words


def tail_rank(metric: str) -> int:
    """99 for a p99, 95 for a p95, 0 where the name says nothing: of latencies the tail is what people feel."""
    statistic = STATISTIC.search(metric)
    return int(statistic.group(1)[1:3]) if statistic and statistic.group(1)[1:].isdigit() else 0


def plain_name(metric: str) -> str:
    """The metric's name as words, without the suffix that only states its unit."""
    return SEPARATORS.sub(" ", SUFFIXES.sub("", metric)).strip() or metric


def labels(pairs: tuple[tuple[str, str], ...]) -> str:
    """``route /order, method POST``; empty where a series has no labels."""
    return ", ".join(f"{name} {text}" for name, text in pairs)


def listed(names: list[str] | tuple[str, ...], most: int = 3) -> str:
    """``a, b and c``; ``a, b and 4 more`` past ``most``."""
    if len(names) > most:
        names = [*names[: most - 1], f"{len(names) - most + 1} more"]
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1] if names else ""]))


def first_upper(text: str) -> str:
    """The text with its first letter in upper case, the rest as it is."""
    return text[:1].upper() + text[1:]


def shortened(text: str) -> str:
    """The text, or its beginning."""
    return f"{text[: MOST_SHOWN - 3]}…" if len(text) > MOST_SHOWN else text
