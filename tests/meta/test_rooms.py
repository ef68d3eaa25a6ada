"""The rooms: what each may import, inside and outside the package, and the drawing on the architecture page."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import grimp
import pytest
from importlinter.cli import lint_imports

from tests.meta.parsing import statements

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "kpirules"
ARCHITECTURE = ROOT / "docs" / "explanation" / "architecture.md"

OUTSIDE: dict[str, str | tuple[str, ...]] = {
    "attrs": "",
    "simpleeval": "language",
    "yaml": "documents",
    "rich": "cli",
    "IPython": "notebook",
    "anywidget": "notebook",
    "traitlets": "notebook",
    "z3": "analysis",
    "plotly": "plots",
    "narwhals": ("engines", "rating"),
    "polars": ("engines", "files", "rating"),
    "pyarrow": ("files", "rating"),
    "pyspark": "rating",
    "python_calamine": "files",
    "xlsxwriter": "files",
    "hypothesis": "testing",
    "pytest": "pytest_plugin",
    "pygls": "editor",
    "lsprotocol": "editor",
}
"""Who may import which package of others; empty for everybody."""

OPEN = {"editor", "files", "loading", "testing", "cli", "notebook", "pytest_plugin", "__main__"}
"""The rooms that may reach outside: to files, clocks, chance and the network."""

REACHING = {"os", "pathlib", "io", "time", "random", "socket", "subprocess", "shutil", "tempfile"}


def rooms() -> list[str]:
    """Return the rooms at the top of the package."""
    found = [path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()]
    return sorted(name for name in found if name not in ("__init__", "__pycache__", "py"))


def files(room: str) -> list[Path]:
    single = PACKAGE / f"{room}.py"
    return [single] if single.exists() else sorted((PACKAGE / room).rglob("*.py"))


def others(file: Path) -> Iterator[str]:
    """Return the third-party packages that a file imports."""
    for node in statements(file):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield (node.module or "").split(".")[0]


def layers() -> list[set[str]]:
    """Return the rooms by layer, highest first, from the settings of the project."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = {one["id"]: one for one in settings["tool"]["importlinter"]["contracts"]}
    return [set(layer.split(" | ")) for layer in contracts["rooms"]["layers"]]


def test_arrows_between_rooms_point_down(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert lint_imports(no_cache=True) == 0


def test_the_settings_name_every_room() -> None:
    assert set().union(*layers()) == {*rooms()} - {"__main__"}


def test_no_files_import_each_other_in_a_ring() -> None:
    graph = grimp.build_graph("kpirules", exclude_type_checking_imports=True, cache_dir=None)
    rings = [
        {module, *others}
        for module in graph.modules
        if (others := graph.find_upstream_modules(module) & graph.find_downstream_modules(module))
    ]
    assert not rings


def test_the_page_draws_the_rooms() -> None:
    section = ARCHITECTURE.read_text(encoding="utf-8").split("## The rooms")[1].split("\n## ")[0]
    drawn = [set(re.findall(r"`(\w+)`", row.split("|")[1])) for row in re.findall(r"^\| `.*$", section, re.MULTILINE)]
    assert drawn == layers()


@pytest.mark.parametrize("room", rooms())
def test_packages_of_others_are_imported_where_they_belong(room: str) -> None:
    for file in files(room):
        for package in others(file):
            if package not in sys.stdlib_module_names and package != "kpirules":
                allowed = OUTSIDE.get(package, ())
                rooms = (allowed,) if isinstance(allowed, str) else allowed
                assert rooms == ("",) or room in rooms, f"{file} imports {package}"


@pytest.mark.parametrize("room", sorted({*rooms()} - OPEN))
def test_the_core_has_no_clock_no_chance_and_no_files(room: str) -> None:
    for file in files(room):
        reached = {*others(file)} & REACHING
        assert not reached, f"{file} imports {reached}"


def test_the_tests_of_a_room_stand_in_the_folder_of_its_name() -> None:
    """So that `pytest tests/unit/analysis` runs them."""
    unit = ROOT / "tests" / "unit"
    assert {path.relative_to(unit).parts[0] for path in unit.rglob("test_*.py")} <= set(rooms())
