"""`kpirules new`."""

from __future__ import annotations

import os
import re
from argparse import Namespace
from pathlib import Path

from ..kernel.visible import neutral
from ..loading.atomic import write_whole
from .failure import CommandError, files
from .schema import schema_text
from .terminal import say

__all__ = ["run"]

SCHEMA = "kpirules.schema.json"
NAME = "rulebook.kpi.yaml"
ENDINGS = (".yaml", ".yml")

_NO_ID = re.compile(r"[^a-z0-9]+")

TEMPLATE = """\
# yaml-language-server: $schema={schema}

# A rulebook says how subjects are rated. Nothing is implicit:
# no rounding, no zero for what is missing, no limit.
#
#     kpirules check {name}      finds mistakes
#     kpirules test {name}       runs the examples below

kpirules: 1
id: {id}
title: Yearly review

# What is known about a subject. A value outside its domain is refused, not corrected.
inputs:
  planned: {{type: integer, min: 1, max: 1000, label: Tasks planned}}
  done:    {{type: integer, min: 0, max: 1000, label: Tasks done}}
  warned:  {{type: boolean, default: false, label: Warned in writing this year}}

# Named values for formulas.
let:
  attainment: min(done / planned, 1)

# What earns points. `entered` is an assessor's judgement; everything else is measured.
criteria:
  results: {{label: Results, max: 70, rate: attainment, source: Article 3}}
  conduct: {{label: Conduct, max: 30, entered: {{step: 0.5}}, source: Article 4}}

# Numbers are exact until this line rounds them.
score: {{round: {{places: 2, mode: half_up}}, band_on: rounded}}

# The rating scale, best band first.
bands:
  excellent: {{from: 90, label: Excellent}}
  good:      {{from: 70, label: Good}}
  fair:      {{from: 50, label: Fair}}
  poor:      {{from: 0, label: Poor}}

# What overrides the score.
overrides:
  warning: {{when: warned, band_at_most: fair, source: Article 7}}

# Expected results. Numbers are compared exactly: a third is "1/3", not 0.333.
examples:
  - name: two thirds of the tasks
    given: {{planned: 3, done: 2, conduct: 27}}
    expect: {{points: {{results: "140/3"}}, score: 73.67, band: good}}
  - name: two thirds and a warning
    like: two thirds of the tasks
    given: {{warned: true}}
    expect: {{band: fair, overrides: [warning]}}
"""


def run(options: Namespace) -> int:
    """Write a rulebook to start from, and the schema that its first line names.

    Args:
        options: of the command line.

    Raises:
        CommandError: if the file exists or can't be written.
    """
    path = _target(options.path)
    with files(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with path.open("x", encoding="utf-8", newline="\n") as stream:
                stream.write(TEMPLATE.format(schema=SCHEMA, name=neutral(path.name), id=_id(path)))
        except FileExistsError:
            raise CommandError(f"{path}: the file already exists, and was not changed") from None
        schema = path.parent / SCHEMA
        # All rulebooks of a directory share one schema.
        if not schema.exists():
            write_whole(schema, [schema_text().encode()])
    say(f"{path} written; next: kpirules check {path}")
    return 0


def _target(written: str) -> Path:
    path = Path(written)
    if written.endswith(("/", os.sep)) or path.is_dir():
        return path / NAME
    if path.suffix.lower() not in ENDINGS:
        raise CommandError(f"{written}: the name of a rulebook ends in `.kpi.yaml`")
    return path


def _id(path: Path) -> str:
    """Return an id derived from the file name."""
    words = _NO_ID.sub("_", path.name.lower().partition(".")[0]).strip("_")
    return words if words and words[0].isalpha() else "rulebook"
