"""Laws of the solver: z3 shows a subject exactly if trying every subject finds one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import islice, product
from typing import Any

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from kpirules.analysis.checking import check
from kpirules.analysis.proving.goals import Answer, Goal
from kpirules.analysis.proving.solving import Forms
from kpirules.analysis.proving.solving.solver import Solver
from kpirules.diagnostics import Report
from kpirules.documents import build, read_mapping
from kpirules.engines.scalar import Decision, Fault, ScalarEngine
from kpirules.kernel.exact import MODES
from kpirules.language.model import BooleanDomain, ChoiceDomain, DateDomain, Interval, ListDomain, NumberDomain
from kpirules.plan import Plan, plan
from kpirules.plan.steps import Banding, Level, Variable
from tests.budget import by_budget

MOST_SUBJECTS = 3_000

few = settings(max_examples=by_budget(3, 100))
"""Each example solves some questions and tries all subjects."""

Draw = Callable[[st.SearchStrategy[Any]], Any]
Mapped = dict[str, Any]

LEVELS = ["low", "middle", "high"]
INPUTS: Mapped = {
    "a": {"type": "integer", "min": 0, "max": 4},
    "b": {"type": "integer", "min": -2, "max": 2},
    "q": {"type": "number", "min": 0, "max": 1, "step": Decimal("0.25")},
    "f": {"type": "boolean"},
    "g": {"type": "boolean", "optional": True},
    "c": {"type": "choice", "options": LEVELS, "ordered": "worst_first"},
    "e": {"type": "choice", "options": ["red", "green"], "optional": True},
    "m": {"type": "integer", "min": 1, "max": 2, "optional": True},
    "u": {"type": "integer", "min": 1, "max": 3, "default": 2},
    "d": {"type": "date", "min": "2026-02-28", "max": "2026-03-02"},
    "t": {
        "type": "list",
        "max_items": 2,
        "fields": {
            "h": {"type": "integer", "min": 0, "max": 1},
            "done": {"type": "boolean"},
        },
        "let": {"more": "item.h + 1"},
    },
}
TABLES: Mapped = {
    "by_rows": {"steps": [{"from": 3, "value": 3}, {"above": 0, "to": 2, "value": Decimal("1.5")}, {"value": 0}]},
    "by_line": {"scale": [[0, 0], [2, 4], [5, 1]], "outside": "clamp"},
    "by_level": {"lookup": {"low": 1, "middle": 2, "else": 4}},
    "level_of": {
        "gives": {"options": LEVELS, "ordered": "worst_first"},
        "steps": [{"from": 3, "value": "high"}, {"from": 1, "value": "middle"}, {"value": "low"}],
    },
}


class Declared(dict[str, Any]):
    """Inputs, and whether rules are linear in them."""

    is_linear = True


# -- rulebooks with few inputs ---------------------------------------------------------------------------


@st.composite
def numbers(draw: Draw, inputs: Declared, depth: int = 2) -> str:
    if depth == 0 or draw(st.integers(0, 3)) == 0:
        leaves = ["1", "0", "2.5", "20%", *(name for name in "abqu" if name in inputs)]
        if "m" in inputs:
            leaves.append("default(m, 0)")
        if "c" in inputs:
            leaves.append("by_level(c)")
        if "d" in inputs:
            leaves += ["days(date(2026, 3, 1), d)", "month(d)"]
        if "t" in inputs:
            leaves += ["count(t)", "sum(r.h for r in t if r.done)", "sum(r.more for r in t)"]
            leaves += ["default(max(r.h for r in t), 2)", "default(avg(r.h for r in t if r.done), 0)"]
        return str(draw(st.sampled_from(leaves)))
    below = numbers(inputs, depth - 1)
    factors = st.sampled_from(["2", "0.5", "(-1)", "10%"])
    forms = [
        st.builds("({} {} {})".format, below, st.sampled_from("+-"), below),
        st.builds("({} {} {})".format, below, st.sampled_from("*/"), factors),
        st.builds("{}({}, {})".format, st.sampled_from(["min", "max"]), below, below),
        st.builds("clamp({}, 0, {})".format, below, st.sampled_from(["1", "3"])),
        st.builds("{}({})".format, st.sampled_from(["abs", "floor", "ceil", "trunc", "sign", "-"]), below),
        st.builds("{}({})".format, st.sampled_from(["by_rows", "by_line"]), below),
        st.builds("mod({}, 2)".format, below),
        st.builds(
            'round({}, {}, mode="{}")'.format, below, st.sampled_from(["0", "1", "to=0.5"]), st.sampled_from(MODES)
        ),
        st.builds("({} if {} else {})".format, below, conditions(inputs, depth - 1), below),
    ]
    products = [
        st.builds("ratio({}, {}, if_zero={})".format, below, below, below),
        st.builds("({} / (1 + abs({})))".format, below, below),
        st.builds("({} * {})".format, below, below),
        st.builds("({} / {})".format, below, below),
    ]
    return str(draw(draw(st.sampled_from(forms if inputs.is_linear else forms + products))))


@st.composite
def conditions(draw: Draw, inputs: Declared, depth: int = 2) -> str:
    if depth == 0 or draw(st.integers(0, 3)) == 0:
        leaves = ["True"]
        known = {
            "f": ["f", "not f"],
            "g": ["given(g)", "default(g, False)"],
            "c": ['c >= "middle"', 'c in ("low", "high")', 'c != "low"'],
            "e": ['default(e, "red") == "green"', "(given(e) and e == 'red')"],
            "m": ["(given(m) and m > 1)", "given(m)"],
            "d": ["d < date(2026, 3, 1)", "days(d, date(2026, 3, 1)) == 0"],
            "t": ["any(r.done for r in t)", "all(r.h > 0 for r in t)"],
        }
        for name, more in known.items():
            leaves += more if name in inputs else []
        return str(draw(st.sampled_from(leaves)))
    below, number = conditions(inputs, depth - 1), numbers(inputs, depth - 1)
    signs = st.sampled_from(["<", "<=", ">", ">=", "==", "!="])
    forms = [
        st.builds("({} {} {})".format, below, st.sampled_from(["and", "or"]), below),
        below.map("(not {})".format),
        st.builds("({} {} {})".format, number, signs, number),
        number.map("(0 <= {} < 2)".format),
        number.map("({} in (1, 2))".format),
        number.map('(level_of({}) >= "middle")'.format),
    ]
    return str(draw(draw(st.sampled_from(forms))))


@st.composite
def leaves(draw: Draw, inputs: Declared, most: int) -> Mapped:
    x = numbers(inputs)
    kind = draw(st.integers(0, 8))
    if kind == 0 and draw(st.booleans()):
        return {"max": most, "entered": {"step": Decimal(most) / 2}}
    if kind == 1:
        return {"max": most, "met": draw(conditions(inputs))}
    if kind == 2:
        return {"max": most, "rate": f"clamp({draw(x)}, 0, 1)"}
    if kind == 3:
        cuts = sorted(draw(st.sets(st.integers(-1, 4), min_size=1, max_size=3)), reverse=True)
        signs = st.sampled_from(["from", "above"])
        rows = [{draw(signs): cut, "points": Decimal(most) * (index + 1) / 4} for index, cut in enumerate(cuts)]
        rest = draw(st.sampled_from([{"points": 0}, {"rate": "10%"}, {"undefined": True}]))
        return {"max": most, "measure": draw(x), "steps": [*rows, rest]}
    if kind == 4:
        shape = {"scale": [[0, 0], [1, most], [3, Decimal(most) / 4]]}
        return {"max": most, "measure": draw(x), **shape, **draw(st.sampled_from([{}, {"outside": "clamp"}]))}
    if kind == 5:
        key = draw(st.sampled_from(["above", "from", "below", "to"]))
        return {"max": most, "measure": draw(x), "thresholds": {key: [1, 2, 3], "each": Decimal(most) / 4}}
    if kind == 6 and "m" in inputs:
        return {"max": most, "rate": "m / 2", "missing": draw(st.sampled_from(["zero", "full", "unrated"]))}
    return {"max": most, "points": draw(x), **draw(st.sampled_from([{}, {"outside": "clamp"}]))}


@st.composite
def groups(draw: Draw, inputs: Declared, prefix: str, depth: int, in_shares: bool = False) -> Mapped:
    ways = ["sum", "sum", "mean", "min", "max"]
    ways += [] if inputs.is_linear else ["product", "geometric_mean", "harmonic_mean"]
    combine = draw(st.sampled_from(ways))
    count = draw(st.integers(1, 3))
    weights = {1: [100], 2: [40, 60], 3: [25, 25, 50]}[count]
    has_weights = combine in ("mean", "geometric_mean", "harmonic_mean") and draw(st.booleans())
    children: dict[str, Mapped] = {}
    may_lack = False
    for index in range(count):
        if depth and draw(st.integers(0, 2)) == 0:
            child = draw(groups(inputs, f"{prefix}{index}", depth - 1, in_shares or combine != "sum"))
        else:
            child = draw(leaves(inputs, draw(st.sampled_from([2, 5, 10]))))
            if "entered" not in child and draw(st.integers(0, 3)) == 0:
                how = st.sampled_from([{"places": 0}, {"to": Decimal("0.5")}])
                child |= {"round": {**draw(how), "mode": draw(st.sampled_from(MODES))}, "outside": "clamp"}
            if combine == "sum" and not in_shares and index and draw(st.integers(0, 2)) == 0:
                if draw(st.booleans()):
                    child["extra"] = True
                else:
                    child = {"min": -5, "max": 0, "points": f"-clamp({draw(numbers(inputs, 1))}, 0, 5)"}
        if draw(st.integers(0, 3)) == 0:
            child["applies"] = draw(conditions(inputs, 1))
            may_lack = True
        if has_weights:
            child["weight"] = f"{weights[index]}%"
        children[f"{prefix}{index}"] = child
    group: Mapped = {"criteria": children, "combine": combine}
    if may_lack and combine == "sum" and any(not c.get("extra") and c.get("max") != 0 for c in children.values()):
        group["rescale"] = draw(st.booleans())
    if may_lack and draw(st.booleans()):
        group["require_share"] = "50%"
    if may_lack:
        group["missing"] = draw(st.sampled_from(["zero", "unrated"]))
    return group


@st.composite
def rulebooks(draw: Draw, is_linear: bool = True) -> Mapped:
    names = draw(st.lists(st.sampled_from(sorted(INPUTS)), min_size=1, max_size=3, unique=True))
    inputs = Declared({name: INPUTS[name] for name in names})
    inputs.is_linear = is_linear
    tree = draw(groups(inputs, "k", 1))
    score: Mapped = {key: part for key, part in tree.items() if key != "criteria"}
    how = st.sampled_from([{"places": 0}, {"places": 1}, {"to": Decimal("2.5")}])
    score["round"] = {**draw(how), "mode": draw(st.sampled_from(MODES))}
    score["band_on"] = draw(st.sampled_from(["rounded", "exact"]))
    if draw(st.integers(0, 2)) == 0:
        cap = {"when": draw(conditions(inputs, 1)), "at_most": draw(st.sampled_from([5, "half"]))}
        score["limits"] = {"cap": cap, "always": {"at_most": 20}}
    levels: Mapped = {
        "best": {"from": draw(st.sampled_from([4, 8]))},
        "good": {draw(st.sampled_from(["from", "above"])): 3},
        "poor": {draw(st.sampled_from(["below", "to"])): draw(st.sampled_from([2, 3]))},
    }
    levels["best"]["requires"] = {"r": {"that": draw(conditions(inputs, 2))}}
    levels["good"]["requires"] = {"s": {"that": "score != 3.5"}}
    book: Mapped = {
        "kpirules": 1,
        "id": "generated",
        "inputs": dict(inputs),
        "tables": TABLES,
        "let": {"half": f"({draw(numbers(inputs, 1))}) / 2"},
        "criteria": tree["criteria"],
        "score": score,
        "bands": {"levels": levels},
    }
    if draw(st.booleans()):
        book["validations"] = {"v": {"that": draw(conditions(inputs, 2))}}
    if draw(st.integers(0, 3)) == 0:
        book["exemptions"] = {"x": {"when": draw(conditions(inputs, 1)), "status": "spared"}}
    if draw(st.integers(0, 2)) == 0:
        book["overrides"] = {"o": {"when": draw(conditions(inputs, 1)), "band": "poor"}}
    if draw(st.integers(0, 2)) == 0:
        book["outputs"] = {"twice": f"half + {draw(numbers(inputs, 1))}"}
    return book


# -- everything there is -------------------------------------------------------------------------------


def values(of: Plan, variable: Variable) -> list[Any]:
    """Return every value of an input."""
    found: list[Any]
    match variable.domain:
        case NumberDomain(minimum=low, maximum=high, step=step) as domain:
            assert low is not None
            assert high is not None
            d = domain.denominator
            unit = 1 if step is None else int(step * d)
            found = list(range(int(low * d), int(high * d) + 1, unit))
        case BooleanDomain():
            found = [False, True]
        case ChoiceDomain(options=options):
            found = list(options)
        case DateDomain(minimum=first, maximum=last):
            assert first is not None
            assert last is not None
            found = [date.fromordinal(day) for day in range(first.toordinal(), last.toordinal() + 1)]
        case ListDomain(max_items=most):
            records = list(product(*(values(of, one) for one in of.records[variable.id].fields)))
            found = [list(some) for size in range(most + 1) for some in product(records, repeat=size)]
        case other:
            raise TypeError(other)
    return [*found, None] if variable.type.is_optional else found


def subjects(of: Plan) -> Iterator[tuple[Any, ...]]:
    pools = [values(of, variable) for variable in of.inputs]
    size = 1
    for pool in pools:
        size *= len(pool)
    if size > MOST_SUBJECTS:
        reject()
    return product(*pools)


# -- goals -----------------------------------------------------------------------------------------------


@st.composite
def goals(draw: Draw, of: Plan) -> Goal:
    """Return goals for numbers in an interval, with or without the outcome of a requirement."""
    number = draw(st.sampled_from(["score", "exact_score", "banded_on"]))
    answers = map(ScalarEngine(of).decide, islice(subjects(of), 200))
    found = {answer.number(number) for answer in answers if isinstance(answer, Decision) and not answer.is_early}
    reachable = sorted(one for one in found if one is not None)
    some = st.sampled_from([-3, 0, 2, 3, 4, 8, 10, 19]).map(Fraction)
    low = draw(st.one_of(some, st.sampled_from(reachable), st.sampled_from(reachable)) if reachable else some)
    low -= draw(st.sampled_from([Fraction(0), Fraction(0), Fraction(1, 10)]))
    high = low + draw(st.sampled_from([Fraction(0), Fraction(1, 2), Fraction(1), Fraction(5)]))
    stretch = Interval(low, draw(st.booleans()) and low != high, high, draw(st.booleans()) and low != high)
    banding = next(step for step in of.steps if isinstance(step, Banding))
    best = banding.levels[0]
    wanted = draw(st.sampled_from([None, True, False]))
    # A requirement is looked at inside its band only, where the engine says what came of it.
    if wanted is None or not _is_inside(stretch, best) or number != "banded_on":
        return Goal(lambda answer: _has(answer, number, stretch), number, stretch)

    def reached(answer: Answer) -> bool:
        return (
            _has(answer, number, stretch)
            and isinstance(answer, Decision)
            and (answer.band("before") == best.id) is wanted
        )

    return Goal(reached, number, stretch, ((best.requires[0].that, wanted),))


def _is_inside(stretch: Interval, level: Level) -> bool:
    return stretch.lower is not None and stretch.lower in level.interval and not stretch.is_lower_open


def _has(answer: Answer, number: str, stretch: Interval) -> bool:
    if not isinstance(answer, Decision) or answer.is_early:
        return False
    x = answer.number(number)
    return x is not None and x in stretch


def planned(book: Mapped) -> Plan:
    document, _ = read_mapping(book)
    assert document is not None
    rulebook, found = build(document)
    assert rulebook is not None, found
    report = Report.of(check(rulebook, tuple(found)))
    # A drawn formula may be one constant beyond its limits, which the check is right to refuse.
    assert {one.code for one in report.errors} <= {"KR313"}, report
    if report.errors:
        reject()
    return plan(rulebook)


def compare(of: Plan, goal: Goal, *, is_linear: bool = True) -> None:
    """Check that the solver finds what trying every subject finds."""
    engine = ScalarEngine(of)
    exists = any(goal.reached(engine.decide(one)) for one in subjects(of))
    found = Solver(Forms(of), engine).find(goal)
    expected = {"shown"} if exists else {"impossible"}
    assert found.status in (expected if is_linear else expected | {"unknown"})
    if found.status == "shown":
        assert goal.reached(engine.decide(found.shown))


@few
@given(rulebooks(), st.data())
def test_a_number_is_shown_where_a_subject_has_it(book: Mapped, data: st.DataObject) -> None:
    of = planned(book)
    compare(of, data.draw(goals(of)))


@few
@given(rulebooks(is_linear=False), st.data())
def test_findings_are_true_when_inputs_are_multiplied(book: Mapped, data: st.DataObject) -> None:
    of = planned(book)
    compare(of, data.draw(goals(of)), is_linear=False)


@few
@given(st.data())
def test_a_division_by_zero_is_shown_where_there_is_one(data: st.DataObject) -> None:
    book = data.draw(rulebooks())
    inputs = Declared(book["inputs"])
    divided = f"{data.draw(numbers(inputs, 1))} / ({data.draw(numbers(inputs))})"
    if data.draw(st.booleans()):
        divided = f"({divided} if {data.draw(conditions(inputs, 1))} else 1)"
    place = data.draw(st.sampled_from(["let", "outputs", "validations", "criteria"]))
    book["let"]["quotient"] = divided
    if place == "outputs":
        book["outputs"] = {"asked": "quotient"}
    elif place == "validations":
        book["validations"] = {"asked": {"that": "quotient > 0"}}
    else:
        book["criteria"] = {"asked": {"max": 2, "points": "clamp(quotient, 0, 2)"}}
        book["score"] = {"round": {"places": 0}, "band_on": "exact"}
    of = planned(book)
    path = "let.quotient"
    compare(of, Goal(lambda answer: answer == Fault(path, "division"), fault=(path, "division")))


FORCED: Mapped = {
    "kpirules": 1,
    "inputs": {
        "q": {"type": "integer", "min": 0, "max": 10, "optional": True},
        "x": {"type": "integer", "min": 0, "max": 1},
    },
    "let": {"quotient": "1 / x"},
    "criteria": {"c": {"max": 10, "points": "q", "missing": "unrated"}},
    "bands": {"good": {"from": 5}, "poor": {"below": 4}},
    "overrides": {"f": {"when": "not given(q)", "band": "poor"}},
}


@pytest.mark.parametrize(
    ("override", "output"),
    [
        ("not given(q)", "0 if given(q) else quotient"),
        ("not given(q)", "quotient if default(q, 0) == 4 else 0"),
        ("default(q, 0) == 4", "quotient if default(q, 0) == 4 else 0"),
        ("default(q, 0) == 11", "quotient if default(q, 0) == 4 else 0"),
        ("default(q, 0) == 11", "0 if given(q) else quotient"),
    ],
)
def test_outputs_are_reached_by_a_forced_band_too_also_without_a_score(override: str, output: str) -> None:
    of = planned({**FORCED, "overrides": {"f": {"when": override, "band": "poor"}}, "outputs": {"asked": output}})
    path = "let.quotient"
    compare(of, Goal(lambda answer: answer == Fault(path, "division"), fault=(path, "division")))
