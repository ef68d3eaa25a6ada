"""Settings of the whole suite: the budget of generated tests, the fast tests, and what coverage follows."""

from __future__ import annotations

import os
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.budget import MIN_EXAMPLES, set_budget

TESTS = Path(__file__).parent

settings.register_profile(
    "long", deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], print_blob=True
)
# The same examples in every run: what fails for one person fails for all.
settings.register_profile(
    "fixed", settings.get_profile("long"), max_examples=MIN_EXAMPLES, derandomize=True, database=None
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--long`."""
    parser.addoption("--long", action="store_true", help="give generated tests the long budget, and draw anew")


def pytest_configure(config: pytest.Config) -> None:
    """Choose the budget before any test is imported."""
    is_long = config.getoption("--long")
    set_budget(is_long=is_long)
    settings.load_profile("long" if is_long else "fixed")
    # Options of this run are none of a pytest that a test starts.
    os.environ.pop("PYTEST_ADDOPTS", None)
    if sys.modules.get("coverage") and (measured := sys.modules["coverage"].Coverage.current()):
        config.pluginmanager.register(PausedCoverage(measured))


def _name(item: pytest.Item) -> str:
    """Return the path of a test below this folder, or all of it where it is elsewhere."""
    return item.path.relative_to(TESTS).as_posix() if item.path.is_relative_to(TESTS) else item.path.as_posix()


# -- fast tests -----------------------------------------------------------------------------------

FAST = {"unit", "meta"}
"""Folders of fast tests."""

SLOW = {
    "unit/cli/test_appraise_stopped.py",
}
"""Files in these folders that take longer than a second, by `pytest --durations=50 tests/unit`."""


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Import nothing of the slow folders where only fast tests run."""
    is_folder_of_tests = collection_path.parent == TESTS and collection_path.is_dir()
    return (
        True if config.option.markexpr == "fast" and is_folder_of_tests and collection_path.name not in FAST else None
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the fast tests."""
    for item in items:
        name = _name(item)
        if name.partition("/")[0] in FAST and name not in SLOW:
            item.add_marker(pytest.mark.fast)


# -- coverage -------------------------------------------------------------------------------------

MEASURED = {"unit", "conformance", "laws"}
"""Folders whose tests must reach every branch of the lower floors."""


class PausedCoverage:
    """Stops coverage for tests of the other folders: they would only take longer, and some measure time."""

    def __init__(self, coverage: Any) -> None:
        self.coverage = coverage
        self.is_running = True
        self.of_subprocesses = os.environ.get("COVERAGE_PROCESS_START", "")

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Switch coverage before a test where the one before was of the other kind."""
        is_measured = _name(item).partition("/")[0] in MEASURED
        if is_measured != self.is_running:
            self.is_running = is_measured
            if is_measured:
                os.environ["COVERAGE_PROCESS_START"] = self.of_subprocesses
                self.coverage.start()
            else:
                self.coverage.stop()
                os.environ.pop("COVERAGE_PROCESS_START", None)
        return (yield)
