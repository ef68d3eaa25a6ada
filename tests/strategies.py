"""Generated rulebooks and subjects: rulebooks as plain mappings, correct by construction.

`rulebooks()` draws a mapping that `kpirules.load` accepts without errors; `subjects(mapping)` draws a
valid subject for it, biased to the ends of every domain and to the numbers the rulebook itself mentions.
A subject may still fault: quotients are not guarded everywhere, and not every criterion is clamped.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from hypothesis import assume, reject
from hypothesis import strategies as st

from kpirules import FaultError, Program, RulebookError, SubjectError, assess, load
from kpirules.exact import MODES

__all__ = ["Case", "cases", "conditions", "entered", "numbers", "permuted", "rulebooks", "subjects"]

Draw = Callable[[st.SearchStrategy[Any]], Any]
Declared = Mapping[str, Any]
Mapped = dict[str, Any]

LEVELS = ["low", "middle", "high"]
CHOICES: Mapped = {
    "c0": {"type": "choice", "options": LEVELS, "ordered": "worst_first"},
    "c1": {"type": "choice", "options": ["red", "green"]},
}
MAYBE_CHOICE: Mapped = {"type": "choice", "options": LEVELS[::-1], "ordered": "best_first", "optional": True}
RECORDS: Mapped = {
    "type": "list",
    "max_items": 5,
    "fields": {
        "hours": {"type": "number", "min": 0, "max": 40, "decimals": 1},
        "done": {"type": "boolean"},
        "kind": {"type": "choice", "options": ["plain", "urgent"]},
        "level": {"type": "choice", "options": LEVELS, "ordered": "worst_first", "optional": True},
        "size": {"type": "integer", "min": 1, "max": 9, "default": 2},
    },
    "let": {
        "weighted": "item.hours * (2 if item.kind == 'urgent' else 1)",
        "sized": "item.weighted * item.size",
        "settled": "default(item.level, 'middle')",
    },
}
TABLES: Mapped = {
    "by_rows": {"steps": [{"from": 50, "value": 3}, {"above": 5, "to": 20, "value": 1.5}, {"value": 0}]},
    "by_line": {"scale": [[0, 0], [10, 4], [50, 5]], "outside": "clamp"},
    "by_level": {"lookup": {"low": 1, "middle": 2, "else": 4}},
    "level_of": {
        "gives": {"options": LEVELS, "ordered": "worst_first"},
        "steps": [{"from": 60, "value": "high"}, {"from": 20, "value": "middle"}, {"value": "low"}],
    },
}
PARAMETERS: Mapped = {"five": 5, "some": "1 / 8", "most": {"value": 20, "label": "the most"}}
FUNCTIONS: Mapped = {"half_of": {"args": ["v"], "value": "v / 2"}}

SHARED = ("mean", "geometric_mean", "harmonic_mean", "min", "max", "product")
MEANS = SHARED[:3]


def decimals(low: int, high: int, places: int = 2) -> st.SearchStrategy[Decimal]:
    """Exact decimals from `low` to `high`, their ends and whole numbers drawn often."""
    unit = 10**places
    return st.one_of(
        st.sampled_from([low, high, low + 1, (low + high) // 2]).map(Decimal),
        st.integers(low * unit, high * unit).map(lambda n: Decimal(n).scaleb(-places)),
    )


@st.composite
def declared_inputs(draw: Draw) -> Mapped:
    """Declarations of every type of input, some of them optional or with a default."""
    inputs: Mapped = {
        "n0": {"type": "number", "min": 0, "max": 100, "decimals": 2},
        "n1": {"type": "integer", "min": draw(st.sampled_from([0, 1, -5])), "max": 20},
        "n2": {"type": "number", "above": 0, "max": 10, "decimals": 1},
        "b0": {"type": "boolean"},
        **CHOICES,
        "d0": {"type": "date", "min": "2026-01-01", "max": "2026-12-31"},
        "tasks": RECORDS,
    }
    if draw(st.booleans()):
        inputs["maybe"] = {"type": "number", "min": 0, "max": 10, "decimals": 1, "optional": True}
        inputs["level"] = MAYBE_CHOICE
    if draw(st.booleans()):
        inputs["usual"] = {"type": "integer", "min": 0, "max": 5, "default": draw(st.integers(0, 5))}
    return inputs


# -- expressions ----------------------------------------------------------------------------------


@st.composite
def numbers(draw: Draw, inputs: Declared, depth: int = 3) -> str:
    """A numeric expression that is never absent; it may fault."""
    if depth == 0 or draw(st.integers(0, 3)) == 0:
        leaves = ["n0", "n1", "n2", "1", "0", "0.5", "12.25", "20%", "some", "months(date(2026, 1, 1), d0)"]
        if "usual" in inputs:
            leaves.append("usual")
        if "maybe" in inputs:
            leaves.append("default(maybe, 2.5)")
        return str(draw(st.sampled_from(leaves)))
    return str(draw(draw(st.sampled_from(_NUMBERS))(inputs, depth - 1)))


def _operations(inputs: Declared, depth: int) -> st.SearchStrategy[str]:
    below = numbers(inputs, depth)
    return st.builds("({} {} {})".format, below, st.sampled_from("+-*"), below)


def _quotients(inputs: Declared, depth: int) -> st.SearchStrategy[str]:
    below = numbers(inputs, depth)
    divisors = st.one_of(st.sampled_from(["3", "7", "4", "n2", "n1"]), below.map("({})".format))
    return st.one_of(
        st.builds("({} / {})".format, below, divisors),
        st.builds("ratio({}, {}, if_zero={})".format, below, below, below),
        below.map("mod({}, 7)".format),
    )


def _functions(inputs: Declared, depth: int) -> st.SearchStrategy[str]:
    below = numbers(inputs, depth)
    return st.one_of(
        st.builds("{}({}, {})".format, st.sampled_from(["min", "max"]), below, below),
        st.builds("clamp({}, 0, {})".format, below, st.sampled_from(["1", "10", "100"])),
        st.builds("{}({})".format, st.sampled_from(["abs", "floor", "ceil", "trunc", "sign", "-"]), below),
        st.builds("{}({})".format, st.sampled_from(["by_rows", "by_line", "half_of"]), below),
        st.sampled_from(["by_level(c0)", "by_level(level_of(n0))", "n0 ** 2", "sqrt(n0)", "power(n2, 0.5)"]),
        st.sampled_from(["root(n0, 3)", "exp(-n2)", "ln(n2)", "normal_cdf(n2 - 5)", "sqrt(n1)", "ln(n1)"]),
    )


def _roundings(inputs: Declared, depth: int) -> st.SearchStrategy[str]:
    how = st.one_of(st.integers(-1, 4).map(str), st.sampled_from(["to=0.25", "to=5", "to=some"]))
    return st.builds('round({}, {}, mode="{}")'.format, numbers(inputs, depth), how, st.sampled_from(MODES))


def _branches(inputs: Declared, depth: int) -> st.SearchStrategy[str]:
    below = numbers(inputs, depth)
    return st.builds("({} if {} else {})".format, below, conditions(inputs, depth), below)


def _aggregates(inputs: Declared, depth: int) -> st.SearchStrategy[str]:
    below = numbers(inputs, depth)
    fields = st.sampled_from(["t.hours", "t.sized", "t.hours * n2", "t.hours / 3", "1 / (t.size - 1)"])
    where = st.sampled_from(["", " if t.done", " if t.hours > n1", ' if t.settled >= "middle"'])
    condition = st.sampled_from(["t.done", 't.kind == "urgent"', "t.hours >= n2", 't.settled < "high"'])
    return st.one_of(
        st.builds("sum({} for t in tasks{})".format, fields, where),
        st.builds("default({}(t.hours for t in tasks if t.done), {})".format, st.sampled_from(["avg", "max"]), below),
        st.builds("count({} for t in tasks)".format, condition),
        st.builds("default(share({} for t in tasks), 0)".format, condition),
        st.just("count(tasks)"),
    )


_NUMBERS = (_operations, _operations, _quotients, _functions, _roundings, _branches, _aggregates)


@st.composite
def conditions(draw: Draw, inputs: Declared, depth: int = 2) -> str:
    """A condition that is never absent."""
    if depth == 0 or draw(st.integers(0, 2)) == 0:
        leaves = [
            "b0",
            "True",
            'c0 >= "middle"',
            'c1 == "red"',
            'c0 in ("low", "high")',
            "d0 < date(2026, 7, 1)",
        ]
        leaves += ['level_of(n0) > "low"', '("high" if b0 else c0) >= "middle"', "any(t.done for t in tasks)"]
        if "maybe" in inputs:
            leaves += ["given(maybe)", "(given(maybe) and maybe > 5)", 'default(level, "low") >= "middle"']
        return str(draw(st.sampled_from(leaves)))
    below = conditions(inputs, depth - 1)
    number = numbers(inputs, depth - 1)
    signs = st.sampled_from(["<", "<=", ">", ">=", "==", "!="])
    one_of = st.one_of(
        st.builds("({} {} {})".format, below, st.sampled_from(["and", "or"]), below),
        below.map("(not {})".format),
        st.builds("({} {} {})".format, number, signs, number),
        number.map("(0 <= {} < 50)".format),
        st.sampled_from(["any", "all"]).map("{}(t.done or t.hours > n1 for t in tasks)".format),
    )
    return str(draw(one_of))


# -- criteria -------------------------------------------------------------------------------------


def rounding() -> st.SearchStrategy[Mapped]:
    multiples = st.sampled_from([Decimal("0.25"), Decimal("0.5"), 5, "some"])
    return st.one_of(
        st.fixed_dictionaries({"places": st.integers(0, 3), "mode": st.sampled_from(MODES)}),
        st.fixed_dictionaries({"to": multiples, "mode": st.sampled_from(MODES)}),
    )


def _in_points(inputs: Declared, most: int) -> st.SearchStrategy[Mapped]:
    return st.fixed_dictionaries({"points": numbers(inputs)}, optional={"outside": st.just("clamp")})


def _in_rates(inputs: Declared, most: int) -> st.SearchStrategy[Mapped]:
    return st.builds(lambda x: {"rate": f"clamp({x}, 0, 1)"}, numbers(inputs, 2))


def _if_met(inputs: Declared, most: int) -> st.SearchStrategy[Mapped]:
    return st.builds(lambda condition: {"met": condition}, conditions(inputs))


@st.composite
def _by_steps(draw: Draw, inputs: Declared, most: int) -> Mapped:
    cuts = sorted(draw(st.sets(st.integers(-5, 100), min_size=1, max_size=3)), reverse=True)
    rows: list[Mapped] = [
        {draw(st.sampled_from(["from", "above"])): cut, "points": Decimal(most) * (index + 1) / 10}
        for index, cut in enumerate(cuts)
    ]
    rest = draw(st.sampled_from([{"points": 0}, {"points": 0}, {"rate": "10%"}, {"undefined": True}]))
    return {"measure": draw(numbers(inputs, 2)), "steps": [*rows, rest]}


def _by_scale(inputs: Declared, most: int) -> st.SearchStrategy[Mapped]:
    def scale(x: str, middle: int, is_clamped: bool) -> Mapped:
        knots = [[0, 0], [middle, most], [100, Decimal(most) / 4]]
        return {"measure": x, "scale": knots, **({"outside": "clamp"} if is_clamped else {})}

    return st.builds(scale, numbers(inputs, 1), st.integers(1, 9), st.sampled_from([True, True, False]))


def _by_thresholds(inputs: Declared, most: int) -> st.SearchStrategy[Mapped]:
    def thresholds(x: str, key: str) -> Mapped:
        return {"measure": x, "thresholds": {key: [1, "five", 50], "each": Decimal(most) / 8}}

    return st.builds(thresholds, numbers(inputs, 1), st.sampled_from(["above", "from", "below", "to"]))


def _by_option(inputs: Declared, most: int) -> st.SearchStrategy[Mapped]:
    def option(choice: str) -> Mapped:
        options = [True, False] if choice == "b0" else CHOICES[choice]["options"]
        return {
            "measure": choice,
            "lookup": {option: Decimal(most) * index / 8 for index, option in enumerate(options)},
        }

    return st.sampled_from(["c0", "c1", "b0"]).map(option)


def _as_entered(inputs: Declared, most: int) -> st.SearchStrategy[Mapped]:
    return st.just({"entered": {"step": Decimal("0.5")}})


_LEAVES = (_in_points, _in_rates, _if_met, _by_steps, _by_scale, _by_thresholds, _by_option, _as_entered)


@st.composite
def leaves(draw: Draw, inputs: Declared, most: int) -> Mapped:
    """A leaf criterion worth `most` points, of every form."""
    if "maybe" in inputs and draw(st.integers(0, 3)) == 0:
        policy = draw(st.sampled_from(["zero", "full", "unrated"]))
        return {"max": most, "rate": "clamp(maybe / 10, 0, 1)", "missing": policy}
    leaf: Mapped = {"max": most} | draw(draw(st.sampled_from(_LEAVES))(inputs, most))
    if "entered" not in leaf and draw(st.integers(0, 3)) == 0:
        leaf |= {"round": draw(rounding()), "outside": "clamp"}
    return leaf


@st.composite
def groups(draw: Draw, inputs: Declared, prefix: str, depth: int, *, is_in_shares: bool = False) -> Mapped:
    """A group of criteria of any combination; below shares there are no points beyond the limits."""
    combine = draw(st.sampled_from(["sum", "sum", "sum", *SHARED]))
    count = draw(st.integers(1, 3))
    children: dict[str, Mapped] = {}
    weights = {1: [100], 2: [40, 60], 3: [25, 25, 50]}[count]
    has_weights = combine in MEANS and draw(st.booleans())
    has_free_ends = combine == "sum" and not is_in_shares
    may_lack = False
    for index in range(count):
        id_ = f"{prefix}{index}"
        is_aside = False
        if depth > 0 and draw(st.integers(0, 2)) == 0:
            below = combine != "sum" or is_in_shares
            child = draw(groups(inputs, id_, depth - 1, is_in_shares=below))
        else:
            child = draw(leaves(inputs, draw(st.sampled_from([10, 20, 100]))))
            is_aside = has_free_ends and index > 0 and draw(st.integers(0, 3)) == 0
        if is_aside and draw(st.booleans()):
            child = {"min": -5, "max": 0, "points": f"-clamp({draw(numbers(inputs, 1))}, 0, 5)"}
        elif is_aside:
            child["extra"] = True
        if draw(st.integers(0, 4)) == 0:
            child["applies"] = draw(conditions(inputs, 1))
            may_lack = may_lack or not is_aside
        if has_weights:
            child["weight"] = f"{weights[index]}%"
        children[id_] = child
    group: Mapped = {"criteria": children, "combine": combine}
    if combine == "sum" and may_lack:
        group["rescale"] = draw(st.booleans())
    if may_lack and draw(st.booleans()):
        group["require_share"] = "50%"
    if may_lack:
        group["missing"] = draw(st.sampled_from(["zero", "unrated"]))
    return group


@st.composite
def rulebooks(draw: Draw) -> Mapped:
    """A whole rulebook as a mapping: correct, but free to fault and to leave gaps."""
    inputs = draw(declared_inputs())
    tree = draw(groups(inputs, "k", 2))
    score: Mapped = {key: part for key, part in tree.items() if key != "criteria"}
    score["round"] = draw(rounding())
    score["band_on"] = draw(st.sampled_from(["rounded", "exact"]))
    book: Mapped = {
        "kpirules": 1,
        "id": "generated",
        "inputs": inputs,
        "parameters": PARAMETERS,
        "functions": FUNCTIONS,
        "tables": TABLES,
        "let": {
            "half": f"({draw(numbers(inputs, 2))}) / 2",
            "grade": '"high" if b0 else c0',
            "earned": "sum(c.points for c in children.score)",
            "never": "n0 + 1",
        },
        "criteria": tree["criteria"],
        "score": score,
        "bands": draw(scales(inputs)),
        "outputs": {
            "pay": "half if band == 'best' else n0",
            "is_best": "band >= 'best'",
            "is_high": 'grade >= "middle"',
            "again": "pay + earned",
        },
        "invariants": {"known": {"that": "given(band) or not given(pay)"}},
    }
    if draw(st.booleans()):
        cap = {"when": draw(conditions(inputs, 1)), "at_most": draw(st.sampled_from([5, "most", "n0", 90]))}
        score["limits"] = {"cap": cap, "always": {"at_most": 150}}
    kinds = st.sampled_from(["band", "band_at_most", "band_at_least"])
    book["overrides"] = {
        f"o{index}": {
            "when": draw(conditions(inputs, 1)),
            draw(kinds): draw(st.sampled_from(["best", "good", "poor"])),
        }
        for index in range(draw(st.integers(0, 2)))
    }
    if draw(st.integers(0, 3)) == 0:
        book["overrides"]["set_aside"] = {"when": "n1 == 20 and b0", "unrated": "set_aside"}
    if draw(st.integers(0, 5)) == 0:
        book["exemptions"] = {"spared": {"when": draw(conditions(inputs, 1)), "status": "spared"}}
    return book


@st.composite
def scales(draw: Draw, inputs: Declared) -> Mapped:
    """Bands on the score or a number of their own, with and without holes, overlaps and requirements."""
    levels: Mapped = {
        "best": {"from": draw(st.sampled_from([20, 60, 90]))},
        "good": {draw(st.sampled_from(["from", "above"])): 10},
        "poor": {draw(st.sampled_from(["below", "to"])): draw(st.sampled_from([5, 10, 10, 12]))},
    }
    if draw(st.booleans()):
        levels["best"]["requires"] = draw(conditions(inputs, 1))
    if draw(st.integers(0, 2)) == 0:
        levels["good"]["requires"] = {
            "r": {"that": draw(conditions(inputs, 1))},
            "q": {"that": "score != 11"},
        }
    bands: Mapped = {"levels": levels}
    if draw(st.booleans()):
        bands["fall"] = "next"
    if draw(st.booleans()):
        bands["overlap"] = draw(st.sampled_from(["best", "worst"]))
    if draw(st.integers(0, 5)) == 0:
        bands["measure"] = "score / 3"
    return bands


# -- subjects -------------------------------------------------------------------------------------


class Case:
    """A generated rulebook as a mapping, its program, and a valid subject of it."""

    def __init__(self, book: Mapped, program: Program, subject: Mapped) -> None:
        self.book = book
        self.program = program
        self.subject = subject

    def __repr__(self) -> str:
        return f"Case({self.book!r}, ..., {self.subject!r})"


@st.composite
def cases(draw: Draw) -> Case:
    book = draw(rulebooks())
    try:
        program = load(book)
    except RulebookError as refused:
        # A drawn formula may be one constant beyond its limits, which the check is right to refuse.
        if {diagnostic.code for diagnostic in refused.report.errors} != {"KR313"}:
            raise
        reject()
    return Case(book, program, draw(subjects(book, program)))


@st.composite
def subjects(draw: Draw, book: Declared, program: Program | None = None) -> Mapped:
    """A valid subject of a generated rulebook."""
    subject: Mapped = {}
    for id_, declared in book["inputs"].items():
        if not is_optional(declared) or draw(st.booleans()):
            subject[id_] = draw(values(declared))
    judged = {
        id_: draw(st.integers(0, 2 * criterion["max"]).map(lambda n: Decimal(n) / 2))
        for id_, criterion in entered(book["criteria"]).items()
    }
    subject |= judged
    # What an assessor must not enter for this subject, only the rules can tell.
    try:
        assess(program or load(book), subject)
    except SubjectError as problem:
        for diagnostic in problem.report:
            assume(diagnostic.code == "KR606")
            del subject[diagnostic.path]
    except FaultError:
        pass
    return subject


def is_optional(declared: Declared) -> bool:
    return "optional" in declared or "default" in declared


def entered(criteria: Declared) -> Mapped:
    """The criteria whose points an assessor enters, by id."""
    found: Mapped = {}
    for id_, criterion in criteria.items():
        if "entered" in criterion:
            found[id_] = criterion
        found |= entered(criterion.get("criteria", {}))
    return found


def values(declared: Declared) -> st.SearchStrategy[Any]:
    """Values of one declared input."""
    match declared["type"]:
        case "number":
            found = decimals(int(declared.get("min", 0)), int(declared["max"]), declared["decimals"])
            return found.filter(lambda x: x > declared["above"]) if "above" in declared else found
        case "integer":
            return st.one_of(
                st.sampled_from([declared["min"], declared["max"]]),
                st.integers(declared["min"], declared["max"]),
            )
        case "boolean":
            return st.booleans()
        case "choice":
            return st.sampled_from(declared["options"])
        case "date":
            return st.sampled_from(["2026-01-01", "2026-06-30", "2026-07-01", "2026-12-31"])
        case _:
            fields = declared["fields"]
            required = {name: values(field) for name, field in fields.items() if not is_optional(field)}
            optional = {name: values(field) for name, field in fields.items() if is_optional(field)}
            return st.lists(st.fixed_dictionaries(required, optional=optional), max_size=3)


@st.composite
def permuted(draw: Draw, value: Any, kept: frozenset[str] = frozenset()) -> Any:
    """The same plain data with the keys of its mappings in another order.

    Args:
        value: what is permuted.
        kept: keys whose own mapping stays in its order, because it means something there.
    """

    def shuffled(part: Any, key: str) -> Any:
        if isinstance(part, dict):
            names = list(part) if key in kept else draw(st.permutations(list(part)))
            return {name: shuffled(part[name], name) for name in names}
        return [shuffled(one, "") for one in part] if isinstance(part, list) else part

    return shuffled(value, "")
