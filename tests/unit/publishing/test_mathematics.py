"""Formulas as MathML."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from kpirules.kernel.markup import Html
from kpirules.language.expressions.tree import Unreadable
from kpirules.publishing.mathematics import MIN_LINE, Mathematics, is_mathematical

from .kit import text_of, wording
from .test_wording import SAID, tree

SPACE = "<mspace></mspace>"


def written(text: str) -> str:
    """Return the MathML of a formula without the attributes that only place it."""
    html = str(Mathematics(wording()).row(tree(text)))
    return re.sub(r' (?:width|form|lspace|rspace)="[^"]*"', "", html).replace("mtext", "t").replace("mrow", "r")


DRAWN = [
    ("done / planned", "<mfrac><t>Work done</t><t>Work planned</t></mfrac>"),
    ("done ** 2", "<msup><t>Work done</t><mn>2</mn></msup>"),
    ("abs(done)", "<r><mo>|</mo><t>Work done</t><mo>|</mo></r>"),
    ("floor(done)", "<r><mo>⌊</mo><t>Work done</t><mo>⌋</mo></r>"),
    ("ceil(done)", "<r><mo>⌈</mo><t>Work done</t><mo>⌉</mo></r>"),
    ("sqrt(done)", "<msqrt><t>Work done</t></msqrt>"),
    ("root(done, 3)", "<mroot><t>Work done</t><mn>3</mn></mroot>"),
    ("power(done, 2)", "<msup><t>Work done</t><mn>2</mn></msup>"),
    ("exp(2)", "<msup><mi>e</mi><mn>2</mn></msup>"),
    ("ln(2)", "<r><mi>ln</mi><r><mo>(</mo><mn>2</mn><mo>)</mo></r></r>"),
    ("min(1, 2)", "<r><mi>min</mi><r><mo>(</mo><r><mn>1</mn><mo>,</mo><mn>2</mn></r><mo>)</mo></r></r>"),
    ("-done", "<r><mo>−</mo><t>Work done</t></r>"),
    ("2 * (1 + done)", f"<r><mn>2</mn>{SPACE}<mo>×</mo>{SPACE}<r><mo>(</mo><r><mn>1</mn>{SPACE}<mo>+</mo>{SPACE}<t>Work done</t></r><mo>)</mo></r></r>"),
    ("2 * (1 / done)", f"<r><mn>2</mn>{SPACE}<mo>×</mo>{SPACE}<mfrac><mn>1</mn><t>Work done</t></mfrac></r>"),
    ("2 * max(1, 2)", f"<r><mn>2</mn>{SPACE}<mo>×</mo>{SPACE}<r><mi>max</mi><r><mo>(</mo><r><mn>1</mn><mo>,</mo><mn>2</mn></r><mo>)</mo></r></r></r>"),
    ("0 < done <= 5", f"<r><mn>0</mn>{SPACE}<mo>&lt;</mo>{SPACE}<t>Work done</t>{SPACE}<mo>≤</mo>{SPACE}<mn>5</mn></r>"),
    ("grade == 'low'", f"<r><t>Grade</t>{SPACE}<mo>=</mo>{SPACE}<t>«Low grade»</t></r>"),
    ("sum(t.hours for t in tasks)", '<r><munder><mo class="sum">∑</mo><t>«Tasks»</t></munder><t>Hours</t></r>'),
    ("avg(t.hours for t in tasks)", '<mfrac><r><munder><mo class="sum">∑</mo><t>«Tasks»</t></munder><t>Hours</t></r><t>their number</t></mfrac>'),
    ("factor(done, grade)", "<r><t>Factor</t><r><mo>(</mo><r><t>Work done</t><mo>,</mo><t>Grade</t></r><mo>)</mo></r></r>"),
    ("nothing()", "<t>nothing</t>"),
    ("not late", "<t>not «Late»</t>"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), DRAWN)
def test_a_formula_has_the_signs_of_mathematics(text: str, expected: str) -> None:
    assert written(text) == expected


@pytest.mark.parametrize("text", [text for text, _, _ in SAID])
def test_every_formula_can_be_drawn(text: str) -> None:
    drawn = Mathematics(wording("vi")).formula(tree(text))
    assert ElementTree.fromstring(str(drawn)).find("math") is not None


def test_conditions_are_cases_one_below_the_other() -> None:
    drawn = written("1 if late else 2 if done > 1 else 3")
    assert drawn.startswith('<mtable class="cases"><mtr><mtd><mn>1</mn></mtd><mtd>')
    assert text_of(Html(drawn)) == "1 if Late 2 if Work done > 1 3 otherwise"
    assert text_of(Html(written("ratio(done, planned, if_zero=0)"))) == (
        "Work done Work planned if Work planned ≠ 0 0 otherwise"
    )
    assert written("2 * ratio(1, 2, if_zero=0)").count("(") == 0


def test_what_has_no_sign_is_said_in_words_around_the_mathematics() -> None:
    assert text_of(Html(written("year(on) + round(done / 2, 1)"))) == (
        "( the year of Day ) + ( Work done 2 rounded to 1 decimal place, halves away from zero )"
    )
    assert text_of(Html(written("median(t.hours / 2 for t in tasks if t.hours > 1)"))) == (
        "the median of Hours 2 over «Tasks» where («Hours» is more than 1)"
    )


def test_names_are_broken_into_shorter_lines_where_many_stand_beside_each_other() -> None:
    few, many = (
        max(map(len, re.findall("<mtext>(.*?)</mtext>", str(Mathematics(wording()).formula(tree(text))))))
        for text in ("points.hours", "points.hours * points.hours * points.hours * points.hours * points.hours")
    )
    assert MIN_LINE >= many > 0
    assert few == len("the points of Hours at work")


def test_a_long_sum_has_several_rows_each_with_its_sign() -> None:
    drawn = written("done + planned - done + planned + 1 - (done + 2)")
    assert drawn.startswith('<mtable class="lines"><mtr><mtd><r><t>Work done</t>')
    rows = [text_of(Html(row)) for row in drawn.split("<mtr>")[1:]]
    assert rows == ["Work done + Work planned − Work done + Work planned + 1", "− ( Work done + 2 )"]
    assert "mtable" not in written("done + planned - done + planned")


def test_a_name_or_a_condition_of_names_says_no_more_as_mathematics() -> None:
    plain = ("done", "late and not late", "done in (1, 2)", "median(t.hours for t in tasks) > 1", "year(on)")
    drawn = ("done > 1", "done + 1", "done ** 2", "min(done, 1)", "avg(t.hours for t in tasks)", "1 if late else 2")
    assert [text for text in (*plain, *drawn) if is_mathematical(tree(text))] == [*drawn]
    assert str(Mathematics(wording()).row(Unreadable())) == ""
