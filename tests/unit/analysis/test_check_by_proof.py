"""`check --prove`: possible findings are shown or removed, and parts without effect are found."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from textwrap import dedent

import pytest

from kpirules import Diagnostic, check, load, loads
from kpirules.cli import main
from tests.budget import some

ROOT = Path(__file__).parents[3]
ORGANISATION = ROOT / "examples" / "nd335" / "organisation.kpi.yaml"


def found(text: str, *, prove: bool = True) -> dict[str, Diagnostic]:
    """Return the findings by code."""
    report = check(text=f"kpirules: 1\n{dedent(text)}", prove=prove)
    assert not report.errors, report
    return {one.code: one for one in report}


# -- what only a proof tells -------------------------------------------------------------------------------

GUARDED = """
inputs:
  a: {type: integer, min: 0, max: 1000}
  b: {type: integer, min: 0, max: 1000}
  c: {type: integer, min: 0, max: 1000}
validations: {some: {that: a + b + c >= 1}, fewer: {that: a <= b + c}}
outputs: {part: a / (b + c)}
"""


def test_a_finding_that_no_subject_can_show_is_taken_back() -> None:
    assert found(GUARDED, prove=False)["KR350"].evidence == "possible"
    assert "KR350" not in found(GUARDED)


def test_a_mistake_elsewhere_keeps_a_finding_taken_back() -> None:
    text = f"kpirules: 1\n{GUARDED}".replace("{part: a / (b + c)}", "{part: a / (b + c), other: no_such_name}")
    assert {one.code for one in check(text=text)} == {"KR201", "KR350"}
    assert {one.code for one in check(text=text, prove=True)} == {"KR201"}
    text = text.replace("outputs:", "criteria: {a: {max: 9, met: no_such_name}}\noutputs:")
    assert {one.code for one in check(text=text, prove=True)} == {"KR201"}


def test_nothing_is_said_to_have_no_effect_beside_a_mistake() -> None:
    text = f"kpirules: 1\n{EFFECTS}\noutputs: {{o: no_such_name}}"
    assert not {one.code for one in check(text=text, prove=True)} & {"KR332", "KR336", "KR402"}


def test_an_allow_of_what_only_a_proof_takes_back_is_not_a_finding() -> None:
    allowed = GUARDED.replace(
        "part: a / (b + c)", "part: {value: a / (b + c), allow: {KR350: b and c are never both zero}}"
    )
    assert set(found(allowed, prove=False)) == {"KR350"}
    assert found(allowed) == {}
    unused = GUARDED.replace("part: a / (b + c)", "part: {value: a, allow: {KR350: nothing}}")
    assert set(found(unused)) == set(found(unused, prove=False)) == {"KR243"}


def test_a_finding_that_z3_shows_has_a_subject() -> None:
    text = """
    inputs:
      a: {type: integer, min: 0, max: 100000}
      b: {type: integer, min: 0, max: 100000}
    outputs: {part: 1 / (31 * a - 17 * b - 7919)}
    """
    one = found(text)["KR350"]
    assert one.evidence == "shown"
    given = json.loads(one.witness)
    assert 31 * given["a"] - 17 * given["b"] == 7919


def test_a_finding_that_z3_leaves_open_says_why() -> None:
    text = """
    inputs: {a: {type: number, min: 0, max: 100, decimals: 2}, b: {type: number, min: 1, max: 100, decimals: 2}}
    outputs: {part: "1 / (exp(a / 100) - ln(b) - 1/3)"}
    """
    one = found(text)["KR350"]
    assert one.evidence == "possible"
    assert one.notes[-1] == "possible, not shown: z3 neither finds a subject nor rules it out"


# -- what has no effect -------------------------------------------------------------------------------------

EFFECTS = """
inputs:
  p: {type: boolean}
  q: {type: boolean}
  r: {type: boolean}
  x: {type: integer, min: 0, max: 10}
  y: {type: integer, min: 0, max: 10}
