"""The steps of a plan and their order, and the whole of it in words."""

from __future__ import annotations

from attrs import evolve

from kpirules import compile
from kpirules.language.expressions import NUMBER
from kpirules.plan import Plan, formulas, plan, show
from kpirules.plan.ops import Const, Read
from kpirules.plan.steps import (
    Applies,
    Banding,
    Combination,
    Combined,
    Entered,
    Exempt,
    Judge,
    Level,
    Limit,
    Output,
    Override,
    Step,
    Total,
    Validate,
    Variable,
)
from tests.rules import F, program

WHOLE = """
inputs:
  x: {type: number, min: 0, max: 10}
  o: {type: number, min: 0, max: 10, optional: true}
  asked: {type: boolean, optional: true}
  day_of: {type: date}
  t:
    type: list
    fields: {n: {type: number, min: 0, max: 9}, note: {type: text, optional: true}}
    let: {twice: item.n * 2}
    validations: {sane: {that: item.twice < 20}}
  m: {type: list, optional: true, fields: {n: {type: integer}}}
parameters: {start: 'date(2026, 1, 1)'}
calendars: {office: {weekend: [sat, sun], holidays: [], from: 2026-01-01, until: 2027-01-01}}
tables:
  rows: {steps: [{equals: 5, value: 7}, {from: 3, undefined: true}, {value: 0}]}
  strict: {scale: [[0, 1], [10, 3]]}
  counted: {thresholds: {from: [1, 2.5], each: 3}}
  same: {steps: [{value: 2}]}
let: {l: x + 1 - -x * (2 - x), unread: 'ratio(x, 3, if_zero=0) ** 2'}
exemptions: {e: {when: x > 9, status: spared}}
validations: {v: {that: 'l < 900 and not (x == 1) or given(o)'}}
criteria:
  b:
    combine: mean
    applies: x > 1
    missing: zero
    require_share: 50%
    criteria:
      b1: {weight: 60%, rate: 'default(o, x) / 10', applies: x > 2}
      b2: {weight: 40%, max: 5, entered: {step: 1}}
  a: {max: 5, min: -1, points: 'round(x / 3, to=0.5, mode="down")', outside: clamp, round: {places: 0}}
  c: {points: 'rows(x) + strict(x) + counted(x)', min: 0}
  d: {max: 3, measure: o, steps: [{from: 2, points: 3}, {points: 0}], missing: exclude}
score:
  rescale: true
  round: {places: 1}
  limits: {cap: {when: 'x in (1, 2)', at_most: 50}, always: {at_most: 60 + points.a}}
bands:
  fall: next
  overlap: best
  levels:
    good: {from: 50, requires: {r: {that: '0 < x < 5'}}}
    poor: {below: 60}
overrides:
  u: {when: 'x not in (1, 3)', unrated: away}
  w: {band_at_least: poor}
  z: {when: 'default(asked, False) == True or x > 5', band_at_most: '"good" if x > 3 else "poor"'}
outputs:
  out: 'sum(r.twice for r in t if r.n > 1) + max(x, 2) * 1.5'
  n: 'count(m)'
  days_off: 'workdays(start, day_of, office) - same(x)'
invariants: {i: {that: 'given(band)'}}
allow: {KR242: shown}
"""


def steps(text: str) -> list[tuple[str, str]]:
    return [(type(step).__name__, getattr(step, "id", "")) for step in program(text).plan.steps]


def step_of(found: Plan, kind: type[Step], id_: str = "") -> Step:
    (step,) = [one for one in found.steps if isinstance(one, kind) and (not id_ or one.id == id_)]  # type: ignore[union-attr]
    return step


# -- order ----------------------------------------------------------------------------------------


def test_steps_are_in_the_order_of_an_assessment() -> None:
    text = """
inputs:
  x: {type: number, min: 0, max: 10}
  s: {type: list, fields: {n: {type: integer}}, validations: {z: {that: item.n > 0}, y: {that: item.n < 9}}}
  r: {type: list, fields: {n: {type: integer}}, validations: {x: {that: item.n > 0}}}
exemptions: {second: {when: x > 9, status: a}, first: {when: x > 8, status: b}}
validations: {w: {that: x < 7}, a: {that: x < 8}}
criteria: {d: {max: 5, points: x / 2}, c: {max: 9, points: points.d}, a: {max: 9, points: 'points.e'}, e: {max: 9, points: 9 - x}}
score: {round: {places: 1}}
bands: {good: {from: 3}, poor: {below: 3}}
overrides: {z: {band: good}, y: {when: x > 3, unrated: away}}
outputs: {q: p + 1, p: x, a: x}
invariants: {j: {that: x < 9}, i: {that: x < 9}}
"""
    assert steps(text) == [
        ("Exempt", "second"), ("Exempt", "first"),
        ("Validate", "x"), ("Validate", "y"), ("Validate", "z"), ("Validate", "a"), ("Validate", "w"),
        ("Judge", "d"), ("Judge", "c"), ("Judge", "e"), ("Judge", "a"), ("Judge", "score"), ("Total", ""), ("Banding", ""),
        ("Override", "z"), ("Override", "y"), ("Output", "a"), ("Output", "p"), ("Output", "q"), ("Holds", "i"), ("Holds", "j"),
    ]  # fmt: skip
    found = program(text).plan
    assert [step.records for step in found.steps if isinstance(step, Validate)] == ["r", "s", "s", "", ""]


