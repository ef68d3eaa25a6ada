"""The floors: a part imports only from lower floors, and third-party packages only where they belong."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "kpirules"

FLOORS: tuple[frozenset[str], ...] = (
    frozenset({"brief", "budget", "certain", "visible"}),
    frozenset({"exact", "calendars", "mappings", "wording", "markup", "phrases", "diagnostics"}),
    frozenset({"expressions", "errors", "cards"}),
    frozenset({"model", "record"}),
    frozenset({"reading", "checking", "reference", "legend", "margins", "overview", "gathering"}),
    frozenset({"plan"}),
    frozenset({"bounds", "scalar"}),
    frozenset({"proving", "outlines"}),
    frozenset({"program"}),
    frozenset({"assessing", "columns", "versions"}),
    frozenset({"explaining", "tables"}),
    frozenset({"appraising", "comparing"}),
    frozenset({"files", "atomic"}),
    frozenset({"loading", "cells", "csv_lines"}),
    frozenset({"cli", "testing", "pytest_plugin", "__main__"}),
)
"""Lowest first. Parts that share a floor never import each other, apart from `ALLOWED_BESIDE`."""

ALLOWED_BESIDE = {
    # Representations of values are neutral.
    ("brief", "visible"),
    # Words about rules are frozen mappings by language, and texts are read exactly.
    ("wording", "mappings"),
    # A notebook shows reports.
    ("diagnostics", "markup"),
    # The command line runs cases with the very code of the testing kit.
    ("cli", "testing"),
    ("pytest_plugin", "testing"),
    ("__main__", "cli"),
}

OUTSIDE = {
    "attrs": "everything",
    "simpleeval": "expressions",
    "yaml": "reading",
    "rich": "cli",
    "narwhals": "tables",
    "z3": "proving",
    "hypothesis": "testing",
    "pytest": "pytest_plugin",
}
"""Who may import which third-party package."""

FORBIDDEN_BELOW_LOADING = {
    "os",
    "pathlib",
    "io",
    "time",
    "random",
    "socket",
    "subprocess",
    "shutil",
    "tempfile",
}
"""Modules of the standard library that reach outside; only loading, and what stands on it, may."""


def parts() -> list[str]:
    names = [p.stem if p.suffix == ".py" else p.name for p in PACKAGE.iterdir()]
    return sorted(n for n in names if (not n.startswith("__") and n not in ("py", "py.typed")) or n == "__main__")


def floor_of(part: str) -> int:
    return next(number for number, floor in enumerate(FLOORS) if part in floor)


def imports(file: Path) -> Iterator[tuple[str, bool]]:
    """Every module a file imports, absolute, with whether it is the package's own."""
    here = file.relative_to(PACKAGE.parent).with_suffix("").parts[:-1]
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, alias.name.split(".")[0] == "kpirules"
        elif isinstance(node, ast.ImportFrom):
            if node.level == 0:
                yield node.module or "", (node.module or "").split(".")[0] == "kpirules"
            else:
                base = list(here[: len(here) - node.level + 1])
                names = [node.module] if node.module else [alias.name for alias in node.names]
                for name in names:
                    yield ".".join([*base, name]), True


def files(part: str) -> list[Path]:
    single = PACKAGE / f"{part}.py"
    return [single] if single.exists() else sorted((PACKAGE / part).rglob("*.py"))


def test_every_part_of_the_package_has_a_floor() -> None:
    assert set(parts()) == set().union(*FLOORS)


@pytest.mark.parametrize("part", sorted(set().union(*FLOORS)))
def test_a_part_imports_only_from_lower_floors(part: str) -> None:
    for file in files(part):
        for module, is_own in imports(file):
            if not is_own:
                continue
            target = module.split(".")[1] if "." in module else "__init__"
            if target in ("__init__", "__version__"):
                assert floor_of(part) == len(FLOORS) - 1, f"{file} imports the face of the package"
                continue
            if target == part or (part, target) in ALLOWED_BESIDE:
                continue
            assert floor_of(target) < floor_of(part), f"{file} imports {module}"


@pytest.mark.parametrize("part", sorted(set().union(*FLOORS)))
def test_third_party_packages_are_imported_only_where_they_belong(part: str) -> None:
    for file in files(part):
        for module, is_own in imports(file):
            top = module.split(".")[0]
            if is_own or top in sys.stdlib_module_names:
                continue
            assert OUTSIDE.get(top) in ("everything", part), f"{file} imports {top}"


@pytest.mark.parametrize("part", sorted(set().union(*FLOORS[:11])))
def test_the_core_has_no_clock_no_chance_and_no_files(part: str) -> None:
    for file in files(part):
        reached = {module.split(".")[0] for module, _ in imports(file)} & FORBIDDEN_BELOW_LOADING
        assert not reached, f"{file} imports {reached}"
