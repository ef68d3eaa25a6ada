"""A rating as a letter to the person who is rated."""

from __future__ import annotations

from datetime import date, datetime
from fractions import Fraction
from typing import Any

import pytest
from attrs import evolve

import kpirules as kr
from kpirules.record import QuotaOutcome
from tests.records import staff
from tests.rules import program

RULES = """
title: {en: Yearly review, vi: Đánh giá hằng năm}
edition: "2026"
source: {document: Decree 5, url: https://example.org/5}
inputs:
  tasks:
    type: list
    label: {en: Tasks, vi: Công việc}
    fields:
      code: {type: text, label: {en: Code}}
      hours: {type: number, min: 0, max: 99, decimals: 1, unit: h, label: {en: Hours, vi: Số giờ}}
      late_days: {type: integer, min: 0, max: 99, default: 0}
      kind: {type: choice, options: {a: {en: Plain, vi: Thường}, b: {en: Urgent, vi: Gấp}}, optional: true}
      remark: {type: text, optional: true}
  post: {type: choice, options: {head: {en: Head of a unit with a long name}, other: {en: Others}}, label: {en: Post}}
  warned: {type: boolean, default: false, label: {en: Warned in writing, vi: Bị cảnh cáo}}
  remote: {type: boolean, default: false}
let:
  total: {value: sum(t.hours for t in tasks), label: {en: Hours in all, vi: Tổng số giờ}, unit: h}
  few: total < 3
criteria:
  conduct: {max: 30, entered: {step: 0.5}, label: {en: Conduct, vi: Ý thức}}
  work:
    max: 70
    label: {en: Work, vi: Công việc}
    source: Article 3
    measure: total / 3
    steps: [{from: 3, points: 70}, {from: 1, points: 40}, {points: 0}]
  extra: {max: 0, min: -5, points: -5 if few else 0}
score: {max: 100, outside: clamp}
bands:
  fall: next
  levels:
    top: {from: 90, label: {en: Excellent, vi: Xuất sắc}, requires: {calm: {that: not remote, label: {en: No warning}}}}
    good: {from: 60, label: {en: Good, vi: Tốt}, requires: {on_time: {that: all(t.late_days < 9 for t in tasks)}}}
    not_met: {from: 0}
overrides:
  warning: {when: warned, band_at_most: not_met, source: Article 9, label: {en: A warning this year, vi: Bị cảnh cáo}}
outputs: {pay: {value: 100 if band == 'good' else 0, unit: VND, label: {en: Bonus, vi: Thưởng}}}
"""

ABOUT = kr.LetterDetails("Bình", "2026", "The council", date(2027, 1, 5), "Write to the council\n  within 30 days.")
TASKS = [{"code": "A-1", "hours": 2.5, "kind": "b"}, {"code": "A-2", "hours": 3, "late_days": 2}]


def letter(language: str | None = None, **given: Any) -> kr.Explanation:
    record = kr.assess(program(RULES), {"tasks": TASKS, "post": "head", "conduct": 27.5, **given})
    return kr.explain(record, form="letter", about=ABOUT, language=language)


LETTER = """\
Notice of rating: Bình
rules · edition 2026 · [Decree 5]
Rules      Yearly review
Period     2026
Issued by  The council
Issued on  2027-01-05

Rated Good
  score 67.5 of 100

── Points ──────────────────────────────────────────────────────────────────────────────────────────
score       67.5 / 100
├─ Work       40 / 70   measure: ≈1.8333; row «from 1» [Article 3]
├─ Conduct  27.5 / 30   entered by an assessor
└─ extra       0 / 0

── Values ──────────────────────────────────────────────────────────────────────────────────────────
Hours in all  5.5 h

── Outputs ─────────────────────────────────────────────────────────────────────────────────────────
Bonus  100 VND

── What the rating is based on ─────────────────────────────────────────────────────────────────────
Tasks:
  no.  Code  Hours (h)  late days  Kind
  1    A-1         2.5         0*  Urgent
  2    A-2           3          2
  * not given: the rulebook's default
Post                   Head of a unit with a long name
Warned in writing  no  not given: the rulebook's default
remote             no  not given: the rulebook's default

── What would have changed the rating ──────────────────────────────────────────────────────────────
  a result better by 22.5 would have given «Excellent», which also has requirements
  a result worse by more than 7.5 would have given «not met»
  points not earned, most first: «Work» 30 of 70, «Conduct» 2.5 of 30

── How to object ───────────────────────────────────────────────────────────────────────────────────
  Write to the council within 30 days.

≈ marks a number that is shortened here; all others are exact.
scoring rules SCORING
whole rulebook CONTENT
"""


def test_a_letter_shows_the_rating_its_reasons_and_what_they_rest_on_without_ids_or_formulas() -> None:
    rules = program(RULES).rulebook
    expected = LETTER.replace("SCORING", rules.scoring_hash).replace("CONTENT", rules.content_hash)
    assert letter("en").text() == expected.replace("  Kind", "  kind")


