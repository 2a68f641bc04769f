"""A look into files that writes nothing: the same decisions as ingest, from the first records."""

from __future__ import annotations

import gzip
import os
from pathlib import Path
from typing import Any

import pytest

from data.errors import MappingError
from data.ingest import ingest
from data.ingest.limits import Limits
from data.ingest.preview import FilePreview, preview, problems
from data.store import Store

WIDE = "time,cpu,zone,junk\n2024-05-01 10:00,1,a,\n2024-05-01 10:01,2,b,\n2024-05-01 10:02,oops,b,\n\n"
LABELS = "prediction_id,model,y_true\n1,m,0\n2,m,1\n"


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def look(path: Path, home: Path = Path("no such home"), **options: Any) -> FilePreview:
    (one,) = preview(home, path, **options).files
    return one


def made(folder: Path, content: str | bytes, name: str = "shop.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_it_tells_kind_columns_rows_and_refusals(tmp_path: Path) -> None:
    one = look(made(tmp_path, WIDE), service="shop", tz="Europe/Berlin")
    assert (one.kind, one.format, one.error) == ("metrics", "csv", "")
    assert {("time", "ts"), ("cpu", "value of cpu"), ("zone", "label")} <= set(one.columns)
    (kind, (first, second)), *_ = one.rows
    assert (kind, first["service"], first["metric"], first["labels"]) == ("metrics", "shop", "cpu", "zone=a")
    assert (first["ts"], first["value"], second["line"]) == ("2024-05-01T08:00:00+00:00", "1.0", "3")
    (reject,) = one.rejects
    assert (reject.line, reject.raw) == (4, "2024-05-01 10:02,oops,b,")
    assert "oops" in reject.reason


def test_it_counts_what_ingest_counts(store: Store, tmp_path: Path) -> None:
    path = made(tmp_path, WIDE)
    one, report = look(path), ingest(store, [path])
    for name in ("lines", "accepted", "rejected", "ignored"):
        assert getattr(one, name) == getattr(report, name)
    assert dict(one.by_kind) == dict(report.by_kind)
    assert [note.text for note in one.notes] == [note.text for note in report.notes]


def test_it_says_that_times_were_read_as_utc(tmp_path: Path) -> None:
    assert any("read as UTC" in note.text for note in look(made(tmp_path, WIDE)).notes)
    assert not any("read as UTC" in note.text for note in look(made(tmp_path, WIDE), tz="Asia/Tokyo").notes)


def test_a_home_is_left_as_it_was_and_none_is_made(store: Store, tmp_path: Path) -> None:
    ingest(store, [made(tmp_path, WIDE)])
    store.close()
    before = contents(store.home)
    assert look(made(tmp_path, WIDE + "2024-05-01 10:03,4,a,\n"), store.home).accepted == 3
    assert contents(store.home) == before
    assert look(tmp_path / "shop.csv", tmp_path / "other").accepted == 3
    assert not (tmp_path / "other").exists()


def test_labels_find_the_times_of_stored_predictions(store: Store, tmp_path: Path) -> None:
    said = 'label_lag = "1d"\n'
    mapping = made(tmp_path, f'[[files]]\nmatch = "*"\nas = "labels"\n{said}', "map.toml")
    labels = made(tmp_path, LABELS, "labels.csv")
    assert look(labels, mapping=mapping).rejected == 2
    ingest(store, [made(tmp_path, "ts,model,prediction_id,y_pred\n2024-05-01T10:00Z,m,1,0\n", "p.csv")])
    one = look(labels, store.home, mapping=mapping)
    assert (one.accepted, one.rejected) == (1, 1)
    assert one.rows[0][1][0]["label_ts"] == "2024-05-02T10:00:00+00:00"


def test_of_a_long_file_the_first_lines_are_enough(tmp_path: Path) -> None:
    lines = "".join(f"2024-05-01T10:00:00Z,shop,up,{n}.{'0' * 400}\n" for n in range(60_000))
    one = look(made(tmp_path, gzip.compress(f"time,service,metric,value\n{lines}".encode()), "long.csv.gz"))
    assert not one.whole
    assert 20_000 <= one.lines < 60_000
    assert len(one.rows[0][1]) == 8


def test_a_folder_is_read_by_its_own_mapping_file_by_file(tmp_path: Path) -> None:
    made(tmp_path, '[[files]]\nmatch = "a.csv"\nas = "metrics"\nservice = "alpha"\n', "ingest.toml")
    made(tmp_path, WIDE, "a.csv")
    made(tmp_path, "nothing that is known", "b.txt")
    found = preview(tmp_path / "home", tmp_path)
    first, second = found.files
    assert first.rows[0][1][0]["service"] == "alpha"
    assert "cannot be told from its content" in second.error
    assert not found.ok
    assert [(each.file, each.line) for each in problems(found)] == [("b.txt", 0), ("a.csv", 4)]


def test_topology_and_registry_have_rows_too(tmp_path: Path) -> None:
    edges = look(made(tmp_path, "service,depends_on\nshop,redis\n"))
    assert edges.rows == (("topology", ({"service": "shop", "depends_on": "redis", "kind": "calls"},)),)
    registry = look(made(tmp_path, '[[services]]\nname = "shop"\nowner = "Ines"\n', "r.toml"))
    assert dict(registry.rows)["services"][0]["owner"] == "Ines"


def test_hostile_files_cost_themselves_alone(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    made(tmp_path, b"\x1f\x8b" + os.urandom(500), "broken.gz")
    made(tmp_path, '{"a":' * 100_000, "deep.json")
    made(tmp_path, "", "empty.csv")
    found = preview(tmp_path / "home", tmp_path, limits=Limits(cpu_s=20.0, idle_s=30.0))
    assert len(found.files) == 4
    assert all(each.error and "Traceback" not in each.error for each in found.files)


def test_wrong_use_is_said_as_ingest_says_it(tmp_path: Path) -> None:
    with pytest.raises(MappingError, match="no time zone"):
        look(made(tmp_path, WIDE), tz="Nowhere/City")
    with pytest.raises(MappingError, match="no file or folder"):
        look(tmp_path / "nowhere")
