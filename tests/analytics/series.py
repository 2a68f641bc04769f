"""Real series for tests of analysis, from the data folder beside the repository."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

METRICS = Path(__file__).resolve().parents[3] / "shared" / "data" / "metrics"
NAB = METRICS / "nab"
CLOUD = METRICS / "ms_cloud_monitoring"
TEN = (
    NAB / "realKnownCause/nyc_taxi.csv",
    NAB / "realKnownCause/machine_temperature_system_failure.csv",  # its clock steps back
    NAB / "realAWSCloudwatch/ec2_disk_write_bytes_1ef3de.csv",  # duplicate stamps
    NAB / "realAdExchange/exchange-2_cpc_results.csv",  # missing hours
    NAB / "artificialWithAnomaly/art_daily_jumpsup.csv",
    NAB / "artificialNoAnomaly/art_flatline.csv",
    CLOUD / "application-crash-rate-1/app1-05.csv",  # values missing, duplicate hours
    CLOUD / "consumer-purchase-rate/purchase-03.csv",
    CLOUD / "ecommerce-api-incoming-rps/api-01.csv",
    CLOUD / "middle-tier-api-dependency-latency/outbound-01.csv",
)


def real(path: Path, longest: int = 4_000) -> pd.Series:
    """A series as it stands in the file, in the file's order."""
    if not path.exists():
        pytest.skip(f"needs the real series {path.name} in ../shared/data/metrics")
    table = pd.read_csv(path).iloc[:longest]
    times = pd.to_datetime(table.iloc[:, 0], utc=True, format="mixed")
    values = pd.to_numeric(table.iloc[:, 1], errors="coerce")
    return pd.Series(values.to_numpy(), index=pd.DatetimeIndex(times))
