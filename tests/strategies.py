"""Generated rulebooks and subjects: rulebooks as plain mappings, correct by construction.

`rulebooks()` draws a mapping that `kpirules.load` accepts without errors; `subjects(mapping)` draws a
valid subject for it, biased to the ends of every domain and to the numbers the rulebook itself mentions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from kpirules.exact import MODES

Draw = Callable[[st.SearchStrategy[Any]], Any]

NUMBERS = ("n0", "n1", "n2")
CHOICES: dict[str, dict[str, Any]] = {
    "c0": {"type": "choice", "options": ["low", "middle", "high"], "ordered": "worst_first"},
    "c1": {"type": "choice", "options": ["red", "green"]},
}
RECORDS = {
    "type": "list",
    "max_items": 5,
    "fields": {
        "hours": {"type": "number", "min": 0, "max": 40, "decimals": 1},
        "done": {"type": "boolean"},
        "kind": {"type": "choice", "options": ["plain", "urgent"]},
    },
    "let": {"weighted": "item.hours * (2 if item.kind == 'urgent' else 1)"},
}


def decimals(low: int, high: int, places: int = 2) -> st.SearchStrategy[Decimal]:
    """Exact decimals from `low` to `high`, their ends and whole numbers drawn often."""
    unit = 10**places
    return st.one_of(
        st.sampled_from([low, high, low + 1, (low + high) // 2]).map(Decimal),
        st.integers(low * unit, high * unit).map(lambda n: Decimal(n).scaleb(-places)),
    )


@st.composite
def declared_inputs(draw: Draw) -> dict[str, dict[str, Any]]:
    """Declarations of every type of input, some of them optional or with a default."""
    inputs: dict[str, dict[str, Any]] = {
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
    if draw(st.booleans()):
        inputs["usual"] = {"type": "integer", "min": 0, "max": 5, "default": draw(st.integers(0, 5))}
    return inputs


@st.composite
def numbers(draw: Draw, inputs: Mapping[str, Any], depth: int = 3) -> str:
    """A numeric expression that is never absent; it may fault."""
    if depth == 0 or draw(st.integers(0, 3)) == 0:
        leaves = [*NUMBERS, "1", "0", "0.5", "12.25", "20%", "months(date(2026, 1, 1), d0)"]
        if "usual" in inputs:
            leaves.append("usual")
        if "maybe" in inputs:
            leaves.append("default(maybe, 2.5)")
        return str(draw(st.sampled_from(leaves)))
    below = numbers(inputs, depth - 1)
    match draw(st.integers(0, 12)):
        case 0 | 1:
            return f"({draw(below)} {draw(st.sampled_from('+-*'))} {draw(below)})"
        case 2:
            return f"({draw(below)} / {draw(st.sampled_from(['3', '7', '4', 'n2', f'({draw(below)})']))})"
        case 3:
            name = draw(st.sampled_from(["min", "max"]))
            return f"{name}({draw(below)}, {draw(below)})"
        case 4:
            return f"clamp({draw(below)}, 0, {draw(st.sampled_from(['1', '10', '100']))})"
        case 5:
            mode = draw(st.sampled_from(MODES))
            how = draw(st.sampled_from([str(draw(st.integers(-1, 4))), "to=0.25", "to=5"]))
            return f'round({draw(below)}, {how}, mode="{mode}")'
        case 6:
            return f"ratio({draw(below)}, {draw(below)}, if_zero={draw(below)})"
        case 7:
            return f"({draw(below)} if {draw(conditions(inputs, depth - 1))} else {draw(below)})"
        case 8:
            name = draw(st.sampled_from(["abs", "floor", "ceil", "trunc", "sign", "-"]))
            return f"{name}({draw(below)})"
        case 9:
            field = draw(st.sampled_from(["t.hours", "t.weighted", "t.hours * n2", "t.hours / 3"]))
            where = draw(st.sampled_from(["", " if t.done", " if t.hours > n1"]))
            return f"sum({field} for t in tasks{where})"
        case 10:
            name = draw(st.sampled_from(["avg", "min", "max"]))
            return f"default({name}(t.hours for t in tasks if t.done), {draw(below)})"
        case 11:
            condition = draw(st.sampled_from(["t.done", 't.kind == "urgent"', "t.hours >= n2"]))
            return draw(
                st.sampled_from([f"count({condition} for t in tasks)", "count(tasks)", f"default(share({condition} for t in tasks), 0)"])
            )
        case _:
            return draw(
                st.sampled_from(
                    [f"mod({draw(below)}, 7)", "n0 ** 2", "sqrt(n0)", "power(n2, 0.5)", "root(n0, 3)", "exp(-n2)", "ln(n2)", "normal_cdf(n2 - 5)"]
                )
            )


@st.composite
def conditions(draw: Draw, inputs: Mapping[str, Any], depth: int = 2) -> str:
    """A condition that is never absent."""
    if depth == 0 or draw(st.integers(0, 2)) == 0:
        leaves = ["b0", "True", 'c0 >= "middle"', 'c1 == "red"', 'c0 in ("low", "high")', "d0 < date(2026, 7, 1)"]
        if "maybe" in inputs:
            leaves += ["given(maybe)", "(given(maybe) and maybe > 5)"]
        return str(draw(st.sampled_from(leaves)))
    below = conditions(inputs, depth - 1)
    number = numbers(inputs, depth - 1)
    match draw(st.integers(0, 4)):
        case 0:
            return f"({draw(below)} {draw(st.sampled_from(['and', 'or']))} {draw(below)})"
        case 1:
            return f"(not {draw(below)})"
        case 2:
            name = draw(st.sampled_from(["any", "all"]))
            return f"{name}(t.done or t.hours > n1 for t in tasks)"
        case 3:
            return f"({draw(number)} {draw(st.sampled_from(['<', '<=', '>', '>=', '==', '!=']))} {draw(number)})"
        case _:
            return f"(0 <= {draw(number)} < 50)"


def rounding() -> st.SearchStrategy[dict[str, Any]]:
    return st.one_of(
        st.builds(lambda p, m: {"places": p, "mode": m}, st.integers(0, 3), st.sampled_from(MODES)),
        st.builds(lambda t, m: {"to": t, "mode": m}, st.sampled_from([Decimal("0.25"), Decimal("0.5"), 5]), st.sampled_from(MODES)),
    )


@st.composite
def leaves(draw: Draw, inputs: Mapping[str, Any], most: int) -> dict[str, Any]:
    """A leaf criterion worth `most` points, of every form, clamped where its value is not bounded."""
    leaf: dict[str, Any] = {"max": most}
    match draw(st.integers(0, 7)):
        case 0:
            leaf |= {"points": draw(numbers(inputs)), "outside": "clamp"}
        case 1:
            leaf |= {"rate": f"clamp({draw(numbers(inputs, 2))}, 0, 1)"}
        case 2:
            leaf |= {"met": draw(conditions(inputs))}
        case 3:
            cuts = sorted(draw(st.sets(st.integers(-5, 100), min_size=1, max_size=3)), reverse=True)
            rows: list[dict[str, Any]] = [
                {draw(st.sampled_from(["from", "above"])): cut, "points": Decimal(most) * (index + 1) / 10}
                for index, cut in enumerate(cuts)
            ]
            leaf |= {"measure": draw(numbers(inputs, 2)), "steps": [*rows, {"points": 0}]}
        case 4:
            knots = [[0, 0], [draw(st.integers(1, 9)), most], [10, Decimal(most) / 4]]
            leaf |= {"measure": draw(numbers(inputs, 2)), "scale": knots, "outside": "clamp"}
        case 5:
            key = draw(st.sampled_from(["above", "from", "below", "to"]))
            leaf |= {"measure": draw(numbers(inputs, 1)), "thresholds": {key: [1, 5, 50]}, "each": Decimal(most) / 8}
        case 6:
            choice = draw(st.sampled_from(["c0", "c1", "b0"]))
            options = [True, False] if choice == "b0" else CHOICES[choice]["options"]
            points = {option: Decimal(most) * index / 8 for index, option in enumerate(options)}
            leaf |= {"measure": choice, "lookup": points}
        case _:
            leaf |= {"entered": {"step": Decimal("0.5")}}
    if "maybe" in inputs and draw(st.integers(0, 3)) == 0 and "entered" not in leaf:
        leaf = {"max": most, "rate": "clamp(maybe / 10, 0, 1)", "missing": draw(st.sampled_from(["zero", "full", "unrated"]))}
    if draw(st.integers(0, 3)) == 0:
        leaf["round"] = draw(rounding())
        leaf["outside"] = "clamp"
        if "entered" in leaf:
            del leaf["outside"]
    return leaf


@st.composite
def groups(draw: Draw, inputs: Mapping[str, Any], prefix: str, depth: int) -> dict[str, Any]:
    """A group of criteria of any combination."""
    combine = draw(st.sampled_from(["sum", "sum", "mean", "geometric_mean", "harmonic_mean", "min", "max", "product"]))
    count = draw(st.integers(1, 3))
    children: dict[str, dict[str, Any]] = {}
    weights = {1: [100], 2: [40, 60], 3: [25, 25, 50]}[count]
    has_weights = combine in ("mean", "geometric_mean", "harmonic_mean") and draw(st.booleans())
    may_be_excluded = False
    for index in range(count):
        id_ = f"{prefix}{index}"
        if depth > 0 and draw(st.integers(0, 2)) == 0:
            child = draw(groups(inputs, id_, depth - 1))
        else:
            child = draw(leaves(inputs, draw(st.sampled_from([10, 20, 100]))))
            if combine == "sum" and draw(st.integers(0, 5)) == 0:
                child = {"min": -5, "max": 0, "points": f"-clamp({draw(numbers(inputs, 1))}, 0, 5)"}
            elif combine == "sum" and draw(st.integers(0, 5)) == 0:
                child["extra"] = True
        if draw(st.integers(0, 4)) == 0:
            child["applies"] = draw(conditions(inputs, 1))
            may_be_excluded = True
        if has_weights:
            child["weight"] = f"{weights[index]}%"
        children[id_] = child
    group: dict[str, Any] = {"criteria": children, "combine": combine}
    if combine == "sum" and may_be_excluded:
        group["rescale"] = draw(st.booleans())
    if may_be_excluded and draw(st.booleans()):
        group["require_share"] = "50%"
    if may_be_excluded and prefix != "k":
        group["missing"] = draw(st.sampled_from(["zero", "unrated"]))
    if combine != "sum" and any(contains_extra(child) for child in children.values()):
        group["outside"] = "clamp"
    return group


def contains_extra(criterion: Mapping[str, Any]) -> bool:
    """Whether points on top are somewhere below, so that a share may exceed one."""
    return any(
        child.get("extra") or contains_extra(child) for child in criterion.get("criteria", {}).values()
    )


@st.composite
def rulebooks(draw: Draw) -> dict[str, Any]:
    """A whole rulebook as a mapping: correct, but free to fault and to leave gaps."""
    inputs = draw(declared_inputs())
    tree = draw(groups(inputs, "k", 2))
    score: dict[str, Any] = {k: v for k, v in tree.items() if k not in ("criteria", "missing")}
    score["round"] = draw(rounding())
    score["band_on"] = draw(st.sampled_from(["rounded", "exact"]))
    book: dict[str, Any] = {
        "kpirules": 1,
        "id": "generated",
        "inputs": inputs,
        "let": {"half": f"({draw(numbers(inputs, 2))}) / 2", "never": "n0 + 1"},
        "criteria": tree["criteria"],
        "score": score,
    }
    if draw(st.booleans()):
        score["limits"] = {"cap": {"when": draw(conditions(inputs, 1)), "at_most": draw(st.integers(5, 90))}}
    levels: dict[str, Any] = {
        "best": {"from": draw(st.sampled_from([20, 60, 90]))},
        "good": {draw(st.sampled_from(["from", "above"])): 10},
        "poor": {},
    }
    if draw(st.booleans()):
        levels["best"]["requires"] = draw(conditions(inputs, 1))
    levels["poor"] = {draw(st.sampled_from(["below", "to"])): 10}
    book["bands"] = {"levels": levels}
    if draw(st.booleans()):
        book["bands"]["fall"] = "next"
    if draw(st.booleans()):
        book["bands"]["overlap"] = draw(st.sampled_from(["best", "worst"]))
    book["overrides"] = {
        f"o{index}": {
            "when": draw(conditions(inputs, 1)),
            draw(st.sampled_from(["band", "band_at_most", "band_at_least"])): draw(
                st.sampled_from(["best", "good", "poor"])
            ),
        }
        for index in range(draw(st.integers(0, 2)))
    }
    if draw(st.integers(0, 3)) == 0:
        book["exemptions"] = {"spared": {"when": draw(conditions(inputs, 1)), "status": "spared"}}
    if draw(st.integers(0, 3)) == 0:
        book["overrides"]["set_aside"] = {"when": "n1 == 20 and b0", "unrated": "set_aside"}
    book["outputs"] = {"pay": "half if band == 'best' else n0", "is_best": "band >= 'best'"}
    return book


@st.composite
def subjects(draw: Draw, book: Mapping[str, Any]) -> dict[str, Any]:
    """A valid subject of a generated rulebook."""
    subject: dict[str, Any] = {}
    for id_, declared in book["inputs"].items():
        if (declared.get("optional") or "default" in declared) and draw(st.booleans()):
            continue
        subject[id_] = draw(values(declared))
    for id_, criterion in entered(book["criteria"]):
        subject[id_] = draw(st.integers(0, 2 * criterion["max"]).map(lambda n: Decimal(n) / 2))
    return subject


def entered(criteria: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """The criteria whose points an assessor enters."""
    found = []
    for id_, criterion in criteria.items():
        if "entered" in criterion:
            found.append((id_, criterion))
        found += entered(criterion.get("criteria", {}))
    return found


def values(declared: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    """Values of one declared input."""
    match declared["type"]:
        case "number":
            low = int(declared.get("min", 0))
            places = declared["decimals"]
            found = decimals(low, int(declared["max"]), places)
            return found.filter(lambda x: x > declared["above"]) if "above" in declared else found
        case "integer":
            return st.integers(declared["min"], declared["max"])
        case "boolean":
            return st.booleans()
        case "choice":
            return st.sampled_from(declared["options"])
        case "date":
            return st.sampled_from(["2026-01-01", "2026-06-30", "2026-07-01", "2026-12-31"])
        case _:
            fields = {name: values(field) for name, field in declared["fields"].items()}
            return st.lists(st.fixed_dictionaries(fields), max_size=3)


def exact(value: Any) -> Fraction:
    """A number of a generated rulebook or subject, exactly."""
    return Fraction(value)
