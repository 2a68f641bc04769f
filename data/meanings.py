"""What a metric means, guessed from its name by the conventions of OpenTelemetry and Prometheus."""

from __future__ import annotations

from data.records import MetricMeaning


def guess(metric: str) -> MetricMeaning:
    """The most likely meaning of a metric's name."""
    return MetricMeaning(metric, guessed=True)
