"""The public API: its names, the behaviour of its values, and the cost of importing it."""

from __future__ import annotations

import inspect
import json
import pickle
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from operator import attrgetter
from pathlib import Path
from typing import Any

import attrs
import pytest

import kpirules as kr

ROOT = Path(__file__).parents[2]

PUBLIC = [
    "Allocation",
    "Appraisal",
    "AppraisalProgram",
    "Appraised",
    "AppraisedStage",
    "Assessment",
    "Comparison",
    "Contribution",
    "Diagnostic",
    "Explanation",
    "FaultError",
    "FileRatings",
    "Impact",
    "KpirulesError",
    "LetterDetails",
    "Margin",
    "Needed",
    "Outcome",
    "Program",
    "Proofs",
    "QuotaGroup",
    "RankStability",
    "Report",
    "Rulebook",
    "RulebookError",
    "Sensitivity",
    "Severity",
    "Source",
    "Span",
    "SubjectError",
    "WhatIf",
    "allocate",
    "appraise",
    "assess",
    "assess_cohort",
    "assess_file",
    "assess_table",
    "check",
    "compare",
    "compile",
    "explain",
    "impact",
    "load",
    "load_appraisal",
    "loads",
    "needed",
    "plots",
    "prove",
    "prove_change",
    "rank_stability",
    "sensitivity",
    "what_if",
    "widget",
    "with_changes",
]
"""Everything a program may rely on; a change here is a change for everybody."""

HOOKS = {"load_ipython_extension"}
"""What other programs call, and nobody else."""

NEEDLESS = {
    "argparse", "asyncio", "concurrent.futures", "ctypes", "doctest", "email", "http", "json.tool", "logging",
    "multiprocessing", "numpy", "pandas", "pdb", "pydoc", "pytest", "rich", "smtplib", "socket", "sqlite3",
    "ssl", "subprocess", "tempfile", "tkinter", "unittest", "urllib.request", "xml", "yaml", "zipfile",
}  # fmt: skip
"""What rating somebody takes none of, or only once a file is read."""

RULEBOOK = """
kpirules: 1
id: review
inputs: {done: {type: number, min: 0, max: 100}, late: {type: boolean, default: false}}
parameters: {most: 100}
let: {kept: done / most}
criteria: {results: {max: most, rate: kept}, bonus: {max: 5, extra: true, points: 2}}
score: {round: {places: 0}, band_on: exact, limits: {late: {when: late, at_most: 60}}}
bands: {good: {from: 50, requires: {enough: {that: done > 20}}}, poor: {from: 0, below: 50}}
overrides: {late: {when: late, band_at_most: poor}}
outputs: {next: done + 1}
invariants: {bounded: {that: score <= 105}}
"""

TWO = {
    "kpirules": 1,
    "inputs": {"x": {"type": "number", "min": 0, "max": 1, "decimals": 1}},
    "criteria": {"a": {"max": 5, "rate": "x"}, "b": {"max": 5, "rate": "1 - x"}},
}
HALF = {"kpirules": 1, "inputs": {"x": {"type": "number", "decimals": 9}}, "outputs": {"half": "x / 2"}}
TAKE = {"x": {"stage": "one", "value": "half", "match": ["name"]}}
APPRAISAL = {
    "kpirules": 1,
    "appraisal": "halves",
    "stages": {
        "one": {"rulebook": "half", "key": ["name"]},
        "two": {"rulebook": "half", "key": ["name"], "take": TAKE},
    },
}


MODULES = {"plots"}
"""Public modules, whose names are public too."""

FUNCTIONS = [name for name in PUBLIC if inspect.isfunction(getattr(kr, name))]
FUNCTIONS += [f"plots.{name}" for name in kr.plots.__all__ if inspect.isfunction(getattr(kr.plots, name))]
CLASSES = [name for name in PUBLIC if inspect.isclass(getattr(kr, name))]


def test_all_lists_the_documented_names_in_order() -> None:
    assert list(kr.__all__) == PUBLIC == sorted(PUBLIC)


def test_nothing_else_is_public() -> None:
    found = [name for name, value in vars(kr).items() if not name.startswith("_") and not inspect.ismodule(value)]
    assert sorted({*found} - HOOKS | MODULES) == PUBLIC
    assert {name for name in PUBLIC if inspect.ismodule(getattr(kr, name))} == MODULES


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_public_function_is_documented_with_an_example(name: str) -> None:
    text = inspect.getdoc(attrgetter(name)(kr)) or ""
    assert text.splitlines()[0].endswith((".", ":"))
    assert ">>> " in text


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_public_function_explains_what_it_takes(name: str) -> None:
    function = attrgetter(name)(kr)
    text = inspect.getdoc(function) or ""
    for parameter in inspect.signature(function).parameters:
        assert re.search(rf"^    {parameter}:", text, re.MULTILINE), parameter


@pytest.mark.parametrize("name", FUNCTIONS)
def test_optional_arguments_are_keyword_only(name: str) -> None:
    # `check` takes its subject by position or a text by name; `needed` reads as "needed for a band".
    parameters = inspect.signature(attrgetter(name)(kr)).parameters.values()
    optional = [p for p in parameters if p.default is not p.empty and p.name not in ("source", "band")]
    assert all(parameter.kind is parameter.KEYWORD_ONLY for parameter in optional)