def test_it_is_evaluated_from_the_top_whether_a_criterion_applies_and_once() -> None:
    text = """
inputs: {x: {type: number, min: 0, max: 10}}
criteria:
  g:
    applies: x > 1
    rescale: true
    criteria:
      h:
        rescale: true
        criteria:
          e: {max: 5, entered: {step: 1}, applies: x > 2}
          f: {max: 5, points: x / 2, applies: x > 3}
      k: {max: 5, entered: {step: 1}, missing: zero}
  m: {max: 5, entered: {step: 1}}
  n: {max: 5, entered: {step: 1}, missing: full}
score: {rescale: true, round: {places: 1}}
"""
    assert steps(text) == [
        ("Applies", "g"), ("Applies", "e"), ("Entered", "e"), ("Entered", "k"), ("Entered", "n"),
        ("Judge", "e"), ("Applies", "f"), ("Judge", "f"), ("Judge", "h"), ("Judge", "k"), ("Judge", "g"), ("Judge", "m"), ("Judge", "n"), ("Judge", "score"), ("Total", ""),
    ]  # fmt: skip
    found = program(text).plan
    applies = {step.id: (step.above, step.path) for step in found.steps if isinstance(step, Applies)}
    assert applies == {
        "g": ("", "criteria.g.applies"),
        "e": ("g", "criteria.g.criteria.h.criteria.e.applies"),
        "f": ("g", "criteria.g.criteria.h.criteria.f.applies"),
    }
    entered = {step.id: (step.guard, step.is_required) for step in found.steps if isinstance(step, Entered)}
    assert entered == {"e": ("e", True), "k": ("g", False), "n": ("", False)}
    judged = {step.id: (step.guard, step.is_asked, step.is_sure) for step in found.steps if isinstance(step, Judge)}
    assert judged == {
        "e": ("g", True, False), "f": ("g", True, False), "h": ("g", False, False), "k": ("g", False, False),
        "g": ("", True, False), "m": ("", False, True), "n": ("", False, False), "score": ("", False, False),
    }  # fmt: skip


def test_a_criterion_of_always_scored_parts_is_always_scored() -> None:
    text = """
inputs: {x: {type: number, min: 0, max: 10}, o: {type: number, min: 0, max: 10, optional: true}}
tables: {t: {steps: [{from: 5, value: 1}, {undefined: true}]}}
criteria:
  g: {points: points.a * 2, max: 20, criteria: {a: {max: 10, points: x}}}
  h: {points: points.b + default(o, 0), max: 20, criteria: {b: {max: 10, points: x}}}
  k: {points: points.c + o, max: 20, missing: zero, criteria: {c: {max: 10, points: x}}}
  l: {points: points.d + t(x), max: 20, criteria: {d: {max: 10, points: x}}}
  m: {max: 10, points: t(x)}
score: {round: {places: 1}}
"""
    sure = [
        step.id
        for step in program(text.replace("default(o, 0)", "0 * x")).plan.steps
        if isinstance(step, Judge) and step.is_sure
    ]
    assert sure == ["a", "b", "c", "d", "g", "h"]


# -- parts ----------------------------------------------------------------------------------------


def test_inputs_and_criteria_of_a_plan() -> None:
    found = program(WHOLE).plan
    x = found.inputs[0]
    assert isinstance(x, Variable)
    assert (x.id, x.type, x.default) == ("x", NUMBER, None)
    assert dict(found.criteria) == {"b": 100, "b1": 100, "b2": 5, "a": 5, "c": None, "d": 3}
    assert found.bands == ("good", "poor")
    assert list(found.let) == ["l", "unread"]
    assert [(one.id, [value.id for value in one.let]) for one in found.records.values()] == [
        ("t", ["twice"]),
        ("m", []),
    ]


