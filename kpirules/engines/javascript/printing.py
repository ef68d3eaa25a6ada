"""Prints the steps of a plan as functions in JavaScript.

The rating is one function. Each check of the inputs is another, so that a subject hears of all that is wrong with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from attrs import evolve, frozen

from ...plan import Plan
from ...plan.ops import Item, Op, Read, walk
from ...plan.steps import Applies, Entered, Exempt, Validate
from ..integers import Obstacle
from ..integers.lifting import Lifted, Refusal, lift
from ..integers.values import Value
from ..scalar import ScalarEngine
from .functions import Function

__all__ = ["Gate", "NoJavaScriptForm", "Printed", "printed"]

REQUIRED = (
    *("status", "score", "exact_score", "band", "before", "banded_on", "points", "outcome", "outputs"),
    *("fired", "exempted", "open"),
)
"""Results without which there is no rating; what else has no form is left out."""

SHOWN = ("let", "held", "row", "why")
"""Results that a subject's answer has, beside the required ones."""


class NoJavaScriptForm(ValueError):
    """A rulebook that has no form in JavaScript.

    Args:
        obstacles: the steps in the way.
    """

    def __init__(self, obstacles: Iterable[Obstacle]) -> None:
        self.obstacles = tuple(dict.fromkeys(obstacles))
        super().__init__("there is no form in JavaScript: " + "; ".join(map(str, self.obstacles)))


@frozen
class Gate:
    """A check of the inputs.

    Args:
        id: the validation, or the input whose points are entered.
        records: the list whose records it checks, or empty.
        is_entered: whether it is about entered points.
        reads: the inputs that it reads; of records, also their fields as `list.field`.
        text: a function that returns the index of the refusal that holds, else null.
        faults: the path and kind of each of them; the kind is empty if the subject is not valid.
    """

    id: str
    records: str
    is_entered: bool
    reads: tuple[str, ...]
    text: str
    faults: tuple[tuple[str, str], ...]


@frozen
class Printed:
    """A plan in JavaScript.

    Args:
        text: a function from the values of a subject to the index of the refusal that holds, or else to the values
            of `keys`. It takes an array with the value of each input: a numerator, a day number, a boolean, a text,
            an array of records, or null.
        keys: the names of the values.
        faults: the path and kind of each refusal, in order; the kind is empty if the subject is not valid.
        gates: the checks of the inputs.
        exempt: two functions: one that returns the index of the fault of an exemption, or else whether one ends the
            assessment, and one that returns for each input of `asked` whether one reads it; empty without exemptions.
        exempt_faults: the path and kind of each of those faults.
        asked: the inputs that exemptions may read.
        is_real: whether it has irrational functions.
        left_out: the results without which there is a rating, and that no integer step computes.
    """

    text: str
    keys: tuple[str, ...]
    faults: tuple[tuple[str, str], ...]
    gates: tuple[Gate, ...]
    exempt: str
    exempt_faults: tuple[tuple[str, str], ...]
    asked: tuple[str, ...]
    is_real: bool
    left_out: tuple[str, ...]


def printed(plan: Plan) -> Printed:
    """Return a plan in JavaScript.

    Args:
        plan: the steps of an assessment.

    Raises:
        NoJavaScriptForm: if a step has no integer form.
    """
    lifted = lift(plan, ScalarEngine(plan).detailed, has_fractions=True)
    function = Function(plan, lifted)
    obstacles = [*_open_validations(plan), *_in_the_way(function, lifted)]
    if obstacles:
        raise NoJavaScriptForm(obstacles)
    values = {key: pair for key, pair in lifted.given.items() if not function.obstacles(_roots(*pair))}
    templates = {"early": f"{{f{lifted.is_early}}}"}
    templates |= {key: text for key, pair in values.items() if (text := function.template_of(key, *pair)) is not None}
    roots = [lifted.is_early, *(n for key in templates if key in values for n in _roots(*values[key]))]
    return Printed(
        function.text(
            "rate", f"[{', '.join(templates.values())}]", roots, [refusal.flag for refusal in lifted.refusals]
        ),
        tuple(templates),
        _faults(lifted.refusals),
        tuple(
            _gate(plan, step, f"gate{number}")
            for number, step in enumerate(step for step in plan.steps if isinstance(step, Validate | Entered))
        ),
        *_exempt(plan),
        any(step.operation in ("irrational", "defined") for step in function.steps),
        tuple(key for key in lifted.given if key not in templates and key.partition(".")[0] in SHOWN),
    )


