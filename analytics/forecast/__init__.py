"""What is to be expected ahead: ``forecast`` for a range, ``runs_out`` for the moment that a limit is reached."""

from analytics.forecast.model import Backtest, Forecast, forecast
from analytics.forecast.runout import RunOut, runs_out

__all__ = ["Backtest", "Forecast", "RunOut", "forecast", "runs_out"]
