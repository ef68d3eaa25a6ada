"""The integer program of a plan: its steps, the result for each column of a table, and its text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from attrs import evolve, frozen

from ...language.model import NumberDomain
from ...plan import Plan
from ...plan.steps import Output, Variable
from ..scalar import STATUSES, ScalarEngine
from .lifting import Lifted, Value, lift
from .steps import FALSE, TRUE, Building, Step, depends

__all__ = ["IntegerProgram", "Result", "integer_program"]

MOST_DECIMALS, MOST_WHOLE = 6, 10**9
"""Decimals and size of numbers rated by columns if an input declares none; other rows are rated one by one."""


@frozen
class Result:
    """The result for a column, each part by the number of its step.

    Args:
        kind: `number`, `boolean`, `text` (the number of a text) or `date` (the number of a day).
        given: the flag under which there is a value.
        value: the value; for a number, its numerator.
        denominator: for a number, above zero.
    """

    kind: str
    given: int
    value: int
    denominator: int


@frozen
class IntegerProgram:
    """A plan as steps on integers, computed for every subject.

    Args:
        inputs: the inputs of the plan, in order; numbers without declared decimals or limits have at most six
            decimals and ten digits.
        steps: each uses earlier ones.
        results: the results by column.
        is_refused: the flag under which the scalar engine must rate the subject: an input or a number that is not
            valid, points that are entered or missing against the rules, or a fault.
        texts: all texts; a step holds the index of one.
    """

    inputs: tuple[Variable, ...]
    steps: tuple[Step, ...]
    results: Mapping[str, Result]
    is_refused: int
    texts: tuple[str, ...]

    def __str__(self) -> str:
        return "\n".join(self.lines()) + "\n"

    def needed(self, names: list[str]) -> list[int]:
        """Return the numbers of the steps that some columns need, with those of refusals."""
        wanted = [self.is_refused]
        for name in names:
            result = self.results[name]
            wanted += [result.given, result.value, *([result.denominator] if result.kind == "number" else [])]
        return depends(self.steps, wanted)

    def lines(self) -> Iterator[str]:
        """Yield the program as text: a line for each step, with the bits it takes."""
        path = ""
        for number in self.needed(list(self.results)):
            step = self.steps[number]
            if step.operation == "constant":
                continue
            if step.path != path:
                path = step.path
                yield f"# {path}"
            width = f"  # {step.bits} bits" if step.is_known and not step.is_flag else ""
            yield f"s{number} = {self._step_text(step)}{width}"
        if self.is_refused != FALSE:
            yield f"refuse if {self._name(self.is_refused)}"
        for name, result in self.results.items():
            value = self._name(result.value, is_text=result.kind == "text")
            below = self._name(result.denominator)
            if result.kind == "number" and below != "1":
                value = f"{value} / {below}"
            absent = "" if result.given == TRUE else f" if {self._name(result.given)} else absent"
            yield f"return {name} = {value}{absent}"

    def _name(self, number: int, *, is_text: bool = False) -> str:
        step = self.steps[number]
        if step.operation != "constant":
            return f"s{number}"
        if step.is_flag:
            return "true" if number == TRUE else "false"
        return repr(self.texts[step.low]) if is_text else str(step.value)

    def _step_text(self, step: Step) -> str:
        names = [self._name(operand) for operand in step.operands]
        match step.operation:
            case "input" | "opaque" | "given":
                return f"{step.operation} {step.value}"
            case "not" | "count":
                return f"{step.operation} {names[0]}"
            case "select":
                return f"{names[1]} if {names[0]} else {names[2]}"
            case sign:
                return f" {sign} ".join(names)


def integer_program(plan: Plan) -> IntegerProgram:
    """Return the integer program of a plan.

    Args:
        plan: the steps of an assessment.
    """
    plan = evolve(plan, inputs=tuple(map(_narrowed, plan.inputs)))
    return _Results(plan, lift(plan, ScalarEngine(plan).core)).program()


def _narrowed(variable: Variable) -> Variable:
    """Return an input whose numbers fit 64-bit integers."""
    domain, default = variable.domain, variable.default
    if not isinstance(domain, NumberDomain):
        return variable
    if domain.decimals is None and domain.step is None and not domain.is_integer:
        domain = evolve(domain, decimals=MOST_DECIMALS)
    if domain.minimum is None and domain.above is None:
        domain = evolve(domain, minimum=Fraction(-MOST_WHOLE))
    if domain.maximum is None and domain.below is None:
        domain = evolve(domain, maximum=Fraction(MOST_WHOLE))
    grid = domain.grid
    is_kept = grid.low <= grid.high and (
        not isinstance(default, Fraction)
        or ((default / grid.unit).denominator == 1 and grid.low <= default / grid.unit <= grid.high)
    )
    return evolve(variable, domain=domain) if is_kept else variable


class _Results:
    """The columns of a table from what the function gives."""

    def __init__(self, plan: Plan, lifted: Lifted) -> None:
        self.plan = plan
        self.lifted = lifted
        self.to: Building = lifted.building
        self.texts = list(lifted.texts)
        self.kinds = {f"let.{id_}": value.op.type.kind for id_, value in plan.let.items()}
        self.kinds |= {f"outputs.{step.id}": step.op.type.kind for step in plan.steps if isinstance(step, Output)}

    def program(self) -> IntegerProgram:
        results: dict[str, Result] = {}
        given = self.lifted.given
        self.to.path = "result"
        is_rated = TRUE
        if given:
            status = self.status(given["status"][0])
            results["status"] = Result("text", TRUE, status, TRUE)
            is_rated = self.to.compare("==", status, self.text("rated"))
        for key, (value, denominator) in given.items():
            head, _, id_ = key.partition(".")
            if head == "points" and id_ not in self.plan.criteria:
                continue  # the whole, which is the score
            if key in ("score", "exact_score") or head in ("points", "let", "outputs"):
                kind = self.kinds.get(key, "number")
                result = self.result(kind, value, denominator, is_rated if head == "outputs" else TRUE)
                results[key] = result
                if head == "points" and (most := self.plan.criteria.get(id_)):
                    results[f"share.{id_}"] = self.share(result, most)
            elif key == "band":
                results[key] = self.band(value)
        return IntegerProgram(
            self.plan.inputs, tuple(self.to.steps), results, self.lifted.is_refused, tuple(self.texts)
        )

    def text(self, text: str) -> int:
        if text not in self.texts:
            self.texts.append(text)
        return self.to.integer(self.texts.index(text))

    def chosen(self, number: int, texts: tuple[str, ...]) -> int:
        """Return the text at an index."""
        found = self.text(texts[-1])
        for place, text in reversed(list(enumerate(texts[:-1]))):
            asked = self.to.compare("==", number, self.to.integer(place))
            found = self.to.choose(asked, self.text(text), found)
        return found

    def status(self, value: Value) -> int:
        found = self.text("rated")
        if "integer" in value.parts:
            found = self.chosen(value.parts["integer"][1], tuple(STATUSES[number] for number in sorted(STATUSES)))
        if "text" in value.parts:
            found = self.to.choose(value.when("text"), value.parts["text"][1], found)
        return found

    def band(self, value: Value) -> Result:
        if "integer" not in value.parts:
            return Result("text", FALSE, self.text("rated"), TRUE)
        when, place = value.parts["integer"]
        return Result("text", when, self.chosen(place, self.plan.bands), TRUE)

    def result(self, kind: str, value: Value, denominator: Value, when: int) -> Result:
        kind = kind if kind in ("number", "boolean", "date") else "text"
        names = {"number": "integer", "boolean": "flag"}
        found = value.parts.get(names.get(kind, kind)) or value.parts.get("integer")
        if found is None:
            empty = FALSE if kind == "boolean" else self.to.integer(0)
            return Result(kind, FALSE, empty, self.to.integer(1))
        given, part = found
        if kind == "boolean" and not self.to.steps[part].is_flag:
            part = self.to.opaque("it works on objects", is_flag=True)
        below = denominator.parts.get("integer", (TRUE, self.to.integer(1)))[1]
        return Result(kind, self.to.both(when, given), part, below)

    def share(self, points: Result, most: Fraction) -> Result:
        value = self.to.arithmetic("*", points.value, self.to.integer(most.denominator))
        below = self.to.arithmetic("*", points.denominator, self.to.integer(most.numerator))
        return Result("number", points.given, value, below)