validations: {implied: {that: not r or q}, sum: {that: 2 * x + 3 * y <= 18}, other: {that: 3 * x + 2 * y <= 18}}
criteria: {a: {max: 20, points: x + y}, b: {max: 20, points: 1}}
score: {limits: {cap: {when: q or p, at_most: 9}}}
bands: {top: {from: 9}, mid: {from: 3, below: 9}, low: {below: 3}}
overrides:
  hard: {when: q, band: low}
  soft: {when: r, band_at_most: mid}
"""

REACHED = EFFECTS.replace("top: {from: 9}", "top: {from: 8}").replace("below: 9", "below: 8")


def test_a_band_that_validations_keep_out_of_reach_is_found() -> None:
    assert "KR332" not in found(EFFECTS, prove=False)
    one = found(EFFECTS)["KR332"]
    assert (one.path, one.evidence) == ("bands.top", "proved")
    assert "KR332" not in found(REACHED)


@pytest.mark.parametrize("requirement", ["points.k < 20", "points.k + points.r < 90"])
def test_a_band_whose_requirement_only_a_proof_rules_out_is_found(requirement: str) -> None:
    text = f"""
    inputs: {{b: {{type: boolean}}, c: {{type: choice, options: [x, y]}}}}
    allow: {{KR242: not every requirement reads every input}}
    criteria: {{k: {{max: 40, entered: {{step: 1}}}}, r: {{max: 60, entered: {{step: 1}}}}}}
    bands: {{overlap: best, levels: {{top: {{from: 90, requires: {requirement}}}, rest: {{from: 0, to: 100}}}}}}
    """
    assert "KR332" not in found(text, prove=False)
    one = found(text)["KR332"]
    assert (one.path, one.evidence) == ("bands.levels.top", "proved")


def test_a_limit_that_validations_keep_idle_is_found() -> None:
    assert "KR336" not in found(EFFECTS, prove=False)
    one = found(EFFECTS)["KR336"]
    assert (one.path, one.evidence) == ("score.limits.cap", "proved")
    assert one.message == "the limit `cap` never lowers the score, which is never greater while the limit applies"
    assert "KR336" not in found(EFFECTS.replace("at_most: 9", "at_most: 7"))


def test_an_override_hidden_behind_another_is_found() -> None:
    assert "KR402" not in found(EFFECTS, prove=False)
    one = found(EFFECTS)["KR402"]
    assert (one.path, one.evidence) == ("overrides.soft", "proved")
    assert "KR402" not in found(REACHED.replace("not r or q", "not q or r"))


def test_an_override_that_its_own_validation_keeps_away_is_found() -> None:
    text = """
    inputs: {p: {type: boolean}, q: {type: boolean}}
    criteria: {a: {max: 10, points: 10, applies: p, missing: zero}, b: {max: 10, entered: {step: 1}}}
    score: {rescale: false}
    validations: {only: {that: not p or q}}
    bands: {good: {from: 5}, poor: {below: 5}}
    overrides: {never: {when: p and not q, band: poor}}
    """
    assert {"KR402", "KR341"} & set(found(text))


@pytest.mark.parametrize(
    ("kind", "decides"),
    [("band_at_most: mid", True), ("band_at_least: mid", True), ("band: mid", True), ("unrated: left_out", True)],
)
def test_an_override_that_decides_for_one_subject_is_not_a_finding(kind: str, decides: bool) -> None:
    text = REACHED.replace("band_at_most: mid", kind).replace("when: q,", "when: q and x == 2,")
    assert ("KR402" in found(text)) is not decides


@pytest.mark.parametrize("place", ["bands", "score", "overrides"])
def test_an_allow_of_what_only_a_proof_finds_is_not_a_finding_without_it(place: str) -> None:
    code, old, new = {
        "bands": ("KR332", "{from: 9}", "{from: 9, allow: {KR332: kept for next year}}"),
        "score": ("KR336", "at_most: 9}", "at_most: 9, allow: {KR336: kept for next year}}"),
        "overrides": ("KR402", "band_at_most: mid}", "band_at_most: mid, allow: {KR402: kept for next year}}"),
    }[place]
    text = EFFECTS.replace(old, new)
    assert "KR243" not in found(text, prove=False)
    assert found(text)[code].allowed
    idle = text.replace("<= 18", "<= 25").replace("not r or q", "not q or r")
    assert "KR243" in found(idle)
    assert "KR243" not in found(idle, prove=False)


# -- programs, variants, the command line ---------------------------------------------------------------------


def test_a_program_is_proved_with_what_reading_it_found() -> None:
    program = loads(f"kpirules: 1\nid: guarded\n{GUARDED}")
    assert [one.code for one in check(program)] == ["KR350"]
    assert list(check(program, prove=True)) == []
    assert list(check(program.rulebook, prove=True)) == []


VARIED = """\
kpirules: 1
variant_by: post
inputs:
  post: {type: choice, options: [head, staff]}
  approved: {type: boolean}
  done: {type: integer, min: 0, max: 10}
