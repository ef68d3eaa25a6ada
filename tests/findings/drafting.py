"""Rulebooks with few subjects, drawn so that every kind of finding comes up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from random import Random
from typing import Any

from attrs import define, field

__all__ = ["LEVELS", "Mapped", "draft", "parts_draft", "quota_draft"]

Mapped = dict[str, Any]

LEVELS = ["low", "middle", "high"]
INPUTS: Mapped = {
    "a": {"type": "integer", "min": 0, "max": 3},
    "b": {"type": "integer", "min": -1, "max": 2},
    "q": {"type": "number", "min": 0, "max": 1, "step": Decimal("0.5")},
    "f": {"type": "boolean"},
    "g": {"type": "boolean", "optional": True},
    "c": {"type": "choice", "options": LEVELS, "ordered": "worst_first"},
    "m": {"type": "integer", "min": 0, "max": 2, "optional": True},
    "u": {"type": "integer", "min": 1, "max": 2, "default": 2},
    "d": {"type": "date", "min": "2026-02-28", "max": "2026-03-02"},
    "s": {"type": "text", "max_length": 1},
}
SIZES = {"a": 4, "b": 4, "q": 3, "f": 2, "g": 3, "c": 3, "m": 4, "u": 2, "d": 3, "s": 4, "t": 7}
MOST_SUBJECTS = 220
SIGNS = ("<", "<=", ">", ">=", "==", "!=")
KEPT = ("from", "above")


@define
class Drafting:
    """One rulebook while it is drawn.

    Args:
        rng: draws.
    """

    rng: Random
    inputs: Mapped = field(factory=dict)
    let: Mapped = field(factory=dict)
    subjects: int = 1
    leaves: int = 0

    def one(self, *options: Any) -> Any:
        return self.rng.choice(options)

    def some(self, chance: float) -> bool:
        return self.rng.random() < chance

    # -- what is known ------------------------------------------------------------------------------

    def declare(self) -> None:
        for name in self.rng.sample([*INPUTS, "t"], self.rng.randint(1, 4)):
            if self.subjects * SIZES[name] <= MOST_SUBJECTS:
                self.subjects *= SIZES[name]
                self.inputs[name] = self.list_() if name == "t" else dict(INPUTS[name])

    def list_(self) -> Mapped:
        fields: Mapped = {"h": {"type": "integer", "min": 0, "max": 1}}
        most = 2
        if self.some(0.5):
            fields["k"] = {"type": "boolean"}
            most = self.one(1, 2)
        found: Mapped = {"type": "list", "fields": fields, "max_items": most}
        if self.some(0.4):
            found["min_items"] = self.rng.randint(1, most)
        if self.some(0.3):
            found["unique"] = ["h"]
        if self.some(0.2):
            that = "item.h == 1" if "k" not in fields else "item.k or item.h == 0"
            found["validations"] = {"w": {"that": that}}
        if self.some(0.3):
            found["let"] = {"more": "item.h + 1"}
        return found

    # -- formulas ------------------------------------------------------------------------------------

    def number(self, depth: int = 2) -> str:
        if depth == 0 or self.some(0.35):
            known = ["0", "1", "2", "3", "0.5"] if self.some(0.3) else []
            known += [name for name in ("a", "b", "q", "u") if name in self.inputs]
            if "m" in self.inputs:
                known.append("default(m, 1)")
            if "t" in self.inputs:
                known += ["count(t)", "sum(r.h for r in t)"]
                known += ["sum(r.more for r in t)"] if "let" in self.inputs["t"] else []
            if "d" in self.inputs:
                known += ["days(date(2026, 3, 1), d)", "month(d)"]
            known += [name for name in self.let if name.startswith("n")]
            return str(self.one(*(known or ["1", "2"])))
        below = self.number
        match self.rng.randrange(9):
            case 0 | 1 | 2:
                return f"({below(depth - 1)} {self.one('+', '-')} {below(depth - 1)})"
            case 3:
                return f"({below(depth - 1)} * {self.one('2', '0.5', '(-1)', below(0))})"
            case 4:
                return f"{self.one('min', 'max')}({below(depth - 1)}, {below(depth - 1)})"
            case 5:
                return f"({below(depth - 1)} if {self.condition(depth - 1)} else {below(depth - 1)})"
            case 6:
                return f"clamp({below(depth - 1)}, 0, {self.one('1', '3')})"
            case 7:
                return f"({below(depth - 1)} / {self.divisor()})"
            case _:
                return f"{self.one('abs', 'floor', 'ceil')}({below(depth - 1)})"

    def divisor(self) -> str:
        """Return a divisor that is usually never zero, so that most rulebooks rate their subjects."""
        if self.some(0.6):
            return str(self.one("2", "4", f"(1 + abs({self.number(0)}))"))
        return f"({self.number(0)} {self.one('+', '-')} {self.one('1', '2', '3')})"

    def condition(self, depth: int = 2) -> str:
        if depth == 0 or self.some(0.5):
            known = []
            if "f" in self.inputs:
                known += ["f", "not f"]
            if "g" in self.inputs:
                known += ["given(g)", "default(g, False)"]
            if "c" in self.inputs:
                known += ['c >= "middle"', 'c in ("low", "high")', 'c != "low"']
            if "m" in self.inputs:
                known += ["given(m)", "(given(m) and m > 0)", "default(m, 0) > 2"]
            if "s" in self.inputs:
                known += ['s == "x"', 's in ("x", "y")', 's != ""']
            if "t" in self.inputs:
                known += ["any(r.h > 0 for r in t)", "all(r.h == 1 for r in t)", "count(t) >= 1"]
            known += [name for name in self.let if name.startswith("y")]
            known += [f"{self.number(0)} {self.one(*SIGNS)} {self.one('0', '1', '2', '3', '4', '-1')}" for _ in "12"]
            return str(self.one(*known))
        below = self.condition
        match self.rng.randrange(4):
            case 0 | 1:
                return f"({below(depth - 1)} {self.one('and', 'or')} {below(depth - 1)})"
            case 2:
                return f"(not {below(depth - 1)})"
            case _:
                return f"({self.number(1)} {self.one(*SIGNS)} {self.number(1)})"

    # -- criteria ------------------------------------------------------------------------------------

    def rows(self, most: int) -> list[Mapped]:
        """Return rows of a step table that may overlap, leave holes, and exceed the range of the measure."""
        rows: list[Mapped] = []
        ends = [self.one(-1, 0, 1, 2, 3, 4) for _ in range(self.rng.randint(1, 3))]
        if self.some(0.6):
            ends = sorted(set(ends), reverse=True)
        for end in ends:
            kind = self.rng.randrange(5)
            row: Mapped = {self.one(*KEPT): end} if kind < 3 else {"equals": end}
            if kind == 4:
                row = {self.one("to", "below"): end}
            if kind == 1 and self.some(0.4):
                row[self.one("to", "below")] = end + self.one(1, 2)
            rows.append({**row, "points": self.rng.randint(0, most)})
        if self.some(0.85):
            rows.append({"points": 0})
        return rows

    def leaf(self, most: int) -> Mapped:
        found: Mapped
        match self.rng.randrange(11):
            case 0 | 1 | 2:
                found = {"max": most, "points": self.number()}
            case 3:
                found = {"max": most, "rate": f"clamp({self.number()}, 0, 1)"}
            case 4:
                found = {"max": most, "met": self.condition()}
            case 5 | 6:
                plain = [name for name in ("a", "b", "q", "u") if name in self.inputs]
                measure = self.one(*plain) if plain and self.some(0.6) else self.number()
                found = {"max": most, "measure": measure, "steps": self.rows(most)}
            case 7:
                ends = sorted({self.one(-1, 0, 1, 2, 3) for _ in range(3)})
                if self.some(0.25):
                    self.rng.shuffle(ends)
                each = Decimal(most) / 4
                thresholds = {self.one("from", "above", "below", "to"): ends, "each": each}
                found = {"max": most, "measure": self.number(), "thresholds": thresholds}
            case 8:
                scale = [[0, 0], [1, most], [3, Decimal(most) / 2]]
                found = {"max": most, "measure": self.number(), "scale": scale}
            case 9 if "c" in self.inputs:
                rows = {"low": 0, "middle": Decimal(most) / 2, "high": most}
                if self.some(0.4):
                    del rows["middle"]
                found = {"max": most, "measure": "c", "lookup": rows | ({"else": 0} if self.some(0.5) else {})}
            case 10 if self.subjects * 4 <= MOST_SUBJECTS:
                self.subjects *= 4
                found = {"max": most, "entered": {"step": Decimal(most) / 2}}
            case _:
                found = {"max": most, "points": "m" if "m" in self.inputs else self.number(1)}
                if "m" in self.inputs:
                    found["missing"] = self.one("zero", "full", "exclude", "unrated")
        if "entered" not in found and self.some(0.45):
            found["outside"] = "clamp"
        if self.some(0.08):
            found["min"] = -1
        if self.some(0.15):
            found["applies"] = self.condition(1)
        if "missing" not in found and self.some(0.1):
            found["missing"] = self.one("zero", "unrated", "exclude")
        if self.some(0.1):
            found["round"] = {"places": 0}
        return found

    def group(self, depth: int, most: int) -> Mapped:
        """Return a group whose children may sum to its max."""
        combine = self.one("sum", "sum", "sum", "mean", "min", "max")
        count = self.rng.randint(1, 3)
        children: Mapped = {}
        for _ in range(count):
            self.leaves += 1
            id_, part = f"c{self.leaves}", max(most // count, 1)
            children[id_] = self.group(depth - 1, part) if depth and self.some(0.25) else self.leaf(part)
        found: Mapped = {"criteria": children}
        if combine != "sum":
            found["combine"] = combine
        else:
            for child in children.values():
                if self.some(0.08):
                    child["extra"] = True
            if self.some(0.2):
                self.leaves += 1
                children[f"c{self.leaves}"] = {"min": -1, "max": 0, "points": f"0 - clamp({self.number(1)}, 0, 1)"}
            can_leave = any("applies" in one or one.get("missing") == "exclude" for one in children.values())
            if can_leave or self.some(0.12):
                found["rescale"] = self.some(0.5)
        if self.some(0.15):
            found["require_share"] = self.one("50%", "100%")
        if self.some(0.1):
            found["missing"] = self.one("zero", "unrated")
        if self.some(0.3):
            found["outside"] = "clamp"
        return found

    # -- the rating ------------------------------------------------------------------------------------

    def bands(self, most: int) -> Mapped:
        count = self.rng.randint(1, 4)
        ends = [Decimal(self.rng.randint(-2, 2 * most + 4)) / 2 for _ in range(count)]
        ends.sort(reverse=True)
        ids = ["best", "good", "fair", "poor"][:count]
        levels: Mapped = {}
        for index, id_ in enumerate(ids):
            level: Mapped = {self.one("from", "from", "from", "above"): ends[index]}
            if index and self.some(0.25):
                upper = ends[index - 1] + self.one(0, 0, 1, Decimal("-0.5"))
                if upper > ends[index]:
                    level[self.one("to", "below")] = upper
            if index == count - 1 and self.some(0.5):
                level = {"from": min(-1, ends[index])}
            if self.some(0.25):
                level["requires"] = self.requires(most)
            levels[id_] = level
        if self.some(0.08):
            levels = {id_: {"requires": self.condition()} for id_ in ids}
        found: Mapped = {}
        if self.some(0.15):
            found["fall"] = "next"
        if self.some(0.15):
            found["overlap"] = self.one("best", "worst")
        if self.some(0.15):
            found["measure"] = self.number()
        return {**found, "levels": levels} if found else levels

    def requires(self, most: int) -> Any:
        def that() -> str:
            if self.some(0.2):
                return f"score {self.one(*SIGNS)} {self.rng.randint(0, most)}"
            return self.condition()

        return {f"r{index}": {"that": that()} for index in range(self.one(1, 1, 2))}

    def overrides(self, ids: Sequence[str]) -> Mapped:
        found: Mapped = {}
        whens = [self.condition(1) for _ in range(2)]
        for index in range(self.rng.randint(0, 3)):
            kind = self.one("band", "band_at_most", "band_at_least", "unrated")
            one: Mapped = {kind: "not_rated" if kind == "unrated" else self.one(*ids)}
            if self.some(0.85):
                one["when"] = self.one(*whens)
            found[f"v{index}"] = one
        return found

    def book(self) -> Mapped:
        self.declare()
        found: Mapped = {"kpirules": 1, "inputs": self.inputs}
        for index in range(self.rng.randint(0, 2)):
            name, value = self.one((f"n{index}", self.number()), (f"y{index}", self.condition()))
            self.let[name] = value
        if self.let:
            found["let"] = dict(self.let)
        for index in range(self.one(0, 0, 0, 1, 2)):
            found.setdefault("validations", {})[f"w{index}"] = {"that": self.condition(1)}
        if self.some(0.15):
            found["exemptions"] = {"e": {"when": self.condition(1), "status": "exempt"}}
        if self.some(0.9):
            most = self.one(2, 3, 6)
            root = self.group(1, most)
            found["criteria"] = root.pop("criteria")
            rounding = {"round": {"places": self.one(0, 0, 1)}} if self.some(0.95) else {}
            score = {**root, **rounding}
            if self.some(0.3):
                score["band_on"] = self.one("rounded", "exact")
            if self.some(0.12):
                score["limits"] = {"l": {"when": self.condition(1), "at_most": self.one(1, 2)}}
            found["score"] = score
            if self.some(0.85):
                found["bands"] = self.bands(most)
                ids = list(found["bands"].get("levels", found["bands"]))
                if self.some(0.5):
                    found["overrides"] = self.overrides(ids)
        for index in range(self.one(0, 0, 1, 2) if "criteria" in found else 2):
            formula: Callable[[], str] = self.one(self.number, self.condition)
            found.setdefault("outputs", {})[f"o{index}"] = formula()
        return {key: part for key, part in found.items() if part}


def draft(seed: int) -> Mapped:
    """Return the rulebook of a seed."""
    return Drafting(Random(seed)).book()


def quota_draft(seed: int) -> Mapped:
    """Return a rulebook with a quota whose share and minimum read `uniform` inputs."""
    one = Drafting(Random(seed))
    one.inputs = {name: dict(INPUTS[name]) for name in one.rng.sample(["a", "b", "q", "f", "u"], 2)}
    quota: Mapped = {
        "band": "best",
        "of": "all",
        "base": "before",
        "round": "down",
        "order": ["score"],
        "ties": "undecided",
        "demote_to": "good",
        "at_most": one.number() if one.some(0.8) else "20%",
        "minimum": one.number() if one.some(0.8) else 0,
        "uniform": list(one.inputs),
    }
    if one.some(0.3):
        quota["when"] = one.condition(1)
    return {
        "kpirules": 1,
        "inputs": one.inputs,
        "criteria": {"k": {"max": 2, "entered": {"step": 1}}},
        "bands": {"best": {"from": 1}, "good": {"from": 0}},
        "cohort": {"quotas": {"best": quota}},
    }


def parts_draft(seed: int) -> Mapped:
    """Return a rulebook with two variants and two editions, which read the inputs that choose them."""
    one = Drafting(Random(seed))
    one.subjects = 6
    book = one.book()
    inputs = {**book.get("inputs", {}), "post": {"type": "choice", "options": ["head", "staff"]}}
    inputs["d"] = dict(INPUTS["d"])
    head = '1 / ({} + (1 if post == "{}" else 0))'.format(one.number(1), one.one("head", "staff"))
    day = f"1 / (days(date(2026, 3, 1), d) {one.one('+', '-')} {one.number(0)})"
    outputs = {**book.get("outputs", {}), "p": head, "e": day}
    change: Mapped = {"outputs": {"p": f"1 / ({one.number(1)} + days(date(2026, 2, 28), d))"}}
    if "bands" in book and "levels" not in book["bands"]:
        change["bands"] = {next(iter(book["bands"])): {"from": one.rng.randint(0, 3)}}
    found = {**book, "inputs": inputs, "outputs": outputs, "variant_by": "post"}
    if one.some(0.3):
        found["effective"] = {"until": "2026-03-02"}
    if one.some(0.7):
        found |= {"edition_by": "d", "amendments": [{"from": one.one("2026-03-01", "2026-03-02"), "change": change}]}
        change = {"outputs": {"e": head}}
    return {**found, "variants": {"head": {}, "staff": change}}
