"""What is unusual in a series: ``score`` and ``detect``."""

from analytics.anomaly.engine import AnomalyResult, Mode, detect, expect, score
from analytics.anomaly.episodes import Episode

__all__ = ["AnomalyResult", "Episode", "Mode", "detect", "expect", "score"]
