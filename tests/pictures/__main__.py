"""The pictures of the README: a fresh home, the recording, and a browser. ``python -m tests.pictures`` makes them.

Needs Debian's chromium, as the browser tests do.
"""

from __future__ import annotations

import base64
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PAGES = {"health": "/", "incident": "/incident/INC-0007", "model": "/model/recommender"}
SIZE = {"width": 1440, "height": 900}
MOST_BYTES = 200_000
QUALITY = 80
WAIT_MS = 180_000  # a busy machine draws the first page slowly
WEBP = """([png, quality]) => new Promise((done) => {
  const image = new Image();
  image.onload = () => {
    const canvas = Object.assign(document.createElement("canvas"), { width: image.width, height: image.height });
    canvas.getContext("2d").drawImage(image, 0, 0);
    done(canvas.toDataURL("image/webp", quality / 100).split(",")[1]);
  };
  image.src = `data:image/png;base64,${png}`;
})"""


def main(folder: Path = HERE) -> None:
    """Write one picture a page into ``folder``."""
    with tempfile.TemporaryDirectory() as home, serving(Path(home)) as address, browser() as page:
        for name, path in PAGES.items():
            page.goto(address + path)
            page.wait_for_selector("h1")
            page.locator(".js-plotly-plot .main-svg").first.wait_for()
            page.wait_for_timeout(1500)  # fonts and the last layout
            (folder / f"{name}.webp").write_bytes(small(page))


@contextmanager
def serving(home: Path) -> Iterator[str]:
    """The address of the demo on a home of its own."""
    command = [sys.executable, "-m", "app", "--home", str(home), "demo", "--port", "0"]
    child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert child.stdout is not None
        yield next(found.group().rstrip("/") for line in child.stdout if (found := re.search(r"http://\S+", line)))
    finally:
        child.terminate()
        child.wait(30)


@contextmanager
def browser() -> Iterator[Page]:
    """A light page of 1440 pixels."""
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium")
    if path is None:
        sys.exit("There is no chromium on this machine: apt-get install chromium")
    with sync_playwright() as running:
        opened = running.chromium.launch(executable_path=path, args=["--no-sandbox"])
        page = opened.new_context(viewport=SIZE, color_scheme="light").new_page()
        page.set_default_timeout(WAIT_MS)
        yield page
        opened.close()


def small(page: Page) -> bytes:
    """What is in sight as WebP, coarser until it is small enough."""
    png = base64.b64encode(page.screenshot()).decode()
    for quality in range(QUALITY, 10, -10):
        with page.context.new_page() as blank:  # which no policy of a page holds
            made = base64.b64decode(blank.evaluate(WEBP, [png, quality]))
        if len(made) <= MOST_BYTES:
            return made
    raise ValueError(f"no quality makes this picture smaller than {MOST_BYTES} bytes")


if __name__ == "__main__":
    main()
