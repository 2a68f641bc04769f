"""How good a model is: measured at prediction time with the labels that are in, or estimated without them."""

from analytics.performance.buckets import by_bucket, measure
from analytics.performance.estimate import Calibration, Estimate, calibrate, estimate, expect
from analytics.performance.ledger import Ledger
from analytics.performance.metrics import METRICS, Metric

__all__ = [
    "METRICS",
    "Calibration",
    "Estimate",
    "Ledger",
    "Metric",
    "by_bucket",
    "calibrate",
    "estimate",
    "expect",
    "measure",
]
