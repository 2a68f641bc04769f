"""A parser's process that has answered waits for the next run, and for no other; what went wrong never waits."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from data.ingest import ingest, process
from data.ingest.limits import Limits
from data.ingest.process import WAITING, Parser
from data.store import Store

METRICS = "time,service,metric,value\n2026-11-22 03:05:00,shop,up,{}\n"


OTHERS: set[int] = set()


@pytest.fixture(autouse=True)
def _nobody_waits() -> Iterator[None]:
    """Processes of other tests that still run are none of ours."""
    WAITING.clear()
    OTHERS.clear()
    OTHERS.update(parsers())
    yield
    WAITING.clear()


def take(store: Store, folder: Path, value: int = 1) -> None:
    file = folder / f"{value}.csv"
    file.write_text(METRICS.format(value))
    assert ingest(store, [file]).accepted == 1


def parsers() -> list[int]:
    return [child.pid for child in psutil.Process().children(recursive=True) if _is_parser(child)]


def _is_parser(child: psutil.Process) -> bool:
    try:
        living = child.status() != psutil.STATUS_ZOMBIE
        return living and "data.ingest.child" in child.cmdline() and child.pid not in OTHERS
    except psutil.NoSuchProcess:  # it ended between two looks
        return False


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_the_next_run_asks_the_same_process(store: Store, tmp_path: Path) -> None:
    take(store, tmp_path, 1)
    first = parsers()
    take(store, tmp_path, 2)
    assert len(first) == 1
    assert parsers() == first


def test_what_a_parser_logs_lies_in_the_home_it_works_for(tmp_path: Path) -> None:
    for name in ("a", "b"):
        with Store.open(tmp_path / name) as store:
            take(store, tmp_path, ord(name))
        (pid,) = parsers()
        open_files = {Path(f"/proc/{pid}/fd/{stream}").readlink() for stream in (1, 2)}
        assert open_files == {tmp_path / name / "logs" / "ingest.log"}


def test_one_that_died_while_it_waited_is_replaced(store: Store, tmp_path: Path) -> None:
    take(store, tmp_path, 1)
    (pid,) = parsers()
    psutil.Process(pid).kill()
    take(store, tmp_path, 2)
    assert parsers() != [pid]


def test_other_limits_are_another_process(store: Store, tmp_path: Path) -> None:
    take(store, tmp_path, 1)
    first = parsers()
    (tmp_path / "2.csv").write_text(METRICS.format(2))
    ingest(store, [tmp_path / "2.csv"], limits=replace(Limits(), cpu_s=60.0))
    assert len(parsers()) == 1
    assert parsers() != first


def test_a_run_that_is_broken_off_leaves_no_process(store: Store, tmp_path: Path) -> None:
    rows = "".join(f"2026-11-22 03:05:00.{n:06d},shop,up,1\n" for n in range(200_000))
    (tmp_path / "long.csv").write_text(METRICS.splitlines()[0] + "\n" + rows)

    def stop(*_: object) -> None:
        if parsers():
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ingest(store, [tmp_path / "long.csv"], progress=stop)
    assert parsers() == []


def test_it_waits_a_while_and_no_longer(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "IDLE_S", 0.2)
    take(store, tmp_path)
    until(lambda: parsers() == [])


def test_the_process_of_a_killed_parent_ends_by_itself() -> None:
    parser = Parser(Limits(), process._environment())
    (pid,) = parsers()
    assert parser._process.stdin
    parser._process.stdin.close()  # as the kernel does when we die
    psutil.Process(pid).wait(timeout=20)
    assert parser.end() == 0
