"""Formulas of drawn rulebooks, correct by construction: the names that they read are declared with them."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import Any

from attrs import define, field, frozen

from kpirules.kernel.exact import MODES
from kpirules.language.expressions import AGGREGATES, DATE, FUNCTIONS, NUMBER, Function
from kpirules.plan.lowering import applied
from kpirules.plan.ops import Op, Read, divisors

__all__ = [
    "BAND",
    "CRITERIA",
    "GIVEN",
    "INVARIANT",
    "ITEM",
    "ORDERED",
    "OUTPUT",
    "SCORE",
    "Column",
    "Drafting",
    "Earned",
    "Mapped",
    "Where",
]

Mapped = dict[str, Any]

ITEM, GIVEN, CRITERIA, SCORE, BAND, OUTPUT, INVARIANT = range(-1, 6)
"""What may be read at a place, in the order of an assessment."""

OPTIONS = {"level": ("low", "middle", "high"), "colour": ("red", "green", "blue")}
"""The choices that are drawn, the first of them ordered; bands are a third one."""

CALLED = frozenset({"days", "sum", "months", "count", "ln"})
"""Names of functions that name an input now and then, one in a rulebook."""

ORDERED = ("median", "quantile", "largest", "smallest", "sum_largest", "sum_smallest", "trimmed_avg")
CONSTANTS = {"p": (0, 1, "25%", Decimal("0.9")), "k": (1, 2, 2, 3), "low": (0, 1, 1), "high": (0, 1, 2)}
"""Aggregates of numbers in order, and what they may take."""

COMPARED = ("<", "<=", ">", ">=", "==", "!=")
TEXTS = ("", "a", "north", "Quý IV", "x" * 12)
DATES = ((2025, 6, 30), (2025, 7, 1), (2026, 1, 31), (2026, 2, 28), (2026, 9, 30), (2026, 12, 31), (2024, 2, 29))
NUMBERS = ("0", "1", "2", "3", "5", "7", "10", "40", "100", "0.5", "2.5", "12.25", "20%", "0.1", "1.05", "-1", "-2.5")
DIVISORS = ("3", "7", "4", "9", "12", "2.5", "100")

_LET = re.compile(r"\bv\d+\b")
_LATE = re.compile(r"\b(points|share|max|children)\.")
_OPEN_TABLE = re.compile(r"\bopen_\w+\(")


@frozen
class Column:
    """A value that formulas can read by name.

    Args:
        name: as it is written.
        kind: number, boolean, date, text, or the name of a choice.
        is_optional: whether it may be absent.
        is_late: whether it reads criteria.
        is_unclear: whether it may meet a row that leaves the rating open.
    """

    name: str
    kind: str
    is_optional: bool = False
    is_late: bool = False
    is_unclear: bool = False


@frozen
class Earned:
    """A finished criterion, which later formulas may read.

    Args:
        is_sure: whether its points are there in every assessment.
        most: its max; None where there is none.
        is_group: whether it has children.
    """

    id: str
    is_sure: bool
    most: Decimal | None
    is_group: bool = False


@frozen
class Where:
    """The place of a formula: the names it may read, and the current record."""

    stage: int
    variable: str = ""
    columns: tuple[Column, ...] = ()

    @property
    def takes_aggregates(self) -> bool:
        return not self.variable and self.stage >= GIVEN


@define
class Drafting:
    """A rulebook that grows while its formulas are drawn.

    Args:
        random: where everything is drawn from.
        risk: how often a formula is left free to fault, 0 to 1.
        size: how much may be declared of each kind.
        bands: the ids of the bands, best first.
        is_lenient: whether the rulebook allows constants beyond their limits.
        is_judged: whether all criteria are there.
        has_score: whether there is a score.
        has_sure_score: whether it is there for everybody, so that no row may leave it open any more.
        deciding: by table of cases, the kinds of its arguments.
    """

    random: random.Random
    risk: float
    size: int
    bands: tuple[str, ...] = ()
    is_lenient: bool = False
    inputs: Mapped = field(factory=dict)
    parameters: Mapped = field(factory=dict)
    tables: Mapped = field(factory=dict)
    deciding: dict[str, tuple[str, ...]] = field(factory=dict)
    functions: Mapped = field(factory=dict)
    calendars: Mapped = field(factory=dict)
    let: Mapped = field(factory=dict)
    known: list[Column] = field(factory=list)
    lists: dict[str, tuple[Column, ...]] = field(factory=dict)
    lets: list[Column] = field(factory=list)
    outputs: list[Column] = field(factory=list)
    earned: list[Earned] = field(factory=list)
    entered: list[Column] = field(factory=list)
    is_judged: bool = False
    has_score: bool = False
    has_sure_score: bool = False

    # -- drawing ----------------------------------------------------------------------------------

    def chance(self, part: float) -> bool:
        return self.random.random() < part

    def one(self, options: Sequence[Any]) -> Any:
        return options[int(self.random.random() * len(options))]

    def is_risky(self) -> bool:
        return self.random.random() < self.risk

    def amount(self, value: Any) -> Any:
        """Return a number, or the name of a parameter with that value."""
        if self.chance(0.85):
            return value
        name = f"p{len(self.parameters)}"
        self.parameters[name] = {"value": value, "label": "a constant"} if self.chance(0.3) else value
        return name

    def options(self, kind: str) -> tuple[str, ...]:
        """Return the options of a choice, worst first."""
        return self.bands[::-1] if kind == "bands" else OPTIONS[kind]

    def quoted(self, kind: str) -> str:
        """Return an option as formulas write it."""
        mark = self.one("\"'")
        return f"{mark}{self.one(self.options(kind))}{mark}"

    def choices(self) -> tuple[str, ...]:
        return ("level", "level", "colour", "bands") if self.bands else ("level", "colour")

    # -- what is declared -------------------------------------------------------------------------

    def input(self, kind: str, *, is_optional: bool = False) -> str:
        """Return an existing or a new input of a kind."""
        there = [one.name for one in self.known if one.kind == kind and one.is_optional == is_optional]
        if there and (len(there) >= self.size or self.chance(0.6)):
            return str(self.one(there))
        name = f"{kind[0]}{len(self.known)}"
        if self.chance(0.05) and CALLED.isdisjoint(self.inputs):
            name = self.one(sorted(CALLED))
        declared = self.declared(kind)
        if self.chance(0.1):
            declared["column"] = f"Cột {name}"
        if is_optional:
            declared["optional"] = True
        elif self.chance(0.1):
            declared["default"] = self.usual(kind, declared)
        self.inputs[name] = declared
        self.known.append(Column(name, kind, is_optional))
        return name

    def declared(self, kind: str, *, is_field: bool = False) -> Mapped:
        """Return the declaration of an input, or of a field of a list."""
        if kind == "number":
            return dict(self.one(_NUMBERS)) if self.chance(0.93) else {"type": "number"}
        if kind == "boolean":
            return {"type": "boolean"}
        if kind == "date":
            ends = self.one(((), ("min",), ("min", "max"), ("min", "max")))
            return {"type": "date", **{key: _DATE_ENDS[key] for key in ends}}
        if kind == "text":
            return {"type": "text", **({"max_length": 12} if self.chance(0.5) else {})}
        return self.choice_declared(kind, is_field=is_field)

    def choice_declared(self, kind: str, *, is_field: bool = False) -> Mapped:
        if kind == "bands":
            return {"type": "choice", "options": "bands"}
        options = list(OPTIONS[kind])
        declared: Mapped = {"type": "choice", "options": options}
        others = [one.name for one in self.known if one.kind == kind]
        if others and self.chance(0.3) and not is_field:
            declared["options"] = self.one(others)
        elif kind == "level" and self.chance(0.5):
            declared |= {"options": options[::-1], "ordered": "best_first"}
        elif kind == "level":
            declared["ordered"] = "worst_first"
        elif self.chance(0.3):
            declared["options"] = {option: option.title() for option in options}
        return declared

    def usual(self, kind: str, declared: Mapped) -> Any:
        """Return a default inside the domain."""
        match kind:
            case "number":
                return declared.get("max", 5) if "below" not in declared else Decimal("0.5")
            case "boolean":
                return self.chance(0.5)
            case "date":
                return "2026-02-28"
            case "text":
                return "north"
        return self.one(self.options(kind))

    def list_input(self) -> str:
        """Return an existing or a new list input."""
        if self.lists and (len(self.lists) > 1 or self.chance(0.8)):
            return str(self.one(list(self.lists)))
        name = f"tasks{len(self.lists)}"
        self.inputs[name] = declared = {"type": "list", "max_items": self.one((3, 4, 6)), "fields": {}}
        columns: list[Column] = [Column("hours", "number")]
        declared["fields"]["hours"] = {"type": "number", "min": 0, "max": 40, "decimals": 1}
        for field_name, kind in (
            ("done", "boolean"),
            ("size", "number"),
            ("level", "level"),
            ("kind", "colour"),
            ("due", "date"),
            ("note", "text"),
        ):
            if self.chance(0.5):
                is_optional = self.chance(0.3)
                part = self.declared(kind, is_field=True)
                if kind == "number":
                    part = {"type": "integer", "min": 0, "max": 9}
                if is_optional:
                    part["optional"] = True
                elif self.chance(0.15):
                    part["default"] = self.usual(kind, part)
                if self.chance(0.1):
                    part["column"] = f"Cột {field_name}"
                declared["fields"][field_name] = part
                columns.append(Column(field_name, kind, is_optional))
        self.lists[name] = ()
        let: Mapped = {}
        for index in range(self.one((0, 0, 1, 2, 3))):
            where = Where(ITEM, "item", tuple(columns))
            id_ = f"f{index}"
            kind = self.one(("number", "number", "number", "boolean", "date", "text", "level"))
            is_optional = self.chance(0.2) and kind == "number"
            let[id_] = self.maybe(where, 1) if is_optional else self.value(kind, where, 2)
            columns.append(Column(id_, kind, is_optional))
        if let:
            declared["let"] = let
        if self.chance(0.5):
            declared["unique"] = [self.one(list(declared["fields"]))]
        elif self.chance(0.1):
            declared["min_items"] = 1
        if self.chance(0.15):
            where = Where(ITEM, "item", tuple(columns))
            that = self.nearly_always(where)
            declared["validations"] = {"sound": self.one((that, {"that": that, "label": "sound records"}))}
        self.lists[name] = tuple(columns)
        return name

    def nearly_always(self, where: Where) -> str:
        """Return a condition that rarely fails."""
        return f"not ({self.condition(where, 1)} and {self.condition(where, 0)} and {self.condition(where, 0)})"

    def calendar(self) -> str:
        if not self.calendars or (self.chance(0.1) and len(self.calendars) < 2):
            self.calendars[f"cal{len(self.calendars)}"] = {
                "weekend": self.one((["sat", "sun"], ["sun"], ["fri", "sat"], [])),
                "holidays": ["2026-01-01", "2026-02-17", "2026-02-18", "2026-09-02"],
                "makeup": ["2026-02-28", "2026-02-18"][: self.one((0, 1, 2))],
                "from": "2025-07-01",
                "until": self.one(("2026-10-01", "2027-01-01")),
            }
        return str(self.one(list(self.calendars)))

    def table(self, takes: str, gives: str) -> str:
        """Return an existing or a new table from one kind to another."""
        fitting = [name for name in self.tables if name.endswith(f"_{takes}_{gives}")]
        if fitting and (len(fitting) >= self.size or self.chance(0.6)):
            return str(self.one(fitting))
        shapes = {"number": ("steps", "steps", "scale", "scale", "scale", "thresholds", "thresholds")}.get(
            takes, ("lookup",)
        )
        shape = self.one(shapes) if gives == "number" else "steps" if takes == "number" else "lookup"
        table: Mapped = {}
        if shape == "scale":
            table["scale"] = self.knots(Decimal(self.one((1, 5, 100))))
            if not self.is_risky():
                table["outside"] = "clamp"
        elif shape == "thresholds":
            table["thresholds"] = self.thresholds()
        elif shape == "steps":
            table["steps"] = self.rows(lambda: {"value": self.result(gives)}, "value", self.result(gives))
        else:
            table["lookup"] = self.looked_up(takes, lambda: self.result(gives), "value")
        if gives == "bands":
            table["gives"] = "bands"
        elif gives != "number":
            ordered = {"ordered": "worst_first"} if gives == "level" else {}
            table["gives"] = {"options": list(OPTIONS[gives]), **ordered}
        rows = str(table)
        name = f"{'open_' if 'undefined' in rows else ''}t{len(self.tables)}_{takes}_{gives}"
        self.tables[name] = table
        return name

    def decided(self, where: Where, depth: int, gives: str) -> str:
        """Return a call of an existing or a new table of cases."""
        fitting = [name for name in self.deciding if name.endswith(f"_cases_{gives}")]
        if fitting and (len(fitting) >= self.size or self.chance(0.6)):
            name = str(self.one(fitting))
        else:
            kinds = [self.one(("number", "number", "boolean", "date", "text", *self.choices())) for _ in "ab"]
            kinds = kinds[: self.one((1, 2, 2))] + ["number"] * self.chance(0.2)
            args = dict(zip("xyz", kinds, strict=False))
            rows = [{"when": self.asked(args), "value": self.result(gives)} for _ in range(self.one((1, 2, 3)))]
            if self.chance(0.15) and not self.has_sure_score:
                rows[-1] = {"when": rows[-1]["when"], "undefined": True}
            table: Mapped = {"args": list(args), "cases": rows}
            if not self.is_risky():
                rows.append({"value": self.result(gives)})
            elif self.chance(0.5):
                table["unique"] = True
            if gives != "number":
                ordered = {"ordered": "worst_first"} if gives == "level" else {}
                table["gives"] = "bands" if gives == "bands" else {"options": list(OPTIONS[gives]), **ordered}
            name = f"{'open_' if 'undefined' in str(rows) else ''}t{len(self.tables)}_cases_{gives}"
            self.tables[name] = table
            self.deciding[name] = tuple(kinds)
        is_optional = self.chance(0.4)
        values = [
            self.absent(where, kind) if is_optional and self.chance(0.6) else self.value(kind, where, depth)
            for kind in self.deciding[name]
        ]
        call = f"{name}({', '.join(values)})"
        return f"default({call}, {self.literal(gives)})" if is_optional else call

    def literal(self, gives: str) -> str:
        return "1" if gives == "number" else self.quoted(gives)

    def asked(self, args: Mapping[str, str]) -> Any:
        """Return the condition of a case, or its conditions on arguments by name."""
        if self.chance(0.3):
            arg = self.one(list(args))
            how = self.one(("{0}", "not given({1}) or {0}", "given({1}) and {0}", "not ({0})"))
            return how.format(self.asked_of(arg, args[arg]), arg)
        names = self.random.sample(list(args), self.random.randint(1, len(args)))
        return {name: self.needed(args[name]) for name in names}

    def asked_of(self, arg: str, kind: str) -> str:
        """Return a condition on an argument."""
        match kind:
            case "number":
                return str(self.one((f"{arg} > 3", f"0 <= {arg} * 2 < 40", f"{arg} / 7 < 2", f"round({arg}) == 5")))
            case "boolean":
                return arg
            case "date":
                return f"{arg} < date(2026, 6, 30)"
            case "text":
                return f'{arg} == "north"'
        sign = "==" if kind == "colour" else self.one(("==", ">=", "<"))
        return f"default({arg}, {self.quoted(kind)}) {sign} {self.quoted(kind)}"

    def needed(self, kind: str) -> Any:
        """Return a value, a list of values, or an interval."""
        if kind == "boolean":
            return self.chance(0.5)
        if kind == "text":
            return self.one(("north", ["north", "a"]))
        if kind in ("level", "colour", "bands"):
            options = self.options(kind)
            several = self.random.sample(options, self.random.randint(1, len(options)))
            if kind != "colour" and self.chance(0.4):
                return {self.one(("from", "above", "to", "below")): several[0]}
            return self.one((several[0], several))
        low, high = (0, 40) if kind == "number" else ("2026-01-31", "2026-09-30")
        if self.chance(0.3):
            return self.one((low, [low, high]))
        if kind == "number" and self.chance(0.2):
            low = self.amount(5)
        return self.one(
            (
                {self.one(("from", "above")): low},
                {self.one(("to", "below")): high},
                {self.one(("from", "above")): low, self.one(("to", "below")): high},
            )
        )

    def result(self, gives: str) -> Any:
        """Return the result of a row of a table."""
        if gives == "number":
            return self.amount(self.one((0, 1, 2, 5, Decimal("1.5"), "1/3", -1, 100)))
        return self.one(self.options(gives))

    def rows(self, row: Callable[[], Mapped], rest: str, last: Any) -> list[Mapped]:
        """Return rows that together cover every number."""
        cuts = sorted(
            self.random.sample((-5, 0, 1, 3, 5, 10, 20, 50, 60, 80, 100), self.one((1, 2, 3))), reverse=True
        )
        if self.chance(0.15):
            cut = self.amount(cuts[0])
            lower, upper = self.one((("from", "below"), ("above", "to")))
            return [{lower: cut, **row()}, {upper: cut, **row()}]
        rows: list[Mapped] = []
        for index, cut in enumerate(cuts):
            drawn = self.random.random()
            if drawn < 0.15:
                rows.append({"equals": self.amount(cut), **row()})
            elif drawn < 0.3 and index:
                ends = self.one((("from", "below"), ("above", "to"), ("from", "to"), ("above", "below")))
                rows.append({ends[0]: self.amount(cut), ends[1]: cuts[index - 1], **row()})
            else:
                rows.append({self.one(("from", "from", "above")): self.amount(cut), **row()})
        if self.chance(0.12) and not self.has_sure_score:
            rows.append(self.one(({"undefined": True}, {rest: "undefined"})))
        else:
            rows.append({rest: last})
        return rows

    def looked_up(self, takes: str, result: Callable[[], Any], key: str) -> Mapped:
        """Return the result for each option of a choice or boolean, sometimes with a default row."""
        options = ["true", "false"] if takes == "boolean" else list(self.options(takes))
        found: Mapped = {}
        for option in options:
            found[option] = {key: result(), "label": option} if self.chance(0.2) else result()
        if self.chance(0.3):
            # The options of another choice with a rest would fit several.
            del found[options[-1]]
            found["else"] = result()
        if self.chance(0.1) and not self.has_sure_score:
            found[next(iter(found))] = self.one(("undefined", {"undefined": True}))
        return found

    def knots(self, most: Decimal) -> list[list[Any]]:
        """Return the knots of a scale that rises, falls, or both."""
        xs = sorted(self.random.sample((-10, 0, 1, 5, 10, 20, 40, 60, 100, 150), self.one((2, 2, 3, 4))))
        parts = [self.one((0, 1, Decimal("0.5"), Decimal("0.25"), Decimal("0.8"))) for _ in xs]
        return [[self.amount(x), self.amount(most * part)] for x, part in zip(xs, parts, strict=True)]

    def thresholds(self, most: Decimal | None = None) -> Mapped:
        """Return thresholds of one of the four kinds."""
        found = sorted(self.random.sample((0, 1, 2, 5, 10, 20, 50, 80), self.one((1, 2, 3))))
        if self.chance(0.3):
            found.reverse()
        comparison = self.one(("above", "from", "below", "to"))
        thresholds: Mapped = {comparison: [self.amount(x) for x in found]}
        if most is not None:
            thresholds["each"] = self.amount(most * self.one((Decimal("0.25"), Decimal("0.125"))))
        elif self.chance(0.6):
            thresholds["each"] = self.amount(self.one((2, Decimal("0.5"), "1/3", -1)))
        return thresholds

    def function(self) -> str:
        if not self.functions or (self.chance(0.3) and len(self.functions) < 3):
            self.functions[f"own{len(self.functions)}"] = self.one(
                (
                    {"args": ["v"], "value": "v / 2"},
                    {"args": ["v"], "value": "min(max(v, 0), 10) + 1"},
                    {"args": ["v"], "value": "v ** 2 if v > 1 else -v"},
                    {"args": ["v"], "value": "ratio(v, v - 1, if_zero=7)"},
                )
            )
        return str(self.one(list(self.functions)))

    # -- named values -----------------------------------------------------------------------------

    def named(self, kind: str, where: Where, *, is_optional: bool = False) -> str | None:
        """Return a readable named value, sometimes a new one; None if there is none."""
        if where.stage == ITEM:
            return None
        there = [
            one.name
            for one in self.lets
            if one.kind == kind and one.is_optional == is_optional and (where.stage > GIVEN or not one.is_late)
        ]
        if there and (len(self.lets) >= 2 * self.size or self.chance(0.6)):
            return str(self.one(there))
        if len(self.lets) >= 2 * self.size:
            return None
        stage = Where(GIVEN if where.stage == GIVEN else CRITERIA)
        text = self.maybe(stage, 1, kind) if is_optional else self.value(kind, stage, 2)
        return self.name(text, kind, is_optional=is_optional)

    def name(self, text: str, kind: str, *, is_optional: bool = False) -> str:
        """Return the name of a new named value with a formula."""
        id_ = f"v{len(self.lets)}"
        read = set(_LET.findall(text))
        is_late = bool(_LATE.search(text)) or any(one.is_late and one.name in read for one in self.lets)
        self.lets.append(Column(id_, kind, is_optional, is_late, self.is_unclear(text)))
        self.let[id_] = {"value": text, "label": f"The value {id_}", "unit": "u"} if self.chance(0.2) else text
        return id_

    def is_unclear(self, text: str) -> bool:
        """Return whether a formula may reach an undefined row."""
        if _OPEN_TABLE.search(text):
            return True
        if any(name in text and _OPEN_TABLE.search(str(self.inputs[name].get("let"))) for name in self.lists):
            return True
        read = set(_LET.findall(text))
        return any(one.is_unclear and one.name in read for one in self.lets)

    # -- values of every kind ---------------------------------------------------------------------

    def value(self, kind: str, where: Where, depth: int) -> str:
        """Return a formula of a kind that is never absent."""
        match kind:
            case "number":
                return self.number(where, depth)
            case "boolean":
                return self.condition(where, depth)
            case "date":
                return self.date(where, depth)
            case "text":
                return self.text(where, depth)
        return self.choice(kind, where, depth)

    def columns(self, kind: str, where: Where, *, is_optional: bool = False) -> list[str]:
        return [
            f"{where.variable}.{one.name}"
            for one in where.columns
            if one.kind == kind and one.is_optional == is_optional
        ]

    # -- numbers ----------------------------------------------------------------------------------

    def number(self, where: Where, depth: int) -> str:
        """Return a numeric formula that is never absent; it may fault."""
        if depth <= 0 or self.chance(0.2):
            return self.plain_number(where)
        while True:
            draw, weight = self.one(_OPERATIONS)
            if self.chance(weight) and (found := draw(self, where, depth - 1)) is not None:
                return str(found)

    def plain_number(self, where: Where) -> str:
        drawn = self.random.random()
        if where.variable and drawn < 0.6 and (fields := self.columns("number", where)):
            return str(self.one(fields))
        if drawn < 0.15:
            return str(self.one(NUMBERS))
        if drawn < 0.2 and self.parameters:
            return self.parameter()
        if drawn < 0.3 and (named := self.named("number", where)):
            return named
        if drawn < 0.5 and where.stage >= CRITERIA and (earned := self.earned_number(where)):
            return earned
        if drawn < 0.58:
            return f"default({self.absent(where, 'number')}, {self.one(NUMBERS)})"
        if drawn < 0.7 and where.stage == OUTPUT:
            there = [one.name for one in self.outputs if one.kind == "number"]
            if there:
                read = str(self.one(there))
                is_optional = any(one.name == read and one.is_optional for one in self.outputs)
                return f"default({read}, 1)" if is_optional else read
        return self.input("number")

    def parameter(self) -> str:
        numbers = [id_ for id_ in self.parameters if id_[0] == "p"]
        return str(self.one(numbers)) if numbers else "4"

    def earned_number(self, where: Where) -> str | None:
        """Return the points, share or max of a criterion, the score, or entered points."""
        drawn = self.random.random()
        if where.stage >= SCORE and self.has_score and drawn < 0.6:
            read = self.one(("score", "score", "exact_score"))
            if where.stage == SCORE or (self.has_sure_score and self.chance(0.5)):
                return str(read)
            return f"default({read}, {self.one(NUMBERS)})"
        if self.entered and drawn > 0.9:
            column = self.one(self.entered)
            return f"default({column.name}, 1)" if column.is_optional else str(column.name)
        if not self.earned:
            return None
        criterion = self.one(self.earned)
        if criterion.most and drawn < 0.3:
            return f"max.{criterion.id}"
        read = f"{'share' if criterion.most and drawn < 0.5 else 'points'}.{criterion.id}"
        return read if criterion.is_sure else f"default({read}, {self.one(NUMBERS)})"

    def absent(self, where: Where, kind: str) -> str:
        """Return a name of a kind that may be absent."""
        if where.variable and self.chance(0.6) and (fields := self.columns(kind, where, is_optional=True)):
            return str(self.one(fields))
        if self.chance(0.2) and (named := self.named(kind, where, is_optional=True)):
            return named
        return self.input(kind, is_optional=True)

    def maybe(self, where: Where, depth: int, kind: str = "number") -> str:
        """Return a formula of a kind that may be absent."""
        absent = self.absent(where, kind)
        if kind != "number" or depth <= 0 or self.chance(0.25):
            if kind == "boolean" and self.chance(0.7):
                return self.maybe_condition(where, depth)
            return absent
        other = self.number(where, depth - 1)
        forms = [
            f"({absent} {self.one('+-*')} {other})",
            f"ratio({absent}, {other}, if_zero={self.number(where, 0)})",
            f"ratio({other}, 3, if_zero={absent})",
            f"({absent} if {self.condition(where, 0)} else {other})",
            f"min({other}, {absent})",
            f"round({absent}, {self.one((0, 1, -1))})",
            f"clamp({absent}, 0, {self.one((1, 10))})",
            f"default({absent}, {self.absent(where, 'number')})",
            f"-{absent}",
            f"({other} if {self.maybe_condition(where, 0)} else 2)",
        ]
        if where.takes_aggregates and self.chance(0.4):
            forms = [self.aggregate(where, ("avg", "min", "max"))]
        return str(self.one(forms))

    def sum_(self, where: Where, depth: int) -> str:
        left, right = self.number(where, depth), self.number(where, depth)
        drawn = self.random.random()
        if drawn < 0.02:
            word = self.one((" + ", " - ", " * "))
            return f"({word.join(self.plain_number(where) for _ in range(12))})"
        if drawn < 0.15:
            return f"{left} {self.one('+-')} {right} {self.one('+-')} {self.number(where, 0)} - 1"
        if drawn < 0.25:
            return f"(+{left} {self.one('*+')} {right})"
        return f"({left} {self.one('+-*')} {right})"

    def quotient(self, where: Where, depth: int) -> str:
        above = self.number(where, depth)
        if self.is_risky() or self.chance(0.08):
            return f"({above} / {self.number(where, 0)})"
        return f"({above} / {self.one(DIVISORS)})"

    def ratio(self, where: Where, depth: int) -> str:
        below = f"({self.number(where, 0)} - {self.number(where, 0)})" if self.chance(0.3) else self.number(where, 0)
        if_zero = f"{self.number(where, 0)} / {self.number(where, 0)}" if self.is_risky() else self.number(where, 0)
        return f"ratio({self.number(where, depth)}, {below}, if_zero={if_zero})"

    def remainder(self, where: Where, depth: int) -> str:
        by = self.number(where, 0) if self.is_risky() else self.one(("7", "3", "0.5", "-4"))
        return f"mod({self.number(where, depth)}, {by})"

    def least_or_most(self, where: Where, depth: int) -> str:
        drawn = self.random.random()
        parts = [self.number(where, depth), self.number(where, 0), *([self.number(where, 0)] if drawn < 0.3 else [])]
        return f"{self.one(('min', 'max'))}({', '.join(parts)})"

    def clamped(self, where: Where, depth: int) -> str:
        x = self.number(where, depth)
        if self.chance(0.25):
            return f"clamp(x={x}, lo={self.number(where, 0)}, hi={self.number(where, 0)})"
        return f"clamp({x}, {self.one(('0', '-1', '1'))}, {self.one(('1', '10', '100'))})"

    def whole(self, where: Where, depth: int) -> str:
        return f"{self.one(('abs', 'floor', 'floor', 'ceil', 'trunc', 'sign', 'sign', '-'))}({self.number(where, depth)})"

    def raised(self, where: Where, depth: int) -> str:
        return f"{self.one(('', '-'))}({self.number(where, 0)}) ** {self.one((0, 1, 2, 2, 3, 5, 16))}"

    def rounded(self, where: Where, depth: int) -> str:
        x = self.number(where, depth)
        if self.chance(0.4):
            x = f"({x} / {self.one((2, 4, 8, 20))})"
        mode = f'"{self.one(MODES)}"'
        if self.chance(0.15):
            mode = self.constant("mode", mode)
        forms = [
            f"round({x})",
            f"round({x}, {self.one((0, 1, 2, 3, -1, -2))})",
            f"round({x}, {self.one((0, 1, -1))}, {mode})",
            f"round({x}, places={self.one((0, 1, -1))}, mode={mode})",
            f"round({x}, mode={mode})",
            f"round({x}, to={self.one(('0.25', '0.5', '5', '20%', '1.5'))}, mode={mode})",
            f"round({x}, to={self.one(('0.25', '5'))})",
            f"round(x={x}, mode={mode}, to={self.constant('multiple', self.one(('0.3', '2')))})",
            f"round({x}, {self.constant('places', self.one((1, 2)))}, mode={mode})",
        ]
        return str(self.one(forms))

    def constant(self, name: str, value: Any) -> str:
        """Return a parameter, for a place where only a constant is allowed."""
        self.parameters.setdefault(f"{name}_{len(self.parameters) % 2}", value)
        return str(self.one([id_ for id_ in self.parameters if id_.startswith(name)]))

    def irrational(self, where: Where, depth: int) -> str:
        x = self.number(where, min(depth, 1))
        if self.is_risky():
            x = self.one((x, f"({x} - {self.number(where, 0)})"))
            risky = (
                f"sqrt({x})",
                f"ln({x})",
                f"root({x}, 2)",
                f"power(clamp({x}, -9, 9), 0.5)",
                f"power(clamp({x}, 0, 9), -1)",
            )
            return str(self.one(risky))
        forms = (
            f"sqrt(abs({x}))",
            f"sqrt(max({x}, 0) ** 2 + 0.25)",
            f"root({x}, 3)",
            f"root(abs({x}), n={self.one((1, 2, 4))})",
            f"exp(clamp({x}, -9, 5))",
            f"exp(x=-abs({x}) / 7)",
            f"ln(abs({x}) + 1)",
            f"ln(clamp({x}, 1, 3))",
            f"normal_cdf(({x} - 5) / 3)",
            f"normal_cdf(clamp({x}, -3, 3))",
            f"power(clamp({x}, 0, 9), {self.one(('0.5', '1.5', '2', '1/3'))})",
            f"power(clamp({x}, -9, 9), {self.one(('2', '3'))})",
        )
        return str(self.one(forms))

    def about_dates(self, where: Where, depth: int) -> str:
        a, b = self.date(where, 1), self.date(where, 0)
        drawn = self.random.random()
        if drawn < 0.3:
            return f"{self.one(('year', 'month', 'day'))}({a})"
        if drawn < 0.5:
            if not (self.is_risky() or self.chance(0.4)):
                a = f"({a} if date(2025, 7, 1) <= {a} < date(2026, 9, 30) else date(2026, 2, 15))"
                b = self.one(("date(2026, 1, 2)", "date(2026, 9, 3)", "date(2025, 12, 31)"))
                a, b = self.one(((a, b), (b, a)))
            return f"workdays({a}, {b}, {self.calendar()})"
        return f"{self.one(('days', 'months', 'years'))}({a}, {b})"

    def branch(self, where: Where, depth: int) -> str:
        if self.chance(0.3):
            absent = self.absent(where, "number")
            if self.chance(0.5):
                return f"({absent} if given({absent}) else {self.number(where, depth)})"
            return f"({self.number(where, depth)} if not given({absent}) else {absent} + 1)"
        then, otherwise = self.number(where, depth), self.number(where, depth)
        return f"({then} if {self.condition(where, 1)} else {otherwise})"

    def settled(self, where: Where, depth: int) -> str:
        return f"default({self.maybe(where, depth)}, {self.number(where, 0)})"

    def own(self, where: Where, depth: int) -> str:
        return f"{self.function()}({self.number(where, depth)})"

    def in_table(self, where: Where, depth: int) -> str:
        if self.chance(0.3):
            return self.decided(where, depth, "number")
        takes = self.one(("number", "number", "boolean", "level", "colour", *(("bands",) if self.bands else ())))
        if takes == "number":
            return f"{self.table('number', 'number')}({self.number(where, depth)})"
        if takes == "boolean":
            return f"{self.table('boolean', 'number')}({self.condition(where, 1)})"
        return f"{self.table(takes, 'number')}({self.choice(takes, where, 1)})"

    def featured(self, where: Where, depth: int) -> str:
        """Return a call of a function drawn evenly from all, with arguments by position or by name."""
        x, y = self.number(where, 0), self.number(where, 0)
        absent = self.absent(where, "number")
        forms = [
            f"{self.one(('abs', 'floor', 'ceil', 'trunc', 'sign'))}({x})",
            f"{self.one(('floor', 'ceil', 'trunc'))}({x} / 7)",
            f"sign(x={x} - {y})",
            f"min({x}, {y}, 50)",
            f"max({x}, {y})",
            f"clamp(hi={x} + 10, lo={x}, x={y})",
            f"mod(b=7, a={x})",
            f'round({x} / 8, places=1, mode="{self.one(MODES)}")',
            f"ratio(b={x}, a={y}, if_zero=2)",
            f"default(v={x}, x={absent})",
            f"(1 if given(x={absent}) else 2)",
            f"sqrt(x=abs({x}))",
            f"root(n=3, x={x})",
            f"power(y=2, x=clamp({x}, -9, 9))",
            f"exp(clamp({x}, -5, 2))",
            f"ln(x=abs({x}) + 2)",
            f"normal_cdf(x=({x} - 3) / 4)",
            f"{self.one(('days', 'months', 'years', 'years'))}({self.date(where, 0)}, {self.date(where, 0)})",
            f"{self.one(('year', 'month', 'day', 'day'))}(on={self.date(where, 0)})",
            f"day({self.date(where, 0)})",
            f"day({self.date(where, 0)}) / 2",
            f"workdays(date(2026, 2, 1), date(2026, 3, {self.one((1, 15, 31))}), {self.calendar()})",
            f"days(date(m=1, d=31, y=2026), {self.date(where, 0)})",
            f"{self.table('number', 'number')}({x})",
            f"{self.table('number', 'number')}({y} - {x})",
            f"trunc({x} * {y} / 3)",
            f"ceil({x} * 1.1)",
            f"months({self.date(where, 0)}, {self.date(where, 0)})",
            self.risky(where),
        ]
        if where.takes_aggregates:
            functions = ("sum", "avg", "min", "max", "count", "count", "share", "share")
            forms += [f"default({self.aggregate(where, (self.one(functions),))}, {x})" for _ in range(3)]
        return str(self.one(forms))

    def call(self, gives: str, where: Where, depth: int) -> str:
        """Return a call of any function of the table, with arguments drawn by their kinds.

        One that may fault is drawn only where that is left free.
        """
        is_free = self.is_risky()
        rows = [row for row in PLAIN[gives] if is_free or _is_harmless(row)]
        row: Function = self.one(rows or PLAIN[gives])
        arguments = [self.argument(row, parameter.kind, where, depth) for parameter in row.parameters]
        if row.is_variadic and self.chance(0.3):
            return f"{row.name}({', '.join([*arguments, self.number(where, 0)])})"
        if self.chance(0.3) and not row.is_variadic:
            named = [f"{one.name}={text}" for one, text in zip(row.parameters, arguments, strict=True)]
            return f"{row.name}({', '.join(self.random.sample(named, len(named)))})"
        return f"{row.name}({', '.join(arguments)})"

    def argument(self, row: Function, kind: str, where: Where, depth: int) -> str:
        match kind:
            case "date":
                return self.date(where, min(depth, 1))
            case "calendar":
                return self.calendar()
        number = self.number(where, min(depth, 1))
        # Days are counted by whole numbers.
        return f"floor(clamp({number}, -40, 40))" if row.fault == "date" and not self.is_risky() else number

    def risky(self, where: Where) -> str:
        """Return a numeric formula that faults for some subjects."""
        return self.faulting(where) if self.is_risky() or self.chance(0.5) else self.number(where, 0)

    def faulting(self, where: Where) -> str:
        """Return a numeric formula that may fault."""
        x, y = self.number(where, 0), self.number(where, 0)
        day = self.date(where, 0)
        divided = (
            f"({x} / ({self.input('number')} - {self.one((0, 1, 5, 10))}))",
            f"({x} / floor({self.input('number')} / {self.one((3, 20, 100))}))",
            f"({x} / min({self.input('number')}, {self.input('number')}, 0))",
            f"mod({x}, max({self.input('number')}, 0))",
            f"ratio({x}, floor({y} / 5), if_zero=1 / trunc({x} / 4))",
        )
        outside = (f"sqrt({x} - {y})", f"ln({x} - {y})", f"power({x} - 3, 0.5)", f"root({x} - {y}, 2)")
        impossible = (
            f"year(date(2026, month({day}), {self.one((29, 30, 31))}))",
            f"month(date(year({day}), {x}, 28))",
            f"days({day}, date(year({day}), 2, clamp(round({x}), 27, 30)))",
        )
        unknown = (
            f"workdays({day}, date(2026, 8, 31), {self.calendar()})",
            f"workdays(date(2025, 7, 1), {day}, {self.calendar()})",
        )
        return str(self.one(self.one((divided, divided, outside, impossible, unknown))))

    def aggregated(self, where: Where, depth: int) -> str | None:
        if not where.takes_aggregates:
            return None
        function = self.one(("sum", "sum", "avg", "min", "max", "count", "share", "share", *ORDERED))
        text = self.aggregate(where, (function,))
        is_sure = function in ("sum", "count", "sum_largest", "sum_smallest")
        return text if is_sure else f"default({text}, {self.number(where, 0)})"

    def aggregate(self, where: Where, functions: Sequence[str]) -> str:
        """Return an aggregate over a list input, or over the remaining children of a group."""
        function = self.one(functions)
        groups = [f"children.{one.id}" for one in self.earned if one.is_group]
        if self.is_judged and self.has_score:
            groups.append("children.score")
        if where.stage >= CRITERIA and groups and self.chance(0.5):
            collection = self.one(groups)
            variable = "c"
            columns: tuple[Column, ...] = (
                Column("points", "number"),
                Column("weight", "number"),
                Column("share", "number", True),
                Column("max", "number", True),
            )
        else:
            collection, variable = self.list_input(), "t"
            columns = self.lists[collection]
            if function == "count" and self.chance(0.3):
                return f"count({collection})"
        inside = Where(where.stage, variable, columns)
        is_condition = function in ("any", "all", "count", "share")
        body = self.condition(inside, 1) if is_condition else self.number(inside, self.one((0, 1, 1)))
        condition = f" if {self.condition(inside, self.one((0, 1)))}" if self.chance(0.4) else ""
        inside_brackets = f"{body} for {variable} in {collection}{condition}"
        constants = [str(self.amount(self.one(CONSTANTS[name]))) for name in AGGREGATES[function].parameters]
        if constants:
            return f"{function}({', '.join(constants)}, ({inside_brackets}))"
        return f"{function}({inside_brackets})"

    # -- conditions -------------------------------------------------------------------------------

    def condition(self, where: Where, depth: int) -> str:
        """Return a condition that is never absent."""
        if depth <= 0 or self.chance(0.15):
            return self.plain_condition(where)
        while True:
            draw, weight = self.one(_CONDITIONS)
            if self.chance(weight) and (found := draw(self, where, depth - 1)) is not None:
                return str(found)

    def plain_condition(self, where: Where) -> str:
        drawn = self.random.random()
        if where.variable and drawn < 0.4 and (fields := self.columns("boolean", where)):
            return str(self.one(fields))
        if drawn < 0.3:
            return self.input("boolean")
        if drawn < 0.33:
            return str(self.one(("True", "False")))
        if drawn < 0.4 and (named := self.named("boolean", where)):
            return named
        if drawn < 0.5 and where.stage == OUTPUT:
            there = [one.name for one in self.outputs if one.kind == "boolean" and not one.is_optional]
            if there:
                return str(self.one(there))
        if drawn < 0.55:
            return f"given({self.absent(where, self.one(('number', 'boolean', 'date', 'level')))})"
        if drawn < 0.7:
            kind = self.one(self.choices())
            return f"{self.choice(kind, where, 0)} {self.one(('==', '!='))} {self.quoted(kind)}"
        return f"{self.number(where, 0)} {self.one(COMPARED)} {self.plain_number(where)}"

    def compared(self, where: Where, depth: int) -> str:
        sign = self.one(COMPARED)
        if self.chance(0.5):
            return f"({self.number(where, depth)} {sign} {self.number(where, 0)})"
        return f"{self.number(where, depth)} {sign} {self.one(NUMBERS)}"

    def chained(self, where: Where, depth: int) -> str:
        signs = self.one((("<=", "<"), ("<", "<="), ("==", "<"), (">", "!="), (">=", ">")))
        low = self.number(where, 0)
        middle, high = self.number(where, depth), self.one((*NUMBERS, self.number(where, 0)))
        last = f" <= {self.number(where, 0)}" if self.chance(0.2) else ""
        return f"({low} {signs[0]} {middle} {signs[1]} {high}{last})"

    def joined(self, where: Where, depth: int) -> str:
        parts = [self.condition(where, depth) for _ in range(self.one((2, 2, 3)))]
        word = self.one((" and ", " or "))
        return f"({word.join(parts)})"

    def mixed(self, where: Where, depth: int) -> str:
        parts = [self.condition(where, 0) for _ in range(3)]
        return f"({parts[0]} or not {parts[1]} and {parts[2]})"

    def negated(self, where: Where, depth: int) -> str:
        return f"(not {self.condition(where, depth)})"

    def settled_condition(self, where: Where, depth: int) -> str:
        absent = self.absent(where, "number")
        forms = (
            f"(given({absent}) and {absent} {self.one(COMPARED)} {self.number(where, 0)})",
            f"(not given({absent}) or {absent} + 1 > {self.number(where, 0)})",
            f"default({self.maybe_condition(where, depth)}, {self.one(('True', 'False'))})",
            f"default({self.maybe_condition(where, depth)}, {self.one(('True', 'False'))})",
        )
        return str(self.one(forms))

    def maybe_condition(self, where: Where, depth: int) -> str:
        """Return a condition that may be absent, perhaps through an operand of `and` or `or`."""
        first = f"{self.absent(where, 'number')} {self.one(COMPARED)} {self.number(where, 0)}"
        if self.chance(0.3):
            first = self.absent(where, "boolean")
        if depth <= 0 or self.chance(0.3):
            return f"({first})"
        other = self.condition(where, depth - 1)
        forms = (
            f"({first} and {other})",
            f"({other} and {first})",
            f"({first} or {other})",
            f"({other} or {first} or {self.condition(where, 0)})",
            f"(not {first})",
            f"({self.one(('False', 'True'))} {self.one(('and', 'or'))} {first})",
            f"({self.absent(where, 'level')} in ('low', 'high'))",
            f"({self.absent(where, 'level')} >= {self.quoted('level')})",
            f"({first} if {other} else {self.condition(where, 0)})",
            f"(0 < {self.absent(where, 'number')} < {self.number(where, 0)})",
        )
        return str(self.one(forms))

    def of_choices(self, where: Where, depth: int) -> str:
        kind = self.one(self.choices())
        mine = self.choice(kind, where, depth)
        drawn = self.random.random()
        if kind == "colour" or drawn < 0.25:
            if drawn < 0.15:
                options = sorted({self.quoted(kind)[1:-1] for _ in range(2)})
                quoted = ", ".join(f'"{option}"' for option in options)
                comma = "," if len(options) == 1 else ""
                return f"({mine} {self.one(('in', 'not in'))} ({quoted}{comma}))"
            return f"({mine} {self.one(('==', '!='))} {self.quoted(kind)})"
        sign = self.one(COMPARED)
        other = self.choice(kind, where, 0) if self.chance(0.3) else self.quoted(kind)
        if self.chance(0.1):
            return f"({self.quoted(kind)} <= {mine} {sign} {other})"
        return str(self.one((f"({mine} {sign} {other})", f"({other} {sign} {mine})")))

    def of_band(self, where: Where, depth: int) -> str | None:
        """Return a condition on the band."""
        if where.stage < BAND or not self.bands:
            return None
        band = "band" if where.stage == OUTPUT else f"default(band, {self.quoted('bands')})"
        forms = (
            f"({band} {self.one(COMPARED)} {self.quoted('bands')})",
            f"({self.quoted('bands')} {self.one(COMPARED)} {band})",
            f"(given(band) and band >= {self.quoted('bands')})",
            f"({band} in ({self.quoted('bands')}, {self.quoted('bands')}))",
            "given(score)" if self.has_score else "given(band)",
        )
        return str(self.one(forms))

    def of_dates(self, where: Where, depth: int) -> str:
        if self.chance(0.15):
            a, b, c = (self.date(where, 0) for _ in range(3))
            return f"({a} < {b} <= {c})"
        return f"({self.date(where, depth)} {self.one(COMPARED)} {self.date(where, 0)})"

    def of_texts(self, where: Where, depth: int) -> str:
        text, other = self.text(where, 1), self.one((self.text(where, 0), '"north"', '""'))
        if self.chance(0.3):
            return f'({text} {self.one(("in", "not in"))} ("a", "Quý IV", "north"))'
        return f"({text} {self.one(('==', '!='))} {other})"

    def numbers_in(self, where: Where, depth: int) -> str:
        return f"({self.number(where, depth)} {self.one(('in', 'not in'))} (0, 1, 2.5, 10))"

    def any_or_all(self, where: Where, depth: int) -> str | None:
        if not where.takes_aggregates:
            return None
        return self.aggregate(where, ("any", "all"))

    def equal_conditions(self, where: Where, depth: int) -> str:
        return f"({self.plain_condition_name(where)} {self.one(('==', '!='))} {self.plain_condition_name(where)})"

    def plain_condition_name(self, where: Where) -> str:
        return self.input("boolean") if self.chance(0.8) else "True"

    def branched(self, where: Where, depth: int) -> str:
        then, otherwise = self.condition(where, 0), self.condition(where, 0)
        return f"({then} if {self.condition(where, depth)} else {otherwise})"

    # -- dates, texts, choices --------------------------------------------------------------------

    def date(self, where: Where, depth: int) -> str:
        """Return a date formula that is never absent."""
        drawn = self.random.random()
        if where.variable and drawn < 0.5 and (fields := self.columns("date", where)):
            return str(self.one(fields))
        if drawn < 0.3:
            y, m, d = self.one(DATES)
            return f"date({y}, {m}, {d})"
        if depth > 0 and drawn < 0.45:
            if self.is_risky() or self.chance(0.3):
                month = self.one(
                    ("2", "13", f"month({self.date(where, 0)})", f"clamp({self.number(where, 0)}, 1, 12)")
                )
                return f"date({self.one((2026, 2024))}, {month}, {self.one((28, 29, 30, 31))})"
            return f"date(y=year({self.date(where, 0)}), m=month({self.date(where, 0)}), d={self.one((1, 28))})"
        if depth > 0 and drawn < 0.55:
            return f"({self.date(where, 0)} if {self.condition(where, 0)} else {self.date(where, 0)})"
        if drawn < 0.65:
            return f"default({self.absent(where, 'date')}, {self.date(where, 0)})"
        if drawn < 0.7 and (named := self.named("date", where)):
            return named
        if drawn < 0.75:
            self.parameters.setdefault("deadline", "date(2026, 3, 31)")
            return "deadline"
        return self.input("date")

    def text(self, where: Where, depth: int) -> str:
        """Return a text formula that is never absent."""
        drawn = self.random.random()
        if where.variable and drawn < 0.5 and (fields := self.columns("text", where)):
            return str(self.one(fields))
        if depth > 0 and drawn < 0.3:
            return f"('{self.one(TEXTS)}' if {self.condition(where, 0)} else {self.input('text')})"
        if drawn < 0.5:
            return f"default({self.absent(where, 'text')}, '{self.one(TEXTS)}')"
        return self.input("text")

    def choice(self, kind: str, where: Where, depth: int) -> str:
        """Return a formula for an option that is never absent, and not just a quoted string."""
        drawn = self.random.random()
        if where.variable and drawn < 0.5 and (fields := self.columns(kind, where)):
            return str(self.one(fields))
        if kind == "bands" and where.stage == OUTPUT and drawn < 0.4:
            return "band"
        if kind == "bands" and where.stage == BAND and drawn < 0.4:
            return f"default(band, {self.quoted(kind)})"
        if drawn < 0.2:
            return f"default({self.absent(where, kind)}, {self.quoted(kind)})"
        if depth > 0 and drawn < 0.4:
            then, otherwise = self.quoted(kind), self.choice(kind, where, 0)
            if self.chance(0.5):
                then, otherwise = otherwise, then
            return f"({then} if {self.condition(where, 0)} else {otherwise})"
        if depth > 0 and drawn < 0.7:
            if self.chance(0.3):
                return self.decided(where, depth - 1, kind)
            takes = self.one(("number", "number", "boolean", "level", "colour"))
            table = self.table(takes, kind)
            return f"{table}({self.value(takes, where, depth - 1)})"
        if drawn < 0.8 and (named := self.named(kind, where)):
            return named
        return self.input(kind)


_NUMBERS: tuple[Mapped, ...] = (
    {"type": "number", "min": 0, "max": 100, "decimals": 2},
    {"type": "number", "min": 0, "max": 100, "decimals": 1},
    {"type": "number", "min": -10, "max": 10, "step": Decimal("0.25")},
    {"type": "number", "above": 0, "max": 10, "decimals": 1},
    {"type": "number", "min": 0, "below": 1, "decimals": 3},
    {"type": "integer", "min": 0, "max": 20},
    {"type": "integer", "min": 0, "max": 100},
    {"type": "integer", "min": -5, "max": 5},
    {"type": "integer", "min": 1, "max": 12},
    {"type": "integer", "min": 0, "max": 100, "step": 5},
)
PLAIN = {
    gives: [
        row
        for row in FUNCTIONS.values()
        if row.gives == gives and not row.is_lazy and not any(one.is_constant for one in row.parameters)
    ]
    for gives in ("number", "date")
}
"""Functions whose arguments may be any of their kind, by the kind of what they give."""


@cache
def _is_harmless(row: Function) -> bool:
    """Return whether a function seldom faults for any arguments."""
    if row.fault:
        return row.fault == "date" and not row.safe
    given: dict[str, Op] = {
        one.name: Read(one.name, DATE if one.kind == "date" else NUMBER) for one in row.parameters
    }
    return not row.formula or not any(divisors(applied(row, given)))


_DATE_ENDS = {"min": "2025-06-01", "max": "2026-12-31"}

Draw = Callable[[Drafting, Where, int], str | None]

_OPERATIONS: tuple[tuple[Draw, float], ...] = (
    (Drafting.sum_, 1),
    (Drafting.quotient, 1),
    (Drafting.ratio, 0.8),
    (Drafting.remainder, 0.5),
    (Drafting.least_or_most, 0.8),
    (Drafting.clamped, 0.7),
    (Drafting.whole, 1),
    (Drafting.raised, 0.4),
    (Drafting.rounded, 1),
    (Drafting.irrational, 1),
    (Drafting.about_dates, 1),
    (Drafting.branch, 0.8),
    (Drafting.settled, 0.8),
    (Drafting.own, 0.5),
    (Drafting.in_table, 1),
    (Drafting.aggregated, 1),
    (Drafting.featured, 1),
    (Drafting.featured, 1),
)
"""Ways to a number, each with how often it is taken when it is drawn."""

_CONDITIONS: tuple[tuple[Draw, float], ...] = (
    (Drafting.compared, 1),
    (Drafting.chained, 0.8),
    (Drafting.joined, 1),
    (Drafting.mixed, 0.5),
    (Drafting.negated, 0.6),
    (Drafting.settled_condition, 0.8),
    (Drafting.of_choices, 1),
    (Drafting.of_band, 1),
    (Drafting.of_dates, 0.5),
    (Drafting.of_texts, 0.5),
    (Drafting.numbers_in, 0.3),
    (Drafting.any_or_all, 1),
    (Drafting.equal_conditions, 0.2),
    (Drafting.branched, 0.4),
)
"""Ways to a condition, likewise."""
