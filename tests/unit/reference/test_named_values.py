"""`let`, computed fields of records, outputs and invariants: when they are computed, and how options compare."""

from __future__ import annotations

import pytest

from kpirules import assess, load
from kpirules.language.expressions import MAX_WORK, Meter
from kpirules.record import Assessment
from tests.rules import F, assessed, fault, program, unproved, unproved_fault

CHOICE = "{type: choice, options: [low, middle, high], ordered: worst_first%s}"


def test_records_have_computed_fields_that_read_one_another() -> None:
    text = """
inputs:
  rate: {type: number, min: 0, max: 10}
  tasks:
    type: list
    fields: {hours: {type: number, min: 0, max: 10}, done: {type: boolean, optional: true}, more: {type: number, min: 0, max: 5, default: 1}}
    let: {twice: item.hours * 2, four_times: item.twice * 2, paid: item.four_times * rate, is_done: 'default(item.done, False)'}
    validations: {sane: {that: item.twice < 19}}
outputs:
  paid: sum(t.paid for t in tasks if t.is_done)
  more: sum(t.more for t in tasks)
  best: default(max(t.hours for t in tasks), -1)
  count: count(tasks)
"""
    tasks = [{"hours": 1, "done": True}, {"hours": 2}, {"hours": F("0.5"), "done": True, "more": 5}]
    found = assessed(text, rate=3, tasks=tasks)
    assert found.outputs == {"paid": 12 + 6, "more": 7, "best": 2, "count": 3}
    assert found.assumed == {"tasks[0].more": 1, "tasks[1].more": 1}
    assert assessed(text, rate=3, tasks=[]).outputs == {"paid": 0, "more": 0, "best": -1, "count": 0}


def test_a_fault_in_a_computed_field_names_the_field() -> None:
    text = """
inputs: {tasks: {type: list, max_items: 9, fields: {n: {type: number, min: 0, max: 1}}, let: {inverse: 1 / item.n}}}
outputs: {o: sum(t.inverse for t in tasks)}
"""
    diagnostic = fault(text, tasks=[{"n": 1}, {"n": 0}])
    assert (diagnostic.path, diagnostic.message) == (
        "inputs.tasks.let.inverse",
        "a number is divided by zero (item.n = 0)",
    )


def test_an_optional_list_may_be_absent() -> None:
    text = """
inputs: {tasks: {type: list, optional: true, fields: {n: {type: integer}}, validations: {v: {that: item.n > 0}}}}
outputs: {n: count(tasks), any: given(tasks)}
"""
    assert assessed(text).outputs == {"n": None, "any": False}
    assert assessed(text, tasks=[{"n": 1}]).outputs == {"n": 1, "any": True}


# -- ordered options ------------------------------------------------------------------------------


def test_a_quoted_option_is_ordered_as_the_table_beside_it() -> None:
    text = """
inputs: {x: {type: integer, min: 0, max: 9}, b: {type: boolean}}
tables: {level: {gives: {options: [low, middle, high], ordered: worst_first}, steps: [{from: 5, value: high}, {value: middle}]}}
outputs: {o: '(level(x) if b else "low") >= "middle"'}
"""
    for b in (False, True):
        subject = {"x": 3, "b": b}
        assert assess(program(text), subject, engine="reference").outputs == {"o": b}


