"""The records of a rating in its explanation: tables, computed fields, and what each record gave to an aggregate."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve

import kpirules as kr
from kpirules.kernel.mappings import FrozenMap
from kpirules.record import Assessment, Computation, Outcome, Terms
from kpirules.showing.explaining import Line
from kpirules.showing.explaining.terms import terms_line
from kpirules.showing.explaining.voice import Voice
from tests.rules import F, program
from tests.unit.showing.test_letter import ABOUT

RULES = """
inputs:
  tasks:
    type: list
    label: {en: Tasks of the year, vi: Công việc}
    max_items: 60
    fields:
      hours: {type: number, min: 0, max: 99, decimals: 1, unit: h, label: {en: Hours, vi: Số giờ}}
      late: {type: boolean, default: false}
      kind: {type: choice, options: {a: {en: Plain, vi: Thường}, b: {en: B, vi: Gấp}}, default: a}
    let:
      points: {value: item.hours * (2 if item.kind == "b" else 1), label: {en: Points of the task, vi: Điểm}, unit: h}
      doubled: 2 * item.hours
  plan: {type: number, min: 1, max: 999, unit: h, label: {en: Planned, vi: Kế hoạch}}
  last: {type: choice, options: [top, good, fair], ordered: best_first}
  kind: {type: choice, options: {x: {en: A post with a very long label}, y: {en: Y}}, default: x}
  talks: {type: list, fields: {x: {type: number, min: 0, max: 9}}}
tables: {one_down: {lookup: {top: good, good: fair, fair: fair}, gives: bands}}
let:
  on_time: sum(t.points for t in tasks if not t.late)
  best: {value: "sum_largest(2, (t.doubled for t in tasks)) / 2", unit: h}
  middle: default(median(t.hours for t in tasks), 0)
criteria:
  work: {max: 100, points: "min(on_time / plan * 100, 100)"}
  talks: {max: 9, points: "min(sum(t.x for t in talks), 9)"}
score: {round: {places: 1, mode: half_up}, limits: {cap: {when: "any(t.late for t in tasks)", at_most: 80 - count(t.late for t in tasks)}}}
bands: {top: {from: 90}, good: {from: 70}, fair: {from: 0}}
overrides: {keep: {band_at_least: one_down(last)}}
outputs: {pay: {value: best + middle, unit: EUR}, post: kind}
"""
TASKS = [
    {"hours": 2.5, "kind": "b"},
    {"hours": 3, "late": True},
    {"hours": 1},
    {"hours": 7, "late": True},
    {"hours": 4},
]


def explained(tasks: list[Any] = TASKS, language: str | None = None, **options: Any) -> kr.Explanation:
    record = kr.assess(program(RULES), {"tasks": tasks, "plan": 20, "last": "top", "talks": []})
    return kr.explain(record, language=language, **options)


SECTIONS = """\
── Limits of the score ─────────────────────────────────────────────────────────────────────────────
cap  at most 78; changed nothing
   any(t.late for t in tasks) → yes
     holds for 2 of 5 (no. 2, 4)
   at_most: 80 - count(t.late for t in tasks)
     = 80 - 2 = 78
     count(t.late for t in tasks): holds for 2 of 5 (no. 2, 4)

── Bands ───────────────────────────────────────────────────────────────────────────────────────────
top            from 90  50 is outside
good  from 70 below 90  given by «keep»

── What outranks the score ─────────────────────────────────────────────────────────────────────────
keep  at least «good»; decided
   band_at_least: one_down(last) → one_down("top") → «good»

── Values ──────────────────────────────────────────────────────────────────────────────────────────
on_time    10
   sum(t.points for t in tasks if not t.late)
     = 5 + 1 + 4 = 10 h
     records that count: 3 of 5 (no. 1, 3, 5)
best     11 h
   sum_largest(2, (t.doubled for t in tasks)) / 2 = 22 / 2
     sum_largest(2, (t.doubled for t in tasks)) = 14 + 8 = 22
       dropped: 5 (no. 1), 6 (no. 2), 2 (no. 3)
