"""What the repository itself promises: its layout, its two commands, nothing private in it."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = {"app", "pages", "analytics", "data", "tests", "assets"}
FILES = {"pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md", "constraints.txt", ".gitignore"}
TEXT = {".py", ".md", ".toml", ".txt", ".css", ".js", ".svg", ".csv", ".json", ".yml", ".conf", ""}


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).is_file()]


def command(name: str) -> str:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    found = re.findall(rf"<!-- {name} command -->\n```sh\n(.*?)\n```", readme, re.DOTALL)
    assert len(found) == 1, f"README.md holds the {name} command once"
    return found[0]


def test_top_level_holds_what_was_agreed_and_no_more() -> None:
    top = {path.relative_to(ROOT).parts[0] for path in tracked()}
    assert top <= FOLDERS | FILES | {".ci"}
    assert top >= FOLDERS | FILES


@pytest.mark.parametrize("name", ["demo", "test"])
def test_readme_commands_are_one_line_and_need_nothing_but_python(name: str) -> None:
    line = command(name)
    assert "\n" not in line
    assert line.startswith("python3 -m venv")
    assert "constraints.txt" in line


def test_constraints_are_names_and_versions_alone() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    assert lines
    assert [line for line in lines if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+", line)] == []


def test_every_dependency_has_a_floor_and_stands_in_the_constraints() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pinned = {line.split("==")[0].lower().replace("_", "-") for line in (ROOT / "constraints.txt").read_text().split()}
    for requirement in project["dependencies"]:
        name = re.split(r"[<>=!~\[; ]", requirement)[0].lower()
        assert ">=" in requirement, requirement
        assert "<" in requirement, requirement
        assert name in pinned, f"{name} is not in constraints.txt"


def test_nothing_private_is_in_a_tracked_file() -> None:
    private = re.compile(r"/work/(main|shared)|/root/|/tmp/venv|index-url|pypi\.org/simple|registry\.npmjs")
    wrong = [
        str(path.relative_to(ROOT))
        for path in tracked()
        if path.suffix in TEXT and path != Path(__file__) and private.search(path.read_text("utf-8", errors="replace"))
    ]
    assert wrong == []


def test_samples_stay_small_and_name_their_licence() -> None:
    samples = [path for path in tracked() if "data/samples/" in path.as_posix()]
    recording = [path.stat().st_size for path in samples if "samples/lab/" in path.as_posix()]
    assert sum(recording) <= 6_000_000
    assert sum(path.stat().st_size for path in samples) <= 9_000_000
    for folder in {path.relative_to(ROOT / "data" / "samples").parts[0] for path in samples}:
        assert "## Licence" in (ROOT / "data" / "samples" / folder / "README.md").read_text(encoding="utf-8"), folder