ORDERED = f"""
inputs:
  x: {{type: number, min: 0, max: 100}}
  g: {CHOICE % ""}
  h: {CHOICE % ", optional: true"}
  swapped: {{type: choice, options: [high, middle, low], ordered: best_first}}
  tasks:
    type: list
    fields: {{g: {CHOICE % ""}, h: {CHOICE % ", optional: true"}}}
    let: {{own: item.g, settled: 'default(item.h, "low")'}}
tables:
  by_x: {{gives: {{options: [low, middle, high], ordered: worst_first}}, steps: [{{from: 80, value: high}}, {{value: low}}]}}
let:
  same: g
  settled: 'default(h, "low")'
  either: '"high" if x > 50 else same'
  either_way: 'settled if x > 1 else either'
outputs:
  input: 'g >= "middle"'
  let: 'same >= "middle"'
  default: 'default(h, "low") < "middle"'
  let_of_default: 'settled < "middle"'
  conditional: '("high" if x > 50 else g) > "low"'
  let_of_conditional: 'either > "low"'
  chain: '"low" < either_way <= "high"'
  two_inputs: g <= swapped
  table: 'by_x(x) > "low"'
  table_or_default: '("low" if x > 90 else by_x(x)) < "high"'
  output: result > "low"
  result: 'default(h, "high")'
  records: 'count(t.own >= "middle" and t.g >= "middle" for t in tasks)'
  settled_records: 'count(t.settled < "middle" for t in tasks)'
  default_records: 'count(default(t.h, "high") > "middle" for t in tasks)'
  conditional_records: 'count(("high" if x > 50 else t.own) > "low" for t in tasks)'
  equal: 'settled == "low" and settled in ("low", "high")'
"""


def ordered(**subject: object) -> Assessment:
    tasks = [{"g": "high"}, {"g": "middle", "h": "middle"}, {"g": "low", "h": "high"}]
    return assessed(ORDERED, **({"x": 60, "g": "middle", "swapped": "high", "tasks": tasks} | subject))


def test_options_compare_by_their_place_wherever_they_come_from() -> None:
    """A quoted string for an option is compared as the option, never alphabetically."""
    outputs = dict(ordered().outputs)
    assert outputs.pop("result") == "high"
    assert outputs.pop("records") == 2
    assert outputs.pop("settled_records") == 1
    assert outputs.pop("default_records") == 2
    assert outputs.pop("conditional_records") == 3
    assert outputs.pop("table") is False
    assert outputs.pop("chain") is False
    assert set(outputs.values()) == {True}


def test_options_compare_by_their_place_in_the_other_branches() -> None:
    outputs = ordered(x=95, g="high", h="high", swapped="low").outputs
    assert (outputs["default"], outputs["let_of_default"], outputs["table_or_default"]) == (
        False,
        False,
        True,
    )
    assert (outputs["two_inputs"], outputs["table"], outputs["chain"]) == (False, True, True)
    assert ordered(x=1, g="low").outputs["chain"] is False


@pytest.mark.parametrize("option", ["low", "middle", "high"])
def test_a_let_keeps_the_order_of_its_options(option: str) -> None:
    found = ordered(g=option)
    assert found.outputs["let"] is (option != "low")
    assert type(found.let["same"]) is str
    assert [type(value) for _, value in found.output_computations["let"].readings] == [str]


def test_a_band_compares_best_first() -> None:
    text = """
inputs: {x: {type: number, min: 0, max: 100}}
criteria: {a: {max: 100, points: x}}
bands: {zenith: {from: 80}, middle: {from: 50}, abyss: {below: 50}}
outputs: {at_least: 'band >= "middle"', or_abyss: '("abyss" if x > 90 else band) < "middle"'}
"""
    assert assessed(text, x=95).outputs == {"at_least": True, "or_abyss": True}
    assert assessed(text, x=20).outputs == {"at_least": False, "or_abyss": True}
    assert assessed(text, x=60).outputs == {"at_least": True, "or_abyss": False}


# -- outputs and invariants -----------------------------------------------------------------------


def test_outputs_of_every_type_and_in_the_order_of_the_rulebook() -> None:
    text = """
inputs: {x: {type: number, min: 0, max: 100}, d: {type: date}, s: {type: text}, m: {type: number, optional: true}}
outputs: {z: y + 1, y: x / 3, d: d, later: 'days(d, d) == 0', s: s, m: m + 1}
"""
    found = assessed(text, x=1, d="2026-03-01", s="so", m=None)
    assert list(found.outputs.items()) == [
        ("z", F(4, 3)),
        ("y", F(1, 3)),
        ("d", found.outputs["d"]),
        ("later", True),
        ("s", "so"),
        ("m", None),
    ]
    assert list(found.output_computations) == list(found.outputs)
    assert str(found.outputs["d"]) == "2026-03-01"


