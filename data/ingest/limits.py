"""What the parser's process may use. A hostile file can end that process, and no more than that."""

from __future__ import annotations

import resource
from dataclasses import asdict, dataclass

GIB = 1 << 30


@dataclass(frozen=True, slots=True)
class Limits:
    """``cpu_s`` and ``output_bytes`` hold for one file, ``memory_bytes`` (address space) for the process.

    ``idle_s`` is how long it may say nothing: it ends a parser that waits for something that never comes.
    """

    memory_bytes: int = 4 * GIB
    cpu_s: float = 1800.0
    output_bytes: int = 20 * GIB
    segment_bytes: int = 2 * GIB
    idle_s: float = 600.0

    def to_json(self) -> dict[str, float]:
        """For the parser's process."""
        return asdict(self)


def apply(limits: Limits) -> None:
    """Limit this process for good: memory, size of a file, no core dumps."""
    _lower(resource.RLIMIT_AS, limits.memory_bytes)
    _lower(resource.RLIMIT_FSIZE, limits.segment_bytes)
    _lower(resource.RLIMIT_CORE, 0)


def allow_cpu(limits: Limits) -> None:
    """Let this process use ``cpu_s`` more from now on; the kernel ends it after that."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    until = int(usage.ru_utime + usage.ru_stime + limits.cpu_s) + 1
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (until if hard < 0 else min(until, hard), hard))


def _lower(kind: int, value: int) -> None:
    _, hard = resource.getrlimit(kind)
    lowest = value if hard < 0 else min(value, hard)
    resource.setrlimit(kind, (lowest, lowest))
