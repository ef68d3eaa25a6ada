"""`python -O` and `python -OO` change neither the outcomes of attacks nor those of examples.

The second does all that the first does, and leaves out docstrings.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

pytest.importorskip("resource", reason="attacks are limited by POSIX")

from ..budget import by_budget
from .confined import ROOT

FLAGS = by_budget({"": 0, "-OO": 2}, {"": 0, "-O": 1, "-OO": 2})
"""Flags of Python, with the level of each."""

EVERY = by_budget(64, 1)
"""One of so many known attacks, hostile subjects, and case files of the shipped examples."""

ATTACKS = by_budget(6, 60)
"""Of each kind of the corpus."""

PARTS = ("formulas", "documents", "subjects", "records", "known", "hostile", "generated", "pages", "examples")


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    """Return the output of `tests.sandbox.optimized` by the flag of Python."""
    running = [
        subprocess.Popen(
            [sys.executable, *filter(None, [flag]), "-m", "tests.sandbox.optimized", str(EVERY), str(ATTACKS)],
            cwd=ROOT, stdout=subprocess.PIPE, text=True,
        )
        for flag in FLAGS
    ]  # fmt: skip
    told = [json.loads(process.communicate()[0]) for process in running]
    assert [one["optimize"] for one in told] == [*FLAGS.values()]
    return {flag: one["found"] for flag, one in zip(FLAGS, told, strict=True)}


@pytest.mark.parametrize("flag", [*FLAGS][1:])
@pytest.mark.parametrize("part", PARTS)
def test_optimized_python_gives_the_same_results(found: dict[str, Any], flag: str, part: str) -> None:
    assert found[flag][part] == found[""][part]


def test_every_part_is_compared(found: dict[str, Any]) -> None:
    assert tuple(found[""]) == PARTS
    cases = [case for told in found[""]["examples"].values() for case in told]
    assert len(cases) > 400 // EVERY
    assert all(": True " in case for case in cases)
    generated = list(found[""]["generated"].values())
    assert generated[0] == "= 1"
    assert all("an unexpected word" in told for told in generated[1:])
