"""Edits that resolve a diagnostic: which findings have one, which are safe, and the text after them."""

from __future__ import annotations

import json

import pytest

import kpirules as kr
from kpirules.diagnostics import Diagnostic, Fix, Report, Severity, Source, Span
from kpirules.diagnostics.codes import CATALOGUE
from kpirules.diagnostics.fixes import fixed
from kpirules.diagnostics.formats import render_sarif

HEAD = "kpirules: 1\ninputs: {x: {type: number, min: 0, max: 9}, since: {type: date}, late: {type: boolean}}\n"


def fixes(text: str) -> list[tuple[str, str, str, bool]]:
    """Return the code of each finding with a fix, the replaced text, the new text, and whether it is safe."""
    found = kr.check(text=text).findings
    return [(one.code, one.fix.span.text, one.fix.text, one.fix.is_safe) for one in found if one.fix is not None]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("outputs: {y: clamp(x, 0, 1)}", ("KR109", "clamp(x, 0, 1)", '"clamp(x, 0, 1)"', True)),
        ("outputs: {y: 'default(x, 0) * 2'}", ("KR231", "default(x, 0)", "x", True)),
        ("outputs: {y: 'default(x + 1, 0) * 2'}", ("KR231", "default(x + 1, 0)", "(x + 1)", True)),
        ('outputs: {y: since > "2026-03-31"}', ("KR221", '"2026-03-31"', "date(2026, 3, 31)", True)),
        ("outputs: {y: '\"2026-03-31\" < since'}", ("KR221", '"2026-03-31"', "date(2026, 3, 31)", True)),
        ("outputs: {y: {value: x, label: 2026}}", ("KR121", "2026", '"2026"', True)),
        ("exemptions: {a: {when: late, status: b}}\nrequire_sources: yes", ("KR121", "yes", "true", True)),
        ("outputs: {y: sinse}", ("KR201", "sinse", "since", False)),
        ("outputs: {y: 'medain(x for x in x)'}", ("KR210", "medain", "median", False)),
        ("outpust: {y: x}", ("KR103", "outpust", "outputs", False)),
        ("outputs: {null: x}", ("KR109", "null", '"null"', True)),
        (
            "outputs: {y: 2}\ntables: {t: {gives: {options: [a, b]}, steps: [{value: 3}]}}",
            ("KR121", "3", '"3"', True),
        ),
    ],
)
def test_a_finding_has_an_edit(written: str, expected: tuple[str, str, str, bool]) -> None:
    assert expected in fixes(HEAD + written)


@pytest.mark.parametrize(
    "written",
    [
        "outputs: {y: 'given(x)'}",  # whether the call or the input is wrong is not known
        "outputs: {y: since > late}",
        'outputs: {y: since > "spring"}',
        "outputs: {y: '1,5'}",
        "outputs: {y: {x: 1}}",
        "outputs: {[a]: x}",
        "outputs: {y: maybe}\nrequire_sources: perhaps",
    ],
)
def test_where_the_edit_is_not_known_there_is_none(written: str) -> None:
    assert fixes(HEAD + written) == []


def test_text_that_does_not_stand_in_the_document_as_it_is_has_no_edit() -> None:
    text = HEAD + "functions: {late_by: {args: [d], value: 'd > \"2026-03-31\"'}}\noutputs: {y: late_by(since)}"
    assert fixes(text)[0][1:3] == ('"2026-03-31"', "date(2026, 3, 31)")
    escaped = '{"kpirules": 1, "inputs": {"d": {"type": "date"}}, "outputs": {"y": "d > \\"2026-03-31\\""}}'
    assert fixes(escaped) == []
    assert kr.check({"kpirules": 1, "inputs": {"d": {"type": "date"}}, "outputs": {"y": 'd > "2026-03-31"'}}).errors


def test_of_edits_that_overlap_the_first_is_made() -> None:
    source = Source("a", "one two three")
    edits = [
        Fix(Span(source, start, end), text, True) for start, end, text in ((4, 7, "2"), (5, 9, "x"), (0, 3, "1"))
    ]
    assert fixed(source, [*edits, edits[0]]) == "1 2 three"


def test_an_edit_is_told_in_json_and_sarif() -> None:
    source = Source("a.kpi.yaml", "kpirules: 1\nid: a\n")
    span = Span(source, 16, 17)
    found = Diagnostic("KR201", Severity.ERROR, "wrong", span, help="write b").with_fix("b", is_safe=True)
    assert found.to_data()["fix"] == {
        "line": 2, "column": 5, "end_line": 2, "end_column": 6, "text": "b", "safe": True,
    }  # fmt: skip
    (result,) = json.loads(render_sarif(Report((found,)), CATALOGUE))["runs"][0]["results"]
    (fix,) = result["fixes"]
    assert fix["description"] == {"text": "write b"}
    (change,) = fix["artifactChanges"]
    assert change["replacements"] == [
        {
            "deletedRegion": {"startLine": 2, "startColumn": 5, "endLine": 2, "endColumn": 6},
            "insertedContent": {"text": "b"},
        }
    ]
    assert Diagnostic("KR602", Severity.ERROR, "no text").with_fix("b", is_safe=True).fix is None
