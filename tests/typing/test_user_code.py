"""A type checker on programs that use the library."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

PROGRAM = '''
"""A program of somebody who uses the library."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import polars

import kpirules
from kpirules import Assessment, Program, SubjectError
from kpirules.testing import examples_of, run_case


def rate(program: Program, subject: dict[str, object]) -> Decimal | None:
    try:
        a: Assessment = kpirules.assess(program, subject)
    except SubjectError as mistaken:
        for diagnostic in mistaken.report:
            print(diagnostic.code, diagnostic.message)
        return None
    reveal_type(a.score)
    reveal_type(a.exact_score)
    reveal_type(a.band)
    reveal_type(a.status)
    reveal_type(a.points)
    reveal_type(a.points["results"])
    reveal_type(a.share.get("results"))
    reveal_type(a.margin)
    if a.margin is not None:
        reveal_type(a.margin.up)
        reveal_type(a.margin.rounding_decided)
    reveal_type(a.outputs)
    reveal_type([override.id for override in a.overrides])
    reveal_type(kpirules.explain(a, language="vi").text())
    total: Fraction = sum(a.points.values(), start=Fraction(0))
    print(total)
    return a.score


program = kpirules.load("staff.kpi.yaml")
reveal_type(program)
reveal_type(kpirules.loads("kpirules: 1"))
reveal_type(kpirules.check("staff.kpi.yaml"))
reveal_type(program.report.findings)
reveal_type([run_case(program, case).passed for case in examples_of(program)])
rate(program, {"months": 12, "score": Decimal("0.1")})
reveal_type(kpirules.assess_table(program, [{"months": 12}], key="name"))
reveal_type(kpirules.assess_table(program, polars.DataFrame({"months": [12]}), language="vi"))
reveal_type(program.inputs["months"].words.unit)
reveal_type(program.subject_schema())
letter = kpirules.LetterDetails("An", "2026", "The council", date(2027, 1, 5), "Write to the council.")
reveal_type(kpirules.explain(kpirules.assess(program, {}), form="letter", about=letter))
'''

REVEALED = [
    "decimal.Decimal | None",
    "fractions.Fraction | None",
    "str | None",
    "str",
    "kpirules.kernel.mappings.FrozenMap[str, fractions.Fraction]",
    "fractions.Fraction",
    "fractions.Fraction | None",
    "kpirules.record.parts.Margin | None",
    "decimal.Decimal | fractions.Fraction | None",
    "bool",
    "kpirules.kernel.mappings.FrozenMap[str, fractions.Fraction | bool | str | datetime.date | None]",
    "list[str]",
    "str",
    "kpirules.rating.program.Program",
    "kpirules.rating.program.Program",
    "kpirules.diagnostics.report.Report",
    "tuple[kpirules.diagnostics.report.Diagnostic, ...]",
    "list[bool]",
    "list[dict[str, Any]]",
    "polars.dataframe.frame.DataFrame",
    "str",
    "dict[str, Any]",
    "kpirules.showing.explaining.explanation.Explanation",
]


MISTAKES = {
    "a.scores": "attr-defined",
    "a.score + 1": "operator",
    "kpirules.assess(a, {})": "arg-type",
    "kpirules.explain(a, tongue='vi')": "call-arg",
    "a.points['results'] = 1": "index",
    "a.band.upper()": "union-attr",
}
"""Lines of a program, each with the code of what mypy finds wrong in it."""

MISTAKEN = "import kpirules\n\n" + "".join(
    f"def f{number}(a: kpirules.Assessment) -> None:\n    {line}\n" for number, line in enumerate(MISTAKES)
)


SETTINGS = """\
[mypy]
strict = True
follow_imports = silent
[mypy-IPython.*,anywidget.*,hypothesis.*,narwhals.*,numpy.*,pydantic.*,pytest.*,sqlalchemy.*,traitlets.*,yaml.*]
follow_imports = skip
follow_imports_for_stubs = True
"""
"""Settings of mypy: no type of these packages is in the programs, and to read them takes much longer than the rest."""


def messages(folder: Path) -> list[str]:
    """Return the messages of mypy for both programs, by line."""
    (folder / "user.py").write_text(PROGRAM, encoding="utf-8")
    (folder / "mistaken.py").write_text(MISTAKEN, encoding="utf-8")
    (folder / "mypy.ini").write_text(SETTINGS, encoding="utf-8")
    options = ["--no-error-summary", "--no-color-output", "--cache-dir", os.devnull]
    command = [sys.executable, "-m", "mypy", *options, "user.py", "mistaken.py"]
    environment = {"MYPYPATH": str(ROOT), "PATH": ""}
    ran = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=300
    )
    return (ran.stdout + ran.stderr).splitlines()


def test_a_program_is_typed_strictly_and_each_mistake_is_found_before_it_runs(tmp_path: Path) -> None:
    said = messages(tmp_path)
    of_program = [line for line in said if not line.startswith("mistaken.py:")]
    assert [line.partition("note: Revealed type is ")[2].strip('"') for line in of_program] == REVEALED
    found = [line for line in said if line.startswith("mistaken.py:") and "error:" in line]
    places = [f"mistaken.py:{4 + 2 * number}: error:" for number in range(len(MISTAKES))]
    assert [line.partition(" error:")[0] + " error:" for line in found] == places
    assert [line.rpartition("  [")[2].rstrip("]") for line in found] == list(MISTAKES.values())