def test_what_outranks_the_score_comes_first_and_the_score_alone_is_reported() -> None:
    found = letter("en", warned=True, conduct=30, tasks=[{"code": "x", "hours": 9}]).text()
    assert "Rated not met\n  decided by «A warning this year» [Article 9]\n" in found
    assert "A warning this year  at most «not met»; decided [Article 9]\n" in found
    assert "warned" not in found.partition("scoring rules")[0].replace("Warned", "")
    found = letter("en", warned=True).text()
    assert "the score alone gives «Good»" in found
    assert "by the score alone: a result better by 22.5 would have given «Excellent»" in found


BEST = {"conduct": 30, "tasks": [{"code": "x", "hours": 9}]}


def test_failed_requirements_of_better_bands_are_shown_with_their_labels() -> None:
    found = letter("en", remote=True, **BEST).text()
    assert "Rated Good\n" in found
    assert "«Excellent» requires «No warning», which does not hold" in found
    late = letter("en", tasks=[{"code": "x", "hours": 9, "late_days": 9}], conduct=10).text()
    assert "«Good» requires «on time», which does not hold" in late


def test_a_band_that_fails_a_requirement_is_not_what_the_score_alone_gives() -> None:
    assert "the score alone gives «Excellent»" in letter("en", warned=True, **BEST).text()
    assert "the score alone gives" not in letter("en", warned=True, remote=True, **BEST).text()


def test_a_letter_shows_why_there_is_no_rating() -> None:
    rules = program(RULES.replace("  fall: next\n", ""))
    record = kr.assess(rules, {"post": "head", "remote": True, **BEST})
    found = kr.explain(record, form="letter", about=ABOUT, language="en").text()
    assert "No rating: the rulebook does not say which one\n  «Excellent» requires «No warning», which" in found


def test_a_letter_in_vietnamese() -> None:
    found = letter("vi").text()
    assert "Thông báo kết quả xếp loại: Bình\n" in found
    assert "Ngày ban hành     ngày 05 tháng 01 năm 2027\n" in found
    assert "Xếp loại «Tốt»\n" in found
    assert "STT" in found
    assert "Gấp" in found
    assert "kết quả kém hơn quá 7.5 thì bị xếp «not met»" in found


def test_markdown_has_a_table_for_records() -> None:
    found = letter("en").markdown()
    assert "# Notice of rating: Bình\n\n`rules` · edition 2026 · [Decree 5](https://example.org/5)\n" in found
    assert "\n- Issued on: 2027-01-05\n" in found
    assert "**Tasks**\n\n| no. | Code | Hours (h) | late days | kind |\n|---|---|--:|--:|---|\n" in found
    assert "| `1` | A-1 | 2.5 | 0\\* | Urgent |" in found
    assert "- **Work**: 40 / 70 — measure: ≈1.8333; row «from 1» — \\[Article 3\\]" in found


def test_html_has_a_main_part_heads_of_columns_and_marks_other_languages() -> None:
    found = letter("vi").html()
    assert '<main>\n<article class="kpirules-explanation" lang="vi">' in found
    assert '<th scope="col">tiêu chí</th><th scope="col">điểm</th><th scope="col">tối đa</th>' in found
    assert '<th class="number" scope="col">Số giờ (h)</th>' in found
    assert '<span lang="en">Code</span></th>' in found
    assert '<span lang="en">Head of a unit with a long name</span>' in found
    assert '<td class="short" data-head="kind">Gấp</td>' in found
    assert "<dt>Kỳ đánh giá</dt><dd>2026</dd>" in found
    assert '<cite lang=""><a href="https://example.org/5" rel="noreferrer">Decree 5</a></cite>' in found
    assert "@page { size: A4;" in found
    assert "thead { display: table-header-group; }" in found
    assert "<p>Write to the council within 30 days.</p>" in found
    english = letter("en").html()
    assert "Rated <span" not in english
    untitled = kr.explain(
        kr.assess(program(RULES.replace("en: Good, ", "")), {"tasks": TASKS, "post": "head", "conduct": 30}),
        form="letter",
        about=ABOUT,
        language="en",
    )
    assert '<p>Rated <span lang="vi">Tốt</span></p>' in untitled.html()


def test_the_data_of_a_letter_has_its_details_and_cells() -> None:
    data = letter("en").data()
    assert data["head"]["children"][1] == {"kind": "detail", "label": "Period", "amount": "2026"}
    (given,) = (section for section in data["sections"] if section["id"] == "letter_given")
    assert given["cells"] == ["name", "value", "", "remark"]
    assert given["children"][0]["children"][1]["cells"] == ["2", "A-2", "3", "2", ""]


