"""Fixtures, each built on the one before: a home, its store, the application, a client; a served demo and a browser."""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from dash import Dash
    from flask.testing import FlaskClient
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, Request

    from data.store import Store

# The same examples in every run; by hand, `pytest --hypothesis-profile=default` looks for new ones.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")

ROOT = Path(__file__).resolve().parent.parent
RECORDING = ROOT / "tests" / "fixtures" / "recording"  # half an hour with two faults, as tests/lab made it
START_S = 60
CHROMIUM = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty home of its own."""
    return tmp_path / "home"


@pytest.fixture
def store(home: Path) -> Iterator[Store]:
    from data.store import Store

    with Store.open(home) as opened:
        yield opened


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recording of two faults, ingested once for all processes of the run. Read it; `demo_copy` may be written."""
    base = tmp_path_factory.getbasetemp()
    base = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    target = base / "demo_home"
    with _only_one(base / "demo_home.lock"):
        if not (target / "done").exists():
            shutil.rmtree(target, ignore_errors=True)  # what a try before this one left half done
            _diptych(target, "ingest", str(RECORDING))
            _look_for_incidents(target)
            (target / "done").touch()
    return target


@pytest.fixture
def demo_copy(demo_home: Path, tmp_path: Path) -> Path:
    """The recording in a home that this test may write to."""
    return shutil.copytree(demo_home, tmp_path / "demo")


@pytest.fixture
def app(home: Path) -> Iterator[Dash]:
    """The application on an empty home."""
    with _app_on(home) as made:
        yield made


@pytest.fixture
def client(app: Dash) -> FlaskClient:
    made: FlaskClient = app.server.test_client()
    return made


@pytest.fixture(scope="session")
def demo_app(demo_home: Path) -> Iterator[Dash]:
    """The application on the recording."""
    with _app_on(demo_home) as made:
        yield made


@pytest.fixture
def demo_client(demo_app: Dash) -> FlaskClient:
    made: FlaskClient = demo_app.server.test_client()
    return made


@pytest.fixture(scope="session")
def live_server(demo_home: Path) -> Iterator[str]:
    """The address of a real process that serves the recording."""
    with serving(demo_home) as address:
        yield address


@pytest.fixture
def serve_home() -> Iterator[Callable[..., str]]:
    """Serve any home in a real process until the test ends: ``serve_home(home, "--workers", "2")``."""
    opened = []

    def serve(home: Path, *options: str) -> str:
        running = serving(home, *options)
        opened.append(running)
        return running.__enter__()

    yield serve
    for running in opened:
        running.__exit__(None, None, None)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=20_000)  # a deadline for a busy machine, not a claim on speed
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Debian's chromium; without it the test is skipped, which CI does not accept."""
    path = shutil.which("chromium")
    if path is None:
        stop = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        stop("no chromium on this machine: apt-get install chromium")
    opened = playwright.chromium.launch(executable_path=path, args=list(CHROMIUM))
    yield opened
    opened.close()


@dataclass
class Watch:
    """What a page did that it may not do. ``expected`` holds patterns of console errors that a test provokes."""

    home: str = ""
    errors: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)

    def console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.errors.append(f"{message.text} ({message.location.get('url', '')})")

    def request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.hostname != "127.0.0.1":
            self.foreign.append(request.url)

    def check(self) -> None:
        errors = [error for error in self.errors if not any(re.search(known, error) for known in self.expected)]
        assert not errors, f"the console shows {errors}"
        assert not self.foreign, f"requests to other hosts: {self.foreign}"


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture(scope="session")
def contexts(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """One context for each set of options, kept for the session: what a page loaded need not be loaded again."""
    kept: dict[str, BrowserContext] = {}

    def context(**options: Any) -> BrowserContext:
        key = json.dumps(options, sort_keys=True)
        if key not in kept:
            kept[key] = browser.new_context(**options)
        return kept[key]

    yield context
    for each in kept.values():
        each.close()


@pytest.fixture
def open_page(browser: Browser, contexts: Callable[..., BrowserContext], watch: Watch) -> Iterator[Callable[..., Page]]:
    """New pages, watched: ``open_page(address, width=390, scheme="dark")``; console errors fail the test at its end.

    With ``clock`` the page's time stands still but for ``page.clock.run_for(ms)``.
    """
    pages: list[Page] = []
    alone: list[BrowserContext] = []

    def opened(address: str, width: int = 1440, height: int = 900, scheme: str = "light", clock: bool = False,
               **options: Any) -> Page:  # fmt: skip
        phone = {"is_mobile": True, "has_touch": True} if width < 500 else {}
        wanted: dict[str, Any] = {
            "viewport": {"width": width, "height": height},
            "color_scheme": scheme,
            **phone,
            **options,
        }
        context = browser.new_context(**wanted) if clock else contexts(**wanted)
        page = context.new_page()
        pages.append(page)
        page.set_default_timeout(30_000)
        if clock:  # the clock is the context's
            alone.append(context)
            page.clock.install()
        page.on("console", watch.console)
        page.on("pageerror", lambda error: watch.errors.append(str(error)))
        page.on("request", watch.request)
        page.goto(address)
        page.wait_for_selector("h1")
        return page

    yield opened
    for page in pages:
        page.evaluate("localStorage.clear()")
        page.context.clear_cookies()  # whose name was given to one test is nobody to the next
        page.close()
    for context in alone:
        context.close()
    watch.check()


@pytest.fixture
def page(open_page: Callable[..., Page], live_server: str) -> Page:
    """The first page of the recording at 1440 x 900, light."""
    return open_page(live_server)


@contextmanager
def serving(home: Path, *options: str) -> Iterator[str]:
    command = [sys.executable, "-m", "app", "--home", str(home), "serve", "--port", "0", "--no-worker", *options]
    child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        yield _address(child)
    finally:
        child.terminate()
        child.wait(START_S)
        assert child.stdout is not None
        child.stdout.close()


def _address(child: subprocess.Popen[str]) -> str:
    assert child.stdout is not None
    said = []
    for line in child.stdout:
        said.append(line)
        if found := re.search(r"http://\S+", line):
            return found.group().rstrip("/")
    raise AssertionError(f"the server ended with {child.wait()}: {''.join(said)}")


def _diptych(home: Path, *arguments: str) -> None:
    command = [sys.executable, "-m", "app", "--home", str(home), *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{arguments} ended with {done.returncode}: {done.stdout}{done.stderr}"


def _look_for_incidents(home: Path) -> None:
    """As a worker would, but without making pages ready."""
    from app.jobs import run_here
    from app.usecases.rescan import SCAN
    from data.store import Store

    with Store.open(home) as opened:
        done = run_here(opened, SCAN, lambda share, words: None)
    assert done is not None, "ingest asks for a scan"
    assert done.result is not None, done.message


@contextmanager
def _app_on(home: Path) -> Iterator[Dash]:
    from app.factory import create_app
    from app.settings import Settings

    made = create_app(Settings(home=home))
    yield made
    made.server.extensions["diptych"].store.close()


@contextmanager
def _only_one(lock: Path) -> Iterator[None]:
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
