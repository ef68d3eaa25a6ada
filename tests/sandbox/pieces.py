"""What the helper process runs: small functions from plain arguments to plain answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import kpirules as kr
from kpirules.diagnostics.render import render_text

INPUTS: dict[str, Any] = {
    "x": {"type": "number", "min": 0, "max": 100, "decimals": 2},
    "y": {"type": "integer", "min": -1000, "max": 1000},
    "wide": {"type": "number"},
    "ok": {"type": "boolean"},
    "name": {"type": "text"},
    "grade": {"type": "choice", "options": ["good", "fair"], "ordered": "best_first"},
    "since": {"type": "date"},
    "maybe": {"type": "number", "min": 0, "max": 1, "optional": True},
    "tasks": {
        "type": "list",
        "fields": {
            "hours": {"type": "number", "min": 0, "max": 40, "decimals": 1},
            "weight": {"type": "integer", "min": 1, "max": 1000000},
            "kind": {"type": "choice", "options": ["plain", "urgent"]},
        },
    },
}
SUBJECT: dict[str, Any] = {
    "x": 4, "y": -3, "wide": 10**17, "ok": True, "name": "Lan", "grade": "fair", "since": "2026-03-01",
    "tasks": [{"hours": 2, "weight": 3, "kind": "plain"}, {"hours": 5, "weight": 7, "kind": "urgent"}],
}  # fmt: skip


def around(expression: object, **more: Any) -> dict[str, Any]:
    """A small rulebook with one expression."""
    return {"kpirules": 1, "id": "sandbox", "inputs": INPUTS, "outputs": {"answer": expression}, **more}


def told(report: kr.Report) -> list[str]:
    """The codes of a report; it can be drawn, and nothing in the drawing commands a terminal."""
    drawn = render_text(report)
    assert_harmless(drawn)
    return sorted({d.code for d in report.errors})


def assert_harmless(text: str) -> None:
    """Nothing in a text commands a terminal, hides, or turns the direction of what follows."""
    for character in "\0\x07\x08\x1b\x7f\x9b\u202a\u202e\u2066\u2069\u200e\u200f\ufeff":
        assert character not in text, f"U+{ord(character):04X}"


def expression(text: str) -> object:
    """Codes that refuse an expression, or what it gives."""
    try:
        program = kr.load(around(text))
    except kr.RulebookError as error:
        return told(error.report)
    return rate(program, SUBJECT)


def rate(program: kr.Program, subject: object) -> object:
    """Codes that refuse a subject, or the status, and the outputs as texts."""
    try:
        assessment = kr.assess(program, subject)
    except (kr.SubjectError, kr.FaultError) as error:
        return told(error.report)
    for drawn in (str(kr.explain(assessment)), kr.explain(assessment).html):
        assert_harmless(drawn if isinstance(drawn, str) else drawn())
    return {"status": assessment.status, **{k: str(v) for k, v in assessment.outputs.items()}}


def checked(text: str) -> list[str]:
    """The codes of all that is found in a text."""
    return told(kr.check(text=text))


def assessed(rulebook: Mapping[str, Any], subject: object) -> object:
    """A rulebook and a subject, all the way."""
    try:
        program = kr.load(rulebook)
    except kr.RulebookError as error:
        return told(error.report)
    return rate(program, subject)