def test_records_that_do_not_fit_side_by_side_are_sentences() -> None:
    fields = "".join(f"f{n}: {{type: text, label: A rather long label {n}}}, " for n in range(9))
    rules = f"inputs: {{tasks: {{type: list, fields: {{{fields}}}}}}}\noutputs: {{n: count(tasks)}}"
    record = kr.assess(program(rules), {"tasks": [{f"f{n}": "value" * 3 for n in range(9)}]})
    found = kr.explain(record, form="letter", about=ABOUT).text(columns=80)
    assert "tasks:\n  no.: 1; A rather long label 0: valuevaluevalue; A rather long label 1:\n" in found


def test_heads_are_wrapped_where_records_fit_below_them() -> None:
    rules = "inputs: {tasks: {type: list, fields: {a: {type: integer, label: How many hours in the first quarter}}}}\noutputs: {n: count(tasks)}"
    record = kr.assess(program(rules), {"tasks": [{"a": 1}]})
    found = kr.explain(record, form="letter", about=ABOUT).text(columns=60)
    assert "tasks:\n  no.  How many hours in the first quarter\n  1                                      1\n" in found
    wide = rules.replace("first quarter", "first quarter of the year that was agreed upon in spring")
    found = kr.explain(kr.assess(program(wide), {"tasks": [{"a": 1}]}), form="letter", about=ABOUT).text(columns=60)
    assert "       How many hours in the first quarter of the year that\n" in found


def test_who_else_holds_a_place_is_not_reported() -> None:
    moved = QuotaOutcome(
        "few", "excellent", "moved", "good", Fraction(1, 5), 9, 0, 1, 2, 2, 1, last=("Cường",), sharing=1
    )
    record = evolve(staff(), quotas=(moved,))
    full, short = kr.explain(record).text(), kr.explain(record, form="letter", about=ABOUT).text()
    assert "Cường" in full
    assert "Cường" not in short
    assert "few  no place: moved from «excellent» to «Hoàn thành tốt nhiệm vụ»" in short.replace(
        "Hoàn thành xuất sắc nhiệm vụ", "excellent"
    )


def test_what_is_absent_is_named_by_its_label() -> None:
    rules = """
    inputs: {done_late: {type: integer, optional: true, label: Done late}}
    criteria: {work: {max: 9, points: 'clamp(done_late, 0, 9)', missing: zero}}
    """
    record = kr.assess(program(rules), {})
    assert "absent: Done late; missing data counts as 0" in kr.explain(record, form="letter", about=ABOUT).text()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": " "}, "`name` of a letter must be a non-empty text, not ''"),
        ({"period": 2026}, "`period` of a letter must be a non-empty text, not 2026"),
        ({"issued_on": "2027-01-05"}, "`issued_on` of a letter must be a date, not '2027-01-05'"),
        ({"issued_on": datetime(2027, 1, 5)}, "`issued_on` of a letter must be a date, not datetime"),
    ],
)
def test_the_details_of_a_letter_are_complete(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message.replace("(", r"\(")):
        evolve(ABOUT, **change)


def test_a_letter_needs_details_and_the_full_form_takes_none() -> None:
    with pytest.raises(ValueError, match="the form `letter` of an explanation needs `about=LetterDetails"):
        kr.explain(staff(), form="letter")
    with pytest.raises(ValueError, match="the form `full` of an explanation takes no `about`"):
        kr.explain(staff(), about=ABOUT)
    with pytest.raises(ValueError, match='`form` is "full" or "letter", not \'short\''):
        kr.explain(staff(), form="short")  # type: ignore[call-overload, arg-type]


def test_the_least_change_to_a_better_band_stands_in_the_letter() -> None:
    program = kr.loads("""
kpirules: 1
inputs:
  done: {type: integer, min: 0, max: 50, unit: km, label: {en: Done, vi: Đã làm}}
  grade: {type: choice, options: {a: {en: Best, vi: Giỏi}, b: {en: Fine, vi: Khá}}, ordered: best_first}
criteria: {work: {max: 100, points: 'done + (40 if grade == "a" else 0)'}}
bands: {good: {from: 80, label: {en: Good, vi: Tốt}}, poor: {from: 0}}
""")
    subject = {"done": 30, "grade": "b"}
    assessment = kr.assess(program, subject)
    needed = kr.needed(program, subject, "good", changing=["done", "grade"])
    about = evolve(ABOUT, needed=needed)
    text = kr.explain(assessment, form="letter", about=about).text()
    assert "with «Done» 40 km instead of 30 km and «grade» Best instead of Fine, the rating would have been" in text
    vietnamese = kr.explain(assessment, form="letter", about=about, language="vi").text()
    assert "nếu «Đã làm» là 40 km thay vì 30 km và «grade» là Giỏi thay vì Khá thì được xếp «Tốt»" in vietnamese
    unreached = evolve(ABOUT, needed=kr.needed(program, subject, "good", changing=["done"]))
    assert "would have been" not in kr.explain(assessment, form="letter", about=unreached).text()