def test_what_a_group_consists_of() -> None:
    text = """
inputs: {x: {type: number, min: 0, max: 1}, yes: {type: boolean}}
criteria:
  g: {rescale: true, require_share: 25%, criteria: {a: {max: 10, rate: x}, b: {max: 30, rate: x, applies: yes}, e: {max: 5, rate: x, extra: true}, f: {points: x, extra: true}, n: {min: -5, max: 0, points: -x}}}
  h: {combine: product, max: 40, criteria: {c: {max: 3, rate: x}, d: {rate: x}}}
score: {round: {places: 1}}
"""
    found = program(text).plan
    g, h = (step_of(found, Judge, id_) for id_ in "gh")
    assert isinstance(g, Judge)
    assert isinstance(h, Judge)
    assert g.body == Combination(
        "sum",
        (
            Combined("a", F(1), F(10), F(10), True),
            Combined("b", F(1), F(30), F(30), True),
            Combined("e", F(1), F(5), F(0), False),
            Combined("f", F(1), None, F(0), False),
            Combined("n", F(1), F(0), F(0), False),
        ),
        True,
        F(1, 4),
        None,
    )
    assert h.body == Combination(
        "product", (Combined("c", F(1), F(3), F(1), True), Combined("d", F(1), F(100), F(1), True)), False, None, None
    )
    assert (h.key, list(formulas(h))) == ("criteria.h.points", [])


def test_the_rating() -> None:
    found = program(WHOLE).plan
    total, banding = step_of(found, Total), step_of(found, Banding)
    assert isinstance(total, Total)
    assert isinstance(banding, Banding)
    assert [(limit.id, limit.path, limit.when is None) for limit in total.limits] == [
        ("always", "score.limits.always", True),
        ("cap", "score.limits.cap", False),
    ]
    assert total.round is not None
    assert (total.round.step, total.round.mode, total.max) == (F("0.1"), "half_up", None)
    assert (banding.measure, banding.is_on_exact, banding.falls_to_next, banding.overlap) == (
        None,
        False,
        True,
        "best",
    )
    assert [path for path, _ in formulas(total)] == [
        "score.limits.always.at_most", "score.limits.cap.when", "score.limits.cap.at_most"
    ]  # fmt: skip
    assert [path for path, _ in formulas(banding)] == ["bands.levels.good.requires.r"]
    overrides = [list(formulas(step)) for step in found.steps if isinstance(step, Override)]
    assert [[path for path, _ in paths] for paths in overrides] == [
        ["overrides.u.when"], [], ["overrides.z.when", "overrides.z.band_at_most"]
    ]  # fmt: skip
    exempt = step_of(found, Exempt)
    assert isinstance(exempt, Exempt)
    assert (exempt.status, exempt.path) == ("spared", "exemptions.e.when")


def test_bands_on_a_measure() -> None:
    text = "inputs: {x: {type: number, min: 0, max: 9}}\nbands: {measure: x, levels: {good: {from: 3}, poor: {below: 3}}}\n"
    banding = step_of(program(text).plan, Banding)
    assert isinstance(banding, Banding)
    assert list(formulas(banding)) == [("bands.measure", Read("x", NUMBER))]
    assert all(isinstance(level, Level) for level in banding.levels)


def test_an_output_of_the_name_of_an_input_is_not_read() -> None:
    text = "inputs: {x: {type: number, min: 0, max: 9}}\nlet: {l: x}\noutputs: {x: y + 1, y: x * 2, l: 1, read: l}\n"
    found = {step.id: step.op for step in program(text).plan.steps if isinstance(step, Output)}
    assert found["read"] == Read("l", NUMBER)
    assert show(program(text).plan).endswith(
        "steps\n  1. output l: 1\n  2. output read: l\n  3. output y: x * 2\n  4. output x: y + 1\n"
    )


def test_the_plan_of_an_edited_rulebook_is_its_own() -> None:
    book = program(WHOLE).rulebook
    edited = compile(evolve(book, outputs=book.outputs[:1]))
    assert len(plan(edited.rulebook).steps) == len(program(WHOLE).plan.steps) - 2


# -- in words -------------------------------------------------------------------------------------


