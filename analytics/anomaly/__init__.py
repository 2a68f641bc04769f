"""What is unusual in a series: ``score`` and ``detect``."""

from analytics.anomaly.engine import AnomalyResult, Mode, detect, score
from analytics.anomaly.episodes import Episode

__all__ = ["AnomalyResult", "Episode", "Mode", "detect", "score"]
