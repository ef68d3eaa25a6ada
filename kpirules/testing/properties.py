"""Properties of all subjects of a rulebook, each tested in one line.

A property draws subjects near everything that the rules mention. If it fails, the subject is simplified and printed
as a case to paste into a case file. Each subject is rated alone, before quotas, and by its own variant and edition.
The file is long since every property has its documentation, and all share the helpers below.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any, Literal, TypeVar

from attrs import evolve, frozen
from hypothesis import HealthCheck, Phase, find, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample, Unsatisfiable

from ..analysis.proving.goals import Answer, Arguments
from ..engines.scalar import Decision
from ..errors import FaultError, KpirulesError, SubjectError
from ..kernel.exact import from_value, to_text
from ..language.model import BooleanDomain, ChoiceDomain, DateDomain, NumberDomain, Override
from ..rating.assessing import assess, part_of
from ..rating.program import Program
from ..record import Assessment
from .aiming import Aim, aims
from .strategies import Pair, Subject, changed, input_place, plainly, subjects_of
from .writing import case_text

__all__ = ["always_in_range", "invariants_hold", "monotone", "never_lower_than", "unaffected_by", "veto_dominates"]

EXAMPLES = 300
"""Default number of subjects drawn for each variant and edition."""

SEED = 335
"""A fixed seed: a property has the same result in every run with the same Python, Hypothesis and loaded modules,
whose constants are drawn too."""

Outcome = Assessment | KpirulesError
Drawn = TypeVar("Drawn")


def always_in_range(
    program: Program,
    *,
    least: int | Decimal | None = None,
    most: int | Decimal | None = None,
    examples: int = EXAMPLES,
) -> None:
    """Assert that no valid subject faults, and that every score is within its range.

    Args:
        program: the rules.
        least, most: ends of the range; the `min` and `max` of the score by default.
        examples: the number of subjects drawn.

    Raises:
        AssertionError: with a subject, as a case.
    """
    program = _require_alone(program)
    for aimed in aims(program):
        _in_range(program, aimed, least, most, examples)


def _in_range(
    program: Program, aimed: Aim, least: int | Decimal | None, most: int | Decimal | None, examples: int
) -> None:
    """Test the property for one variant and edition."""
    root = aimed.program.rulebook.root
    low = from_value(least) if least is not None else root.min if root is not None else None
    high = from_value(most) if most is not None else root.max if root is not None else None
    if not (least is None and most is None):
        aimed = evolve(aimed, range=(low, high))

    def is_outside(number: Fraction | None) -> bool:
        return number is not None and ((low is not None and number < low) or (high is not None and number > high))

    def fails(subject: Subject) -> bool:
        outcome = _outcome(program, subject)
        if isinstance(outcome, KpirulesError):
            return True
        return is_outside(outcome.exact_score) or (outcome.score is not None and is_outside(Fraction(outcome.score)))

    def wanted(arguments: Arguments) -> bool:
        decision = aimed.decide(arguments)
        if not isinstance(decision, Decision):
            # None means an invalid subject; a fault is not a decision.
            return decision is not None
        return not decision.is_early and is_outside(decision.number("exact_score"))

    subject = _simplest_failing(subjects_of(aimed, wanted), fails, examples)
    if subject is not None:
        outcome = _outcome(program, subject)
        if isinstance(outcome, KpirulesError):
            failure = f"a valid subject has no answer: {outcome.report.errors[0].message}"
        else:
            range_ = f"{_shown(low)} to {_shown(high)}"
            failure = f"the score {_shown(outcome.score)} is outside {range_}"
        _fail(failure, case_text("out of range", subject, outcome))


def monotone(
    program: Program, input: str, direction: Literal["up", "down"] = "up", *, examples: int = EXAMPLES
) -> None:
    """Assert that increasing an input never worsens the score or the band (with `down`: never improves them).

    A higher score is better, unless `better` of the rulebook says otherwise.

    Pairs of subjects that differ only in this input are compared, if both have a score, or a band.

    Args:
        program: the rules.
        input: a number, date, ordered choice or boolean (true is more), or `list.field` for a field of one record.
        direction: `up` if more is better, `down` if less is.
        examples: the number of pairs drawn.

    Raises:
        AssertionError: with both subjects, as cases.
        ValueError: if there is no such input, its values have no order, or it chooses the variant or the edition.
    """
    if direction not in ("up", "down"):
        raise ValueError(f'the direction is "up" or "down", not {direction!r}')
    program = _require_alone(program)
    compared = [_monotone(program, aimed, input, direction, examples) for aimed in _aims_with_input(program, input)]
    _require_pairs(sum(compared), input)


def _monotone(program: Program, aimed: Aim, input: str, direction: str, examples: int) -> int:
    """Test the property for one variant and edition; return how many pairs were compared."""
    order, scale = _order(aimed.program, input), _scale(aimed.program)
    compared = 0

    def falls(less: Drawn | None, more: Drawn | None, outcome: Callable[[Drawn], Outcome | Answer]) -> bool:
        if less is None or more is None:
            return False
        worse, better = (less, more) if direction == "up" else (more, less)
        return _is_lower(outcome(better), outcome(worse), scale)

    def fails(pair: Pair[Subject] | None) -> bool:
        nonlocal compared
        less, more = _ordered(pair, order)
        compared += less is not None
        return falls(less, more, lambda subject: _outcome(program, subject))

    def wanted(pair: Pair[Arguments]) -> bool:
        return falls(*_ordered(pair, order), aimed.decide)

    pair = _simplest_failing(changed(aimed, input, wanted), fails, examples)
    if pair is not None:
        less, more = _ordered(pair, order)
        assert less is not None
        assert more is not None
        verb = "lowers" if direction == "up" else "raises"
        failure = f"more of `{input}` {verb} the rating from {_rating(program, less)} to {_rating(program, more)}"
        _fail(failure, *_two_cases(program, f"less of {input}", less, f"more of {input}", more))
    return compared


def invariants_hold(program: Program, *, examples: int = EXAMPLES) -> None:
    """Assert that no subject breaks an invariant of the rulebook.

    A condition is evaluated for each drawn subject. `never_lowers` and `never_raises` are tested as `monotone` tests
    them, input by input.

    Args:
        program: the rules.
        examples: the number of subjects, or of pairs for each input, drawn.

    Raises:
        AssertionError: with one subject or two, as cases.
    """
    program = _require_alone(program)
    for aimed in aims(program):
        rulebook = aimed.program.rulebook
        if rulebook.invariants:
            _conditions_hold(program, aimed, examples)
        for rule in rulebook.directions:
            for inputs, direction in ((rule.never_lowers, "up"), (rule.never_raises, "down")):
                for input in inputs:
                    try:
                        _monotone(program, aimed, input, direction, examples)
                    except AssertionError as found:
                        raise AssertionError(f"the invariant `{rule.id}` does not hold: {found}") from None


def _conditions_hold(program: Program, aimed: Aim, examples: int) -> None:
    """Test the invariants that are conditions, for one variant and edition."""

    def broken(outcome: Outcome) -> list[str]:
        return (
            []
            if isinstance(outcome, KpirulesError)
            else [invariant.id for invariant in outcome.invariants if not invariant.held]
        )

    subject = _simplest_failing(
        subjects_of(aimed), lambda subject: bool(broken(_outcome(program, subject))), examples
    )
    if subject is not None:
        outcome = _outcome(program, subject)
        broken_ids = "` and `".join(broken(outcome))
        _fail(f"the invariant `{broken_ids}` does not hold", case_text("broken invariant", subject, outcome))


def unaffected_by(program: Program, input: str, *, examples: int = EXAMPLES) -> None:
    """Assert that an input changes neither status nor score nor band.

    Args:
        program: the rules.
        input: its id, or `list.field` for a field of one record.
        examples: the number of pairs drawn.

    Raises:
        AssertionError: with two subjects that differ only in this input, as cases.
        ValueError: if there is no such input, or it chooses the variant or the edition.
    """
    program = _require_alone(program)
    compared = [_unaffected(program, aimed, input, examples) for aimed in _aims_with_input(program, input)]
    _require_pairs(sum(compared), input)


def _unaffected(program: Program, aimed: Aim, input: str, examples: int) -> int:
    """Test the property for one variant and edition; return how many pairs were compared."""
    compared = 0

    def fails(pair: Pair[Subject] | None) -> bool:
        nonlocal compared
        if pair is None:
            return False
        compared += 1
        return _facts(_outcome(program, pair[0])) != _facts(_outcome(program, pair[1]))

    def wanted(pair: Pair[Arguments]) -> bool:
        return _facts(aimed.decide(pair[0])) != _facts(aimed.decide(pair[1]))

    pair = _simplest_failing(changed(aimed, input, wanted), fails, examples)
    if pair is not None:
        before, after = pair[:2]
        failure = f"`{input}` changes the rating from {_rating(program, before)} to {_rating(program, after)}"
        _fail(failure, *_two_cases(program, f"one {input}", before, f"another {input}", after))
    return compared


def veto_dominates(
    program: Program,
    override: str,
    *,
    when: Callable[[Mapping[str, Any]], bool] | None = None,
    examples: int = EXAMPLES,
) -> None:
    """Assert that no subject under a veto is rated better than the veto allows.

    Args:
        program: the rules.
        override: its id; it must force a band, cap the band, or make a subject unrated.
        when: the condition for the veto as a Python function of the given values, independent of the rulebook; by
            default the rulebook's own.
        examples: the number of subjects drawn, most of them under the veto if any are found.

    Raises:
        AssertionError: with a subject, as a case; also if no drawn subject was under the veto.
        ValueError: if there is no such override, or it is a floor.
    """
    program = _require_alone(program)
    found = [(aimed, rule) for aimed in aims(program) for rule in aimed.program.rulebook.overrides]
    vetoes = [(aimed, rule) for aimed, rule in found if rule.id == override and rule.kind != "band_at_least"]
    if not vetoes:
        known = dict.fromkeys(rule.id for _, rule in found if rule.kind != "band_at_least")
        problem = "is a floor" if any(rule.id == override for _, rule in found) else "does not exist"
        raise ValueError(f"the override `{override}` {problem}: vetoes are {', '.join(known) or 'none'}")
    if not sum([_dominates(program, aimed, rule, when, examples) for aimed, rule in vetoes]):
        raise AssertionError(f"`{override}` applied to no drawn subject: nothing was tested")


def _dominates(
    program: Program,
    aimed: Aim,
    rule: Override,
    when: Callable[[Mapping[str, Any]], bool] | None,
    examples: int,
) -> int:
    """Test the property for one variant and edition; return how many subjects were under the veto."""
    override = rule.id
    ranks = _scale(aimed.program).ranks
    applied = 0

    def applies(subject: Subject, outcome: Assessment) -> bool:
        if outcome.exemption is not None:
            return False
        fired = {fired.id for fired in outcome.overrides}
        return when(subject) if when is not None else override in fired

    def fails(subject: Subject) -> bool:
        nonlocal applied
        outcome = _outcome(program, subject)
        if isinstance(outcome, KpirulesError) or not applies(subject, outcome):
            return False
        applied += 1
        if rule.kind == "unrated":
            # Several overrides may make a subject unrated; the first decides the status.
            return outcome.status == "rated"
        if outcome.band is None:
            return False
        if isinstance(rule.target, str):
            return ranks[outcome.band] > ranks[rule.target]
        # A computed ceiling is in the record if it has fired.
        most = next((fired.target for fired in outcome.overrides if fired.id == override), None)
        return most is None or ranks[outcome.band] > ranks[most]

    def wanted(arguments: Arguments) -> bool:
        decision = aimed.decide(arguments)
        if not isinstance(decision, Decision) or decision.is_early:
            return False
        fires = bool(decision.part(f"fired.{override}"))
        return fires if when is None else when(plainly(aimed.program, arguments))

    subject = _simplest_failing(subjects_of(aimed, wanted), fails, examples)
    if subject is not None:
        target = rule.target if isinstance(rule.target, str) else rule.target.text
        failure = f"`{override}` ({rule.kind}: {target}) applies, and the rating is {_rating(program, subject)}"
        _fail(failure, case_text(f"{override} does not dominate", subject, _outcome(program, subject)))
    return applied


def never_lower_than(program: Program, old: Program, *, examples: int = EXAMPLES) -> None:
    """Assert that no subject is rated lower than by older rules, in score or band.

    With `better: lower` a higher score is the lower rating; with `better: listed` only bands are compared.

    Subjects that are valid under both rulebooks are compared. A band is compared if both have it, by the new order.

    Args:
        program: the new rules.
        old: the older ones.
        examples: the number of subjects drawn.

    Raises:
        AssertionError: with a subject, as a case with the result of the new rules.
    """
    program, old = _require_alone(program), _require_alone(old)

    def both(subject: Subject) -> tuple[Outcome, Outcome] | None:
        try:
            return _outcome(program, subject), _outcome(old, subject)
        except SubjectError:
            return None

    compared = 0

    def fails(subject: Subject) -> bool:
        nonlocal compared
        outcomes = both(subject)
        if outcomes is None:
            return False
        compared += 1
        part = part_of(program, subject)[0] if program.parts else program
        return _is_lower(*outcomes, _scale(part))

    for aimed in (*aims(program), *aims(old)):
        subject = _simplest_failing(subjects_of(aimed), fails, examples)
        if subject is not None:
            failure = f"the rating was {_rating(old, subject)} and is {_rating(program, subject)}"
            _fail(failure, case_text("lower than before", subject, _outcome(program, subject)))
    if not compared:
        raise AssertionError("no drawn subject is valid under both rulebooks: nothing was compared")


# -- helpers --------------------------------------------------------------------------------------


def _require_alone(program: Program) -> Program:
    """Return the program after checking that it rates each subject alone."""
    if program.is_compared:
        raise ValueError(
            "the rules compare members of a cohort, so no subject is rated alone: draw `cohorts(program)` and "
            "give them to `assess_cohort`"
        )
    return program.settled()


def _aims_with_input(program: Program, input: str) -> list[Aim]:
    """Return the variants and editions that have an input."""
    if input in (program.variant_by, program.edition_by):
        raise ValueError(f"`{input}` chooses the rules of a subject: compare within one `program.part`")
    found, problem = [], None
    for aimed in aims(program):
        try:
            input_place(aimed.program, input)
            found.append(aimed)
        except ValueError as none:
            problem = none
    if not found and problem is not None:
        raise problem
    return found


def _simplest_failing(
    strategy: st.SearchStrategy[Drawn], fails: Callable[[Drawn], bool], examples: int
) -> Drawn | None:
    """Return the simplest drawn value for which `fails` is true, or None."""
    # No database and no warnings about slow draws: a test depends on no earlier run.
    chosen = settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    try:
        return _plainer(find(strategy, fails, settings=chosen, random=Random(SEED)), fails)
    except NoSuchExample:
        return None
    except Unsatisfiable:
        raise AssertionError("no valid subject was drawn: nothing was tested") from None


def _plainer(drawn: Drawn, fails: Callable[[Drawn], bool]) -> Drawn:
    """Return a failing subject or pair without the inputs that it does not need to fail."""
    subjects_: tuple[Subject, ...] = drawn[:2] if isinstance(drawn, tuple) else (drawn,)
    for id_ in subjects_[0]:
        if any(id_ not in subject or subject[id_] != subjects_[0][id_] for subject in subjects_):
            continue
        fewer = tuple({name: value for name, value in subject.items() if name != id_} for subject in subjects_)
        following: Any = (*fewer, *drawn[2:]) if isinstance(drawn, tuple) else fewer[0]
        with suppress(SubjectError):
            if fails(following):
                drawn, subjects_ = following, fewer
    return drawn


def _fail(failure: str, *cases: str) -> None:
    raise AssertionError("\n".join([failure, "", "cases:", *cases]))


def _require_pairs(compared: int, input: str) -> None:
    if not compared:
        raise AssertionError(f"no drawn pair of valid subjects differs only in `{input}`: nothing was compared")


def _outcome(program: Program, subject: Subject) -> Outcome:
    """Return the assessment, or the fault of the rules."""
    try:
        return assess(program, subject)
    except FaultError as fault:
        return fault


def _two_cases(program: Program, name: str, first: Subject, other: str, second: Subject) -> tuple[str, str]:
    differs = {id_: value for id_, value in second.items() if id_ not in first or first[id_] != value}
    without = tuple(id_ for id_ in first if id_ not in second)
    return (
        case_text(name, first, _outcome(program, first)),
        case_text(other, differs, _outcome(program, second), like=name, without=without),
    )


def _facts(outcome: Outcome | Answer) -> tuple[object, ...]:
    if isinstance(outcome, KpirulesError):
        return tuple(diagnostic.code for diagnostic in outcome.report.errors)
    if isinstance(outcome, Assessment):
        return outcome.status, outcome.exact_score, outcome.score, outcome.band
    return (outcome.status, *_standing(outcome)) if isinstance(outcome, Decision) else (outcome,)


def _standing(outcome: Outcome | Answer) -> tuple[Fraction | None, str | None]:
    """Return the exact score and the band, each None if it is missing."""
    if isinstance(outcome, Assessment):
        return outcome.exact_score, outcome.band
    if isinstance(outcome, Decision) and not outcome.is_early:
        return outcome.number("exact_score"), outcome.band("band")
    return None, None


@frozen
class _Scale:
    """The order of ratings under one rulebook.

    Args:
        ranks: bands by rank, greater is better.
        sign: 1 if a higher score is better, -1 if a lower one is, 0 if only the list of bands decides.
    """

    ranks: Mapping[str, int]
    sign: int


def _scale(program: Program) -> _Scale:
    rulebook = program.rulebook
    ranks = {} if rulebook.bands is None else {id_: rank for rank, id_ in enumerate(reversed(rulebook.bands.ids))}
    is_of_score = rulebook.bands is None or rulebook.bands.measure is None
    sign = {"lower": -1, "listed": 0}.get(rulebook.better if is_of_score else "", 1)
    return _Scale(ranks, sign)


def _is_lower(outcome: Outcome | Answer, other: Outcome | Answer, scale: _Scale) -> bool:
    """Return whether a rating is worse than another by its score or by its band."""
    (score, band), (old_score, old_band) = _standing(outcome), _standing(other)
    if score is not None and old_score is not None and score * scale.sign < old_score * scale.sign:
        return True
    rank, old_rank = (scale.ranks.get(id_ or "") for id_ in (band, old_band))
    return rank is not None and old_rank is not None and rank < old_rank


def _rating(program: Program, subject: Subject) -> str:
    outcome = _outcome(program, subject)
    if isinstance(outcome, KpirulesError):
        return f"no answer ({outcome.report.errors[0].code})"
    parts = [outcome.band or outcome.status]
    exact = outcome.exact_score
    if outcome.score is not None:
        exact_text = "" if exact is None or exact == Fraction(outcome.score) else f", exactly {to_text(exact)}"
        parts.append(f"({_shown(outcome.score)}{exact_text})")
    return " ".join(parts)


def _shown(number: Fraction | Decimal | None) -> str:
    return "any" if number is None else to_text(Fraction(number))


def _order(program: Program, path: str) -> Callable[[Any], Any]:
    """Return the sort key for the values of an input."""
    place, field = input_place(program, path)
    variable = program.plan.inputs[place]
    if field is not None:
        variable = program.plan.records[variable.id].fields[field]
    match variable.domain:
        case NumberDomain() | BooleanDomain() | DateDomain():
            return lambda value: value
        case ChoiceDomain(options=options, order=order) if order is not None:
            ranked = options if order == "worst_first" else options[::-1]
            return ranked.index
    raise ValueError(f"the values of `{path}` have no order")


def _ordered(pair: Pair[Drawn] | None, order: Callable[[Any], Any]) -> tuple[Drawn | None, Drawn | None]:
    """Return the subject with the lower value and the one with the higher; None for both if a value is absent."""
    if pair is None:
        return None, None
    first, second, old, new = pair
    if old is None or new is None:
        return None, None
    return (first, second) if order(old) < order(new) else (second, first)
