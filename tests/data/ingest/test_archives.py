"""zip and tar: each file inside by itself; nothing hostile inside gets further than its own refusal."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pytest

from data.ingest import IngestReport, ingest, streams
from data.ingest.mapping import parse
from data.ingest.preview import preview
from data.store import Store

CPU = b"ts,cpu\n2024-05-01T10:00Z,1\n2024-05-01T10:01Z,2\n"
LOG = b"2024-05-01 10:00:00 INFO a\n"


def zipped(path: Path, files: Mapping[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def tarred(files: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return out.getvalue()


def reasons(report: IngestReport) -> dict[str, str]:
    return {each.file: each.reason for each in report.problems}


def test_each_file_of_a_zip_is_taken_by_itself(store: Store, tmp_path: Path) -> None:
    path = zipped(
        tmp_path / "a.zip",
        {"x/cpu.csv": CPU, "x/app.log": LOG, "__MACOSX/._a": b"?", "b.csv.gz": gzip.compress(CPU[:-1])},
    )
    report = ingest(store, [path], service="shop")
    assert (report.files, report.failed, dict(report.by_kind)) == (3, 0, {"metrics": 4, "logs": 1})
    assert ingest(store, [path], service="shop").skipped == 3
    with store.snapshot() as snap:
        assert snap.rows("SELECT DISTINCT source_file FROM logs")[0][0].endswith("a.zip/x/app.log")


@pytest.mark.parametrize("pack", [bytes, gzip.compress, lambda data: pa.Codec("zstd").compress(data, asbytes=True)])
def test_a_tar_packed_or_not(store: Store, tmp_path: Path, pack) -> None:
    (tmp_path / "a.tar").write_bytes(pack(tarred({"./cpu.csv": CPU, "app.log": LOG})))
    report = ingest(store, [tmp_path / "a.tar"])
    assert (report.files, report.failed) == (2, 0)


def test_a_mapping_finds_files_inside(store: Store, tmp_path: Path) -> None:
    mapping = parse({"files": [{"match": "cpu.csv", "service": "inner"}]})
    report = ingest(store, [zipped(tmp_path / "a.zip", {"x/cpu.csv": CPU})], mapping=mapping)
    assert report.files == 1
    with store.snapshot() as snap:
        assert snap.rows("SELECT DISTINCT service FROM metrics") == [("inner",)]


def test_names_that_climb_out_are_refused_and_the_others_kept(store: Store, tmp_path: Path) -> None:
    names = ["../../evil.csv", "/etc/evil.csv", "..\\evil.csv", "C:\\evil.csv"]
    report = ingest(store, [zipped(tmp_path / "a.zip", {**dict.fromkeys(names, CPU), "good.csv": CPU})])
    assert (report.files, report.failed) == (1, 4)
    assert all("leads out of the archive" in reason for reason in reasons(report).values())
    assert not list(tmp_path.parent.rglob("evil.csv"))


def test_links_and_devices_in_a_tar_are_no_files(store: Store, tmp_path: Path) -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        link = tarfile.TarInfo("passwd.csv")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    (tmp_path / "a.tar").write_bytes(out.getvalue())
    report = ingest(store, [tmp_path / "a.tar"])
    assert reasons(report) == {"a.tar": "The archive holds no file."}


def test_archives_in_archives_and_office_documents_are_refused(store: Store, tmp_path: Path) -> None:
    inner = zipped(tmp_path / "inner.zip", {"cpu.csv": CPU}).read_bytes()
    outer = zipped(tmp_path / "outer.zip", {"inner.zip": inner})
    office = zipped(tmp_path / "table.xlsx", {"[Content_Types].xml": b"<x/>"})
    found = reasons(ingest(store, [outer, office]))
    assert "archive inside an archive" in found["outer.zip/inner.zip"]
    assert "office program" in found["table.xlsx"]


def test_a_bomb_is_stopped_and_leaves_nothing(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "RATIO_FREE_BYTES", 1 << 20)
    path = zipped(tmp_path / "a.zip", {"good.csv": CPU, "bomb.csv": bytes(16 << 20), "late.csv": CPU})
    report = ingest(store, [path])
    assert report.files == 1
    assert "unpacks to more than" in reasons(report)["a.zip"]
    assert not any(each.is_file() for each in (store.home / "staging").rglob("*"))


def test_an_archive_that_is_cut_off_gives_what_it_holds(store: Store, tmp_path: Path) -> None:
    whole = tarred({"a.csv": CPU, "b.csv": CPU * 100})
    (tmp_path / "a.tar").write_bytes(whole[:2000])
    zipped(tmp_path / "b.zip", {"a.csv": CPU})
    (tmp_path / "b.zip").write_bytes((tmp_path / "b.zip").read_bytes()[:-30])
    report = ingest(store, [tmp_path / "a.tar", tmp_path / "b.zip"])
    assert report.files == 1
    assert "cut off" in reasons(report)["a.tar"]
    assert "cut off" in reasons(report)["b.zip"]


def test_an_encrypted_or_damaged_file_costs_only_itself(store: Store, tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"a.csv": CPU, "b.csv": CPU.replace(b"1\n", b"3\n")})
    data = bytearray(path.read_bytes())
    start = data.index(b"a.csv") + len(b"a.csv")
    data[start + 5] ^= 255
    path.write_bytes(bytes(data))
    report = ingest(store, [path])
    assert (report.files, report.failed) == (1, 1)
    assert "damaged" in reasons(report)["a.zip/a.csv"]
    data[path.read_bytes().rindex(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(bytes(data))
    assert "encrypted" in reasons(ingest(store, [path]))["a.zip/b.csv"]


def test_a_preview_looks_into_archives(store: Store, tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"cpu.csv": CPU, "../x": CPU, "app.log": LOG})
    found = preview(store.home, path)
    assert [(each.file, each.kind) for each in found.files] == [
        ("a.zip/cpu.csv", "metrics"),
        ("a.zip/x", ""),
        ("a.zip/app.log", "logs"),
    ]
