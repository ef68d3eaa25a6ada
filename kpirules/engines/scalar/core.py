"""A plan as one generated function, from the values of a subject to all decisions of an engine.

The function takes each input as an argument: numbers by their numerator over the denominator of their
domain, lists as sequences of tuples, None where a value is absent. After them come the values of the cohort, each
as a numerator and a denominator. It returns

- None if a validation fails, or entered points are missing or not allowed: the reference engine reports why;
- `(None, status, let…)` if an exemption ends the assessment;
- else the slots of `Core.slots`, the status first.

A detailed function also returns notes: what a record says about the steps.

It raises `Faulted` with the index of a site on a fault.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

from attrs import field, frozen

from ...plan import Plan
from ...plan.ops import Item, Op, Read, walk
from ...plan.steps import Applies, Banding, Entered, Exempt, Holds, Judge, Output, Override, Total, Validate
from .compiling import function
from .criteria import Criteria, guarded
from .emitted import Emitted, Other, cohort_value, input_value, name_of
from .names import MAX_CHAIN_LENGTH, WrittenTooOften, start_record
from .numbers import Num
from .operations import Operations
from .rating import Rating
from .runtime import RUNTIME
from .writing import INDENT, Writer

__all__ = ["Core", "Slot", "core"]

EARLY = ("exempted", "open.exemptions")
"""The notes of an assessment that ends early: the exemption, or the place of an undefined row."""


@frozen
class Slot:
    """The position of a part in the result of the function.

    Args:
        place: the index of the value, or of its numerator.
        denominator: the constant denominator of a number.
        at: the index of a denominator that is not constant, or None.
        is_number: whether the part is a number.
    """

    place: int
    denominator: int = 1
    at: int | None = None
    is_number: bool = False


@frozen(eq=False)
class Core:
    """The generated function of a plan.

    Args:
        text: the generated code.
        run: the function.
        slots: the positions of its parts: `status`, `score`, `exact_score`, `band`, `before`, `banded_on`,
            `applying`, `points.x`, `outcome.x`, `let.x`, `outputs.x`, `fired.x`, `target.x`, `held.x`. A
            detailed function also has, for a criterion, `why.x`, `open.x` (the place of an undefined row), `earned.x`
            (before its limits), `limited.x` (before rounding), `row.x`, `rescale.x`, `line.x.child`; `at_most.x` of a
            limit of the score that holds; `requires.band.x`, `number` (banded on), `scored` (the band before
            overrides); `open.limits`, `open.bands`, `open.overrides`, `open.outputs`.
        early: the slots if an exemption ends the assessment.
        sites: the paths that may fault, each with the kind of fault, by index.
        objects: what the text refers to besides the runtime, by mangled name.
    """

    text: str
    run: Callable[..., Any] = field(repr=False)
    slots: Mapping[str, Slot]
    early: Mapping[str, Slot]
    sites: tuple[tuple[str, str], ...]
    objects: Mapping[str, object] = field(repr=False)


def core(plan: Plan, *, is_detailed: bool = False) -> Core:
    """Return the generated function of a plan.

    Args:
        plan: the steps.
        is_detailed: whether it also returns the notes.
    """
    memo = _chain_breaks(plan)
    while True:
        writing = _CoreWriter(plan, memo, is_detailed=is_detailed)
        with suppress(WrittenTooOften):
            writing.write()
        # A value used in several places gets a function of its own, since its code would multiply.
        larger_memo = memo | {name for name, count in writing.operations.emitted.items() if count > 1}
        if larger_memo == memo:
            return writing.compiled()
        memo = larger_memo


def _chain_breaks(plan: Plan) -> frozenset[str]:
    """Return a `let` at regular distances in long chains, since code is written recursively."""
    found: set[str] = set()
    _cut({id_: value.op for id_, value in plan.let.items()}, found)
    for records in plan.records.values():
        _cut({f"{records.id}.{value.id}": value.op for value in records.let}, found, f"{records.id}.")
    return frozenset(found)


def _cut(values: Mapping[str, Op], found: set[str], prefix: str = "") -> None:
    depths: dict[str, int] = {}
    for name, op in values.items():
        names = {f"{prefix}{part.name}" for part in walk(op) if isinstance(part, Item if prefix else Read)}
        depths[name] = 1 + max((depths[read] for read in names if read in depths), default=0)
        if depths[name] > MAX_CHAIN_LENGTH:
            found.add(name)
            depths[name] = 0


class _CoreWriter:
    """Writes the code of the core; some `let` become functions of their own."""

    def __init__(self, plan: Plan, memo: frozenset[str], *, is_detailed: bool) -> None:
        self.plan = plan
        self.writer = Writer()
        self.operations = Operations(plan, self.writer, memo=memo, notes={} if is_detailed else None)
        self.criteria = Criteria(self.operations)
        self.rating = Rating(self.operations, self.criteria)
        self.lines: list[str] = []
        self.slots: dict[str, Slot] = {}

    def write(self) -> None:
        for index, variable in enumerate(self.plan.inputs):
            self.operations.values[variable.id] = input_value(f"u{index}", variable)
        for index, compared in enumerate(self.plan.cohort):
            self.operations.values[compared.id] = cohort_value(f"g{index}", compared)
        for key in EARLY:
            self.operations.note(key, Other("None"))
        steps = list(self.plan.steps)
        overrides = [step for step in steps if isinstance(step, Override)]
        outputs = [step for step in steps if isinstance(step, Output)]
        holds = [step for step in steps if isinstance(step, Holds)]
        for number, step in enumerate(steps, 1):
            self.operations.base = dict(self.operations.values)
            with self.writer.capture() as lines:
                match step:
                    case Exempt():
                        self.exempt(step)
                    case Validate():
                        self.validate(step)
                    case Applies():
                        self.criteria.ask(step)
                    case Entered():
                        self.entered(step)
                    case Judge():
                        self.criteria.judge(step)
                    case Total():
                        self.rating.total(step)
                    case Banding():
                        self.rating.band(step)
                    case Override() if step is overrides[0]:
                        self.rating.override(overrides)
                    case Output() if step is outputs[0]:
                        self.rating.output(outputs)
                    case Holds() if step is holds[0]:
                        self.rating.hold(holds)
                    case _:
                        pass
            self.lines += [*self.operations.pending, *([f"# step {number}"] if lines else []), *lines]
            self.operations.pending.clear()

    # -- steps before anything is judged ----------------------------------------------------------

    def exempt(self, step: Exempt) -> None:
        self.operations.path = step.path
        head, place = self.operations.open_row("open.exemptions")
        with self.unless_undefined(step.when, [*place, f"return {self.early('2')}"], head):
            result = self.operations.flag(step.when)
            status = self.writer.refer(step.status)
            noted = self.operations.note_text("exempted", step.id)
            self.writer.put(f"if {result.code}:", [*noted, f"return {self.early(status)}"])

    @contextmanager
    def unless_undefined(self, op: Op, otherwise: list[str], head: str = "except W:") -> Iterator[None]:
        """Write lines inside the block, and lines to run if an undefined row interrupts them."""
        if not self.plan.may_be_undefined(op):
            yield
            return
        with self.operations.branch() as lines:
            yield
        self.writer.lines += guarded(lines, op, self.operations, otherwise, head)

    def early(self, status: str) -> str:
        noted = [name_of(part) for key, part in (self.operations.notes or {}).items() if key in EARLY]
        return f"(None, {', '.join([status, *self.let_names(), *noted])})"

    def let_names(self) -> list[str]:
        """Return every `let` with its denominator, whether or not the denominator is variable."""
        return [name for index in self.operations.places.values() for name in (f"a{index}", f"a{index}d")]

    def validate(self, step: Validate) -> None:
        self.operations.path = step.path
        with self.unless_undefined(step.that, ["return None"]):
            if step.records:
                self.each(step)
            else:
                result = self.operations.flag(step.that)
                self.writer.put(f"if {result.code} is not True:", ["return None"])

    def each(self, step: Validate) -> None:
        """Write a condition on every record of a list, if the list is present."""
        records = self.operations.values[step.records]
        assert isinstance(records, Other)
        self.operations.loop, self.operations.items = step.records, {}
        with self.writer.capture() as lines:
            start_record(self.operations)
            result = self.operations.flag(step.that)
            self.writer.put(f"if {result.code} is not True:", ["return None"])
        self.operations.loop = ""
        with self.writer.capture() as loop:
            self.writer.put(f"for r in {records.code}:", lines)
        if records.is_optional:
            self.writer.put(f"if {records.code} is not None:", loop)
        else:
            self.writer.lines += loop

    def entered(self, step: Entered) -> None:
        """Write a check that points are entered if the criterion applies, and not otherwise."""
        value = self.operations.values[step.id]
        assert isinstance(value, Num)
        applies = self.criteria.applies[step.guard] if step.guard else "True"
        if step.guard:
            not_applicable = f"({applies} is False or {applies} is None)"
            self.writer.put(f"if {not_applicable} and {value.n} is not None:", ["return None"])
        if step.is_required:
            self.writer.put(f"if {applies} is True and {value.n} is None:", ["return None"])

    # -- the whole --------------------------------------------------------------------------------

    def compiled(self) -> Core:
        names = [f"u{index}" for index in range(len(self.plan.inputs))]
        names += [f"g{index}{part}" for index in range(len(self.plan.cohort)) for part in ("", "d")]
        given = self.given()
        start = self.start()
        body = [*start, *self.lines, f"return ({', '.join(given)},)"]
        text = "\n".join([f"def core({', '.join(names)}):", *(INDENT + line for line in body)]) + "\n"
        sites = tuple(self.operations.sites)
        early = self.early_slots()
        objects = self.writer.objects
        return Core(text, function(text, "core", {**RUNTIME, **objects}), self.slots, early, sites, objects)

    def start(self) -> list[str]:
        lines = []
        if self.operations.places:
            lets = " = ".join(f"a{index}" for index in self.operations.places.values())
            lines.append(f"{lets} = U")
            lines.append(" = ".join(f"a{index}d" for index in self.operations.places.values()) + " = 1")
        if self.criteria.can_be_insufficient:
            lines.append("ins = False")
        if self.criteria.can_be_undefined:
            lines.append("un = False")
        noted = (self.operations.notes or {}).values()
        lines += [f"{name_of(part)} = None" for part in noted]
        lines += [f"{part.d} = 1" for part in noted if isinstance(part, Num) and not isinstance(part.d, int)]
        lines.append("st = 0; b = b0 = None")
        if self.rating.applying:
            lines.append("nb = 0")
        names = ["sn", "xn", "bn", *(f"e{index}" for index in range(len(self.rating.outputs)))]
        if self.rating.may_be_unrated:
            lines.append(f"{' = '.join(names)} = None")
            lines.append(f"{'d = '.join(names)}d = 1")
        return lines

    def given(self) -> list[str]:
        """Return the values that the function returns, and record the slot of each.

        This is long since it names each value once.
        """
        items: list[str] = []

        def add(key: str, part: Emitted | str) -> None:
            place = len(items)
            if isinstance(part, Num):
                items.append(str(part.n))
                if isinstance(part.d, int):
                    self.slots[key] = Slot(place, part.d, None, True)
                else:
                    items.append(part.d)
                    self.slots[key] = Slot(place, 1, place + 1, True)
            else:
                items.append(part if isinstance(part, str) else part.code)
                self.slots[key] = Slot(place)

        rating = self.rating
        add("status", "st")
        if rating.score is not None and rating.exact is not None:
            add("score", rating.score)
            add("exact_score", rating.exact)
        if rating.has_bands:
            add("band", "b")
            add("before", "b0" if rating.fired else "b")
            if rating.banded_on is not None:
                add("banded_on", rating.banded_on)
            if rating.applying:
                add("applying", rating.applying)
        for id_, judged in self.criteria.judged.items():
            add(f"points.{id_}", judged.points)
            add(f"outcome.{id_}", str(judged.state))
        for id_, part in self.lets():
            add(f"let.{id_}", part)
        for kind, parts in (
            ("outputs", rating.outputs),
            ("fired", rating.fired),
            ("target", rating.targets),
            ("held", rating.held),
        ):
            for id_, name in parts.items():
                add(f"{kind}.{id_}", name)
        for key, noted in (self.operations.notes or {}).items():
            add(key, noted)
        return items

    def lets(self) -> list[tuple[str, Emitted]]:
        """Return every `let` as the code stores it."""
        found: list[tuple[str, Emitted]] = []
        for id_, index in self.operations.places.items():
            shape = self.operations.kept_lets.get(id_, Other(f"a{index}"))
            found.append((id_, shape))
        return found

    def early_slots(self) -> dict[str, Slot]:
        slots = {"status": Slot(1)}
        for place, (id_, part) in enumerate(self.lets()):
            at = 2 + 2 * place
            if isinstance(part, Num):
                is_fixed = isinstance(part.d, int)
                slots[f"let.{id_}"] = Slot(
                    at, part.d if isinstance(part.d, int) else 1, None if is_fixed else at + 1, True
                )
            else:
                slots[f"let.{id_}"] = Slot(at)
        first = 2 + len(self.let_names())
        return slots | {
            key: Slot(first + place) for place, key in enumerate(EARLY) if self.operations.notes is not None
        }