middle      3
   default(median(t.hours for t in tasks), 0) = default(3 h, 0)
     median(t.hours for t in tasks): in order: 1, 2.5, «3» (no. 2), 4, 7

── Inputs ──────────────────────────────────────────────────────────────────────────────────────────
tasks · Tasks of the year:
  no.  hours · Hours (h)  late  kind        points · Points of the task (h)  doubled
  1                  2.5  no*   b                                         5        5
  2                    3  yes   a · Plain*                                         6
  3                    1  no*   a · Plain*                                1        2
  4                    7  yes   a · Plain*                                        14
  5                    4  no*   a · Plain*                                4        8
  * not given: the rulebook's default
tasks.points · Points of the task
   item.hours * (2 if item.kind == "b" else 1)
tasks.doubled
   2 * item.hours
plan · Planned                     20 h
last                                top
kind                                     x · A post with a very long label; not given: the
                                         rulebook's default
talks                                    no records
"""


def test_lists_aggregates_and_formulas_of_bands_are_shown() -> None:
    text = explained(language="en").text()
    assert text[text.index("── Limits") : text.index("\n── Outputs")] == SECTIONS


def test_the_same_in_markdown_and_html() -> None:
    found = explained(language="en")
    markdown = found.markdown()
    assert "| `2` | 3 | yes | a · Plain\\* |  | 6 |" in markdown
    assert (
        "  - `sum_largest(2, (t.doubled for t in tasks))` `= 14 + 8` `= 22` — "
        "dropped: 5 (no. 1), 6 (no. 2), 2 (no. 3)\n" in markdown
    )
    assert '  - *band\\_at\\_least*: `one_down(last)` `→ one_down("top")` `→ «good»`\n' in markdown
    html = found.html()
    tasks = '<abbr title="Tasks of the year">tasks<span class="spoken"> (Tasks of the year)</span></abbr>'
    chain = f"<code>sum_largest(2, (t.doubled for t in {tasks})) = 14 + 8 = 22</code> — <span>dropped: 5 (no. 1)"
    assert chain in html
    assert '<div class="formula terms"><span>records that count: 3 of 5 (no. 1, 3, 5)</span></div>' in html


def test_more_records_than_are_shown_are_counted() -> None:
    tasks = [{"hours": hours % 9} for hours in range(45)]
    text = explained(tasks, "en").text()
    assert "\n  20 " in text
    assert "\n  21 " not in text
    assert "  «tasks · Tasks of the year»: the first 20 of 45 records are shown\n" in text
    assert "= 0 + 1 + 2 + … + 8 = 180 h\n     45 numbers" in text
    assert "\n  45 " in explained(tasks, "en", form="letter", about=ABOUT).text()


def test_a_letter_has_the_computed_fields_that_have_a_label_and_no_formulas() -> None:
    text = explained(language="en", form="letter", about=ABOUT).text()
    assert "  no.  Hours (h)  late  kind    Points of the task (h)\n" in text
    assert "\ntalks" in text
    assert "doubled" not in text
    assert "item." not in text
    assert "holds for" not in text


def test_vietnamese_has_no_english() -> None:
    text = explained(language="vi").text()
    assert "số dòng được tính: 3 trên 5 (STT 1, 3, 5)" in text
    assert "bỏ ra: 5 (STT 1), 6 (STT 2), 2 (STT 3)" in text
    assert 'mức thấp nhất: one_down(last) → one_down("top") → «good»' in text


def test_a_record_without_its_inputs_shows_those_assumed() -> None:
    record = kr.assess(program(RULES), {"tasks": TASKS, "plan": 20, "last": "top", "talks": []})
    sections = [section.id for section in kr.explain(record.without_inputs()).sections]
    assert "assumed" in sections
    assert "given_inputs" not in sections
    assert "assumed" not in [section.id for section in kr.explain(record).sections]


def test_computed_fields_that_do_not_fit_the_records_are_not_shown() -> None:
    record = kr.assess(program(RULES), {"tasks": TASKS, "plan": 20, "last": "top", "talks": []})
    (shown,) = [line for line in kr.explain(record).walk() if line.kind == "table"]
    less = evolve(record, computed_fields={"tasks": record.computed_fields["tasks"][:2]})
    (other,) = [line for line in kr.explain(less).walk() if line.kind == "table"]
    assert (len(shown.cells), len(other.cells)) == (6, 4)


SUM = Terms("sum(t.n for t in tasks)", "tasks", "sum", 0)
ONE_IN_TWO = tuple(n % 2 == 0 for n in range(50))

TOLD = [
    (evolve(SUM, value=F(0)), (), "no records"),
    (evolve(SUM, total=3, value=F(0)), (), "records that count: none of 3"),
    (evolve(SUM, total=1, values=(F(5),), value=F(5)), None, ""),
    (evolve(SUM, total=2, values=(F(5), F(-3)), value=F(2)), ("= 5 - 3", "= 2"), ""),
    (
        evolve(SUM, records="children.g", total=3, places=(1, 3), values=(F(1, 3), F(2)), value=F(7, 3)),
        ("= 1/3 + 2", "= 7/3 (≈ 2.333333)"),
        "records that count: 2 of 3",
    ),
    (
        evolve(SUM, total=60, places=tuple(range(1, 31)), values=(F(1),) * 30, value=F(30)),
        ("= 1 + 1 + 1 + … + 1", "= 30"),
        "records that count: 30 of 60",
    ),
    (
        evolve(SUM, total=60, values=(F(1),) * 60, chosen=tuple(range(1, 31)), value=F(30)),
        ("= 1 + 1 + 1 + … + 1", "= 30"),
        "30 numbers; dropped: 30 numbers",
    ),
    (
        evolve(SUM, combines="mean", total=30, values=(F(1),) * 29 + (F(-1),), value=F(14, 15)),
        ("= (1 + 1 + 1 + … - 1) / 30", "= 14/15 (≈ 0.933333)"),
        "",
    ),
    (evolve(SUM, combines="mean", total=2, values=(F(1), F(2))), None, ""),
    (evolve(SUM, combines="condition", total=3, values=(True,) * 3, value=F(3)), (), "holds for all 3"),
    (evolve(SUM, combines="condition", total=3, values=(False,) * 3, value=F(0)), (), "holds for none of 3"),
    (evolve(SUM, combines="condition", total=2, value=F(0)), (), "records that count: none of 2"),
    (
        evolve(SUM, combines="condition", total=3, values=(True, False, True), value=F(2)),
        (),
        "does not hold for 1 of 3 (no. 2)",
    ),
    (evolve(SUM, combines="condition", total=50, values=ONE_IN_TWO, value=F(25)), (), "holds for 25 of 50"),
    (evolve(SUM, combines="choice", total=2, values=(F(3), F(1)), value=F(2)), (), "in order: 1, 3"),
    (
        evolve(SUM, combines="choice", total=99, values=tuple(F(n) for n in range(99)), chosen=(50,), value=F(49)),
        (),
        "in order: 0, 1, 2, …, 48, «49» (no. 50), 50, …, 98",
    ),
    (evolve(SUM, combines="choice", total=2, values=(None, "x"), value=F(2)), None, ""),
]  # fmt: skip


@pytest.mark.parametrize(("terms", "working", "remark"), TOLD)
def test_terms_are_shown_as_they_are_combined(terms: Terms, working: tuple[str, ...] | None, remark: str) -> None:
    line = terms_line(terms, Voice(kr.record.Legend(), "en").say, "f")
    assert line == (None if working is None else Line("terms", formula=SUM.formula, working=working, remark=remark))


def test_a_text_that_a_case_read_commands_no_terminal() -> None:
    read = (("name", "\x1b[31mred\x07"),)
    cases = FrozenMap({"cases": Computation("name red", read, True)})
    outcomes = [Outcome("score", "scored", None), Outcome("b", "scored", None, parent="score", computations=cases)]
    record = Assessment("r", "", "", "", "", "rated", outcomes=FrozenMap({one.id: one for one in outcomes}))
    assert not {"\x1b", "\x07"} & set(kr.explain(record).text())
