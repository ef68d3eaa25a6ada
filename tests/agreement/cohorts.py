"""Drawn rulebooks that compare members, and both engines on cohorts of drawn subjects."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Iterator

from attrs import define, field

from kpirules import (
    Assessment,
    FaultError,
    KpirulesError,
    Program,
    RulebookError,
    SubjectError,
    assess,
    assess_cohort,
)
from kpirules.analysis.checking.scopes import vocabulary
from kpirules.language.expressions import COHORT_FUNCTIONS
from kpirules.language.model import comparing_let

from .aiming import subject
from .comparing import FAULT, PROBLEMS, plain
from .drafting import Mapped
from .generation import MOST_REDRAWS, REFUSED_RIGHTLY, draw, unshown

__all__ = ["EXPECTED", "Cohorts", "agree"]

REFUSED = REFUSED_RIGHTLY | {"KR440", "KR441", "KR442"}
"""What the check may say of a rulebook to which comparisons were added: a `let` may read what is late or left open."""

EXPECTED = (
    *COHORT_FUNCTIONS,
    *(f"{name} of ratings" for name in COHORT_FUNCTIONS),
    "absent",
    "in a limit",
    "in an override",
    "exempt",
    "not rated",
    "fault",
    "problems",
)
"""What a run in CI must reach, each often enough."""


@define
class Cohorts:
    """The result of a run.

    Args:
        cohorts: the number of compared cohorts.
        members: in all of them that could be assessed.
        counts: what they reached.
        differences: cohorts on which the engines differ, in words.
    """

    cohorts: int = 0
    members: int = 0
    counts: Counter[str] = field(factory=Counter)
    differences: list[str] = field(factory=list)


def agree(seeds: Iterable[int]) -> Cohorts:
    """Compare both engines on cohorts of rulebooks drawn from some seeds."""
    run = Cohorts()
    for seed in seeds:
        source = random.Random(f"cohort {seed}")
        book, program, alone = _drawn(source)
        drawn = [subject(source, book, alone) for _ in range(18)]
        valid = [one for one in drawn if _is_valid(alone, one)]
        for members in (drawn[:4], valid[:6], valid):
            run.cohorts += 1
            named = {f"m{index}": one for index, one in enumerate(members)}
            reference, scalar = (_came(program, named, engine) for engine in ("reference", "scalar"))
            run.counts.update(_reached(program, reference))
            run.members += len(reference) if isinstance(reference, dict) else 0
            if _plain(reference) != _plain(scalar):
                run.differences.append(f"seed {seed}, {len(members)} members: {reference!r} and {scalar!r}")
    return run


def _is_valid(program: Program, given: Mapped) -> bool:
    try:
        assess(program, given)
    except SubjectError:
        return False
    except FaultError:
        return random.Random(str(given)).random() < 0.1
    return True


Outcome = dict[str, Assessment] | tuple[str, KpirulesError]


def _came(program: Program, members: dict[str, Mapped], engine: str) -> Outcome:
    try:
        return dict(assess_cohort(program, members, engine=engine))
    except FaultError as fault:
        return FAULT, fault
    except SubjectError as problems:
        return PROBLEMS, problems


def _plain(found: Outcome) -> object:
    if isinstance(found, dict):
        return {name: one.to_data() for name, one in found.items()}
    return plain((found[0], found[1].report))


def _reached(program: Program, found: Outcome) -> Iterator[str]:
    if not isinstance(found, dict):
        yield found[0]
        return
    rulebook = program.rulebook
    for assessment in found.values():
        values = {one.node: told.value for one, told in zip(program.compared, assessment.compared, strict=False)}
        for one in program.compared:
            if values.get(one.node) is not None:
                yield f"{one.node.function}{' of ratings' if one.is_rated else ''}"
            elif one.node in values:
                yield "absent"
        if any(limit.id == "compared" and limit.held for limit in assessment.limits):
            yield "in a limit"
        if any(override.id == "compared" for override in assessment.overrides):
            yield "in an override"
        if assessment.exemption is not None:
            yield "exempt"
        elif assessment.status != "rated" and rulebook.outputs:
            yield "not rated"


# -- rulebooks ------------------------------------------------------------------------------------


def _drawn(source: random.Random) -> tuple[Mapped, Program, Program]:
    """Return a rulebook that compares members, its program, and the program of the rulebook without comparisons."""
    for _ in range(MOST_REDRAWS):
        made = draw(source, unshown)
        book = {**made.book, "outputs": dict(made.book.get("outputs", {}))}
        _compare(source, book, made.program)
        try:
            program = unshown(book)
        except RulebookError as refused:
            if not {one.code for one in refused.report.errors} <= REFUSED:
                raise
            continue
        return made.book, program, made.program
    raise AssertionError(f"{MOST_REDRAWS} rulebooks in a row were refused")


def _compare(source: random.Random, book: Mapped, program: Program) -> None:
    """Add comparisons of members to the `let`, limits, overrides and outputs of a rulebook."""
    rulebook = program.rulebook
    plain_inputs = [one for one in rulebook.inputs if one.entered_for is None]
    numbers = [one.id for one in plain_inputs if one.type.kind == "number"]
    early = vocabulary(rulebook).early
    lets = [one.id for one in rulebook.let if one.id in early and one.id not in comparing_let(rulebook)]
    kinds = {id_: value.op.type.kind for id_, value in program.plan.let.items()}
    numbers += [id_ for id_ in lets if kinds[id_] == "number"]
    conditions = [one.id for one in plain_inputs if one.type.kind == "boolean"]
    conditions += [id_ for id_ in lets if kinds[id_] == "boolean"]
    within = [one.id for one in plain_inputs if one.type.kind in ("boolean", "choice") and not one.type.is_optional]
    if not numbers:
        numbers = ["1"]

    def number() -> str:
        x, y = source.choice(numbers), source.choice(numbers)
        forms = (
            x,
            x,
            f"{x} * 2 - {y}",
            f"{x} / 7",
            f"round({x} / (1 + {y} ** 2), 3)",
            f"{x} / {y}",
            f"abs({x}) + 1 / 3",
        )
        return source.choice(forms)

    def condition() -> str:
        x = source.choice(numbers)
        forms = [f"{x} > 1", f"{x} >= {source.choice(numbers)}", *conditions]
        return source.choice(forms)

    def compared(function: str, number_of: str, condition_of: str) -> str:
        if function == "cohort_count":
            return f"cohort_count({source.choice(('', condition_of))})"
        part = f"{source.choice(('0.5', '10%', '0', '1'))}, " if function == "cohort_quantile" else ""
        return f"{function}({part}{number_of})"

    functions = list(COHORT_FUNCTIONS)
    book["cohort"] = {"max_members": 40}
    if within and source.random() < 0.7:
        book["cohort"]["within"] = [source.choice(within)]
    let = book["let"] = dict(book.get("let", {}))
    for index in range(2):
        let[f"compared{index}"] = compared(source.choice(functions), number(), condition())
        book["outputs"][f"of_compared{index}"] = f"compared{index}"
    for function in source.sample(functions, 4):
        book["outputs"][f"of_{function}"] = compared(function, number(), condition())
    mean = f"default(cohort_avg({number()}), 0)"
    if "criteria" in book:
        score = book["score"] = {**book.get("score", {})}
        score["limits"] = {
            **score.get("limits", {}),
            "compared": {"when": f"cohort_count() > 2 and {mean} > {source.choice(('0', '1', '20'))}", "at_most": 60},
        }
        criteria = [one.id for one in rulebook.criteria()]
        share = f"points.{source.choice(criteria)}"
        for function in source.sample(functions, 4):
            rated = source.choice(("round(score, 4)", "score", f"round({share}, 4)"))
            asked = source.choice(("score > 10", f"given({share})", f"{share} > 5"))
            book["outputs"][f"rated_{function}"] = compared(function, rated, asked)
            if function == "cohort_count":
                book["outputs"][f"rated_{function}"] = f"cohort_count({asked})"
    kind = {"band_at_most": book_bands(book)[-1]} if book_bands(book) else {"unrated": "compared"}
    if source.random() < 0.4:
        when = f"cohort_count() > 3 and {mean} > {source.choice(numbers)}"
        book["overrides"] = {**book.get("overrides", {}), "compared": {"when": f"default({when}, False)", **kind}}


def book_bands(book: Mapped) -> list[str]:
    bands = book.get("bands", {})
    return list(bands.get("levels", bands))
