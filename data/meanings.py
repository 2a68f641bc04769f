"""What a metric means, guessed from its name by the conventions of OpenTelemetry and Prometheus.

A name is read as words; the first rule of `_RULES` that it fits gives role and direction. A guess is only that:
a registry file or the Settings page states it better, so a name that says nothing stays "other" and is judged by none.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from data.records import BadDirection, MetricKind, MetricMeaning, Role

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+(?:xx)?|%", re.ASCII)

_UNITS = {
    "s": ("seconds", "second", "secs", "sec", "s"),
    "ms": ("milliseconds", "millis", "msec", "ms"),
    "us": ("microseconds", "micros", "usec", "us"),
    "ns": ("nanoseconds", "nanos", "nsec", "ns"),
    "bytes": ("bytes", "byte"),
    "percent": ("percent", "percentage", "pct", "%"),
    "share": ("ratio", "share", "fraction"),
    "celsius": ("celsius",),
}
_UNIT_OF = {word: unit for unit, words in _UNITS.items() for word in words}
_SHORT_UNITS = {"s", "ms", "us", "ns"}  # words only at an end of a name: us-east-1 is no microsecond
_TIME_UNITS = {"s", "ms", "us", "ns"}
_PER_SECOND = {"rps", "qps", "tps", "iops"}

# Parts that a metric carries for the tool's own sake, and the tools' metrics of themselves.
_TOOLS_OWN = {"created", "info", "scrape", "promhttp", "timestamp", "start", "build", "interval", "config"}
_RUNTIME = {"gc", "goroutines", "python"}
_AVAILABLE = {"availability", "healthy", "success", "successes", "successful", "alive", "reachable"}
_ERRORS = {
    *("errors", "errs", "fails", "failed", "failures", "exceptions", "faults", "5xx", "4xx", "crashes", "timeouts"),
    *("rejected", "dropped", "drops", "fallbacks", "retries", "aborted", "panics", "unhealthy", "discarded"),
}
# One error alone may name a machine's state, a file or a setting: errors are what is counted.
_ONE_ERROR = {"error", "err", "fail", "failure", "exception", "fault", "crash", "timeout", "fallback", "retry", "oom"}
_COUNTED = {"rate", "count", "number", "num", "total", "attempts", "events", "responses", "requests", "per", "kills"}
_LATENCY = {
    *("latency", "duration", "rt", "rtt", "elapsed", "await", "delay", "latencies", "durations"),
    *("ttfb", "ttft", "tpot", "p50", "p90", "p95", "p99"),
}
_TIMED = {"time", "response", "request", "wait", "processing", "execution", "exec"}
_BUSINESS = {
    *("order", "orders", "purchase", "purchases", "sales", "sold", "revenue", "conversion", "conversions", "signups"),
    *("bookings", "payments", "cpc", "cpm", "ctr", "gmv", "spend", "trips", "rides"),
}
_MOVED = {
    *("in", "out", "read", "reads", "write", "writes", "written", "receive", "received", "transmit", "transmitted"),
    *("sent", "rx", "tx", "network"),
}
_MOVABLE = {"bytes", "packets", "network", "disk", "net", "syscall", "ops", "sectors"}
_SATURATION = {
    *("cpu", "mem", "memory", "disk", "queue", "queued", "saturation", "usage", "utilization", "utilisation", "util"),
    *("load", "heap", "gpu", "swap", "pool", "backlog", "pending", "inflight", "threads", "busy", "fds", "fd"),
    *("capacity", "duty", "connections", "clients", "storage", "filesystem", "fs", "rss", "resident", "vram"),
    *("cache", "temperature", "active", "concurrency", "partitions", "throttled", "jvm", "lag"),
}
_LEFT = {"free", "available", "avail", "hit", "idle", "remaining", "headroom", "left", "spare"}
_TRAFFIC = {
    *("request", "requests", "rps", "qps", "tps", "iops", "ops", "throughput", "hits", "calls", "messages", "commands"),
    *("queries", "transactions", "packets", "events", "operations", "traffic", "workload", "sessions", "records"),
    *("predictions", "tokens", "invocations", "visits", "views", "syscall", "jobs", "tasks"),
}


@dataclass(frozen=True, slots=True)
class _Name:
    """A metric's name taken apart."""

    words: tuple[str, ...]
    unit: str
    kind: MetricKind

    def has(self, words: set[str]) -> bool:
        return not words.isdisjoint(self.words)

    @property
    def last(self) -> str:
        return self.words[-1] if self.words else ""

    @property
    def counts_errors(self) -> bool:
        counted = self.has(_COUNTED) or self.unit in ("share", "percent", "1/s") or self.kind == "counter"
        return self.has(_ERRORS) or (self.has(_ONE_ERROR) and counted)

    @property
    def is_time(self) -> bool:
        return self.unit in _TIME_UNITS


