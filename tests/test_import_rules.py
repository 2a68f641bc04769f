"""Data flows one way: who may import whom, read from the source itself."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
OURS = {"app", "pages", "analytics", "data", "tests"}
WEB = {"dash", "plotly", "flask", "flask_caching", "flask_compress", "werkzeug"}

# package -> names (top level or dotted prefix) that it must never import
FORBIDDEN = {
    "analytics": (OURS - {"analytics"}) | WEB | {"duckdb", "sqlalchemy", "os", "pathlib", "io", "time"},
    "data": {"app", "pages", "analytics", "tests", "dash", "plotly"},
    "app": {"tests"},
    "app/usecases": {"dash", "plotly", "pages", "flask", "app.charts", "app.components", "app.shell", "tests"},
    "app/charts": {"dash", "flask", "duckdb", "pages", "data", "app.components", "app.shell", "app.figures", "tests"},
    "app/components": {"analytics", "data", "plotly", "duckdb", "pages", "app.usecases", "app.charts", "tests"},
    "pages": {"data", "analytics", "duckdb", "sqlalchemy", "tests"},
}
PURE_TOOLS = {"numpy", "pandas", "pyarrow", "scipy", "sklearn", "statsmodels"}


def imported_names(path: Path) -> list[tuple[int, str]]:
    names = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno} imports relatively"
            names += [(node.lineno, f"{node.module}.{alias.name}") for alias in node.names]
    return names


def sources(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


def starts_with(name: str, prefix: str) -> bool:
    return name == prefix or name.startswith(prefix + ".")


@pytest.mark.parametrize("package", FORBIDDEN)
def test_package_imports_only_what_it_may(package: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for path in sources(package)
        for line, name in imported_names(path)
        if any(starts_with(name, banned) for banned in FORBIDDEN[package])
    ]
    assert not wrong, "\n".join(wrong)


def test_analysis_uses_the_standard_library_and_its_own_tools_alone() -> None:
    import sys

    allowed = set(sys.stdlib_module_names) | PURE_TOOLS | {"analytics"}
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for path in sources("analytics")
        for line, name in imported_names(path)
        if name.split(".")[0] not in allowed
    ]
    assert not wrong, "\n".join(wrong)


def test_only_the_factory_imports_pages() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in sources("app")
        for line, name in imported_names(path)
        if starts_with(name, "pages") and path != ROOT / "app" / "factory.py"
    ]
    assert not wrong


def test_no_page_registers_a_callback_at_import() -> None:
    """A module-level callback belongs to the first app of a process only."""
    for path in sources("pages"):
        module = ast.parse(path.read_text(encoding="utf-8"))
        for node in module.body:
            if isinstance(node, ast.FunctionDef):
                names = {ast.unparse(d).split("(")[0].split(".")[-1] for d in node.decorator_list}
                assert not names & {"callback", "clientside_callback"}, f"{path}:{node.lineno}"


def test_markup_from_strangers_is_never_rendered_as_html() -> None:
    for package in ("app", "pages"):
        for path in sources(package):
            assert "dangerously_allow_html" not in path.read_text(encoding="utf-8"), path


def test_nothing_is_unpickled() -> None:
    for package in ("app", "pages", "analytics", "data"):
        for path in sources(package):
            used = {name.split(".")[0] for _, name in imported_names(path)}
            assert not used & {"pickle", "dill", "cloudpickle", "shelve", "marshal", "joblib"}, path
