"""What a start pays for: the heavy libraries are imported by who uses them, when it is used."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HEAVY = ("sklearn", "scipy", "statsmodels")


def loaded(code: str) -> set[str]:
    """Names of the heavy libraries that a new process has after running ``code``."""
    ask = f"{code}\nimport sys\nprint(*(name for name in {HEAVY!r} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", ask], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_a_web_process_that_has_answered_has_loaded_no_heavy_library(tmp_path: Path) -> None:
    code = (
        "from pathlib import Path\n"
        "from app.factory import create_app\n"
        "from app.settings import Settings\n"
        f"client = create_app(Settings(home=Path({str(tmp_path)!r}))).server.test_client()\n"
        "assert client.get('/healthz').status_code == client.get('/_dash-layout').status_code == 200\n"
    )
    assert loaded(code) == set()


@pytest.mark.parametrize("command", ["demo", "ingest", "registry", "score", "serve", "sql", "status", "worker"])
def test_a_command_explains_itself_before_it_loads_what_it_needs(command: str) -> None:
    code = f"import app.cli.{command}, sys\nassert not {{'duckdb', 'pandas', 'sqlalchemy'}} & set(sys.modules)"
    assert loaded(code) == set()


@pytest.mark.parametrize("module", ["app.cli", "app.settings", "app.server"])
def test_the_command_line_starts_without_the_web_application(module: str) -> None:
    code = f"import {module}, sys\nassert not {{'plotly', 'pandas'}} & set(sys.modules)"
    assert loaded(code) == set()
