"""Mapping files: what they may say, and what is said of a wrong one."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from data.errors import MappingError
from data.ingest.mapping import load, parse, parse_file, with_overrides

WRONG = [
    ('[[files]]\ndelimeter = ";"', "unknown entry 'delimeter'.*number 1.*mean 'delimiter'"),
    ('files = "x"', "`files` has to be a list of tables"),
    ('[[files]]\nas = "metric"', "as = 'metric' is not known.*'metrics', 'logs'"),
    ('[[files]]\ntime_unit = "m"', "time_unit = 'm' is not known.*'s', 'ms', 'us', 'ns'"),
    ('[[files]]\ntz = "Mars/Base"', "no time zone 'Mars/Base'.*Europe/Berlin"),
    ('[[files]]\nknown_lag = "soon"', "known_lag: 'soon' is no span of time"),
    ("[[files]]\nskip_rows = -1", "'skip_rows' has to be a number of lines"),
    ("[[files]]\nservice = 7", "'service' has to be a text"),
    ('[[files]]\nwide = "yes"', "'wide' has to be true or false"),
    ('[[files]]\nnames = "a"', "'names' has to be a list of texts"),
    ('[[files]]\nlabels = ["a"]', "'labels' has to be a table"),
    ('[[files]]\npath = "{a}{b}"', "two pieces touch"),
    ('[[files]]\npath = "{a}-{a}"', "names a piece twice"),
    ('[[files]]\n[[files.patterns]]\ncolumn = "a"', "needs `column` and `like`"),
    ('season = "noon"', "season: 'noon' is no span of time"),
    ('[[files]]\nseason = ["1d", "0s"]', "'season' lasts a second to ten years"),
    ('ignored = ["x"]', "unknown entry 'ignored'.*mean 'ignore'"),
]


@pytest.mark.parametrize(("text", "words"), WRONG)
def test_a_wrong_mapping_says_what_is_wrong(text: str, words: str) -> None:
    with pytest.raises(MappingError) as raised:
        parse(tomllib.loads(text))
    import re

    assert re.search(words, str(raised.value))


def test_a_wrong_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("[[files]]\nformt = 'csv'")
    with pytest.raises(MappingError, match=r"^mine\.toml: .*'formt'"):
        load(path)
    path.write_text("[[files")
    with pytest.raises(MappingError, match=r"mine\.toml is no valid TOML"):
        load(path)
    with pytest.raises(MappingError, match=r"cannot be read"):
        load(tmp_path / "none.toml")


def test_the_first_table_that_fits_holds() -> None:
    mapping = parse(
        {"ignore": ["*.json"], "files": [{"match": "m/*_pod.csv", "service": "a"}, {"match": "*.csv", "service": "b"}]}
    )
    assert [mapping.find(path).service for path in ("m/x_pod.csv", "deep/m/y.csv")] == ["a", "b"]
    assert mapping.find("x.log") is None
    assert (mapping.ignores("a/b/truth.json"), mapping.ignores("a.csv")) == (True, False)


def test_the_season_of_the_folder_holds_where_a_file_states_none() -> None:
    mapping = parse({"season": "12m", "files": [{"match": "a"}, {"match": "b", "season": ["1d", "7d"]}]})
    assert [entry.seasons_s for entry in (*mapping.files, mapping.otherwise)] == [
        (720.0,),
        (86_400.0, 604_800.0),
        (720.0,),
    ]
    assert parse({"files": [{"match": "a"}]}).files[0].digest() != mapping.files[0].digest()


def test_the_digest_changes_with_the_meaning_only() -> None:
    one = parse_file({"match": "*.csv", "tz": "UTC", "columns": {"ts": "a", "value": "b"}})
    same = parse_file({"match": "x.csv", "columns": {"value": "b", "ts": "a"}, "tz": "UTC"})
    other = parse_file({"match": "*.csv", "tz": "UTC", "columns": {"ts": "a", "value": "c"}})
    assert one.digest() == same.digest() != other.digest()


def test_the_command_line_holds_over_the_mapping() -> None:
    mapping = parse_file({"as": "logs", "tz": "UTC", "service_from": "file", "columns": {"service": "app", "ts": "t"}})
    said = with_overrides(mapping, kind="events", service="shop", tz="Europe/Berlin")
    assert (said.kind, said.service, said.tz, said.service_from) == ("events", "shop", "Europe/Berlin", "")
    assert dict(said.columns) == {"ts": ("t",)}
    assert with_overrides(mapping, kind=None, service=None, tz=None) is mapping


def test_lags_are_spans_of_time() -> None:
    lags = [parse_file({"known_lag": text}).known_lag_s for text in ("250ms", "5s", "1.5m", "2h", "30d")]
    assert lags == [0.25, 5.0, 90.0, 7200.0, 2_592_000.0]
