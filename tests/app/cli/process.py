"""The command line as people and scripts meet it: a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
MOST_S = 120


@dataclass(frozen=True)
class Done:
    """What a command left behind."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """The one JSON object on stdout, on a line of its own and alone."""
        assert self.out.count("\n") == 1, self.out
        found = json.loads(self.out)
        assert isinstance(found, dict)
        return found

    def refused(self) -> str:
        """The one line that says why nothing was done."""
        assert (self.status, self.out) == (2, ""), self
        assert self.err.endswith("\n"), self.err
        assert self.err.count("\n") == 1, self.err
        assert "Traceback" not in self.err
        assert self.err.startswith("diptych: ")
        return self.err.removeprefix("diptych: ").rstrip()


def diptych(home: Path, *arguments: object, **environment: str) -> Done:
    """Run `python -m app --home HOME ...` to its end."""
    command = [sys.executable, "-m", "app", "--home", str(home), *map(str, arguments)]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=MOST_S,
        check=False,
    )
    return Done(done.returncode, done.stdout, done.stderr)
