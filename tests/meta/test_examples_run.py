"""Every example runs: those of docstrings here, those of Markdown pages in `test_markdown_pages.py`."""

from __future__ import annotations

import doctest
import importlib.util
import pkgutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sybil.example import SybilFailure

import kpirules
from tests.documents import parse_blocks, parse_python, settle_in, settle_out


def modules() -> Iterator[str]:
    """Return every module of the package except `__main__`."""
    yield kpirules.__name__
    for found in pkgutil.walk_packages(kpirules.__path__, "kpirules."):
        if not found.name.endswith("__main__"):
            yield found.name


def docstrings() -> Iterator[doctest.DocTest]:
    """Return every docstring with an example."""
    finder = doctest.DocTestFinder()
    for name in modules():
        found = importlib.util.find_spec(name)
        if found is None or ">>>" not in Path(str(found.origin)).read_text(encoding="utf-8"):
            continue
        yield from (test for test in finder.find(importlib.import_module(name), name) if test.examples)


@pytest.mark.parametrize("example", list(docstrings()), ids=lambda example: example.name)
def test_the_examples_of_a_docstring_are_true(example: doctest.DocTest) -> None:
    told: list[str] = []
    doctest.DocTestRunner(verbose=False).run(example, out=told.append)
    assert not told, "".join(told)


# -- the mechanism for Markdown -------------------------------------------------------------------

RULEBOOK = """\
kpirules: 1
id: review
inputs:
  done: {type: number, min: 0, max: 100}
criteria:
  results: {max: 100, points: done}
score: {round: {places: 0}}
"""


def run(folder: Path, text: str) -> int:
    """Run a page as `test_markdown_pages.py` does; return the number of its examples."""
    from sybil import Document

    page = folder / "page.md"
    page.write_text(text, encoding="utf-8")
    document = Document.parse(str(page), parse_python, parse_blocks)
    settle_in(document.namespace)
    try:
        return sum(1 for example in document.examples() if example.evaluate() is None)
    finally:
        settle_out(document.namespace)


def block(language: str, source: str, *remarks: str) -> str:
    above = "".join(f"<!-- {remark} -->\n" for remark in remarks)
    return f"Some words.\n\n{above}```{language}\n{source}```\n\n"


RUNS = {
    "Python blocks share their names": (block("python", "x = 1\n") + block("python", ">>> x\n1\n"), 2),
    "a rulebook is clean": (block("yaml", RULEBOOK), 1),
    "a rulebook is rejected for what it is said to be": (
        block("yaml", RULEBOOK.replace("points: done", "points: dome"), "rejected: KR201"),
        1,
    ),
    "a part of a rulebook is not checked": (block("yaml", "bands: {good: {from: }}\n"), 0),
    "a file is there for what follows": (
        block("yaml", RULEBOOK, "file: my/review.kpi.yaml")
        + block("python", 'import kpirules as kr\nassert kr.load("my/review.kpi.yaml").id == "review"\n')
        + block("json", '{"done": 90}\n', "file: lan.json")
        + block("python", "from pathlib import Path\nassert Path('lan.json').exists()\n"),
        4,
    ),
    "a file grows and changes": (
        block("yaml", RULEBOOK, "file: review.kpi.yaml")
        + block("yaml", "bands: {good: {from: 50}}\n", "added to: review.kpi.yaml")
        + block("diff", "-bands: {good: {from: 50}}\n+bands: {good: {from: 0}}\n", "changed in: review.kpi.yaml")
        + block("yaml", RULEBOOK + "bands: {good: {from: 0}}\n", "by now: review.kpi.yaml")
        + block("console", "$ kpirules check review.kpi.yaml\n"),
        5,
    ),
    "a block that is not run says so": (
        block("python", "1 / 0\n", "not run") + block("yaml", "kpirules: 1\nx: \n", "not run"),
        0,
    ),
    "a rulebook that fails in Python fails": (
        block(
            "python",
            ">>> import kpirules as kr\n"
            '>>> [d.code for d in kr.check(text="kpirules: 1\\nid: a\\noutputs: {y: x}")]\n'
            "['KR201']\n",
        ),
        2,
    ),
    "other commands are not run": (block("sh", "pip install x\n") + block("console", "$ rm x\ngone\n"), 0),
    "the examples of the repository are there": (
        block("python", 'open("examples/nd335/staff.kpi.yaml").close()\n'),
        1,
    ),
    "a command is run": (block("sh", "cd nowhere\nkpirules --version\n"), 1),
    "its output is compared": (
        block("yaml", RULEBOOK, "file: review.kpi.yaml")
        + block("console", f"$ kpirules --version\nkpirules {kpirules.__version__}\n"),
        2,
    ),
    "its exit is compared": (block("console", "$ kpirules check nowhere.kpi.yaml\n", "exits with 2"), 1),
}  # fmt: skip

FAILS = {
    "Python that raises": block("python", "1 / 0\n"),
    "another value": block("python", ">>> 1\n2\n"),
    "a rulebook with an error": block("yaml", RULEBOOK.replace("points: done", "points: dome")),
    "a rulebook with another error": block(
        "yaml", RULEBOOK.replace("points: done", "points: dome"), "rejected: KR202"
    ),
    "a clean rulebook that should be rejected": block("yaml", RULEBOOK, "rejected: KR201"),
    "a change of what does not stand there": (
        block("yaml", RULEBOOK, "file: a.kpi.yaml") + block("diff", "-id: b\n+id: c\n", "changed in: a.kpi.yaml")
    ),
    "a change of what stands there twice": (
        block("text", "a\na\n", "file: a.txt") + block("diff", "-a\n+b\n", "changed in: a.txt")
    ),
    "a file that is not what it is by now": (
        block("text", "a\n", "file: a.txt") + block("text", "b\n", "by now: a.txt")
    ),
    "another output": block("console", "$ kpirules --version\nkpirules 99\n"),
    "another exit": block("sh", "kpirules check nowhere.kpi.yaml\n"),
}


@pytest.mark.parametrize("what", RUNS)
def test_pages_that_are_true_run(tmp_path: Path, what: str) -> None:
    text, count = RUNS[what]
    assert run(tmp_path, text) == count


@pytest.mark.parametrize("what", FAILS)
def test_pages_that_are_not_true_fail(tmp_path: Path, what: str) -> None:
    with pytest.raises((SybilFailure, ZeroDivisionError)):
        run(tmp_path, FAILS[what])
