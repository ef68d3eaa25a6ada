"""The integer program of a plan: its steps, the result for each column of a table, and its text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction

from attrs import evolve, frozen

from ...kernel.mappings import FrozenMap
from ...language.model import NumberDomain
from ...plan import Plan
from ...plan.steps import Banding, Output, Variable
from ..scalar import STATUSES, ScalarEngine
from .deciding import decided_results
from .lifting import Lifted, Refusal, lift
from .limits import with_limits_last
from .results import Result
from .steps import FALSE, TRUE, Building, Step, depends
from .values import Value

__all__ = ["IntegerProgram", "integer_program"]

MOST_DECIMALS, MOST_WHOLE = 6, 10**9
"""Decimals and size of numbers rated by columns if an input declares none; other rows are rated one by one."""


@frozen
class IntegerProgram:
    """A plan as steps on integers, computed for every subject.

    Args:
        inputs: the inputs of the plan, in order; numbers without declared decimals or limits have at most six
            decimals and ten digits.
        steps: the steps, each of which may use earlier ones.
        results: the results by column.
        is_refused: the flag under which the scalar engine must rate the subject: an input or a number that is not
            valid, points that are entered or missing against the rules, or a fault.
        refusals: the reasons for that which the steps tell, in order.
        is_early: the flag under which an exemption ends the assessment, so that no other input is needed.
        asked: by input, the flag under which an exemption reads it; then it must be given, if it is required.
        texts: the texts of the rulebook; a step holds the index of one. Texts of inputs follow them.
        records: the fields of the records of each list, with limits as `inputs`.
        declared: the declared domains of the inputs, and `list.field`, that have fewer numbers here.
    """

    inputs: tuple[Variable, ...]
    steps: tuple[Step, ...]
    results: Mapping[str, Result]
    is_refused: int
    refusals: tuple[Refusal, ...]
    is_early: int
    asked: Mapping[str, int]
    texts: tuple[str, ...]
    records: Mapping[str, tuple[Variable, ...]]
    declared: Mapping[str, NumberDomain]

    @property
    def has_exemptions(self) -> bool:
        """Whether an exemption may end an assessment, or refuse a subject."""
        return self.is_early != FALSE or any(refusal.is_early and refusal.flag != FALSE for refusal in self.refusals)

    def variable(self, name: str) -> Variable:
        """Return an input, or a field of a list's records.

        Args:
            name: the value of an `input` step: its id, or `list.field`.
        """
        head, _, field = name.partition(".")
        return next(one for one in (self.records[head] if field else self.inputs) if one.id == (field or head))

    def __str__(self) -> str:
        return "\n".join(self.lines()) + "\n"

    def needed(self, names: list[str]) -> list[int]:
        """Return the numbers of the steps that some columns need, and of those that decide refusals."""
        wanted = [self.is_refused]
        for name in names:
            wanted += self.results[name].parts
        return depends(self.steps, wanted)

    def lines(self) -> Iterator[str]:
        """Yield the program as text: a line for each step, with the bits it takes."""
        path = ""
        results = {name: result for name, result in self.results.items() if result.is_given_by_steps}
        for number in self.needed(list(results)):
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
        for name, result in results.items():
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
            case "irrational":
                arguments = [" / ".join(pair) for pair in zip(names[::2], names[1::2], strict=True)]
                return f"{step.value}({', '.join(arguments)})"
            case "length":
                return f"length of {step.value}"
            case "any":
                return f"any of {step.value}: {names[0]}"
            case "sum" | "least" | "greatest":
                condition = f" if {names[0]}" if names[0] != "true" else ""
                return f"{step.operation} of {step.value}: {names[1]}{condition}"
            case "select":
                return f"{names[1]} if {names[0]} else {names[2]}"
            case sign:
                return f" {sign} ".join(names)


def integer_program(plan: Plan) -> IntegerProgram:
    """Return the integer program of a plan.

    Args:
        plan: the steps of an assessment.
    """
    declared: dict[str, NumberDomain] = {}

    def narrowed(variables: Iterable[Variable], prefix: str = "") -> tuple[Variable, ...]:
        found = tuple(map(_narrowed, variables))
        for variable, one in zip(variables, found, strict=True):
            if one is not variable and isinstance(variable.domain, NumberDomain):
                declared[f"{prefix}{one.id}"] = variable.domain
        return found

    records = {id_: evolve(one, fields=narrowed(one.fields, f"{id_}.")) for id_, one in plan.records.items()}
    plan = with_limits_last(evolve(plan, inputs=narrowed(plan.inputs), records=FrozenMap(records)))
    scalar = ScalarEngine(plan)
    levels = [level for step in plan.steps if isinstance(step, Banding) for level in step.levels]
    has_requirements = any(level.requires for level in levels)
    # Only the notes of the detailed function tell which requirements failed.
    lifted = lift(plan, scalar.detailed if has_requirements else scalar.core)
    return _Results(plan, lifted, declared).program()


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
    return evolve(variable, domain=domain) if is_kept and domain != variable.domain else variable


class _Results:
    """Builds the results for columns from the slots of the generated function."""

    def __init__(self, plan: Plan, lifted: Lifted, declared: Mapping[str, NumberDomain]) -> None:
        self.plan = plan
        self.declared = declared
        self.lifted = lifted
        self.build: Building = lifted.building
        self.texts = list(lifted.texts)
        self.kinds = {f"let.{id_}": value.op.type.kind for id_, value in plan.let.items()}
        self.kinds |= {f"outputs.{step.id}": step.op.type.kind for step in plan.steps if isinstance(step, Output)}

    def program(self) -> IntegerProgram:
        results: dict[str, Result] = {}
        given = self.lifted.given
        self.build.path = "result"
        is_rated = TRUE
        if given:
            status = self.status(given["status"][0])
            results["status"] = Result("text", TRUE, status, TRUE)
            is_rated = self.build.compare("==", status, self.text("rated"))
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
        if given:
            self.build.path = "result"
            results |= decided_results(self.build, self.plan, given, is_rated)
        return IntegerProgram(
            self.plan.inputs,
            tuple(self.build.steps),
            results,
            self.lifted.is_refused,
            self.lifted.refusals,
            self.lifted.is_early,
            self.lifted.asked,
            tuple(self.texts),
            {id_: one.fields for id_, one in self.plan.records.items()},
            self.declared,
        )

    def text(self, text: str) -> int:
        if text not in self.texts:
            self.texts.append(text)
        return self.build.integer(self.texts.index(text))

    def chosen(self, number: int, texts: tuple[str, ...]) -> int:
        """Return the text at an index."""
        found = self.text(texts[-1])
        for place, text in reversed(list(enumerate(texts[:-1]))):
            asked = self.build.compare("==", number, self.build.integer(place))
            found = self.build.choose(asked, self.text(text), found)
        return found

    def status(self, value: Value) -> int:
        found = self.text("rated")
        if "integer" in value.parts:
            found = self.chosen(value.parts["integer"][1], tuple(STATUSES[number] for number in sorted(STATUSES)))
        if "text" in value.parts:
            found = self.build.choose(value.when("text"), value.parts["text"][1], found)
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
            empty = FALSE if kind == "boolean" else self.build.integer(0)
            return Result(kind, FALSE, empty, self.build.integer(1))
        given, part = found
        if kind == "boolean" and not self.build.steps[part].is_flag:
            part = self.build.opaque("it works on objects", is_flag=True)
        below = denominator.parts.get("integer", (TRUE, self.build.integer(1)))[1]
        return Result(kind, self.build.both(when, given), part, below)

    def share(self, points: Result, most: Fraction) -> Result:
        value = self.build.arithmetic("*", points.value, self.build.integer(most.denominator))
        below = self.build.arithmetic("*", points.denominator, self.build.integer(most.numerator))
        return Result("number", points.given, value, below)
