"""`export state` and `import state` as processes: a store goes out and comes back, SQL and all."""

from __future__ import annotations

from pathlib import Path

from tests.app.cli.process import diptych

METRICS = "time,service,metric,value\n2026-11-22T03:05:00Z,shop,up,1\n2026-11-22T03:06:00Z,shop,up,0\n"
QUERY = "SELECT ts, service, metric, value, source_file, ingested_at FROM metrics ORDER BY ALL"


def test_a_store_goes_out_and_comes_back(tmp_path: Path) -> None:
    (tmp_path / "metrics.csv").write_text(METRICS)
    one, two, backup = tmp_path / "one", tmp_path / "two", tmp_path / "state.zip"
    diptych(one, "ingest", tmp_path / "metrics.csv")
    told = diptych(one, "export", "state", "-o", backup)
    assert told.status == 0
    assert "1 file, 2 metrics" in told.out
    restored = diptych(two, "import", "state", backup)
    assert restored.status == 0
    assert "Restored 1 file: 2 metrics" in restored.out
    for command in (("status", "--json"), ("sql", QUERY, "--json")):
        assert diptych(one, *command).json == diptych(two, *command).json
    assert diptych(two, "ingest", tmp_path / "metrics.csv", "--json").json["skipped"] == 1


def test_a_filled_home_is_replaced_only_with_yes(tmp_path: Path) -> None:
    (tmp_path / "metrics.csv").write_text(METRICS)
    home, backup = tmp_path / "home", tmp_path / "state.zip"
    diptych(home, "ingest", tmp_path / "metrics.csv")
    diptych(home, "export", "state", "-o", backup)
    refused = diptych(home, "import", "state", backup)
    assert (refused.status, "is not empty" in refused.err) == (2, True)
    told = diptych(home, "import", "state", backup, "--yes")
    assert told.status == 0
    assert "What was there lies in" in told.out
    assert diptych(home, "status", "--json").json["rows"] == {"metrics": 2}
