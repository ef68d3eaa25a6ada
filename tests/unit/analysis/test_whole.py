"""Checks of a rulebook as a whole: cycles, size, unused parts, allowed findings, measurability."""

from __future__ import annotations

from fractions import Fraction

import pytest
from attrs import evolve
from checked import built, codes, diagnostics, messages, only, report

import kpirules as kr
from kpirules.analysis.checking import apply_allow, check
from kpirules.analysis.checking.allow import enclosing_places
from kpirules.diagnostics import Diagnostic, Severity
from kpirules.language.model import NOWHERE, measurability

F = Fraction

# -- circles ------------------------------------------------------------------------------------

CIRCLES = {
    "let: {a: b, b: c, c: a, d: a + 1}\noutputs: {o: d}": ["a → b → c → a"],
    "let: {a: a}\noutputs: {o: a}": ["a → a"],
    "outputs: {a: b + 1, b: a}": ["output a → output b → output a"],
    "criteria: {c: {max: 1, points: share.d}, d: {max: 1, points: points.c}}": ["points.c → points.d → points.c"],
    "let: {x: points.c}\ncriteria: {c: {max: 1, points: x}}": ["x → points.c → x"],
    "criteria: {g: {criteria: {c: {max: 1, points: points.g}}}}": ["points.c → points.g → points.c"],
    "criteria: {c: {max: 1, points: count(children.score)}}": ["points.c → points.c"],
    "criteria: {g: {applies: points.c > 0, criteria: {c: {max: 1, rate: 1}}}}\nscore: {rescale: false}": [
        "applies of g → points.c → applies of g"
    ],
    "criteria: {g: {points: points.c, criteria: {c: {max: 1, rate: 1}}}}": [],
    "criteria: {g: {points: sum(x.points for x in children.g), criteria: {c: {max: 1, rate: 1}}}}": [],
    "criteria: {c: {max: 1, points: max.c}}": [],
    "let: {a: b, b: a, c: d, d: c}\noutputs: {o: a + c}": ["a → b → a", "c → d → c"],
    "inputs: {l: {type: list, fields: {h: {type: number}}, let: {a: item.b, b: item.a}}}\n"
    "outputs: {o: sum(r.a + r.h for r in l)}": ["l.a → l.b → l.a"],
}


@pytest.mark.parametrize("text", CIRCLES)
def test_circles_are_shown_from_the_reader_to_what_it_reads(text: str) -> None:
    told = [message.removeprefix("circular reference: ") for message in messages(text, "KR241")]
    assert told == CIRCLES[text]


def test_what_is_read_in_a_circle_is_unknown_and_reported_once() -> None:
    text = "let: {a: b + 1, b: a and a}\noutputs: {o: a + 1}"
    assert codes(text) == ["KR241"]


# -- size ---------------------------------------------------------------------------------------


def test_all_expressions_together_have_a_limit() -> None:
    formula = " + ".join(["n"] * 200)
    outputs = "\n".join(f"  o{i}: {formula}" for i in range(51))
    text = f"inputs:\n  n: {{type: number}}\noutputs:\n{outputs}\n"
    assert messages(text, "KR204") == ["parts of all expressions: 20,349, but at most 20,000 are allowed"]


# -- what nothing reads -------------------------------------------------------------------------

UNUSED = """
inputs:
  a: {type: number, min: 0, max: 1}
  sent: {type: date}
  tasks:
    type: list
    fields: {h: {type: number}, k: {type: number}, u: {type: text}}
    let: {x: item.h, y: item.x}
    unique: [u]
parameters: {p: 1, q: p + 1, r: 2}
tables: {t: {steps: [{value: 1}]}, s: {steps: [{value: 1}]}}
functions: {f: {args: [z], value: z + 1}, g: {args: [z], value: f(z)}}
calendars: {office: {weekend: [sat], from: 2026-01-01, until: 2027-01-01}}
let: {v: 1, w: 2}
outputs: {o: 1}
"""


@pytest.mark.parametrize(
    ("more", "read"),
    [
        ("", {"p", "f"}),
        ("outputs: {o: a + v}", {"a", "v"}),
        ("validations: {c: {that: a > 0}}", {"a"}),
        ("exemptions: {e: {when: a > 0, status: out}}", {"a"}),
        ("outputs: {o: 'workdays(sent, sent, office)'}", {"sent", "office"}),
        ("outputs: {o: t(a)}", {"a", "t"}),
        ("outputs: {o: g(a)}", {"a", "g"}),
        ("criteria: {c: {max: q, rate: 1}}", {"q"}),
        ("score: {max: r, outside: clamp}\ncriteria: {c: {max: 1, rate: 1}}", {"r"}),
        ("bands: {good: {from: r}, bad: {below: r}}\ncriteria: {c: {max: 9, rate: 1}}", {"r"}),
        ("outputs: {o: sum(i.h for i in tasks)}", {"tasks", "h"}),
        ("outputs: {o: sum(i.y for i in tasks)}", {"tasks", "y"}),
        ("examples: [{name: one, given: {}, expect: {let: {v: 1}, score: 1}}]", {"v"}),
        ("examples: [{name: one, given: {}, expect: {status: rated}}]", set()),
    ],
)
def test_what_nothing_reads_is_reported(more: str, read: set[str]) -> None:
    text = UNUSED
    for line in more.splitlines():
        key = line.partition(":")[0]
        text = "\n".join(old for old in text.splitlines() if not old.startswith(f"{key}:")) + f"\n{line}\n"
    unread = {"a", "sent", "tasks", "q", "r", "t", "s", "g", "office", "v", "w"}
    if "tasks" in more:
        unread |= {"h", "k", "x", "y"} - {"h", "x"}
    told = {message.split("`")[1] for message in messages(text, "KR242")}
    assert told == unread - read - {"p", "f"}


