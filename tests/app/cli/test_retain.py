"""`retain` as a process: first it only says what would go."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.app.cli.process import diptych


def test_a_dry_run_says_what_would_go_and_yes_lets_it_go(tmp_path: Path) -> None:
    now, home, file = datetime.now(UTC), tmp_path / "home", tmp_path / "metrics.csv"
    times = [now - timedelta(days=days) for days in (100, 95, 1)]
    file.write_text("ts,service,metric,value\n" + "".join(f"{ts:%Y-%m-%dT%H:%M:%SZ},shop,up,1\n" for ts in times))
    assert diptych(home, "ingest", file).status == 0
    dry = diptych(home, "retain", "metrics", "--older-than", "90d")
    assert "2 metrics are from before" in dry.out
    assert "Nothing was changed; --yes lets go of them." in dry.out
    assert diptych(home, "retain", "metrics", "--older-than", "90d", "--yes", "--json").json["rows"] == 2
    assert diptych(home, "status", "--json").json["rows"] == {"metrics": 1}
    assert "No metrics are from before" in diptych(home, "retain", "metrics", "--older-than", "90d").out
    assert "is no span of time" in diptych(home, "retain", "logs", "--older-than", "soon").refused()
