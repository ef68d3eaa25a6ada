"""A small rulebook in several files, and helpers to point into it."""

from __future__ import annotations

from pathlib import Path

from kpirules.diagnostics.fixes import fixed
from kpirules.editor.renaming import renamed
from kpirules.editor.workspace import Workspace

EXAMPLES = Path(__file__).parents[3] / "examples"

BASE = """\
kpirules: 1
id: demo.base
inputs:
  tasks:
    type: list
    fields:
      hours: {type: number, min: 0, max: 100, decimals: 1, label: "Giờ 😀"}
      kind: {type: choice, options: [old, new]}
    let: {double: 2 * item.hours}
    unique: [kind]
  grade: {type: integer, min: 0, max: 9}
parameters:
  most: {value: 200, source: Điều 3}
tables:
  worth: {steps: [{from: 5, value: 1}, {below: 5, value: 0}]}
functions:
  part: {args: [x, whole], value: "x / whole"}
let:
  total: sum(t.double for t in tasks if t.kind == "new")
criteria:
  work:
    source: Điều 4
    criteria:
      done: {max: 50, rate: 'min(part(total, whole=most), 1)'}
      care: {max: 30, entered: {step: 1}}
  bonus: {max: 20, cases: [{when: {grade: {from: 7}}, points: 20}, {points: 0}]}
score: {round: {places: 2}, band_on: rounded}
bands:
  overlap: best
  levels:
    good: {from: 50, requires: {enough: "share.done >= 10% and care > 0"}}
    fair: {}
overrides:
  lazy: {when: worth(grade) == 0 and total < 1, band: fair}
outputs:
  best: max(c.share for c in children.work)
invariants:
  more_helps: {never_lowers: [grade, tasks.hours]}
examples:
  - name: one
    given: {tasks: [{hours: 50, kind: new}], grade: 8, care: 20}
    expect: {score: 65, band: good, points: {done: 25, care: 20}, let: {total: 100}, outputs: {best: "2/3"}}
"""

LOCAL = """\
kpirules: 1
id: demo.local
extends: base.kpi.yaml
let:
  total: sum(t.double for t in tasks) / 2
"""

CASES = """\
rulebook: base.kpi.yaml
cases:
  - name: two
    given: {tasks: [{hours: 10, kind: old}], grade: 3, care: 0}
    expect: {score: 0, let: {total: 0}, overrides: [lazy]}
"""


def folder(path: Path, **more: str) -> Workspace:
    """Write the files into a folder, and return a workspace in which none is open."""
    for name, text in {"base.kpi.yaml": BASE, "local.kpi.yaml": LOCAL, "base.cases.yaml": CASES, **more}.items():
        (path / name).write_text(text, encoding="utf-8")
    return Workspace()


def at(text: str, part: str, marked: str = "") -> int:
    """Return the offset of a part of a text, or of something inside that part."""
    assert text.count(part), part
    return text.index(part) + (part.index(marked) if marked else 0)


def after(workspace: Workspace, path: Path, offset: int, new: str) -> Workspace:
    """Return a workspace in which a name is renamed."""
    for name, fixes in renamed(workspace, path, offset, new).edits.items():
        workspace = workspace.having(name, fixed(fixes[0].span.source, fixes))
    return workspace