@pytest.mark.parametrize("name", CLASSES)
def test_a_public_class_its_fields_and_its_methods_are_documented(name: str) -> None:
    class_ = getattr(kr, name)
    text = inspect.getdoc(class_) or ""
    assert text.splitlines()[0].endswith((".", ":"))
    if attrs.has(class_):
        _, _, fields = text.partition("Args:\n")
        named = re.findall(r"^    (\w+(?:, \w+)*):", fields.partition("\n\n")[0], re.MULTILINE)
        described = {name for names in named for name in names.split(", ")}
        assert described <= {one.name for one in attrs.fields(class_)}
    for method, function in vars(class_).items():
        if not method.startswith("_") and inspect.isfunction(function):
            assert inspect.getdoc(function), method


# -- values ---------------------------------------------------------------------------------------


QUOTA = """\
kpirules: 1
inputs: {done: {type: integer, min: 0, max: 100}}
criteria: {main: {max: 100, points: done}}
bands: {top: {from: 90}, good: {from: 0}}
cohort:
  quotas:
    top: {band: top, at_most: 50%, of: all, base: before, round: down, minimum: 0, order: [score], ties: undecided,
          demote_to: good}
"""


@cache
def values() -> dict[type, Any]:
    """Return one value of every class that a whole run returns."""
    program = kr.loads(RULEBOOK, name="review.kpi.yaml")
    assessment = kr.assess(program, {"done": 90})
    broken = kr.check(text="kpirules: 1\nid: a\noutputs: {y: x}")
    wired = kr.load_appraisal(APPRAISAL, rulebooks={"half": HALF})
    appraised = kr.appraise(wired, {"one": [{"name": "An", "x": 1}, {"x": 2}], "two": [{"name": "An"}]})
    other = kr.loads(RULEBOOK.replace("from: 50", "from: 95"), name="other.kpi.yaml")
    impact = kr.impact(program, other, [{"done": 90}, {"done": 101}])
    found: dict[type, Any] = {}
    details = kr.LetterDetails("An", "2026", "The council", date(2027, 1, 5), "Write to the council.")
    explained = kr.explain(assessment, form="letter", about=details)
    for value in (
        program,
        assessment,
        explained,
        details,
        broken,
        wired,
        appraised,
        allocation(),
        impact,
        kr.prove(program),
        kr.needed(program, {"done": 9}, "good", changing=["late"]),
        kr.what_if(program, {"done": 9}, done=10),
        kr.sensitivity(program, [{"done": 9}], only="bands"),
        kr.rank_stability(kr.load(TWO), [{"x": 1}], seed=1, draws=1),
        kr.FileRatings(rows=2, errors=1),
    ):
        for part in parts(value, set()):
            found.setdefault(type(part), part)
    return found


def allocation() -> kr.Allocation:
    program = kr.loads(QUOTA)
    members = {"An": {"done": 95}, "Bình": {"done": 93}}
    return kr.allocate(program, members, kr.assess_cohort(program, members, is_allocated=False))


def parts(value: Any, seen: set[int]) -> Iterator[Any]:
    if id(value) in seen:
        return
    seen.add(id(value))
    if attrs.has(type(value)):
        yield value
        for one in attrs.fields(type(value)):
            if one.init:  # what a value keeps beside, such as generated code, is no part of it
                yield from parts(getattr(value, one.name), seen)
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from parts(part, seen)
    elif isinstance(value, tuple | list | frozenset):
        for part in value:
            yield from parts(part, seen)


def test_every_public_value_comes_out_of_a_run() -> None:
    classes = {getattr(kr, name) for name in CLASSES if attrs.has(getattr(kr, name))}
    assert classes <= set(values())


def test_a_value_is_frozen_picklable_and_equal_to_its_copy() -> None:
    for class_, value in values().items():
        for one in attrs.fields(class_):
            with pytest.raises(attrs.exceptions.FrozenInstanceError):
                setattr(value, one.name, None)
        with pytest.raises((attrs.exceptions.FrozenInstanceError, AttributeError)):
            value.something_new = 1
        copy = pickle.loads(pickle.dumps(value))
        assert type(copy) is class_
        assert copy == value, class_
        if class_.__hash__ is not None:
            assert hash(copy) == hash(value), class_


@pytest.mark.parametrize("class_", [kr.FaultError, kr.RulebookError, kr.SubjectError])
def test_an_error_keeps_its_report_when_it_is_pickled(class_: type[kr.KpirulesError]) -> None:
    error = class_(kr.check(text="kpirules: 1\nid: a\noutputs: {y: x}"))
    copy = pickle.loads(pickle.dumps(error))
    assert (type(copy), copy.report, str(copy)) == (class_, error.report, str(error))


# -- importing ------------------------------------------------------------------------------------

IMPORT = """
import json, sys, time
before = set(sys.modules)
begun = time.perf_counter()
import kpirules
seconds = time.perf_counter() - begun
print(json.dumps([seconds, sorted(set(sys.modules) - before)]))
"""


def test_importing_takes_nothing_that_rating_does_not_need() -> None:
    done = subprocess.run(
        [sys.executable, "-S", "-c", f"import sys; sys.path[:] = {sys.path!r}\n{IMPORT}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    seconds, modules = json.loads(done.stdout)
    print(f"import kpirules: {seconds * 1000:.0f} ms, {len(modules)} modules")
    assert not NEEDLESS & set(modules)
    assert "kpirules" in modules


def test_the_command_line_is_imported_only_when_it_is_used() -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, kpirules; print([m for m in sys.modules if '.cli' in m or '.testing' in m])",
        ],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"
