"""What does it cost to take a file in?

`python -m tests.benchmarks.ingest [--share 1.0] [--times 5] [--folder DIR] [--large-mb 2048] [WORK...]` makes files of
its own and prints, for each, CPU seconds (user + system, of all processes) of `diptych ingest` beside a floor of the
same run: DuckDB on one thread reads the same file with its own reader, typed, into zstd Parquet. Both run in turn, so
many times; medians stand there, and the least and the largest ratio. What starting costs, whatever the size of the
file, stands by itself; the last ratio counts it too. Then the peak memory of the largest process and the bytes that the
store takes per record. Aims: at most 2 times the floor, at most 1 GB whatever the size of the file, at most 4 bytes per
sample of a metric. With `--together` it takes four files of metrics in, on one core and on all, by the clock.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from string import Template

import duckdb

from data.status import status
from data.store import Store

LINES, SAMPLES, SERIES, FEW, FILES = 1_000_000, 2_000_000, 2_400, 20, 4
ALL_CORES = os.sched_getaffinity(0)
_SERIES = f"""
    SELECT i AS n, i // {SERIES} AS step, i % {SERIES} AS s, make_timestamp((1767225600 + 60 * step) * 1000000) AS ts,
    'service-' || (s % 200) AS service, (['latency_p95_ms', 'error_share', 'requests_total', 'cpu_share'])[1 + s // 600]
    AS metric, 'pod-' || (s // 200) AS pod, round(100 + 20 * sin(step / 229.0) + 10 * random(), 3) AS value
    FROM range($rows) AS t(i)
"""
_LOG = """
    SELECT printf('10.%d.%d.%d - - [%s +0000] "GET /shop/%d/item-%d HTTP/1.1" %d %d "https://example.org/%d" "%s"',
    i % 7, i % 251, hash(i) % 255, strftime(make_timestamp((1767225600 + i // 12) * 1000000), '%d/%b/%Y:%H:%M:%S'),
    hash(i) % 90, hash(i + 1) % 5000, CASE WHEN hash(i + 2) % 50 = 0 THEN 503 ELSE 200 END, hash(i + 3) % 90000,
    hash(i + 4) % 300, (['Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36', 'curl/8.5.0',
    'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Mobile/15E148'])[(1 + hash(i + 5) % 3)::INT])
    AS line
    FROM range($rows) AS t(i)
"""
_AS_TEXT = "(FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\x01')"
_PARQUET = "(FORMAT parquet, COMPRESSION zstd)"
_COLUMNS = "{'ts': 'TIMESTAMPTZ', 'service': 'VARCHAR', 'metric': 'VARCHAR', 'pod': 'VARCHAR', 'value': 'DOUBLE'}"


@dataclass(frozen=True, slots=True)
class Work:
    """``make`` and ``floor`` are SQL with ``$rows``, ``$file`` and ``$out``."""

    name: str
    file: str
    rows: int
    make: str
    floor: str
    options: tuple[str, ...] = ()


WORKS = (
    Work(
        "combined access log",
        "access.log",
        LINES,
        f"COPY ({_LOG}) TO '$file' {_AS_TEXT}",
        "COPY (SELECT strptime(d, '[%d/%b/%Y:%H:%M:%S') AS ts, host, request, status, bytes, referer, agent FROM "
        "read_csv('$file', delim=' ', quote='\"', header=false, auto_detect=false, columns={'host': 'VARCHAR', "
        "'ident': 'VARCHAR', 'who': 'VARCHAR', 'd': 'VARCHAR', 'zone': 'VARCHAR', 'request': 'VARCHAR', "
        "'status': 'INTEGER', 'bytes': 'BIGINT', 'referer': 'VARCHAR', 'agent': 'VARCHAR'}) ORDER BY ts) "
        f"TO '$out' {_PARQUET}",
        ("--service", "shop"),
    ),
    Work(
        "metrics, typed CSV",
        "metrics.csv",
        SAMPLES,
        f"COPY (SELECT strftime(ts, '%Y-%m-%dT%H:%M:%SZ') AS ts, service, metric, pod, value FROM ({_SERIES})) "
        "TO '$file' (FORMAT csv, HEADER true)",
        f"COPY (FROM read_csv('$file', auto_detect=false, header=true, columns={_COLUMNS})) TO '$out' {_PARQUET}",
    ),
    Work(
        "metrics, JSON lines",
        "metrics.jsonl",
        SAMPLES,
        f"COPY (SELECT strftime(ts, '%Y-%m-%dT%H:%M:%SZ') AS ts, service, metric, pod, value FROM ({_SERIES})) "
        "TO '$file' (FORMAT json)",
        f"COPY (FROM read_json('$file', format='newline_delimited', columns={_COLUMNS})) TO '$out' {_PARQUET}",
    ),
    Work(
        "metrics, Prometheus text",
        "metrics.prom",
        SAMPLES,
        "COPY (SELECT metric || '{service=\"' || service || '\",pod=\"' || pod || '\"} ' || value || ' ' || "
        f"epoch_ms(ts) AS line FROM ({_SERIES})) TO '$file' {_AS_TEXT}",
        "COPY (SELECT split_part(key, '{', 1) AS metric, key, value, make_timestamp(ms * 1000) AS ts FROM "
        "read_csv('$file', delim=' ', quote='', header=false, auto_detect=false, "
        "columns={'key': 'VARCHAR', 'value': 'DOUBLE', 'ms': 'BIGINT'})) "
        f"TO '$out' {_PARQUET}",
    ),
)


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU of a process and all its children; memory of the largest of them."""

    cpu_s: float
    peak_mb: float


def cost(run: Callable[[], object]) -> Cost:
    """Run it in a process of its own."""
    sys.stdout.flush()
    child = os.fork()
    if not child:
        try:
            run()
            os._exit(0)
        finally:
            os._exit(1)
    _, code, used = os.wait4(child, 0)
    if code:
        raise SystemExit(f"it ended with {code}")
    return Cost(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def on_one_thread(sql: str) -> None:
    with duckdb.connect() as connection:
        connection.execute("SET threads = 1; SET TimeZone = 'UTC'")
        connection.execute(sql)


def start(*words: str) -> None:
    os.execv(sys.executable, [sys.executable, "-m", "app", *words])


def quietly(*words: str) -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    start(*words)


def made(work: Work, rows: int, folder: Path) -> Path:
    file = folder / work.file
    cost(lambda: on_one_thread(Template(work.make).substitute(rows=rows, file=file)))
    return file


def measured(work: Work, rows: int, folder: Path, times: int) -> Iterator[str]:
    """The floor and ours in turn: what else the machine does falls on both."""
    file, home = made(work, rows, folder), folder / "home"
    pairs, starts = list[tuple[Cost, Cost]](), list[float]()
    for _ in range(times):
        shutil.rmtree(home, ignore_errors=True)
        floor = cost(lambda: on_one_thread(Template(work.floor).substitute(file=file, out=folder / "floor.parquet")))
        pairs.append((floor, taken_in(file, home, work)))
        starts.append(_start(file, work))
    start = median(starts)
    floor_s, ours_s = (median(one.cpu_s for one in side) for side in zip(*pairs, strict=True))
    ratios = sorted((ours.cpu_s - start) / floor.cpu_s for floor, ours in pairs)
    yield f"{work.name:<26}{rows:>11,}{file.stat().st_size >> 20:>7}{floor_s:>9.2f}{start:>8.2f}{ours_s - start:>8.2f}"
    yield f"{median(ratios):>9.2f}{f'{ratios[0]:.2f} to {ratios[-1]:.2f}':>15}{ours_s / floor_s:>11.2f}"
    yield f"{max(ours.peak_mb for _, ours in pairs):>9.0f}{_bytes_per_record(home, rows):>10.2f}"
    shutil.rmtree(home)
    file.unlink()


def _start(file: Path, work: Work) -> float:
    """What two processes cost that start, find out what the file is, and take its first lines in."""
    few, home = file.with_name(f"few-{file.name}"), file.with_name("few")
    with file.open() as lines:
        few.write_text("".join(next(lines) for _ in range(FEW)))
    spent = taken_in(few, home, work)
    shutil.rmtree(home)
    return spent.cpu_s


def taken_in(file: Path, home: Path, work: Work) -> Cost:
    """The file into a store that is there already: making one is no part of it."""
    cost(lambda: Store.open(home).close())
    return cost(lambda: quietly("--home", str(home), "ingest", str(file), *work.options))


def together(work: Work, rows: int, folder: Path) -> str:
    """Files that are read one after another on one core, and at once on all."""
    one = made(work, rows, folder)
    many = folder / "many"
    many.mkdir()
    for number in range(FILES):
        shutil.copy(one, many / f"{number}-{work.file}")
        with (many / f"{number}-{work.file}").open("a") as file:
            file.write("\n" * number)  # otherwise they would be known as the same
    seconds = [_by_the_clock(many, folder / f"home{len(cores)}", cores) for cores in ({min(ALL_CORES)}, ALL_CORES)]
    return f"{FILES} files of {rows:,}: {seconds[0]:.1f} s on one core, {seconds[1]:.1f} s on {len(ALL_CORES)}"


def _by_the_clock(files: Path, home: Path, cores: set[int]) -> float:
    os.sched_setaffinity(0, cores)
    cost(lambda: Store.open(home).close())
    began = time.perf_counter()
    cost(lambda: quietly("--home", str(home), "ingest", str(files)))
    return time.perf_counter() - began


def _bytes_per_record(home: Path, rows: int) -> float:
    with Store.open(home) as store:
        found = status(store)
    if sum(found.rows.values()) != rows:
        raise SystemExit(f"{found.rows} of {rows:,} records are in the store")
    return found.bytes / rows


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("work", nargs="*", help="words of the names of what is to be measured; all without any")
    asked.add_argument("--share", type=float, default=1.0, help="of the rows")
    asked.add_argument("--large-mb", type=int, default=0, help="measure memory with a file of this size too")
    asked.add_argument("--times", type=int, default=5, help="floor and ours in turn")
    asked.add_argument("--together", action="store_true", help="several files on one core and on all, nothing else")
    asked.add_argument("--folder", type=Path, help="where the files may lie")
    said = asked.parse_args()
    if said.together:
        with tempfile.TemporaryDirectory(dir=said.folder) as folder:
            print(together(WORKS[1], int(said.share * WORKS[1].rows), Path(folder)))
        return
    os.sched_setaffinity(0, {min(ALL_CORES)})
    chosen = [work for work in WORKS if not said.work or any(word in work.name for word in said.work)]
    print(f"{'work':<26}{'records':>11}{'MB':>7}{'floor s':>9}{'start s':>8}{'rows s':>8}{'x floor':>9}", end="")
    print(f"{'least to most':>15}{'with start':>11}{'peak MB':>9}{'B/record':>10}")
    with tempfile.TemporaryDirectory(dir=said.folder) as folder:
        for work in chosen:
            print(*measured(work, int(said.share * work.rows), Path(folder), said.times), sep="", flush=True)
        for work in chosen if said.large_mb else ():
            bytes_a_row = made(work, 20_000, Path(folder)).stat().st_size / 20_000
            print(*measured(work, int(said.large_mb * (1 << 20) / bytes_a_row), Path(folder), 1), sep="", flush=True)


if __name__ == "__main__":
    main()