SHOWN = """\
inputs
  x: number
  o: number, optional
  asked: boolean, optional
  day_of: date
  t: list of (n: number, note: text, optional)
  m: list, optional of (n: number)
  b2: number, optional

named values, each computed where it is first read
  t.twice = item.n * 2
  l = x + 1 - (-x) * (2 - x)
  unread = ratio(x, 3, if_zero=0) ** 2

steps
  1. exempt e: status spared where x > 9
  2. validate sane: each of t: item.twice < 20
  3. validate v: (((l < 900) and (not (x == 1))) or given(o))
  4. applies b: x > 1
  5. entered b2: only where it applies
  6. judge a: round(x / 3, to=0.5, mode="down"), then clamped to -1 to 5, then rounded to 1 half_up
  7. applies b1: x > 2, asked where b applies
  8. judge b1: default(o, x) / 10 * 100, then within 0 to 100, then missing: unrated
  9. judge b2: b2, then within 0 to 5, then missing: unrated
  10. judge b: mean(b1 × 0.6, b2 × 0.4), of which 0.5 must remain, then within 0 to 100, then missing: zero
  11. judge c: (7 if it == 5; undefined (tables.rows: from 3) if 3 <= it; 0 otherwise) of x + (fault: scale if it < 0; 1 + 0.2 * it if it <= 10; fault: scale otherwise) of x + (0 if it < 1; 3 if it < 2.5; 6 otherwise) of x, then within 0 to …, then missing: unrated
  12. judge d: (3 if 2 <= it; 0 otherwise) of o, then within 0 to 3, then missing: exclude
  13. judge score: sum(b, a, c, d), rescaled, then missing: unrated
  14. score: points.score, then at most 60 + points.a (always), then at most 50 where x in (1, 2) (cap), then rounded to 0.1 half_up
  15. band of score: good from 50 [r: 0 < x < 5]; poor below 60 (fall: next) (overlap: best)
  16. override u: unrated away where x not in (1, 3)
  17. override w: band_at_least poor
  18. override z: band_at_most ("good" if x > 3 else "poor") where ((default(asked, False) == True) or (x > 5))
  19. output days_off: workdays(2026-01-01, day_of, calendar) - (2 otherwise) of x
  20. output n: count(True for item in m)
  21. output out: sum(item.twice for item in t if item.n > 1) + max(x, 2) * 1.5
  22. invariant i: given(band)
"""


def test_a_whole_plan_in_words() -> None:
    assert show(program(WHOLE).plan) == SHOWN


def test_limits_are_shown_with_what_they_hold_for() -> None:
    limit = Limit("cap", None, Const(F(5), NUMBER), "score.limits.cap")
    assert limit.when is None
    assert "at most 5 (cap)" in show(
        program(
            "inputs: {x: {type: integer}}\ncriteria: {a: {points: x}}\nscore: {round: {places: 1}, limits: {cap: {at_most: 5}}}\n"
        ).plan
    )


def test_a_group_with_points_of_its_own_is_shown_by_its_formula() -> None:
    text = "inputs: {x: {type: number, min: 0, max: 1}}\ncriteria: {g: {points: points.a * 2, max: 20, criteria: {a: {max: 10, rate: x}}}}\nscore: {round: {places: 1}}\n"
    assert "judge g: points.a * 2, then within 0 to 20\n" in show(program(text).plan)


def test_every_kind_of_value_in_words() -> None:
    text = """
inputs: {x: {type: number, min: 1, max: 9}, o: {type: number, min: 0, max: 9, optional: true}, c: {type: choice, options: [a, b]}, d: {type: date}}
tables: {t: {steps: [{value: 3}]}, u: {lookup: {a: 1, b: {undefined: true}}}}
outputs:
  a: '(x - (1 - x)) * 2 / (x / 3) - (x + 1) - 2'
  b: '-(x + 1) * -x'
  c: '(x > 1) == (c in ("a",))'
  d: 'd > date(2026, 1, 31) and (x > 1 or x < 2 and not x == 3)'
  e: 'default(o, 1 / 3) if given(o) else x ** 2 * (x + 1) ** 2'
  f: 't(x + 1) * t(x) + u(c)'
  g: 'ratio(x, o, if_zero=-1)'
  i: '0 < (x if x > 2 else 1) < 4'
  j: '-(-x)'
"""
    lines = show(program(text).plan).splitlines()
    assert lines[lines.index("steps") + 1 :] == [
        "  1. output a: (x - (1 - x)) * 2 / (x / 3) - (x + 1) - 2",
        "  2. output b: (-(x + 1)) * (-x)",
        '  3. output c: (x > 1) == (c in ("a"))',
        "  4. output d: ((d > date(2026, 1, 31)) and ((x > 1) or ((x < 2) and (not (x == 3)))))",
        "  5. output e: (default(o, 1 / 3) if given(o) else x ** 2 * (x + 1) ** 2)",
        '  6. output f: (3 otherwise) of (x + 1) * (3 otherwise) of x + (1 if it == "a"; undefined (tables.u: b) otherwise) of c',
        "  7. output g: ratio(x, o, if_zero=-1)",
        "  8. output i: 0 < (x if x > 2 else 1) < 4",
        "  9. output j: -(-x)",
    ]
