"""Wrong use is answered with one line that says what happened and what to do, and status 2."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.cli import COMMANDS
from tests.app.cli.process import diptych

LONG = "time,service,metric,value\n2026-11-22T03:05:00Z,shop,up,1\n"


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("refusals")
    (made / "metrics.csv").write_text(LONG)
    (made / "broken.toml").write_text("[[files]\n")
    (made / "unknown.toml").write_text('[[files]]\nmatch = "*.csv"\nas = "metrics"\nnonsense = 3\n')
    (made / "a file").write_text("not a folder")
    return made


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("", "Missing command. Try `diptych --help`."),
        ("nonsense", "No such command 'nonsense'"),
        ("status --nonsense", "No such option '--nonsense'"),
        ("ingest HERE/nowhere.csv", "does not exist"),
        ("ingest HERE/metrics.csv --as nonsense", "is not one of 'metrics'"),
        ("ingest HERE/metrics.csv --map HERE/nowhere.toml", "does not exist"),
        ("ingest HERE/metrics.csv --map HERE/broken.toml", "is no valid TOML"),
        ("ingest HERE/metrics.csv --map HERE/unknown.toml", "unknown entry 'nonsense'"),
        ("ingest HERE/metrics.csv --tz Nowhere/City", "no time zone 'Nowhere/City'"),
        ("registry HERE", "is a directory"),
        ("sql", "Missing argument 'QUERY'"),
        ("sql X --csv --json", "exclude each other"),
        ("sql X --rows 0", "--rows"),
        ("sql X --timeout nan", "--timeout"),
        ("score --metric up", "Missing option '--service'"),
        ("score --service shop --metric up --label zone", "is not K=V"),
        ("score --service shop --metric up --start 2026-13-01", "is not an ISO time"),
        ("score --service shop --metric up --csv --json", "exclude each other"),
        ("serve --port 99999", "not in the range"),
        ("preview HERE/nowhere.csv", "does not exist"),
        ("preview HERE/metrics.csv --tz Nowhere/City", "no time zone 'Nowhere/City'"),
        ("watch HERE/metrics.csv", "is a file"),
        ("export state", "Missing option '-o'"),
        ("export state -o HERE/metrics.csv", "Give --yes to replace it"),
        ("import nonsense", "No such command 'nonsense'"),
    ],
)
def test_wrong_use_is_one_line(here: Path, arguments: str, said: str) -> None:
    given = arguments.replace("HERE", str(here)).split()
    assert said in diptych(here / "home", *given).refused()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("forget x", "no Diptych store"),
        ("export state -o HERE/state.zip", "no Diptych store"),
        ("import state HERE/metrics.csv", "no backup of Diptych"),
    ],
)
def test_what_needs_a_store_or_a_backup_makes_no_home(here: Path, arguments: str, said: str) -> None:
    home = here / "another home"
    assert said in diptych(home, *arguments.replace("HERE", str(here)).split()).refused()
    assert not home.exists()


@pytest.mark.parametrize("home", ["a file", "a file/home"])
def test_a_home_that_cannot_be_one_is_refused(here: Path, home: str) -> None:
    assert "a file" in diptych(here / home, "status").refused()


def test_a_catalog_that_is_none_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "catalog.sqlite").write_text("this is no database, and long enough to be seen as none" * 20)
    assert "cannot be read" in diptych(tmp_path, "status").refused()


def test_help_and_version_cost_no_store(tmp_path: Path) -> None:
    for option in ("--help", "--version"):
        told = diptych(tmp_path / "home", option)
        assert (told.status, told.err) == (0, "")
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_each_command_explains_itself(tmp_path: Path, command: str) -> None:
    told = diptych(tmp_path / "home", command, "--help")
    assert told.status == 0
    assert f"Usage: diptych {command}" in told.out


def test_what_nobody_foresaw_is_a_sentence_and_an_entry_in_the_log(tmp_path: Path) -> None:
    """A home whose catalog lost a table stands for any bug."""
    import sqlite3

    assert diptych(tmp_path, "status").status == 0
    with sqlite3.connect(tmp_path / "catalog.sqlite") as connection:
        connection.execute("DROP TABLE segments")
    said = diptych(tmp_path, "status").refused()
    assert "Traceback" in (tmp_path / "logs" / "errors.log").read_text()
    assert "errors.log" in said
