"""`python -m tests.lab record|check|pack|judge`: see README.md."""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path

from tests.lab.faults import BY_NAME
from tests.lab.table import TABLES


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.lab", description="record a small real system being broken")
    commands = parser.add_subparsers(dest="command", required=True)
    recorder = commands.add_parser("record", help="run the system, break it, keep what it wrote")
    recorder.add_argument("--minutes", type=float, default=96)
    recorder.add_argument("--seed", type=int, default=1)
    recorder.add_argument("--out", type=Path, required=True)
    recorder.add_argument("--tables", type=Path, default=TABLES, help="folder of the trip and bike tables")
    recorder.add_argument(
        "--faults", nargs="+", choices=BY_NAME, default=list(BY_NAME), help="only these; all by default"
    )
    checker = commands.add_parser("check", help="is a recording whole?")
    checker.add_argument("folder", type=Path)
    packer = commands.add_parser("pack", help="copy a recording, its big files gzipped")
    packer.add_argument("folder", type=Path)
    packer.add_argument("target", type=Path)
    judge = commands.add_parser("judge", help="what Diptych says of a recording, beside the truth")
    judge.add_argument("folder", type=Path)
    chosen = parser.parse_args(arguments)
    doing = {"record": _record, "check": lambda c: _check(c.folder), "pack": _pack, "judge": _judge}
    return doing[chosen.command](chosen)


def _record(chosen: argparse.Namespace) -> int:
    from tests.lab.parts import LabError
    from tests.lab.record import record

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # an exit stops the parts, a killed process cannot
    try:
        record(chosen.out, chosen.minutes, chosen.seed, chosen.tables, chosen.faults)
    except (LabError, FileNotFoundError) as error:
        print(f"lab: {error}", file=sys.stderr)
        return 1
    return _check(chosen.out)


def _pack(chosen: argparse.Namespace) -> int:
    from tests.lab.pack import pack

    print(f"{pack(chosen.folder, chosen.target):,} bytes in {chosen.target}")
    return 0


def _judge(chosen: argparse.Namespace) -> int:
    from tests.lab.judge import judge, lines

    print("\n".join(lines(judge(chosen.folder))))
    return 0


def _check(folder: Path) -> int:
    from tests.lab.check import check

    facts, problems = check(folder)
    print("\n".join([*facts, *(f"PROBLEM: {problem}" for problem in problems)]))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