def test_an_input_hides_an_output_of_the_same_name() -> None:
    text = """
inputs: {x: {type: number, min: 0, max: 100}}
let: {l: x + 1}
outputs: {x: y + 1, y: x * 2, l: x + 10, read: l}
"""
    assert assessed(text, x=5).outputs == {"x": 11, "y": 10, "l": 15, "read": 6}


def test_invariants_read_everything_also_what_is_absent() -> None:
    text = """
inputs: {x: {type: number, min: 0, max: 100}}
criteria: {a: {max: 100, points: x}}
bands: {good: {from: 50}, poor: {below: 40}}
outputs: {o: x + 1}
overrides: {u: {when: x > 90, unrated: away}}
invariants:
  rated: {that: given(band) and given(o) and given(score)}
  away: {that: not given(band) and not given(o)}
  small: {that: points.a < 60}
"""

    def held(x: int) -> list[str]:
        return [one.id for one in assessed(text, x=x).invariants if one.held]

    assert held(50) == ["rated", "small"]
    assert held(45) == ["away", "small"]
    assert held(95) == ["away"]
    assert [one.id for one in assessed(text, x=95).invariants] == ["rated", "away", "small"]
    assert assessed(text, x=95).score == 95


def test_parameters_calendars_and_functions_can_be_read() -> None:
    text = """
inputs: {a: {type: date}, b: {type: date}}
parameters: {daily: 2.5, mode: '"half_down"', start: 'date(2026, 1, 1)', is_on: True}
functions: {pay: {args: [n], value: daily * n}}
calendars: {office: {weekend: [sat, sun], holidays: [2026-03-03], from: 2026-01-01, until: 2027-01-01}}
outputs: {pay: 'pay(workdays(a, b, office))', rounded: 'round(daily, 0, mode)', since: 'days(start, a)', on: is_on}
"""
    found = assessed(text, a="2026-03-01", b="2026-03-06")
    assert found.outputs == {"pay": F("2.5") * 4, "rounded": 2, "since": 59, "on": True}
    assert fault(text, a="2026-03-01", b="2027-03-06").code == "KR623"


# -- long chains and work -------------------------------------------------------------------------


def chain(count: int, first: str, formula: str) -> dict[str, str]:
    return {"v0": first} | {f"v{n}": formula.format(f"v{n - 1}") for n in range(1, count)}


LET_CHAIN = {
    "kpirules": 1,
    "id": "chain",
    "inputs": {"x": {"type": "integer", "min": 0, "max": 1}},
    "let": chain(1500, "x", "{0} + 1"),
    "outputs": {"o": "v1499"},
}
RECORD_CHAIN = {
    "kpirules": 1,
    "id": "chain",
    "inputs": {
        "t": {
            "type": "list",
            "max_items": 100,
            "fields": {"x": {"type": "integer", "min": 0, "max": 1}},
            "let": chain(800, "item.x", "item.{0} + 1"),
        }
    },
    "outputs": {"o": "sum(r.v799 for r in t)"},
}


def test_a_chain_of_named_values_can_have_any_length() -> None:
    assert assess(load(LET_CHAIN), {"x": 1}).outputs == {"o": 1500}
    assert assess(load(RECORD_CHAIN), {"t": [{"x": 1}, {"x": 0}]}).outputs == {"o": 799 + 800}


def test_a_long_chain_costs_what_its_parts_cost() -> None:
    """An interrupted computation does not count twice."""

    def work(count: int) -> int:
        book = LET_CHAIN | {"let": chain(count, "x", "{0} + 1"), "outputs": {"o": f"v{count - 1}"}}
        engine, meter = load(book).reference, Meter()
        engine.rate(engine.know({"x": F(1)}, meter))
        return meter.work

    steps = {work(count + 1) - work(count) for count in (1, 2, 3, 4, 5, 10, 50, 51, 52, 53)}
    assert steps == {3}


