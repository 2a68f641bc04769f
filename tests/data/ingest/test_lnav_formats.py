"""82 small logs of as many formats, many broken on purpose: what a person reads in each, and what is read.

The table was written from the files, not from what the parser says of them. Files without a year are read as if they
had been written in June 2021.
"""

from __future__ import annotations

import os
import shutil
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from data.errors import DataError
from tests.data.ingest.parsing import Parser, Read

SHARED = Path(__file__).parents[4] / "shared" / "data" / "logs" / "lnav_formats"
WRITTEN = datetime(2021, 6, 30, 12, tzinfo=UTC).timestamp()
LETTERS = {"T": "TRACE", "D": "DEBUG", "I": "INFO", "W": "WARN", "E": "ERROR", "F": "FATAL", "-": "None"}


@dataclass(frozen=True)
class Said:
    """Time of the first record (UTC, to the millisecond), severities as ``I2 W1``, and the lines that are no records.

    ``ignored`` are blank, header or continuation lines; ``rejected`` lines that nobody could place.
    """

    first: str
    severities: str
    ignored: int = 0
    rejected: int = 0

    @property
    def counts(self) -> dict[str, int]:
        return {LETTERS[each[0]]: int(each[1:]) for each in self.severities.split()}


# fmt: off
TABLE = {
    "access_log.0": Said("2009-07-20 22:59:26.000", "I2 W1"),
    "access_log.1": Said("2013-02-15 06:00:31.000", "W1"),
    "access_log_dupe.0": Said("2009-07-20 22:59:26.000", "I2 W1"),
    "ansi.0": Said("2022-06-22 10:20:33.000", "-1"),
    "ansi.1": Said("2020-09-19 09:24:04.000", "-10"),
    "bad_access_log.0": Said("2009-07-20 22:59:26.000", "I2", rejected=1),
    "bad_syslog.0": Said("2020-11-03 09:23:38.000", "-4"),
    "block.1": Said("2021-05-19 13:00:01.000", "-2", ignored=2),
    "block.2": Said("2021-05-19 12:00:02.000", "-2"),
    "blued.0": Said("2021-04-04 20:02:32.000", "-6"),
    "bro_http.log.0": Said("2011-11-03 00:19:26.452", "I196 W1", ignored=9),
    "bunyan.0": Said("2023-03-24 14:26:16.243", "D9 I1"),
    "caddy_log.0": Said("2025-10-21 04:10:22.315", "I30 W9"),
    "cxx.0": Said("2021-03-24 15:17:38.999", "I1"),
    "docker_compose.0": Said("2024-04-25 05:32:35.018", "I9 W2", ignored=1, rejected=10),
    "docker_compose_with_ts.0": Said("2024-04-25 05:32:35.584", "W2 -20"),
    "filter.0": Said("2020-12-06 13:01:34.000", "-13"),
    "filter.1": Said("2021-03-22 13:41:18.000", "-1", ignored=1, rejected=3),
    "for_join.0": Said("2021-04-28 06:53:55.000", "-10"),
    "generic.0": Said("2012-07-02 10:22:40.672", "D1 W1"),
    "generic.1": Said("2015-04-24 21:09:29.296", "I1 E1"),
    "generic.2": Said("2015-04-24 21:08:10.313", "E2"),
    "generic.3": Said("2012-07-02 10:22:40.672", "D1 W1"),
    "generic_with_header.0": Said("2012-07-02 10:22:40.672", "D1 W1", rejected=2),
    "glog.0": Said("2021-05-17 15:04:22.619", "E2 I4 W1"),
    "grafana.0": Said("2025-04-24 19:51:48.520", "I5"),
    "java.0": Said("2025-01-24 07:00:30.139", "I20"),
    "java.1": Said("2025-01-24 07:00:31.139", "I20"),
    "json.json": Said("2013-09-06 20:00:48.124", "T1 I2 D5 -1 W1 E1 F2", rejected=1),
    "json2.json": Said("2013-09-06 20:00:49.124", "-3"),
    "json3.json": Said("2017-03-24 20:06:26.240", "I1 E1 W1"),
    "json_subsec.json": Said("2022-09-24 00:00:09.484", "-2"),
    "jsonid.json": Said("2013-09-06 20:00:48.124", "I2"),
    "laravel.0": Said("2023-05-15 18:19:32.000", "E82", ignored=1334),
    "laravel.1": Said("2025-01-02 11:19:06.000", "F2 I2", ignored=60),
    "leveltest.0": Said("2016-06-30 12:00:01.000", "T1 D3 I1 W1 F1 -1"),
    "logfmt.0": Said("2021-09-15 21:17:10.220", "E2 W1 I2"),
    "mixed_json2.json": Said("2013-09-06 20:00:48.124", "T1 I2 D5 -1 W1 E1 F2", rejected=5),
    "multiline.0": Said("2009-07-20 22:59:27.672", "D1 E1", ignored=1),
    "mux_zookeeper.0": Said("2024-04-04 18:30:55.424", "I1"),
    "mysql_error.0": Said("2020-08-06 14:25:02.835", "I3 W1"),
    "mysql_gen.0": Said("2025-08-15 14:03:50.259", "-14", rejected=3),
    "nextcloud.0": Said("2023-10-01 02:39:09.000", "I5"),
    "openam.0": Said("2014-06-15 01:04:52.000", "I1 D1"),
    "partitions.0": Said("2021-04-28 04:02:03.000", "-82"),
    "pino.0": Said("2025-04-24 22:08:37.537", "I1"),
    "pretty.0": Said("2021-04-07 00:49:42.000", "W1 -5", ignored=17),
    "procstate.0": Said("2022-06-02 00:01:01.000", "-3", ignored=40),
    "regexp_access_log.0": Said("2023-07-26 07:01:26.000", "I2"),
    "shop_access_log.0": Said("2019-01-22 00:26:14.000", "I976 W24"),
    "spark.0": Said("2017-06-09 20:10:40.000", "I399"),
    "spark_dupe.0": Said("2017-06-09 20:10:40.000", "I399"),
    "strace_log.1": Said("2023-10-11 18:19:11.000", "-66"),
    "syslog.0": Said("2020-11-03 09:23:38.000", "-4"),
    "syslog.1": Said("2020-12-03 09:23:38.000", "-4"),
    "syslog.2": Said("2020-11-03 09:23:38.000", "-3"),
    "syslog.3": Said("2020-08-16 00:10:45.000", "-7", ignored=10),
    "syslog_with_access_log.0": Said("2021-01-03 09:47:02.000", "-5"),
    "syslog_with_header.0": Said("2020-11-03 09:23:38.000", "-4", rejected=2),
    "tcsh_history.0": Said("2006-11-02 17:59:26.000", "-2", ignored=2),
    "ts_value.0": Said("2024-01-01 15:00:00.000", "I1 W1"),
    "uwsgi.0": Said("2016-03-13 22:49:12.000", "I19"),
    "vami.0": Said("2015-03-12 23:16:52.071", "I1", ignored=3),
    "vdsm.0": Said("2011-12-05 07:04:56.101", "I2 E1 D2", ignored=11),
    "vmw_log.0": Said("2022-06-02 11:58:12.193", "I2 W1", ignored=1),
    "vpxd.0": Said("2022-06-02 11:58:12.193", "I12"),
    "w3c.0": Said("2002-05-02 17:42:15.000", "I1", ignored=4),
    "w3c.1": Said("2001-10-31 00:00:18.000", "I1", ignored=6),
    "w3c.2": Said("2000-10-09 16:44:49.000", "I14", ignored=8),
    "w3c.3": Said("2012-08-15 17:00:00.363", "I2 W1", ignored=7),
    "w3c.4": Said("2017-06-28 07:26:35.000", "I1 -1", ignored=4),
    "w3c.6": Said("2015-01-13 00:32:17.000", "W1", ignored=4),
    "xml_msg.0": Said("2020-12-10 06:56:41.061", "D2 I1", ignored=33),
    "zap_console.0": Said("2025-04-24 22:09:20.854", "E1 I2", ignored=6),
}
# fmt: on
REFUSED = {
    "empty.0": "The file is empty",
    "plain.0": "cannot be told",
    "with_a_really_long_name_to_test_a_bug_with_long_names.0": "cannot be told",
    "strace_log.0": "times of this file have no date",
    "strace_log.2": "times of this file have no date",
    "tcf.0": "cannot be told",
    "tcf.1": "cannot be told",
    "w3c.5": "the row has 17 cells",
}
WRONG = {
    "docker_compose_with_ts.0": "one severity stands behind a second time, of the program in the container",
    "openam.0": "severities are cells of a table without a header and with rows of different lengths",
}
pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason="shared/data is not there: the logs are kept beside it")