@dataclass(frozen=True, slots=True)
class _Rule:
    fits: Callable[[_Name], bool]
    role: Role
    bad_direction: BadDirection = "both"


_RULES = (
    _Rule(lambda n: n.has(_TOOLS_OWN), "other"),
    _Rule(lambda n: n.last == "up" or n.has(_AVAILABLE), "availability", "down"),
    _Rule(lambda n: n.counts_errors, "errors", "up"),
    _Rule(lambda n: n.has(_RUNTIME), "other"),
    _Rule(lambda n: n.last == "sum", "other"),
    _Rule(lambda n: n.last == "count" and (n.is_time or n.has(_LATENCY)), "traffic"),
    _Rule(lambda n: n.is_time and n.kind == "counter", "saturation", "up"),
    _Rule(lambda n: n.has(_LATENCY) and not n.has({"size"}), "latency", "up"),
    _Rule(lambda n: "time" in n.words and n.has(_TIMED - {"time"}), "latency", "up"),
    _Rule(lambda n: n.is_time and not n.has((_SATURATION - {"lag"}) | {"uptime", "age"}), "latency", "up"),
    _Rule(lambda n: n.has(_BUSINESS), "business", "down"),
    _Rule(lambda n: n.has(_MOVED) and n.has(_MOVABLE), "traffic"),
    _Rule(lambda n: n.has(_SATURATION) and n.has(_LEFT), "saturation", "down"),
    _Rule(lambda n: n.has(_SATURATION) and not n.has(_PER_SECOND), "saturation", "up"),
    _Rule(lambda n: n.has(_TRAFFIC), "traffic"),
    _Rule(lambda n: n.kind == "counter" or n.unit == "1/s", "traffic"),
)


def guess(metric: str) -> MetricMeaning:
    """The most likely meaning of a metric of this name; "other" where the name does not say."""
    name = _read(metric)
    rule = next((rule for rule in _RULES if rule.fits(name)), _Rule(lambda _: True, "other"))
    return MetricMeaning(metric, rule.role, name.unit, rule.bad_direction, name.kind, guessed=True)


def _read(metric: str) -> _Name:
    words = tuple(word if word == "%" else word.lower() for word in _WORD.findall(metric))
    kind = _kind(words)
    return _Name(words, _unit(metric, words, kind), kind)


def _kind(words: tuple[str, ...]) -> MetricKind:
    last, before = words[-1:], set(words[:-1])
    if last == ("bucket",):
        return "histogram"
    timed = before & (_LATENCY | set(_UNIT_OF))
    if last == ("total",) or (last in (("count",), ("sum",)) and timed):
        return "counter"
    return "gauge"


def _unit(metric: str, words: tuple[str, ...], kind: MetricKind) -> str:
    if words[-1:] == ("count",) and kind == "counter":
        return "1"
    if _is_per_second(metric, words):
        return "1/s"
    in_brackets = re.search(r"\((m?s|us|ns)\)", metric)
    ends = {words[0], words[-1]} if words else set()
    stated = [_UNIT_OF[word] for word in words if word in _UNIT_OF and (word in ends or word not in _SHORT_UNITS)]
    if in_brackets:
        return in_brackets[1]
    return stated[-1] if stated else "1" if kind == "counter" else ""


def _is_per_second(metric: str, words: tuple[str, ...]) -> bool:
    said = re.search(r"per[_ .-]?s(ec|econd)?(?![a-z])|/s(ec)?(?![a-z])", metric, re.IGNORECASE)
    return said is not None or not _PER_SECOND.isdisjoint(words)
