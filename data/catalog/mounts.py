"""Whether a folder lies on a network file system, on which SQLite's locks and shared memory do not hold."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

MOUNTS = Path("/proc/self/mountinfo")
NETWORK = {"afs", "beegfs", "ceph", "cifs", "gfs2", "glusterfs", "gpfs", "lustre", "ncpfs", "nfs", "nfs4", "ocfs2"}
NETWORK |= {"smb3", "smbfs", "davfs"}
NETWORK |= {f"fuse.{name}" for name in ("ceph", "davfs2", "gcsfuse", "glusterfs", "rclone", "s3fs", "sshfs")}


@dataclass(frozen=True, slots=True)
class Mount:
    """Where a file system is mounted, and its type."""

    point: Path
    type: str

    @property
    def is_network(self) -> bool:
        """Whether other machines may write to it."""
        return self.type in NETWORK


def mount_of(folder: Path, mounts: Path | None = None) -> Mount | None:
    """The mount that holds ``folder`` (absolute, there or yet to be made); None where the system does not say it."""
    try:
        lines = (mounts or MOUNTS).read_text(errors="surrogateescape").splitlines()
    except OSError:
        return None
    real = folder.resolve()
    holding = [each for each in map(_mount, lines) if each is not None and real.is_relative_to(each.point)]
    return max(reversed(holding), key=lambda each: len(each.point.parts), default=None)


def _mount(line: str) -> Mount | None:
    """A line of mountinfo: the mount point is the fifth word, the type the first behind the dash."""
    before, dash, after = line.partition(" - ")
    words = before.split(" ")
    return Mount(Path(_unescaped(words[4])), after.split(" ")[0]) if dash and len(words) > 4 else None


def _unescaped(text: str) -> str:
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), text)
