"""Settings of the whole suite: the budget of generated tests, the fast tests, and what coverage follows."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Generator, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.budget import set_budget

TESTS = Path(__file__).parent

# jsonschema would build a grammar of addresses, which takes a second and no schema here asks for.
sys.modules.setdefault("rfc3987_syntax", None)

settings.register_profile(
    "long", deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], print_blob=True
)
# The same examples in every run: what fails for one person fails for all.
settings.register_profile("fixed", settings.get_profile("long"), max_examples=10, derandomize=True, database=None)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--long`."""
    parser.addoption("--long", action="store_true", help="give generated tests the long budget, and draw anew")


def pytest_configure(config: pytest.Config) -> None:
    """Choose the budget before any test is imported."""
    # What is imported and collected stays: looking through it for garbage takes a tenth of the time.
    gc.disable()
    is_long = config.getoption("--long")
    set_budget(is_long=is_long)
    settings.load_profile("long" if is_long else "fixed")
    # No file of a test has to survive a power failure.
    vars(os)["fsync"] = lambda _: None
    # What a test starts imports what another one has compiled, whatever this run was told of bytecode.
    sys.dont_write_bytecode = False
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    if sys.modules.get("coverage") and (measured := sys.modules["coverage"].Coverage.current()):
        config.pluginmanager.register(PausedCoverage(measured))


def pytest_collection_finish() -> None:
    """Hide the options of this run from every pytest that a test starts; workers have already read them."""
    os.environ.pop("PYTEST_ADDOPTS", None)
    # Thousands of collected tests stay: they are not looked through each time that memory is tidied up.
    gc.collect()
    gc.freeze()
    # Trees of formulas have many small objects and few cycles, and hardly any that lives long.
    gc.set_threshold(10_000, 50, 1_000)
    gc.enable()


@cache
def _name(path: Path) -> str:
    """Return the path of a test file relative to this folder, or its whole path if it is elsewhere."""
    return path.relative_to(TESTS).as_posix() if path.is_relative_to(TESTS) else path.as_posix()


# -- the check ------------------------------------------------------------------------------------

CHECKED_ONCE = (
    *("benchmarks", "examples", "javascript", "sql"),
    *(f"unit/{room}" for room in ("appraising", "change", "cli", "editor", "publishing", "testing")),
)
"""Folders whose tests load rulebooks and say nothing of that: a file reads, builds and checks each rulebook once."""


@pytest.fixture(autouse=True, scope="module")
def once(request: pytest.FixtureRequest) -> Iterator[None]:
    """Load each rulebook once in a file of these folders."""
    if not _name(request.path).startswith(tuple(f"{folder}/" for folder in CHECKED_ONCE)):
        yield
        return
    from tests.checked import checked_once

    with checked_once():
        yield


# -- fast tests -----------------------------------------------------------------------------------

FAST = "unit"
"""The folder of fast tests."""

SLOW = {
    "analysis": "bounds check_by_proof findings laws quotas settled shown_subjects solver translation unresolved",
    "appraising": "appraise",
    "change": "by_part cohorts_compared differences forms impact proofs sensing significance stability writing_parts",
    "cli": "appraise_command appraise_stopped assess_command command_line diff_command mutate_command new_command "
    "prove_command",
    "documents": "building_rejected yaml_text",
    "editor": "checking hovering renaming server under_pytest_lsp",
    "engines": "scalar_criteria scalar_names scalar_numbers scalar_rating",
    "files": "assess_file resume workbook",
    "kernel": "brief",
    "notebook": "widget",
    "plan": "lowering one_row",
    "plots": "counting pictures_of_many",
    "publishing": "site",
    "rating": "frames_elsewhere margins problems_together program versions what_is_kept",
    "record": "deferred_assessment plain",
    "reference": "named_values order_of_an_assessment",
    "testing": "mutating plugin properties strategies updating",
}
"""Files in it, by room, that take longer than three quarters of a second (`pytest --durations=100 tests/unit`)."""


def _is_fast(name: str) -> bool:
    """Return whether the tests of a file are fast, by its path below this folder."""
    top, _, rest = name.partition("/")
    folder, _, file = rest.rpartition("/")
    return top == FAST and file.removeprefix("test_").removesuffix(".py") not in SLOW.get(folder, "").split()


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Ignore slow files if only fast tests run."""
    if config.option.markexpr != "fast" or not collection_path.is_relative_to(TESTS):
        return None
    name = _name(collection_path)
    is_left_out = not _is_fast(name) if collection_path.is_file() else name.partition("/")[0] not in (".", FAST)
    return is_left_out or None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the fast tests; what needs other software is none of them."""
    for item in items:
        if _is_fast(_name(item.path)) and item.get_closest_marker("engines") is None:
            item.add_marker(pytest.mark.fast)


# -- coverage -------------------------------------------------------------------------------------

MEASURED = {"unit", "conformance", "laws"}
"""Folders whose tests must reach every branch of the lower rooms."""


class PausedCoverage:
    """Stops coverage for tests outside `unit`, which would only take longer, and of which some measure time."""

    def __init__(self, coverage: Any) -> None:
        self.coverage = coverage
        self.is_running = True
        self.of_subprocesses = os.environ.get("COVERAGE_PROCESS_START", "")

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Switch coverage before a test if the previous test was of the other kind."""
        is_measured = _name(item.path).partition("/")[0] in MEASURED
        if is_measured != self.is_running:
            self.is_running = is_measured
            if is_measured:
                os.environ["COVERAGE_PROCESS_START"] = self.of_subprocesses
                self.coverage.start()
            else:
                self.coverage.stop()
                os.environ.pop("COVERAGE_PROCESS_START", None)
        return (yield)