def test_a_text_is_there_for_people() -> None:
    text = """
inputs:
  note: {type: text}
  tasks: {type: list, fields: {name: {type: text}, done: {type: boolean}, late: {type: boolean}}}
outputs: {o: count(t.done for t in tasks)}
"""
    assert messages(text, "KR242") == ["the field `late` is never read"]


@pytest.mark.parametrize("rounding", ["places: p", "to: p, mode: up", "'to': \"p\""])
def test_a_rounding_reads_its_parameter(rounding: str) -> None:
    text = f"parameters: {{p: 2, q: 3}}\ncriteria: {{c: {{max: 9, rate: 1, round: {{{rounding}}}}}}}"
    assert messages(text, "KR242") == ["the parameter `q` is never read"]


def test_parameters_made_without_a_text_are_evaluated_too() -> None:
    rulebook = built("parameters: {p: 2}")
    bare = evolve(rulebook.parameters[0], words=NOWHERE)
    assert [d.code for d in check(evolve(rulebook, parameters=(bare,)))] == ["KR242"]


def test_what_a_misspelt_name_meant_is_not_called_unused() -> None:
    assert codes("inputs: {hours: {type: number}}\noutputs: {o: huors}") == ["KR201"]


def test_a_value_that_reads_only_itself_is_read_by_nothing() -> None:
    assert sorted(codes("let: {a: a}")) == ["KR241", "KR242"]


def test_a_computed_field_that_reads_only_itself_is_read_by_nothing() -> None:
    text = """
    inputs: {l: {type: list, fields: {h: {type: number}}, let: {a: item.a}}}
    outputs: {o: sum(r.h for r in l)}
    """
    assert sorted(codes(text)) == ["KR241", "KR242"]


def test_a_list_that_nothing_visits_is_reported_once() -> None:
    assert messages("inputs: {l: {type: list, fields: {h: {type: number}}}}", "KR242") == [
        "the input `l` is never read"
    ]


def test_entered_criteria_read_their_input() -> None:
    assert codes("criteria: {c: {max: 1, entered: {step: 1}}}") == []


# -- allow --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("inputs: {n: {type: number, allow: {KR242: kept}}}", "kept"),
        ("inputs: {n: {type: number}}\nallow: {KR242: all kept}", "all kept"),
        ("inputs: {n: {type: number, allow: {KR242: near}}}\nallow: {KR242: far}", "near"),
    ],
)
def test_an_allow_applies_at_its_place_and_below_nearest_first(text: str, allowed: str) -> None:
    found = [d for d in diagnostics(text) if d.code == "KR242"]
    assert [d.allowed for d in found] == [allowed]


def test_an_allow_at_another_place_is_reported_as_unused() -> None:
    text = "inputs: {n: {type: number}, m: {type: number, allow: {KR242: kept, KR330: kept}}}\noutputs: {o: m}"
    found = [(d.code, d.path, d.allowed) for d in diagnostics(text)]
    assert sorted(found) == [
        ("KR242", "inputs.n", None),
        ("KR243", "inputs.m.allow.KR242", None),
        ("KR243", "inputs.m.allow.KR330", None),
    ]


def test_an_allow_that_may_be_unused_can_be_allowed_itself() -> None:
    text = "outputs: {o: 1}\nallow: {KR242: perhaps, KR243: depends on the variant}"
    found = only(text)
    assert (found.code, found.allowed, found.path) == ("KR243", "depends on the variant", "allow.KR242")


def test_what_cannot_be_allowed_stays() -> None:
    error = Diagnostic("KR201", Severity.ERROR, "unknown")
    strange = Diagnostic("KR999", Severity.ERROR, "from nowhere")
    rulebook = built("outputs: {o: 1}")
    assert apply_allow(rulebook, [error, strange]) == (error, strange)


def test_what_reading_found_is_allowed_too() -> None:
    text = """
    kpirules: 1
    require_sources: true
    parameters: {p: {value: 1, allow: {KR510: agreed orally}}}
    outputs: {o: p}
    """
    assert [(d.code, d.allowed) for d in report(text)] == [("KR510", "agreed orally")]


