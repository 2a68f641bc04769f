"""A log that is written to, rotated and watched by a process that is killed and begun again: every line exactly once.

`python -m tests.app.cli.rotations [ROTATIONS] [SEED]` prints what was written and what is stored.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from data.store import Store
from tests.app.cli.process import ROOT

PAUSE_S = 0.01
LINES_AT_ONCE = 40
SETTLE_S = 180


@dataclass
class Writer:
    """Writes lines, many of them in two halves, and rotates between lines: by rename or by copying and truncating."""

    folder: Path
    dice: random.Random
    written: int = 0
    rotations: Counter[str] = field(default_factory=Counter)

    @property
    def log(self) -> Path:
        return self.folder / "shop.log"

    def write(self) -> None:
        with self.log.open("a") as file:
            for _ in range(self.dice.randint(1, LINES_AT_ONCE)):
                line = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S.%f} INFO shop order {self.written} taken {'x' * 60}\n"
                cut = self.dice.choice([0, 0, 0, self.dice.randrange(len(line))])
                for piece in (line[:cut], line[cut:]):
                    file.write(piece)
                    file.flush()
                    time.sleep(PAUSE_S if cut else 0)
                self.written += 1

    def rotate(self) -> None:
        """Older logs move on by one: shop.log.1 becomes shop.log.2."""
        numbers = sorted((int(path.name.rpartition(".")[2]) for path in self.folder.glob("shop.log.*")), reverse=True)
        for number in numbers:
            (self.folder / f"shop.log.{number}").rename(self.folder / f"shop.log.{number + 1}")
        how = self.dice.choice(["rename", "copytruncate"])
        if how == "rename":
            self.log.rename(self.folder / "shop.log.1")
        else:
            shutil.copy2(self.log, self.folder / "shop.log.1")
            os.truncate(self.log, 0)
        self.rotations[how] += 1


def watcher(home: Path, folder: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "app", "--home", str(home), "watch", str(folder), "--every", "0.2"]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def run(folder: Path, home: Path, rotations: int, seed: int) -> tuple[Writer, int, Counter[str]]:
    """Writer, restarts of the watcher, and how often each message is stored at the end."""
    dice, restarts = random.Random(seed), 0
    writer, done = Writer(folder, random.Random(seed)), threading.Event()
    thread = threading.Thread(target=_write, args=(writer, rotations, done))
    process = watcher(home, folder)
    thread.start()
    while not done.is_set():
        done.wait(dice.uniform(1.0, 8.0))
        process.send_signal(dice.choice([signal.SIGKILL, signal.SIGTERM]))
        process.wait()
        time.sleep(dice.uniform(0.0, 1.0))
        process, restarts = watcher(home, folder), restarts + 1
    thread.join()
    found = _settled(home, writer.written)
    process.terminate()
    process.wait()
    return writer, restarts, found


def _write(writer: Writer, rotations: int, done: threading.Event) -> None:
    for _ in range(rotations):
        for _ in range(writer.dice.randint(2, 8)):
            writer.write()
            time.sleep(writer.dice.uniform(0.0, 0.3))
        writer.rotate()
    writer.write()
    done.set()


def _settled(home: Path, written: int) -> Counter[str]:
    """What is stored once all is, or once time is up; a moment more shows what would come twice."""
    until = time.monotonic() + SETTLE_S
    while len(stored(home)) < written and time.monotonic() < until:
        time.sleep(0.5)
    time.sleep(3)
    return stored(home)


def stored(home: Path) -> Counter[str]:
    with Store.open(home) as store, store.snapshot() as snap:
        return Counter(
            {str(message): int(n) for message, n in snap.rows("SELECT message, count(*) FROM logs GROUP BY 1")}
        )


def account(writer: Writer, restarts: int, found: Counter[str]) -> str:
    twice = sum(1 for count in found.values() if count > 1)
    rotations = f"{sum(writer.rotations.values())} rotations {dict(writer.rotations)}"
    stored_ = f"{len(found)} stored, {twice} of them more than once"
    return f"{writer.written} lines written through {rotations} and {restarts} restarts: {stored_}"


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        (Path(place) / "in").mkdir()
        seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
        came = run(Path(place) / "in", Path(place) / "home", int(sys.argv[1]) if len(sys.argv) > 1 else 50, seed)
        print(account(*came))
        sys.exit(0 if set(came[2].values()) == {1} and len(came[2]) == came[0].written else 1)
