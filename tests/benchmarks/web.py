"""What a person waits for, beside a floor of the same run: `python -m tests.benchmarks.web [HOME]`.

Callbacks over HTTP against a trivial one; bytes of the first page over the wire; CPU of a second start against the
imports alone. HOME is a home with data (`diptych demo --no-serve` makes one); without it an empty one is used.
"""

from __future__ import annotations

import json
import logging
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import Request, urlopen

import numpy as np
import plotly.graph_objects as go
import psutil
from dash import Dash, Input, Output
from werkzeug.serving import make_server

from app.charts import tokens
from app.factory import create_app
from app.figures import cached
from app.settings import Settings
from tests.conftest import CHROMIUM, ROOT, serving

ROUNDS = 100
TRACES = 4
USUAL = 360  # points of half an hour, a sample every 5 s
LARGEST = 2_000  # points that a trace may have
FLOOR = "import dash, duckdb, pandas, plotly.io, sqlalchemy, flask_caching, flask_compress, waitress"


def figure(points: int) -> go.Figure:
    """Four lines of so many points each."""
    x = np.arange(points) * 1000.0
    lines = [{"type": "scatter", "x": x, "y": np.random.default_rng(n).normal(size=points)} for n in range(TRACES)]
    return go.Figure({"data": lines, "layout": {"template": tokens.template()}})


def add_callbacks(app: Dash) -> None:
    """A trivial one, charts from the cache, and one that is made each time; each named by its output."""
    app.callback(Output("t", "children"), Input("i", "data"))(lambda n: n)
    app.callback(Output("c", "figure"), Input("j", "data"))(lambda _: cached("bench", (1,), lambda: figure(USUAL)))
    app.callback(Output("l", "figure"), Input("k", "data"))(lambda _: cached("bench", (2,), lambda: figure(LARGEST)))
    app.callback(Output("f", "figure"), Input("m", "data"))(
        lambda _: cached("bench", (time.time_ns(),), lambda: figure(USUAL))
    )


@contextmanager
def served(home: Path) -> Iterator[str]:
    app = create_app(Settings(home=home))
    add_callbacks(app)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, app.server, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    app.server.extensions["diptych"].store.close()


def callback_ms(address: str, output: str, prop: str, given: str) -> float:
    """Median time of a POST, in milliseconds."""
    body = {
        "output": f"{output}.{prop}",
        "outputs": {"id": output, "property": prop},
        "inputs": [{"id": given, "property": "data", "value": 1}],
        "state": [],
        "changedPropIds": [f"{given}.data"],
    }
    headers = {"Content-Type": "application/json", "Accept-Encoding": "gzip, deflate, br, zstd"}
    request = Request(f"{address}/_dash-update-component", json.dumps(body).encode(), headers)
    return median_ms(lambda: urlopen(request).read(), ROUNDS)


def median_ms(call: Callable[[], object], rounds: int) -> float:
    call()
    taken = []
    for _ in range(rounds):
        began = time.perf_counter()
        call()
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken)


def first_page_bytes(address: str) -> int | None:
    """What a browser that has nothing yet receives until the page stands, compressed; None without a browser."""
    path = shutil.which("chromium")
    if path is None:
        return None
    from playwright.sync_api import sync_playwright

    sizes: list[int] = []
    with sync_playwright() as running:
        page = running.chromium.launch(executable_path=path, args=list(CHROMIUM)).new_page()
        network = page.context.new_cdp_session(page)
        network.send("Network.enable")
        network.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
        page.goto(address)
        page.wait_for_selector("h1")
        page.wait_for_load_state("networkidle")
    return sum(sizes)


def start_cpu_s(home: Path) -> float:
    """CPU seconds of the web process until it says that it answers and has answered once; the second start counts."""
    used = []
    for _ in range(2):
        with serving(home) as address:
            urlopen(f"{address}/healthz").read()
            process = next(each for each in psutil.Process().children() if str(home) in each.cmdline())
            used.append(sum(process.cpu_times()[:2]))
    return used[1]


def import_cpu_s() -> float:
    """The floor of a start: the libraries that any answer needs, imported."""
    code = f"{FLOOR}\nimport time\nprint(time.process_time())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    return float(done.stdout)


def line(what: str, value: float, unit: str, floor: float, limit: str) -> None:
    print(f"{what:<34} {value:>10.2f} {unit:<3} {value / floor:>8.2f} x floor   {limit}")


def main(home: Path) -> None:
    with served(home) as address:
        trivial = callback_ms(address, "t", "children", "i")
        line("trivial callback (floor)", trivial, "ms", trivial, "")
        usual = callback_ms(address, "c", "figure", "j")
        line("cached chart callback, 4 x 360", usual, "ms", trivial, "at most 3 x")
        line("the largest figure, 4 x 2,000", callback_ms(address, "l", "figure", "k"), "ms", trivial, "")
        line("a chart callback, not cached", callback_ms(address, "f", "figure", "m"), "ms", trivial, "")
        size = first_page_bytes(address)
        if size is not None:
            line("first page over the wire", size / 1e6, "MB", 1, "at most 2 MB")
    floor = import_cpu_s()
    line("imports alone (floor)", floor, "s", floor, "")
    line("CPU of a second start", start_cpu_s(home), "s", floor, "at most 4 s")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as empty:
        main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(empty))
