"""A store on a network file system is refused in words; what the system says of its mounts decides."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.catalog import mounts
from data.catalog.catalog import Catalog
from data.catalog.mounts import mount_of
from data.errors import StoreError

SAID = """\
22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
40 22 0:35 / {home} rw,relatime shared:2 master:1 - nfs4 server:/export rw,vers=4.2
41 40 8:1 / {home}/local\\040disk rw - xfs /dev/sda1 rw
a line that says nothing
"""


@pytest.fixture
def said(tmp_path: Path) -> Path:
    path = tmp_path / "mountinfo"
    path.write_text(SAID.format(home=tmp_path.resolve() / "home"))
    return path


def test_the_innermost_mount_holds(tmp_path: Path, said: Path) -> None:
    found = {name: mount_of(tmp_path / name, said) for name in ("other", "home", "home/var", "home/local disk/var")}
    assert {name: mount.type if mount else "" for name, mount in found.items()} == {
        "other": "ext4",
        "home": "nfs4",
        "home/var": "nfs4",
        "home/local disk/var": "xfs",
    }


def test_where_the_system_says_nothing_nothing_is_refused(tmp_path: Path) -> None:
    assert mount_of(tmp_path, tmp_path / "not there") is None


def test_a_store_on_a_network_file_system_is_refused(
    tmp_path: Path, said: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mounts, "MOUNTS", said)
    with pytest.raises(StoreError, match=r"network file system \(nfs4.*Choose a --home on a disk of this machine"):
        Catalog.open(tmp_path / "home" / "var")
    assert not (tmp_path / "home").exists()
    Catalog.open(tmp_path / "home" / "local disk" / "var").close()
