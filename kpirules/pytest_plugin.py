"""Cases of kpirules in pytest: `*.cases.yaml` files and the examples of `*.kpi.yaml` rulebooks are tests.

It imports pytest alone, so that suites without rulebooks pay nothing for it; the rest of kpirules is imported when
the first of its files is collected. `-p no:kpirules` leaves it out altogether.

There is no assertion here for pytest to rewrite: PYTEST_DONT_REWRITE.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from .diagnostics import Span
    from .testing.cases import CaseOutcome
    from .testing.collecting import Collected
    from .testing.covering import CoverageOfCases
    from .testing.updating import Edit, Written

__all__ = ["CaseItem", "CasesFile"]

ENDINGS = tuple(f".{kind}.{format_}" for kind in ("cases", "kpi") for format_ in ("yaml", "yml", "json"))
"""Names of files that hold cases; no other file is looked at."""


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("kpirules", "cases of kpirules")
    group.addoption(
        "--kpi-update",
        action="store_true",
        help="rewrite, in place, the expectations of kpirules cases that differ from what comes out",
    )
    group.addoption(
        "--kpi-cov",
        action="store_true",
        help="say which decision points of the rulebooks no kpirules case covers",
    )
    group.addoption(
        "--kpi-cov-fail-under",
        metavar="N",
        type=float,
        help="fail where the cases cover less than N per cent of the decision points",
    )
    parser.addini("kpirules_collect", "whether the cases of kpirules files are tests", type="bool", default=True)


def pytest_configure(config: pytest.Config) -> None:
    is_shared = getattr(config.option, "numprocesses", None) or hasattr(config, "workerinput")
    if config.getoption("kpi_update"):
        if is_shared:
            raise pytest.UsageError("--kpi-update rewrites files, which one process must do alone: add `-n 0`")
        config.pluginmanager.register(_Updating(config), "kpirules-update")
    if config.getoption("kpi_cov") or config.getoption("kpi_cov_fail_under") is not None:
        if is_shared:
            raise pytest.UsageError("--kpi-cov adds up what all cases cover, in one process: add `-n 0`")
        config.pluginmanager.register(_Covering(config.getoption("kpi_cov_fail_under")), "kpirules-cov")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    if not file_path.name.lower().endswith(ENDINGS) or not parent.config.getini("kpirules_collect"):
        return None
    return CasesFile.from_parent(parent, path=file_path)


_loads: pytest.StashKey[Any] = pytest.StashKey()


class CasesFile(pytest.File):
    """A case file, or a rulebook with its examples."""

    def collect(self) -> Iterator[pytest.Item]:
        from .errors import KpirulesError
        from .kernel.visible import neutral
        from .loading.loading import load_whole
        from .testing.collecting import collect

        remembered = self.config.stash.setdefault(_loads, cache(load_whole))
        try:
            found = collect(_shown(self.path, self.config), load=remembered, root=_root(self.path, self.config))
        except KpirulesError as mistaken:
            raise self.CollectError(str(mistaken)) from None
        except OSError as problem:
            raise self.CollectError(neutral(f"{self.path}: {problem.strerror}")) from None
        for case in found:
            # pytest shows names as they are, and takes what stands after `::` for a part of one.
            yield CaseItem.from_parent(self, name=neutral(case.case.name), collected=case)


class _CaseFailed(Exception):
    """A failed case; its text is the whole message."""


class CaseItem(pytest.Item):
    """One case."""

    def __init__(self, *, collected: Collected, **rest: Any) -> None:
        super().__init__(**rest)
        self.collected = collected

    def runtest(self) -> None:
        outcome = self.collected.run()
        covering = self.config.pluginmanager.get_plugin("kpirules-cov")
        if covering is not None:
            covering.add(self.collected, outcome)
        updating = self.config.pluginmanager.get_plugin("kpirules-update")
        if updating is not None:
            from .testing.updating import held_by, update_of

            updating.held += held_by(outcome)
        if outcome.passed:
            return
        refused: tuple[str, ...] = ()
        if updating is not None:
            update = update_of(outcome)
            refused = update.refused
            if not refused:
                updating.edits += update.edits
                return
        from .kernel.visible import neutral

        reasons = (neutral(f"not updated: {why}") for why in refused)
        raise _CaseFailed("\n".join([outcome.text().rstrip(), *reasons]))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if isinstance(excinfo.value, _CaseFailed):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        span = self.collected.case.span
        if span is None:
            return self.path, None, self.name
        # A row of a table stands in a file of its own.
        return self.config.invocation_params.dir / span.source.name, span.line - 1, self.name


class _Updating:
    """Collects the files to rewrite, and writes them when all cases have run."""

    def __init__(self, config: pytest.Config) -> None:
        self.folder = config.invocation_params.dir
        self.edits: list[Edit] = []
        self.held: list[Span] = []
        self.written: tuple[Written, ...] = ()

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if not self.edits:
            return
        from .testing.updating import write

        self.written = write(self.edits, self.folder, self.held)
        if any(file.problem for file in self.written) and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        if self.written:
            terminalreporter.section("kpirules")
        for file in self.written:
            terminalreporter.line(str(file))


class _Covering:
    """Collects the coverage of cases, and reports it at the end of the run.

    Args:
        least: the share that is enough, in per cent, or None.
    """

    def __init__(self, least: float | None) -> None:
        self.least = least
        self.gathered: CoverageOfCases | None = None

    def add(self, case: Collected, outcome: CaseOutcome) -> None:
        from .testing.covering import CoverageOfCases

        self.gathered = self.gathered or CoverageOfCases()
        self.gathered.case(case, outcome)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self.least is None or self.gathered is None:
            return
        from .change.coverage import together

        if together(self.gathered.found()) * 100 < self.least and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        if self.gathered is None:
            return
        from .change.coverage_pages import summary

        found = self.gathered.found()
        terminalreporter.section("kpirules coverage")
        for file in found:
            terminalreporter.write(file.text())
        terminalreporter.line(summary(found))


def _root(path: Path, config: pytest.Config) -> Path | None:
    """Return the folder that limits reading: the suite's for a file inside it, else None.

    A suite runs code of that folder anyway.
    """
    return config.rootpath if path.is_relative_to(config.rootpath) else None


def _shown(path: Path, config: pytest.Config) -> str:
    """Return a path for messages, relative to the folder where pytest was started if it is inside."""
    folder = config.invocation_params.dir
    return os.path.relpath(path, folder) if path.is_relative_to(folder) else str(path)
