"""The wheel alone is enough: installed in a fresh environment, started outside the checkout."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import urllib.request
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def run(*command: str | Path, cwd: Path) -> str:
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "DIPTYCH"))}
    words = [str(c) for c in command]
    done = subprocess.run(words, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", out, ROOT, cwd=out)
    return next(out.glob("diptych-*.whl"))


@pytest.mark.slow
def test_wheel_holds_the_product_and_no_tests(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert "assets/tokens.css" in names
    assert "data/samples/lab/registry.toml" in names
    assert any(name.startswith("data/catalog/migrations/") for name in names)
    assert not any(name.startswith("tests/") for name in names)


@pytest.mark.slow
def test_installed_wheel_serves_the_demo_from_another_folder(wheel: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "env", with_pip=True)
    python = tmp_path / "env" / "bin" / "python"
    run(python, "-m", "pip", "install", "-q", "-c", ROOT / "constraints.txt", wheel, cwd=tmp_path)
    diptych = tmp_path / "env" / "bin" / "diptych"
    run(diptych, "demo", "--no-serve", cwd=tmp_path)
    status = json.loads(run(diptych, "status", "--json", cwd=tmp_path))
    assert status["rows"]["predictions"] > 10_000

    server = subprocess.Popen([diptych, "demo", "--port", "0"], cwd=tmp_path, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        address = next(m.group() for line in server.stdout if (m := re.search(r"http://127\.0\.0\.1:\d+", line)))
        with urllib.request.urlopen(f"{address}/healthz", timeout=20) as answer:
            assert json.load(answer)["status"] == "ok"
        with urllib.request.urlopen(address, timeout=20) as answer:
            assert b"Diptych" in answer.read()
    finally:
        server.terminate()
        server.wait(10)
