"""What is to be expected ahead: ``forecast`` for a range, ``runs_out`` for the moment that a limit is reached."""

from analytics.forecast.model import COVERAGE, Backtest, Forecast, farthest, forecast, history_needed
from analytics.forecast.runout import RunOut, runs_out

__all__ = ["COVERAGE", "Backtest", "Forecast", "RunOut", "farthest", "forecast", "history_needed", "runs_out"]