def _in_the_way(function: Function, lifted: Lifted) -> Iterator[Obstacle]:
    """Yield the obstacles to printing a plan: results that are required, and refusals."""
    if not lifted.given:
        yield Obstacle("criteria", "no subject can be rated without a fault")
    for key, pair in lifted.given.items():
        if key.partition(".")[0] in REQUIRED:
            yield from function.obstacles(_roots(*pair))
    yield from function.obstacles([refusal.flag for refusal in lifted.refusals])


def _exempt(plan: Plan) -> tuple[str, tuple[tuple[str, str], ...], tuple[str, ...]]:
    """Return the functions of the exemptions by themselves, the path and kind of each fault, and the inputs read."""
    steps = tuple(step for step in plan.steps if isinstance(step, Exempt))
    if not steps:
        return "", (), ()
    alone = evolve(plan, steps=steps, cohort=())
    lifted = lift(alone, ScalarEngine(alone).detailed, has_fractions=True)
    function, flags = Function(alone, lifted), [*lifted.asked.values()]
    refusals = [refusal.flag for refusal in lifted.refusals]
    if found := function.obstacles([lifted.is_early, *flags, *refusals]):
        raise NoJavaScriptForm(found)
    ends = function.text("exempt", f"{{f{lifted.is_early}}}", [lifted.is_early], refusals)
    asks = Function(alone, lifted).text("asked", f"[{', '.join(f'{{f{flag}}}' for flag in flags)}]", flags, [])
    return f"{ends}\n{asks}", _faults(lifted.refusals), tuple(lifted.asked)


def _gate(plan: Plan, step: Validate | Entered, name: str) -> Gate:
    """Return the check of a validation or of entered points, by itself."""
    asked = {one.id: one for one in plan.steps if isinstance(one, Applies)}
    guards: list[Applies] = []
    guard = step.guard if isinstance(step, Entered) else ""
    while guard:
        guards.insert(0, asked[guard])
        guard = asked[guard].above
    alone = evolve(plan, steps=(*guards, step), cohort=())
    lifted = lift(alone, ScalarEngine(alone).core, has_fractions=True)
    function = Function(alone, lifted)
    refusals = [refusal.flag for refusal in lifted.refusals]
    if found := function.obstacles(refusals):
        raise NoJavaScriptForm(found)
    is_entered = isinstance(step, Entered)
    records = "" if isinstance(step, Entered) else step.records
    read = [one.when for one in guards] + ([] if isinstance(step, Entered) else [step.that])
    return Gate(
        step.id,
        records,
        is_entered,
        (*_reads(plan, read, records), *([step.id] if is_entered else ())),
        function.text(name, "null", [], refusals),
        _faults(lifted.refusals),
    )


def _faults(refusals: Iterable[Refusal]) -> tuple[tuple[str, str], ...]:
    return tuple((one.path, "" if one.kind in ("validation", "open", "entered") else one.kind) for one in refusals)


def _open_validations(plan: Plan) -> Iterator[Obstacle]:
    for step in plan.steps:
        if isinstance(step, Validate) and plan.may_be_undefined(step.that):
            yield Obstacle(step.path, "a validation may reach an `undefined` row")


def _reads(plan: Plan, waiting: list[Op], records: str = "") -> tuple[str, ...]:
    """Return the inputs that formulas read, also through named values, and the fields of records as `list.field`."""
    fields = {value.id: value.op for value in plan.records[records].let} if records else {}
    found: dict[str, None] = {}
    while waiting:
        for part in walk(waiting.pop()):
            name, inside = "", fields
            if isinstance(part, Read):
                name, inside = part.name, {id_: value.op for id_, value in plan.let.items()}
            elif isinstance(part, Item) and records:
                name = f"{records}.{part.name}"
                inside = {f"{records}.{id_}": op for id_, op in fields.items()}
            if name and name not in found:
                found[name] = None
                waiting += [inside[name]] if name in inside else []
    return tuple(found)


def _roots(value: Value, denominator: Value) -> list[int]:
    """Return the steps of a result."""
    found = []
    for kind, (when, part) in value.parts.items():
        found += [when, *([part] if isinstance(part, int) and kind not in ("none", "unknown") else [])]
    return found + [part for _, part in denominator.parts.values() if isinstance(part, int)]
