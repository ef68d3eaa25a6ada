"""Ratings as code: limits, bands with their requirements, overrides, outputs.

The file is long since one class writes all steps after the criteria, in their order.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from itertools import pairwise

from attrs import define, evolve, field

from ...language.model import Interval
from ...plan.ops import Op
from ...plan.steps import Banding, Holds, Level, Limit, Output, Override, Total
from .criteria import Criteria
from .emitted import Emitted, Other
from .numbers import Num, compare, number
from .operations import Operations
from .writing import MAX_TERMS, Writer

__all__ = ["INSUFFICIENT", "RATED", "UNDEFINED", "Rating"]

RATED, INSUFFICIENT, UNDEFINED = 0, 1, 2
"""The status in the code; the status of an override is a text instead."""

ASKED = {
    "band": "fc = {0} if {0} > fc else fc",
    "band_at_most": "ce = {0} if {0} > ce else ce",
    "band_at_least": "fl = {0} if {0} < fl else fl",
}
"""How each kind of override moves the band that all of them ask for."""


@define(eq=False)
class Rating:
    """Writes the steps after the judging of criteria.

    Args:
        operations: writes operations.
        criteria: the judged criteria.
        may_be_unrated: whether the steps written so far may leave the status other than `rated`.
        banded_on: the banded number.
        has_bands: whether there are bands.
        applying: the name of the count of bands that apply, or empty if it is not counted.
        outputs: the names of the values of outputs, by id.
        fired: the names that store whether each override fires.
        targets: the names of the band indices that overrides compute.
        held: the names that store whether each invariant holds.
    """

    operations: Operations
    criteria: Criteria
    may_be_unrated: bool = False
    score: Num | None = None
    exact: Num | None = None
    banded_on: Num | None = None
    has_bands: bool = False
    applying: str = ""
    outputs: dict[str, Emitted] = field(factory=dict)
    fired: dict[str, str] = field(factory=dict)
    targets: dict[str, str] = field(factory=dict)
    held: dict[str, str] = field(factory=dict)

    @property
    def writer(self) -> Writer:
        return self.operations.writer

    def is_open(self, *ops: Op | None) -> bool:
        """Return whether a row may leave one of some operations undefined."""
        return any(op is not None and self.operations.plan.may_be_undefined(op) for op in ops)

    @contextmanager
    def where_rated(self, key: str, *, is_open: bool, clearing: list[str]) -> Iterator[None]:
        """Write the lines of the block, to run only while the subject is rated; an undefined row ends them.

        Args:
            key: the key of the note of an undefined row.
            is_open: whether there may be an undefined row.
            clearing: lines that clear values after such a row.
        """
        if not (is_open or self.may_be_unrated):
            yield
            return
        with self.operations.branch() as lines:
            yield
        if is_open:
            writer = Writer()
            writer.put("try:", lines)
            head, place = self.operations.open_row(key)
            writer.put(head, [*place, "st = 2; b = None", *self.no_score(), *clearing])
            lines = writer.lines
        if self.may_be_unrated:
            self.writer.put("if st == 0:", lines)
        else:
            self.writer.lines += lines
        self.may_be_unrated = self.may_be_unrated or is_open
        if is_open:
            self.lose_score()

    def lose_score(self) -> None:
        """Note that there may be no score from here on."""
        if self.score is not None and self.exact is not None:
            self.score, self.exact = evolve(self.score, is_optional=True), evolve(self.exact, is_optional=True)
            self.operations.values |= {"score": self.score, "exact_score": self.exact}

    def no_score(self) -> list[str]:
        return [] if self.score is None else ["sn = None; xn = None"]

    # -- the score --------------------------------------------------------------------------------

    def total(self, step: Total) -> None:
        """Apply score limits, then rounding."""
        judged = self.criteria.judged["score"]
        # Denominators get names, since they are read even if there is no score.
        if self.criteria.can_be_insufficient:
            self.writer.put("if ins:", ["st = 1"])
        if self.criteria.can_be_undefined:
            head = "elif" if self.criteria.can_be_insufficient else "if"
            self.writer.put(f"{head} un:", ["st = 2"])
        self.may_be_unrated = self.criteria.can_be_insufficient or self.criteria.can_be_undefined
        ops = [op for limit in step.limits for op in (limit.when, limit.at_most)]
        with self.where_rated("open.limits", is_open=self.is_open(*ops), clearing=[]):
            exact = self.operations.named("xn", self.limited(step, judged.points.present))
            score = exact if step.round is None else self.operations.rounded(step.round, exact)
            score = self.operations.named("sn", score)
        is_optional = self.may_be_unrated
        self.score, self.exact = evolve(score, is_optional=is_optional), evolve(exact, is_optional=is_optional)
        self.operations.values |= {"score": self.score, "exact_score": self.exact}

    def limited(self, step: Total, total: Num) -> Num:
        for limit in step.limits:
            total = self.operations.held(total)
            self.operations.path = f"{limit.path}.at_most"
            if limit.when is None:
                total = self.at_most(total, limit)
                continue
            self.operations.path = f"{limit.path}.when"
            condition = self.operations.flag(limit.when)
            self.operations.path = f"{limit.path}.at_most"
            with self.operations.branch() as lines:
                below = self.at_most(total, limit)
            result = self.operations.merge([f"if {condition.code}:", "else:"], [(lines, below), ([], total)])
            assert isinstance(result, Num)
            total = result
        return total

    def at_most(self, total: Num, limit: Limit) -> Num:
        most = self.operations.held(self.operations.number(limit.at_most))
        self.writer.lines += self.operations.note(f"at_most.{limit.id}", most)
        heads = [f"if {compare('<', most, total)}:", "else:"]
        result = self.operations.merge(heads, [([], most), ([], total)])
        assert isinstance(result, Num)
        return result

    # -- bands ------------------------------------------------------------------------------------

    def band(self, step: Banding) -> None:
        """Find the band that applies, by its index; None if none does."""
        self.has_bands = True
        ops = [step.measure, *(requirement.that for level in step.levels for requirement in level.requires)]
        undone = ["bn = None"]
        with self.where_rated("open.bands", is_open=self.is_open(*ops), clearing=undone):
            if self.score is not None and self.exact is not None:
                self.operations.values |= {"score": self.score.present, "exact_score": self.exact.present}
            number_ = self.exact if step.is_on_exact else self.score
            if step.measure is not None:
                self.operations.path = f"{step.path}.measure"
                number_ = self.operations.number(step.measure)
            if number_ is not None:
                number_ = self.operations.named("bn", number_.present)
                self.writer.lines += self.operations.note("number", number_)
            self.apply(step, number_)
            if self.may_have_none(step, number_):
                self.writer.put("if b is None:", ["st = 2"])
            undone += self.operations.forget("number", "requires")
        self.banded_on = None if number_ is None else evolve(number_, is_optional=True)
        self.may_be_unrated = self.may_be_unrated or self.may_have_none(step, number_)
        self.set_band()

    def set_band(self) -> None:
        """Define what expressions read as `band`."""
        names = self.writer.refer(self.operations.plan.bands, key=("bands",))
        if self.may_be_unrated:
            self.operations.values["band"] = Other(f"(None if b is None else {names}[b])", True)
        else:
            self.operations.values["band"] = Other(f"{names}[b]")

    def may_have_none(self, step: Banding, x: Num | None) -> bool:
        """Return whether no band, or several, may apply."""
        return any(level.requires for level in step.levels) or not _covers(step.levels) or x is None

    def apply(self, step: Banding, x: Num | None) -> None:
        conditions = [self.inside(level.interval, x) for level in step.levels]
        if x is not None and _are_disjoint(step.levels) and not any(level.requires for level in step.levels):
            self.first([(condition, index) for index, condition in enumerate(conditions)])
            return
        inside, conditions_held = [], []
        for index, (level, condition) in enumerate(zip(step.levels, conditions, strict=True)):
            inside.append(str(self.writer.hold(condition, "j")))
            name = self.writer.fresh("h")
            conditions_held.append(name)
            self.writer.line(f"{name} = False")
            with self.writer.block(f"if {inside[index]}:"):
                self.required(level, name)
        count = self.applying = "nb"
        self.writer.line(f"{count} = {self.writer.total(conditions_held)}")
        self.writer.line("b = None")
        takes = f"if {count} == 1:" if step.overlap is None else f"if {count}:"
        with self.writer.block(takes):
            order = [(name, index) for index, name in enumerate(conditions_held)]
            self.first(order if step.overlap != "worst" else order[::-1])
        if step.falls_to_next:
            first = self.writer.fresh()
            self.writer.line(f"{first} = {len(inside)}")
            for index in reversed(range(len(inside))):
                self.writer.put(f"if {inside[index]}:", [f"{first} = {index}"])
            with self.writer.block(f"if not {count}:"):
                for index, level in enumerate(step.levels[1:], 1):
                    with self.writer.block(f"if b is None and {first} < {index} and not {inside[index]}:"):
                        name = self.writer.fresh("h")
                        self.required(level, name)
                        self.writer.put(f"if {name}:", [f"b = {index}"])

    def first(self, choices: list[tuple[str, int]]) -> None:
        """Find the band of the first condition that holds, None if there is none."""
        if len(choices) <= MAX_TERMS:
            for place, (condition, index) in enumerate(choices):
                self.writer.put(f"{'elif' if place else 'if'} {condition}:", [f"b = {index}"])
            self.writer.put("else:", ["b = None"])
            return
        with self.writer.block("while True:"):
            for condition, index in choices:
                self.writer.put(f"if {condition}:", [f"b = {index}", "break"])
            self.writer.line("b = None")
            self.writer.line("break")

    def required(self, level: Level, name: str) -> None:
        """Write whether all requirements of a band hold; each is evaluated."""
        with self.operations.branch() as lines:
            codes = []
            for requirement in level.requires:
                self.operations.path = requirement.path
                result = self.operations.flag(requirement.that)
                held = str(self.writer.hold(f"({result.code} is True)" if result.is_optional else result.code))
                codes.append(held)
                self.writer.lines += self.operations.note(f"requires.{level.id}.{requirement.id}", Other(held))
            self.writer.line(f"{name} = {' and '.join(codes) or 'True'}")
        self.writer.lines += lines

    def inside(self, interval: Interval, x: Num | None) -> str:
        """Return whether an interval contains a number."""
        if x is None:
            return "True"
        parts = []
        if interval.lower is not None:
            parts.append(compare(">" if interval.is_lower_open else ">=", x, number(interval.lower)))
        if interval.upper is not None:
            parts.append(compare("<" if interval.is_upper_open else "<=", x, number(interval.upper)))
        parts = [part for part in parts if part != "True"]
        return f"({' and '.join(parts)})" if parts else "True"

    # -- what outranks the score ------------------------------------------------------------------

    def override(self, steps: list[Override]) -> None:
        """Write all overrides in order, then their effect."""
        if self.has_bands:
            self.writer.line("b0 = b")
            self.writer.lines += self.operations.note("scored", Other("b"))
        self.writer.line("fc = ce = -1; fl = 1000000; ov = None; wu = False")
        is_open = False
        for index, step in enumerate(steps):
            lines = self.fire(step, index)
            target_op = None if isinstance(step.target, str) else step.target
            if self.is_open(step.when, target_op):
                is_open = True
                self.writer.put("try:", lines)
                head, place = self.operations.open_row("open.overrides", is_first=True)
                self.writer.put(head, [f"{self.fired[step.id]} = False; wu = True", *place])
            else:
                self.writer.lines += lines
        self.settle(is_open, any(step.kind == "unrated" for step in steps))

    def fire(self, step: Override, index: int) -> list[str]:
        """Write one override: its condition, and the band or status it asks for."""
        name = self.fired[step.id] = f"o{index}"
        given = "" if isinstance(step.target, str) else f"q{index}"
        self.writer.line(f"{name} = False" + (f"; {given} = None" if given else ""))
        with self.operations.branch() as lines:
            self.operations.path = f"{step.path}.when"
            condition = Other("True") if step.when is None else self.operations.flag(step.when)
            with self.writer.capture() as inside:
                self.writer.line(f"{name} = True")
                if step.kind == "unrated":
                    assert isinstance(step.target, str)
                    self.writer.put("if ov is None:", [f"ov = {self.writer.refer(step.target)}"])
                else:
                    self.operations.path = f"{step.path}.{step.kind}"
                    target = self.writer.hold(self.target(step.target))
                    if given:
                        self.targets[step.id] = given
                        self.writer.line(f"{given} = {target}")
                    self.writer.line(ASKED[step.kind].format(target))
            self.writer.put(f"if {condition.code}:", inside)
        return lines

    def settle(self, is_open: bool, has_statuses: bool) -> None:
        """Write the effect of all overrides: a status, else the band between the ends they ask for."""
        settled = [
            "if fc >= 0: b = fc",
            "elif b is not None and fl < b: b = fl",
            "if b is not None:",
            "    if ce > b: b = ce",
            "    st = 0",
        ]
        if not self.has_bands:
            settled = []
        elif not self.may_be_unrated:
            settled = [*settled[:2], "if ce > b: b = ce"]
        if is_open:
            undone = ["st = 2; b = None", *self.no_score()]
            if self.has_bands:
                undone[0] += "; b0 = None; bn = None"
            self.writer.put("if wu:", undone)
        if has_statuses:
            self.writer.put(f"{'elif' if is_open else 'if'} ov is not None:", ["st = ov; b = None"])
        if is_open or has_statuses:
            self.writer.put("else:", settled)
        else:
            self.writer.lines += settled
        self.may_be_unrated = self.may_be_unrated or is_open or has_statuses
        if is_open:
            self.lose_score()
        if self.has_bands:
            self.set_band()

    def target(self, target: str | Op) -> str:
        """Return the index of a band."""
        bands = self.operations.plan.bands
        if isinstance(target, str):
            return str(bands.index(target))
        table = self.writer.refer(bands, key=("places of bands",))
        self.writer.objects[table] = {band: place for place, band in enumerate(bands)}
        return f"{table}[{self.operations.flag(target).code}]"

    # -- what follows -----------------------------------------------------------------------------

    def output(self, steps: list[Output]) -> None:
        """Write named values after the rating, if there is one."""
        names = {step.id: f"e{index}" for index, step in enumerate(steps)}
        undone = [f"{name} = None" for name in names.values()]
        if self.has_bands:
            undone.append("b0 = bn = None")
        hidden = {
            step.id for step in steps if step.id in self.operations.values or step.id in self.operations.plan.let
        }
        is_open = self.is_open(*(step.op for step in steps))
        with self.where_rated("open.outputs", is_open=is_open, clearing=undone):
            if self.has_bands:
                bands = self.writer.refer(self.operations.plan.bands, key=("bands",))
                self.operations.values["band"] = Other(f"{bands}[b]")
            numbers = {id(step): number_ for number_, step in enumerate(self.operations.plan.steps, 1)}
            for step in steps:
                self.writer.line(f"# step {numbers[id(step)]}")
                self.operations.path = step.path
                result = self.operations.emit(step.op)
                kept = self.kept(names[step.id], result)
                self.outputs[step.id] = kept
                if step.id not in hidden:
                    self.operations.values[step.id] = kept
        if self.may_be_unrated:
            self.outputs = {id_: evolve(kept, is_optional=True) for id_, kept in self.outputs.items()}
        for step in steps:
            if step.id not in hidden:
                self.operations.values[step.id] = self.outputs[step.id]
        if self.may_be_unrated:
            self.lose_score()
        if self.has_bands:
            self.set_band()

    def kept(self, name: str, result: Emitted) -> Emitted:
        if isinstance(result, Num):
            return self.operations.named(name, result)
        self.writer.line(f"{name} = {result.code}")
        return evolve(result, code=name)

    def hold(self, steps: list[Holds]) -> None:
        """Write whether each invariant holds; one that a row leaves undefined does not."""
        for index, step in enumerate(steps):
            name = self.held[step.id] = f"v{index}"
            self.operations.path = step.path
            with self.operations.branch() as lines:
                result = self.operations.flag(step.that)
                self.writer.line(
                    f"{name} = {result.code} is True" if result.is_optional else f"{name} = {result.code}"
                )
            if self.is_open(step.that):
                self.writer.put("try:", lines)
                self.writer.put("except W:", [f"{name} = False"])
            else:
                self.writer.lines += lines


def _covers(levels: tuple[Level, ...]) -> bool:
    """Return whether consecutive bands cover the number line without a hole."""
    return False if not levels else _is_line([level.interval for level in levels])


def _is_line(intervals: list[Interval]) -> bool:
    ordered = sorted(intervals, key=lambda one: (one.lower is not None, one.lower or Fraction(0)))
    if ordered[0].lower is not None or ordered[-1].upper is not None:
        return False
    return all(
        below.upper is not None and below.upper == above.lower and below.is_upper_open != above.is_lower_open
        for below, above in pairwise(ordered)
    )


def _are_disjoint(levels: tuple[Level, ...]) -> bool:
    """Return whether no number is in two bands."""
    ordered = sorted(
        (level.interval for level in levels),
        key=lambda interval: (interval.lower is not None, interval.lower or Fraction(0), interval.is_lower_open),
    )
    return all(_is_below(lower, upper) for lower, upper in pairwise(ordered))


def _is_below(one: Interval, other: Interval) -> bool:
    if one.upper is None or other.lower is None:
        return False
    return one.upper < other.lower or (one.upper == other.lower and (one.is_upper_open or other.is_lower_open))
