"""A drawn rulebook with the outcome of every subject."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from copy import deepcopy
from functools import cached_property
from itertools import product
from typing import Any

from attrs import field, frozen

from kpirules import Diagnostic, Program, Report, SubjectError, check, load
from kpirules.analysis.proving.goals import Answer, Arguments
from kpirules.analysis.proving.records import all_values
from kpirules.analysis.proving.subjects import are_valid
from kpirules.documents import build, read_mapping
from kpirules.engines.scalar import Decision, Fault, ScalarEngine
from kpirules.language.model import ListDomain, Rulebook, TextDomain, with_formulas_of_quotas
from kpirules.plan import Plan, plan
from kpirules.plan.steps import Variable
from kpirules.rating.assessing.choosing import part_of

from .drafting import Mapped

__all__ = ["Tried", "built", "decided", "part_at", "tried_parts", "without", "written"]

TEXTS = ("", "x", "y", "z")
"""All that the formulas tell apart: those that they compare with, and two others."""


def built(book: Mapped) -> Rulebook | None:
    """Return the rulebook of a document, without checking it."""
    document, _ = read_mapping(book)
    if document is None:
        return None
    rulebook, found = build(document)
    return None if rulebook is None or any(one.is_error for one in found) else rulebook


def tried_parts(book: Mapped) -> list[Tried]:
    """Return each variant and edition of a rulebook with its subjects; none if the check refuses it."""
    whole = Tried(book)
    if whole.report.errors:
        return []
    program = load(book)
    parts = []
    for part in program.whole:
        tried = Tried(book)
        tried.__dict__.update(rulebook=part.rulebook, report=part.report, program=program)
        tried.__dict__["subjects"] = [one for one in tried.subjects if _rates(program, part, tried.given(one))]
        parts.append(tried)
    return parts


def _rates(program: Program, part: Program, subject: Mapped) -> bool:
    """Return whether `assess` chooses this part of a program for a subject."""
    try:
        return part_of(program, subject)[0] is part
    except SubjectError:
        return False


@frozen(slots=False, eq=False)
class Tried:
    """A rulebook, its report, and the outcome of each subject.

    Args:
        book: the document.
    """

    book: Mapped
    _others: dict[str, list[Answer] | None] = field(factory=dict)

    @cached_property
    def report(self) -> Report:
        return check(self.book)

    @cached_property
    def rulebook(self) -> Rulebook:
        found = built(self.book)
        assert found is not None
        return found

    @cached_property
    def program(self) -> Program:
        return Program(self.rulebook, self.report)

    @cached_property
    def plan(self) -> Plan:
        return plan(with_formulas_of_quotas(self.rulebook))

    @cached_property
    def engine(self) -> ScalarEngine:
        return ScalarEngine(self.plan)

    @cached_property
    def subjects(self) -> list[Arguments]:
        """All subjects inside the domains."""
        return list(product(*(_values(self.plan, one) for one in self.plan.inputs)))

    @cached_property
    def answers(self) -> list[Answer]:
        return [self.engine.alone(one) for one in self.subjects]

    @cached_property
    def decisions(self) -> list[Decision]:
        """The decisions about valid subjects without a fault."""
        return [one for one in self.answers if isinstance(one, Decision)]

    def found(self, *codes: str) -> Iterator[Diagnostic]:
        yield from (one for one in self.report if one.code in codes)

    def given(self, arguments: Arguments) -> Mapped:
        """Return a subject as it is passed to `assess`."""
        return {name: value for name, value in self.engine.unpack(arguments).items() if value is not None}

    def answers_of(self, change: Callable[[Mapped], object], key: str) -> list[Answer] | None:
        """Return the outcomes of the same subjects by a changed, unchecked rulebook; None if it can't be built.

        Args:
            change: acts on a copy of the document.
            key: tells changes apart.
        """
        if key not in self._others:
            book = deepcopy(self.book)
            change(book)
            other = built(book)
            engine = None if other is None else ScalarEngine(plan(with_formulas_of_quotas(other)))
            self._others[key] = None if engine is None else [engine.alone(one) for one in self.subjects]
        return self._others[key]

    def first_difference(
        self, change: Callable[[Mapped], object], key: str, *, of: str = "everything"
    ) -> Mapped | None:
        """Return the first subject with another decision after a change.

        Args:
            change: acts on a copy of the document.
            key: tells changes apart.
            of: `everything`, `rating` for status and band alone, `answers` where faults are left aside, or `rated
                answers` for both.
        """
        answers = self.answers_of(change, key)
        assert answers is not None, f"{key} leaves no rulebook"
        for subject, before, after in zip(self.subjects, self.answers, answers, strict=True):
            if of.endswith("answers") and isinstance(before, Fault):
                continue
            if decided(before, of) != decided(after, of):
                return self.given(subject)
        return None

    @cached_property
    def codes(self) -> Counter[str]:
        return Counter(one.code for one in self.report)


def decided(answer: Answer, of: str = "everything") -> object:
    """Return the comparable values of an answer."""
    if not isinstance(answer, Decision):
        return answer
    if answer.is_early:
        return answer.status
    rating = (answer.status, answer.band("band"))
    if of in ("rating", "rated answers"):
        return rating
    outputs = answer.group("outputs") if answer.status == "rated" else {}
    return (*rating, answer.number("score"), answer.number("exact_score"), answer.group("points"), outputs)


def _values(of: Plan, variable: Variable) -> list[Any]:
    match variable.domain:
        case TextDomain():
            return [*TEXTS, *([None] if variable.type.is_optional else [])]
        case ListDomain(max_items=most):
            records = list(product(*(_values(of, one) for one in of.records[variable.id].fields)))
            lists = (list(some) for size in range(most + 1) for some in product(records, repeat=size))
            single = frozen_plan(of, variable)
            return [one for one in lists if are_valid(single, (one,))]
        case _:
            return list(all_values(variable))


def frozen_plan(of: Plan, variable: Variable) -> Plan:
    """Return the plan with a single input."""
    return Plan((variable,), of.records, *(getattr(of, name) for name in _REST))


_REST = ("let", "children", "steps", "criteria", "bands", "tables", "undefined")


# -- documents --------------------------------------------------------------------------------------


def part_at(book: Mapped, path: str) -> Any:
    """Return the value at a path such as `criteria.c1.steps[2]`, None if there is none."""
    part: Any = book
    for key in _keys(path):
        if isinstance(part, dict) and key not in part and key in part.get("levels", ()):
            part = part["levels"]
        try:
            part = part[key]
        except (KeyError, IndexError, TypeError):
            return None
    return part


def _keys(path: str) -> Iterator[str | int]:
    for key in path.replace("]", "").replace("[", ".").split("."):
        yield int(key) if key.isdigit() else key


def without(path: str) -> Callable[[Mapped], object]:
    """Return a change that removes the value at a path."""
    above, _, last = path.rpartition(".")

    def change(book: Mapped) -> object:
        return (part_at(book, above) if above else book).pop(last)

    return change


def written(path: str, value: object) -> Callable[[Mapped], object]:
    """Return a change that writes another value at a path."""
    above, _, last = path.rpartition(".")

    def change(book: Mapped) -> None:
        (part_at(book, above) if above else book)[last] = value

    return change
