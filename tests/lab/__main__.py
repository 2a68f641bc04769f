"""`python -m tests.lab record|check|pack`: see README.md."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tests.lab.table import TABLE


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.lab", description="record a small real system being broken")
    commands = parser.add_subparsers(dest="command", required=True)
    recorder = commands.add_parser("record", help="run the system, break it, keep what it wrote")
    recorder.add_argument("--minutes", type=float, default=30)
    recorder.add_argument("--seed", type=int, default=1)
    recorder.add_argument("--out", type=Path, required=True)
    recorder.add_argument("--table", type=Path, default=TABLE, help="folder of the trip table")
    checker = commands.add_parser("check", help="is a recording whole?")
    checker.add_argument("folder", type=Path)
    packer = commands.add_parser("pack", help="copy a recording, its big files gzipped")
    packer.add_argument("folder", type=Path)
    packer.add_argument("target", type=Path)
    chosen = parser.parse_args(arguments)
    return {"record": _record, "check": lambda c: _check(c.folder), "pack": _pack}[chosen.command](chosen)


def _record(chosen: argparse.Namespace) -> int:
    from tests.lab.parts import LabError
    from tests.lab.record import record

    try:
        record(chosen.out, chosen.minutes, chosen.seed, chosen.table)
    except (LabError, FileNotFoundError) as error:
        print(f"lab: {error}", file=sys.stderr)
        return 1
    return _check(chosen.out)


def _pack(chosen: argparse.Namespace) -> int:
    from tests.lab.pack import pack

    print(f"{pack(chosen.folder, chosen.target):,} bytes in {chosen.target}")
    return 0


def _check(folder: Path) -> int:
    from tests.lab.check import check

    facts, problems = check(folder)
    print("\n".join([*facts, *(f"PROBLEM: {problem}" for problem in problems)]))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