def test_paths_are_compared_part_by_part() -> None:
    assert list(enclosing_places("let.a")) == ["let.a", "let", ""]
    assert list(enclosing_places("")) == [""]


# -- measurability --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("outputs: {o: 1}", None),
        ("criteria: {c: {points: 1}}", None),
        ("criteria: {c: {max: 10, rate: 1}}", F(1)),
        ("criteria: {c: {max: 10, entered: {}}}", F(0)),
        ("criteria: {c: {max: 30, entered: {}}, d: {max: 70, rate: 1}}", F(7, 10)),
        (
            "criteria: {c: {max: 30, entered: {}}, d: {max: 70, rate: 1}, e: {max: 0, min: -9, points: -1}}",
            F(7, 10),
        ),
        (
            "score: {combine: mean}\ncriteria: {c: {weight: 25%, entered: {}}, d: {weight: 75%, rate: 1}}",
            F(3, 4),
        ),
        ("score: {combine: min}\ncriteria: {c: {entered: {}}, d: {rate: 1}}", F(1, 2)),
        (
            "score: {combine: mean}\ncriteria: {c: {entered: {}}, d: {max: 50, rate: 1}, e: {points: 1}}",
            F(2, 3),
        ),
        ("score: {points: points.c}\ncriteria: {c: {max: 30, entered: {}}, d: {max: 10, rate: 1}}", F(1, 4)),
        ("score: {points: 10}", F(1)),
        (
            "criteria: {g: {criteria: {c: {max: 3, entered: {}}, d: {max: 3, rate: 1}}}, h: {max: 4, points: 1}}",
            F(7, 10),
        ),
    ],
)
def test_measurability_is_the_share_of_attainable_points_that_are_measured(text: str, expected: F | None) -> None:
    assert measurability(built(text)) == expected


def test_measurability_is_not_a_finding_but_on_the_card() -> None:
    program = kr.loads("kpirules: 1\ncriteria: {c: {max: 30, entered: {}}, d: {max: 60, rate: 1}}")
    assert len(program.report) == 0
    assert program.measurability == F(2, 3)
    assert "measured: ≈ 66.67 % of the attainable points; assessors enter the rest" in program.card.text()


def test_the_card_of_variants_shows_from_where_to_where_they_are_measured() -> None:
    program = kr.loads(
        "kpirules: 1\n"
        "inputs: {post: {type: choice, options: [head, staff]}}\n"
        "criteria: {c: {max: 30, entered: {}}, d: {max: 70, rate: 1}}\n"
        "variants: {head: {criteria: {d: {max: 30}}}, staff: {}}\n"
        "variant_by: post\n"
    )
    assert program.measurability == F(1, 2)
    assert "measured: 50 % to 70 %" in program.card.text()


def test_the_retired_code_may_still_be_allowed_and_is_reported_to_be_unused() -> None:
    assert codes("outputs: {o: 1}\nallow: {KR340: it was a note}") == ["KR243"]


def test_checking_gives_a_tuple_in_the_order_of_the_checks() -> None:
    assert check(built("outputs: {o: 1}")) == ()


def test_the_card_of_several_editions_names_them_and_says_that_its_lines_are_of_one() -> None:
    text = (
        "kpirules: 1\n"
        "inputs: {at: {type: date}, x: {type: integer, min: 0, max: 10}}\n"
        "effective: {from: 2026-01-01, until: 2027-01-01}\n"
        "edition_by: at\n"
        "criteria: {c: {max: 10, points: x}}\n"
        "bands: {a: {from: 5}, b: {from: 0}}\n"
        "amendments: [{from: 2026-06-01, change: {bands: {a: {from: 7}}}}]\n"
    )
    card = kr.loads(text).card.text()
    assert "in force from 2026-01-01 to 2026-12-31" in card
    assert "editions: before all amendments, from 2026-06-01" in card
    assert "variants or editions may differ: each line is taken from the first one that has it" in card
    one = kr.loads(text, on="2026-07-01").card.text()
    assert "from 7" in one
    assert "editions" not in one


def test_the_card_names_quotas_and_limits_that_only_a_later_edition_has() -> None:
    quota = "{band: a, at_most: 50%, of: all, base: before, round: down, minimum: 0, order: [score], ties: keep, demote_to: b}"
    program = kr.loads(
        "kpirules: 1\n"
        "inputs: {at: {type: date}, x: {type: integer, min: 0, max: 10}}\n"
        "edition_by: at\n"
        "criteria: {c: {max: 10, points: x}}\n"
        "bands: {a: {from: 5}, b: {from: 0}}\n"
        "amendments:\n"
        "  - from: 2026-06-01\n"
        f"    change: {{score: {{limits: {{cap: {{at_most: 9}}}}}}, cohort: {{quotas: {{few: {quota}}}}}}}\n"
    )
    card = program.card.text()
    assert "limits of the score: cap" in card
    assert "quotas decide who keeps a band" in card
    assert "few  a: at most 50%" in card
    assert "1 quota" in repr(program)
