"""Writes the outcomes of attacks and shipped examples as JSON, for Python with and without `-O`."""

from __future__ import annotations

import json
import sys
from hashlib import sha256
from pathlib import Path

import kpirules as kr
from kpirules.diagnostics.codes import CATALOGUE
from kpirules.engines.scalar.compiling import function
from kpirules.errors import KpirulesError
from kpirules.testing.collecting import collect
from kpirules.testing.csv_cases import given_as_typed
from kpirules.testing.expectations import chosen

from . import pieces
from .attacks import COUNTS, Attack, attack, outcome
from .known import EXPRESSIONS

ROOT = Path(__file__).parents[2]
GENERATED = (
    "def core():\n    return 1\n",
    "def core():\n    return 'x'\n",
    "def core():\n    return __import__\n",
    "def core():\n    return x.__class__\n",
    "import os\n",
    "def core():\n    return open\n",
    "def core():\n    return eval(a1)\n",
    "def core():\n    return a.tofile\n",
    "def core():\n    global a\n",
    "def core():\n    return lambda: 1\n",
    "def core():\n    return f''\n",
    "def core():\n    assert a\n",
)
"""Texts at the gate of generated code: only the first consists of its words."""


def compiled(text: str) -> str:
    """Return the outcome of parsing a text."""
    try:
        return f"= {function(text, 'core', {})()}"
    except Exception as refused:
        return f"{type(refused).__name__}: {refused}"


def hostile(what: str) -> str:
    """Return the outcome of assessing a hostile subject."""
    try:
        return str(pieces.hostile(what))
    except Exception as raised:
        return f"{type(raised).__name__}: {raised}"


def rated(path: Path) -> list[str]:
    """Return whether each case of a file passes, with the whole record of its assessment."""
    try:
        found = collect(path, root=ROOT / "examples")
    except KpirulesError as refused:
        return [str(refused)]
    told = []
    for one in found:
        record = ""
        try:
            program = chosen(one.program, one.case)
            record = kr.assess(program, given_as_typed(program.gathered, one.case.given)).to_json()
        except KpirulesError as refused:
            record = str(refused)
        told.append(f"{one.case.name}: {one.run().passed} {sha256(record.encode()).hexdigest()}")
    return told


def main(every: str = "1", attacks: str = "60") -> None:
    """Print the outcomes of some attacks of each kind, and of one in so many known attacks and case files."""
    part = slice(None, None, int(every))
    pages = repr([(code.code, code.title, code.page) for code in CATALOGUE.values()])
    found = {
        **{kind: [outcome(attack(kind, number)) for number in range(int(attacks))] for kind in COUNTS},
        "known": {text: outcome(Attack("formulas", 0, "known", text, "")) for text in [*EXPRESSIONS][part]},
        "hostile": {what: hostile(what) for what in [*pieces.HOSTILE][part]},
        "generated": {text: compiled(text) for text in GENERATED},
        "pages": sha256(pages.encode()).hexdigest(),
        "examples": {
            str(path.relative_to(ROOT)): rated(path)
            for path in sorted((ROOT / "examples").rglob("*.cases.yaml"))[part]
        },
    }
    print(json.dumps({"optimize": sys.flags.optimize, "found": found}))


if __name__ == "__main__":
    main(*sys.argv[1:])