@pytest.fixture
def read(parse: Parser, tmp_path: Path) -> object:
    def of(name: str) -> Read:
        copy = tmp_path / f"logfile_{name}"
        shutil.copyfile(SHARED / copy.name, copy)
        os.utime(copy, (WRITTEN, WRITTEN))
        return parse.file(copy)

    return of


def seen(read: Read) -> Said:
    rows = sorted(read.rows["logs"], key=lambda row: row["line"])
    counts = Counter(str(row["severity"]) for row in rows)
    letters = {word: letter for letter, word in LETTERS.items()}
    severities = " ".join(f"{letters[word]}{count}" for word, count in counts.items())
    return Said(f"{rows[0]['ts']:%Y-%m-%d %H:%M:%S.%f}"[:-3], severities, read.ignored, len(read.rejects))


@pytest.mark.parametrize("name", [name for name in TABLE if name not in WRONG])
def test_a_file_is_read_as_a_person_reads_it(read, name: str) -> None:
    said, found = TABLE[name], seen(read(name))
    assert (found.first, found.counts) == (said.first, said.counts)
    assert (found.ignored, found.rejected) == (said.ignored, said.rejected)


@pytest.mark.parametrize("name", TABLE)
def test_no_line_is_lost_and_none_is_counted_twice(read, name: str) -> None:
    content = (SHARED / f"logfile_{name}").read_bytes()
    found = read(name)
    assert found.lines == content.count(b"\n") + (not content.endswith(b"\n"))
    assert not {row["line"] for row in found.rows["logs"]} & {each.line for each in found.rejects}
    assert all(each.reason for each in found.rejects)


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_is_refused_with_its_reason(read, name: str) -> None:
    with pytest.raises(DataError, match=REFUSED[name]):
        read(name)


def test_every_file_is_in_the_table_and_enough_are_read() -> None:
    files = {path.name.removeprefix("logfile_") for path in SHARED.iterdir() if path.name != "SOURCE.txt"}
    assert files == TABLE.keys() | REFUSED.keys()
    assert len(TABLE) - len(WRONG) >= 65


@pytest.mark.parametrize("name", ["strace_log.0", "strace_log.2"])
def test_a_stated_day_lets_times_without_one_be_read(parse: Parser, name: str) -> None:
    found = parse.file(SHARED / f"logfile_{name}", begins="2023-10-11")
    assert str(found.rows["logs"][0]["ts"].date()) == "2023-10-11"
    assert not found.rejects