criteria: {done: {max: 10, points: done}}
bands: {good: {from: 5, requires: approved}, poor: {below: 5}}
variants: {head: {bands: {good: {from: 6}, poor: {below: 6}}}, staff: {}}
"""


def test_a_program_of_several_variants_is_proved_as_one(tmp_path: Path) -> None:
    path = tmp_path / "varied.kpi.yaml"
    path.write_text(VARIED, encoding="utf-8")
    program = load(path)
    assert len(program.whole) == 2
    by_path, by_program = check(path, prove=True), check(program, prove=True)
    assert list(by_path) == list(by_program)
    assert {one.evidence for one in by_path if one.code == "KR334"} == {"shown"}


@pytest.mark.parametrize("arguments", [[], ["--format", "json"]])
def test_the_command_line_proves(arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "guarded.kpi.yaml"
    path.write_text(f"kpirules: 1\nid: guarded\n{GUARDED}", encoding="utf-8")
    assert main(["check", *arguments, str(path)]) == 1
    assert "KR350" in capsys.readouterr().out
    assert main(["check", "--prove", *arguments, str(path)]) == 0
    assert "KR350" not in capsys.readouterr().out


def test_without_the_extra_a_proof_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "z3", None)
    with pytest.raises(ModuleNotFoundError, match=r'pip install "kpirules\[prove\]"'):
        check(ORGANISATION, prove=True)
    assert main(["check", "--prove", str(ORGANISATION)]) == 2
    assert capsys.readouterr().err == 'kpirules: proofs need z3: pip install "kpirules[prove]"\n'
    assert not check(ORGANISATION).errors


IN_ANOTHER_PROCESS = f"""
import sys, kpirules
assert not kpirules.check({str(ORGANISATION)!r}).errors
print("z3" in sys.modules)
"""

ANSWERS = """
from kpirules import load
from kpirules.analysis.proving import of_its_subjects
from kpirules.analysis.proving.goals import Goal
from kpirules.analysis.proving.solving import Forms
from kpirules.analysis.proving.solving.solver import Solver
for name in NAMES:
    program = load(f"examples/{name}.kpi.yaml")
    solver = Solver(Forms(of_its_subjects(program.plan, program.rulebook)), program.scalar)
    for band in program.plan.bands:
        print(name, band, solver.find(Goal(lambda answer: bool(answer) and answer.band("before") == band, band=band)))
""".replace("NAMES", str(some(["nd335/organisation", "customs21169/year", "kontum1923/person"], 3)))


@cache
def elsewhere() -> tuple[str, str]:
    """Return whether a process without a proof has z3, and the answers of z3 there."""
    command = [sys.executable, "-c", IN_ANOTHER_PROCESS + ANSWERS]
    environment = {"PYTHONHASHSEED": "1", "PATH": ""}
    told = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT, env=environment).stdout
    first, _, rest = told.partition("\n")
    return first, rest


def test_without_a_proof_z3_is_not_imported() -> None:
    assert elsewhere()[0] == "False"


def test_answers_repeat_in_another_process(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    exec(ANSWERS, {})
    here = capsys.readouterr().out
    assert "shown" in here
    assert elsewhere()[1] == here
