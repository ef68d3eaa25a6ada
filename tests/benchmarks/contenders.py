"""The measured rulebooks, and the contenders that rate their subjects."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from attrs import frozen

import kpirules
from kpirules.engines.scalar import Decision

from . import by_hand, subjects
from .subjects import Subject

__all__ = ["BOOKS", "BY_HAND", "CONTENDERS", "ZEN", "Book", "Contender", "contender", "read_assessment"]

HERE = Path(__file__).parent
EXAMPLES = HERE.parents[1] / "examples"

BY_HAND = "by hand, floats"
ZEN = "zen-engine, loader"
CORE = "kpirules, core"

Score = Decimal | float | None


@frozen
class Book:
    """A rulebook to measure.

    Args:
        name: what tables call it, and its function in `subjects`, `by_hand` and `by_zen`.
        program: compiled.
        subjects: as a caller has them.
    """

    name: str
    program: kpirules.Program
    subjects: list[Subject]

    @staticmethod
    def of(name: str, count: int = 200) -> Book:
        """Return the book with a name, and some subjects."""
        return Book(name, kpirules.load(BOOKS[name]), getattr(subjects, name)(count))


BOOKS = {"staff": EXAMPLES / "nd335" / "staff.kpi.yaml", "weighted30": HERE / "weighted30.kpi.yaml"}
"""The rulebooks by name: Nghị định 335/2025/NĐ-CP with twelve tasks, and thirty weighted indicators."""


@frozen
class Contender:
    """A way to rate the subjects of a rulebook.

    Args:
        evaluate: what is timed, of one subject.
        subjects: in the form that it takes; making that form is not timed.
        rating: score and band of what `evaluate` gives.
    """

    evaluate: Callable[[Any], Any]
    subjects: list[Any]
    rating: Callable[[Any], tuple[Score, str | None]]


CONTENDERS: dict[str, Callable[[Book], Contender]] = {}
"""By the name that tables show. Whatever is registered when the measuring starts is measured."""


def contender(name: str) -> Callable[[Callable[[Book], Contender]], Callable[[Book], Contender]]:
    """Register a contender; the decorated function prepares it for a rulebook, outside the measured time."""

    def register(prepare: Callable[[Book], Contender]) -> Callable[[Book], Contender]:
        CONTENDERS[name] = prepare
        return prepare

    return register


@contender(BY_HAND)
def _by_hand(book: Book) -> Contender:
    return Contender(
        getattr(by_hand, book.name), subjects.with_floats(book.subjects), lambda rating: (rating[0], rating[1])
    )


def read_assessment(assessment: kpirules.Assessment) -> kpirules.Assessment:
    """Return an assessment after reading its main results, which may be computed only then."""
    _ = assessment.score, assessment.band, assessment.margin, assessment.points
    return assessment


@contender(CORE)
def _core(book: Book) -> Contender:
    """Rate by the generated function, on values that are already converted."""
    scalar = book.program.scalar
    run, slots, bands = scalar.core.run, scalar.core.slots, scalar.plan.bands
    admitted = [scalar.admit(subject) for subject in book.subjects]
    arguments = [one[0] for one in admitted if one is not None]
    assert len(arguments) == len(book.subjects)

    def rating(parts: tuple[Any, ...]) -> tuple[Score, str | None]:
        decision = Decision(slots, parts, bands)
        return decision.decimal("score"), decision.band("band")

    return Contender(lambda values: run(*values), arguments, rating)


@contender("kpirules.assess")
def _assess(book: Book) -> Contender:
    program, assess = book.program, kpirules.assess
    return Contender(lambda subject: read_assessment(assess(program, subject)), book.subjects, _assessed)


@contender("kpirules.assess, every part")
def _assess_whole(book: Book) -> Contender:
    """Rate, and read the points of every criterion as exact numbers."""
    program, assess = book.program, kpirules.assess

    def whole(subject: Subject) -> kpirules.Assessment:
        assessment = read_assessment(assess(program, subject))
        dict(assessment.points)
        return assessment

    return Contender(whole, book.subjects, _assessed)


@contender("kpirules.assess, to_data")
def _assess_to_data(book: Book) -> Contender:
    """Rate, and write the record as plain data without formulas."""
    program, assess = book.program, kpirules.assess
    return Contender(
        lambda subject: assess(program, subject).to_data(formulas=False),
        book.subjects,
        lambda data: (Decimal(data["score"]), data["band"]),
    )


@contender("kpirules.assess, reference")
def _assess_by_reference(book: Book) -> Contender:
    program, assess = book.program, kpirules.assess
    return Contender(
        lambda subject: read_assessment(assess(program, subject, engine="reference")), book.subjects, _assessed
    )


def _assessed(assessment: kpirules.Assessment) -> tuple[Score, str | None]:
    return assessment.score, assessment.band


# An extra of the project: whoever has not installed it measures the rest.
if find_spec("zen"):
    from . import by_zen

    @contender(ZEN)
    def _zen_loaded(book: Book) -> Contender:
        return _zen(book, by_zen.loaded)

    @contender("zen-engine, decision")
    def _zen_decision(book: Book) -> Contender:
        return _zen(book, by_zen.decision)

    def _zen(book: Book, way: Callable[[by_zen.Model], by_zen.Evaluate]) -> Contender:
        plain = subjects.with_texts(subjects.with_floats(book.subjects))
        return Contender(
            way(getattr(by_zen, book.name)()), plain, lambda result: (result.get("score"), result.get("band"))
        )
