"""Do the inputs of a model differ from those it knows? ``compare`` two windows, or follow one feature ``over_time``."""

from analytics.drift.compare import DriftReport, compare, holm
from analytics.drift.over_time import over_time
from analytics.drift.statistics import STATISTICS, Statistic

__all__ = ["STATISTICS", "DriftReport", "Statistic", "compare", "holm", "over_time"]