def test_a_chain_inside_records_costs_what_its_parts_cost() -> None:
    def work(count: int, records: int) -> int:
        of_list = {**RECORD_CHAIN["inputs"]["t"], "let": chain(count, "item.x", "item.{0} + 1")}  # type: ignore[index]
        book = RECORD_CHAIN | {"inputs": {"t": of_list}, "outputs": {"o": f"sum(r.v{count - 1} for r in t)"}}
        engine, meter = load(book).reference, Meter()
        engine.rate(engine.know({"t": [{"x": F(1)}] * records}, meter))
        return meter.work

    assert {work(n + 1, 2) - work(n, 2) for n in (1, 2, 3, 4, 9, 20)} == {2 * 3}
    assert work(20, 7) - work(20, 6) == work(20, 3) - work(20, 2)


def test_an_expression_at_every_limit_of_size_is_evaluated_with_room_on_the_stack() -> None:
    deep = " + ".join(["x"] * 149)
    for _ in range(40):
        deep = f"(1 if x > 5 else {deep})"
    book = LET_CHAIN | {
        "let": {"v0": deep, **{f"v{n}": f"v{n - 1} + {deep}" for n in range(1, 6)}},
        "outputs": {"o": "v5"},
    }
    assert assess(load(book), {"x": 1}).outputs == {"o": 6 * 149}


def test_a_let_that_many_read_is_computed_once() -> None:
    text = "inputs: {x: {type: integer, min: 0, max: 5}}\nlet: {a: x + x + x}\noutputs: {b: a, c: a, d: a}\n"
    engine, meter = program(text).reference, Meter()
    engine.rate(engine.know({"x": F(1)}, meter))
    assert meter.work == 5 + 3


WORK = """
inputs: {t: {type: list, max_items: 10000, fields: {n: {type: number, min: 1, max: 9, decimals: 18}}}}
exemptions: {e: {when: sum((r.n ** 16) ** 2 for r in t) < 0, status: spared}}
validations: {v: {that: sum((r.n ** 16) ** 2 for r in t) > 0}}
let: {a: sum((r.n ** 16) ** 2 for r in t)}
criteria: {c: {points: a * 0}}
score: {round: {places: 1}}
outputs: {o: sum((r.n ** 16) ** 2 for r in t)}
"""


def test_the_work_of_the_whole_assessment_is_limited() -> None:
    """Each step alone stays far below the limit; counted together they reach it, the last one first."""
    n = F("1.234567890123456789")

    def work(count: int) -> int:
        engine, meter = unproved(WORK).reference, Meter()
        knowledge = engine.know({"t": [{"n": n}] * count}, meter)
        assert engine.exempted(knowledge) is None
        assert engine.failed_validations(knowledge) == ([], None, None)
        engine.rate(knowledge)
        return meter.work

    each = work(20) - work(19)
    enough = MAX_WORK // each
    assert assess(unproved(WORK), {"t": [{"n": n}] * (enough - 20)}, engine="reference").is_rated
    diagnostic = unproved_fault(WORK, t=[{"n": n}] * (enough + 20))
    assert (diagnostic.code, diagnostic.path) == ("KR631", "outputs.o")


def test_a_number_that_is_too_wide_is_a_fault_wherever_it_comes_about() -> None:
    wide = "inputs: {x: {type: number, min: 1, max: 9e17, decimals: 18}}\nlet: {w: 'min(ratio(1, x ** 16, if_zero=0) ** 16, 1)'}\n"
    x = F("345678901234567890.123456789012345678")
    inside = unproved_fault(wide + "outputs: {o: w * w}\n", x=x)
    assert (inside.code, inside.path) == ("KR630", "outputs.o")
    rate = unproved_fault(
        wide
        + "criteria: {a: {max: 1, rate: w}, b: {max: 1, rate: 'w * 3 / 7'}, c: {combine: product, criteria: {d: {rate: w}, e: {rate: w}}}}\nscore: {round: {places: 1}}\n",
        x=x,
    )
    assert (rate.code, rate.path) == ("KR630", "criteria.c")
