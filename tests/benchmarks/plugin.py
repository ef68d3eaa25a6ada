"""Measures the cost of the pytest plugin for a suite without rulebooks, and its cases per second."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from kpirules.testing.collecting import collect

ROOT = Path(__file__).parents[2]

ROUNDS = 7
FILES, TESTS = 20, 25

# Settings of a project around the files have no say here.
PYTEST = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", os.devnull)

IMPORT = """
import pytest, time
begun = time.perf_counter()
import kpirules.pytest_plugin
print(time.perf_counter() - begun)
"""


def import_seconds() -> float:
    """Return the least time of importing the plugin after pytest, over several processes."""
    runs = (_run([sys.executable, "-c", IMPORT], ROOT).stdout for _ in range(ROUNDS))
    return min(float(said) for said in runs)


def unrelated_suite(folder: Path) -> tuple[float, float]:
    """Return the least seconds of a suite without rulebooks, without the plugin and with it."""
    for number in range(FILES):
        tests = "".join(f"def test_{index}():\n    assert {index} < {TESTS}\n\n" for index in range(TESTS))
        (folder / f"test_{number}.py").write_text(tests, encoding="utf-8")
    command = [*PYTEST]
    spent: dict[bool, list[float]] = {False: [], True: []}
    for _ in range(ROUNDS):
        # One after the other, so that whatever else the machine does hits both alike.
        for has_plugin, times in spent.items():
            begun = perf_counter()
            _run([*command, *(["-p", "kpirules.pytest_plugin"] if has_plugin else [])], folder)
            times.append(perf_counter() - begun)
    return min(spent[False]), min(spent[True])


def cases_a_second(path: Path) -> tuple[int, float, float]:
    """Return the cases of a file, and the cases per second by the library alone and by pytest."""
    found = collect(path)
    begun = perf_counter()
    for one in found:
        assert one.run().passed
    alone = len(found) / (perf_counter() - begun)
    times = []
    for arguments in (["--collect-only"], []):
        begun = perf_counter()
        _run([*PYTEST, "-p", "kpirules.pytest_plugin", *arguments, str(path)], path.parent)
        times.append(perf_counter() - begun)
    return len(found), alone, len(found) / max(times[1] - times[0], 0.001)


def rows(folder: Path, count: int) -> Path:
    """Return a case file with some rows."""
    text = "kpirules: 1\nid: rows\ninputs: {x: {type: integer, min: 0, max: 100000}}\ncriteria: {k: {max: 100000, points: x}}\nscore: {round: {places: 0}}\n"
    (folder / "rows.kpi.yaml").write_text(text, encoding="utf-8")
    lines = (f"row {number},{number},{number}\n" for number in range(count))
    (folder / "rows.csv").write_text("name,x,expect.score\n" + "".join(lines), encoding="utf-8")
    path = folder / "rows.cases.yaml"
    path.write_text("rulebook: rows.kpi.yaml\ncases_from: rows.csv\n", encoding="utf-8")
    return path


def _run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=True)


def main() -> None:
    """Print all measurements."""
    print(f"importing the plugin: {import_seconds() * 1000:.2f} ms")
    with TemporaryDirectory() as folder:
        without, with_plugin = unrelated_suite(Path(folder))
    added = (with_plugin - without) * 1000
    print(f"{FILES * TESTS} unrelated tests: {without:.3f} s without, {with_plugin:.3f} s with it ({added:+.1f} ms)")
    with TemporaryDirectory() as folder:
        count, alone, in_pytest = cases_a_second(rows(Path(folder), 5000))
    print(f"{count} rows as cases: {alone:,.0f} a second alone, {in_pytest:,.0f} in pytest")


if __name__ == "__main__":
    main()
