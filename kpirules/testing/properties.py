"""What should hold for every subject of a rulebook, each in one line of a test.

A property draws subjects near everything that the rules look at. Where it does not hold, the subject is made as plain
as possible and printed as a case that can be pasted into a case file. Each subject is rated by itself, before quotas;
of rules with variants or editions, each by its own.
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

__all__ = ["always_in_range", "monotone", "never_lower_than", "unaffected_by", "veto_dominates"]

EXAMPLES = 300
"""Subjects that are drawn unless a caller says otherwise, for each variant and edition."""

SEED = 335
"""Where chance begins: a property that holds in one run holds in the next, as long as Python, Hypothesis and what is
loaded stay the same (constants of loaded modules are drawn as well)."""

Outcome = Assessment | KpirulesError
Drawn = TypeVar("Drawn")


def always_in_range(
    program: Program,
    *,
    least: int | Decimal | None = None,
    most: int | Decimal | None = None,
    examples: int = EXAMPLES,
) -> None:
    """Assert that every subject has an answer, and every score lies within its range.

    Args:
        program: the rules.
        least, most: ends of the range; the `min` and `max` of the score unless given.
        examples: how many subjects are drawn.

    Raises:
        AssertionError: with a subject, as a case.
    """
    program = _ready(program)
    for aimed in aims(program):
        _in_range(program, aimed, least, most, examples)


def _in_range(
    program: Program, aimed: Aim, least: int | Decimal | None, most: int | Decimal | None, examples: int
) -> None:
    """The property for one variant and edition."""
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
            # None is of the invalid; of a fault there is no answer.
            return decision is not None
        return not decision.is_early and is_outside(decision.number("exact_score"))

    subject = _found(subjects_of(aimed, wanted), fails, examples)
    if subject is not None:
        outcome = _outcome(program, subject)
        if isinstance(outcome, KpirulesError):
            said = f"there is no answer for a valid subject: {outcome.report.errors[0].message}"
        else:
            range_ = f"{_shown(low)} to {_shown(high)}"
            said = f"the score {_shown(outcome.score)} is outside {range_}"
        _fail(said, case_text("out of range", subject, outcome))


def monotone(
    program: Program, input: str, direction: Literal["up", "down"] = "up", *, examples: int = EXAMPLES
) -> None:
    """Assert that more of an input never worsens the score or the band, or with `down`, never improves them.

    A higher score is better, unless the rulebook says otherwise with `better`.

    Compared are two subjects that differ in this input alone, where both have a score, or a band.

    Args:
        program: the rules.
        input: a number, date, ordered choice or boolean (true is more), or `list.field` for a field of one record.
        direction: `up` where more is better, `down` where less is.
        examples: how many pairs are drawn.

    Raises:
        AssertionError: with both subjects, as cases.
        ValueError: where there is no such input, its values have no order, or it tells the variant or the edition.
    """
    if direction not in ("up", "down"):
        raise ValueError(f'the direction is "up" or "down", not {direction!r}')
    program = _ready(program)
    compared = [_monotone(program, aimed, input, direction, examples) for aimed in _having(program, input)]
    _need(sum(compared), input)


def _monotone(program: Program, aimed: Aim, input: str, direction: str, examples: int) -> int:
    """The property for one variant and edition; how many pairs were compared."""
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

    pair = _found(changed(aimed, input, wanted), fails, examples)
    if pair is not None:
        less, more = _ordered(pair, order)
        assert less is not None
        assert more is not None
        verb = "lowers" if direction == "up" else "raises"
        said = f"more of `{input}` {verb} the rating from {_rating(program, less)} to {_rating(program, more)}"
        _fail(said, *_two(program, f"less of {input}", less, f"more of {input}", more))
    return compared


def unaffected_by(program: Program, input: str, *, examples: int = EXAMPLES) -> None:
    """Assert that an input changes nothing: neither status nor score nor band.

    Args:
        program: the rules.
        input: its id, or `list.field` for a field of one record.
        examples: how many pairs are drawn.

    Raises:
        AssertionError: with two subjects that differ in this input alone, as cases.
        ValueError: where there is no such input, or it tells the variant or the edition.
    """
    program = _ready(program)
    compared = [_unaffected(program, aimed, input, examples) for aimed in _having(program, input)]
    _need(sum(compared), input)


def _unaffected(program: Program, aimed: Aim, input: str, examples: int) -> int:
    """The property for one variant and edition; how many pairs were compared."""
    compared = 0

    def fails(pair: Pair[Subject] | None) -> bool:
        nonlocal compared
        if pair is None:
            return False
        compared += 1
        return _facts(_outcome(program, pair[0])) != _facts(_outcome(program, pair[1]))

    def wanted(pair: Pair[Arguments]) -> bool:
        return _facts(aimed.decide(pair[0])) != _facts(aimed.decide(pair[1]))

    pair = _found(changed(aimed, input, wanted), fails, examples)
    if pair is not None:
        before, after = pair[:2]
        said = f"`{input}` changes the rating from {_rating(program, before)} to {_rating(program, after)}"
        _fail(said, *_two(program, f"one {input}", before, f"another {input}", after))
    return compared


def veto_dominates(
    program: Program,
    override: str,
    *,
    when: Callable[[Mapping[str, Any]], bool] | None = None,
    examples: int = EXAMPLES,
) -> None:
    """Assert that nobody to whom a veto applies is rated better than it allows.

    Args:
        program: the rules.
        override: its id; one that forces a band, is a ceiling, or leaves somebody unrated.
        when: to whom it must apply, said in Python of the subject as it is given, whatever the rulebook says.
            Unless given, that is to whom it does apply.
        examples: how many subjects are drawn, most of them such, as far as any are found.

    Raises:
        AssertionError: with a subject, as a case; also where it applied to nobody who was drawn.
        ValueError: where there is no such override, or it is a floor.
    """
    program = _ready(program)
    found = [(aimed, one) for aimed in aims(program) for one in aimed.program.rulebook.overrides]
    vetoes = [(aimed, one) for aimed, one in found if one.id == override and one.kind != "band_at_least"]
    if not vetoes:
        known = dict.fromkeys(one.id for _, one in found if one.kind != "band_at_least")
        problem = "is a floor" if any(one.id == override for _, one in found) else "does not exist"
        raise ValueError(f"the override `{override}` {problem}: vetoes are {', '.join(known) or 'none'}")
    if not sum([_dominates(program, aimed, one, when, examples) for aimed, one in vetoes]):
        raise AssertionError(f"`{override}` applied to none of the subjects that were drawn: nothing was tested")


def _dominates(
    program: Program,
    aimed: Aim,
    one: Override,
    when: Callable[[Mapping[str, Any]], bool] | None,
    examples: int,
) -> int:
    """The property for one variant and edition; to how many the veto applied."""
    override = one.id
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
        if one.kind == "unrated":
            # Several may leave somebody unrated; the first says how.
            return outcome.status == "rated"
        if outcome.band is None:
            return False
        if isinstance(one.target, str):
            return ranks[outcome.band] > ranks[one.target]
        # A ceiling that is computed is told by the record, where it has fired.
        most = next((fired.target for fired in outcome.overrides if fired.id == override), None)
        return most is None or ranks[outcome.band] > ranks[most]

    def wanted(arguments: Arguments) -> bool:
        decision = aimed.decide(arguments)
        if not isinstance(decision, Decision) or decision.is_early:
            return False
        fires = bool(decision.part(f"fired.{override}"))
        return fires if when is None else when(plainly(aimed.program, arguments))

    subject = _found(subjects_of(aimed, wanted), fails, examples)
    if subject is not None:
        target = one.target if isinstance(one.target, str) else one.target.text
        said = f"`{override}` ({one.kind}: {target}) applies, and the rating is {_rating(program, subject)}"
        _fail(said, case_text(f"{override} does not dominate", subject, _outcome(program, subject)))
    return applied


def never_lower_than(program: Program, old: Program, *, examples: int = EXAMPLES) -> None:
    """Assert that nobody is rated lower than by older rules: neither the score nor the band is.

    Under `better: lower` a higher score is the lower rating; under `better: listed` only bands are compared.

    Compared are subjects that are valid by both. A band is compared where both rulebooks have it, by the new order.

    Args:
        program: the new rules.
        old: the older ones.
        examples: how many subjects are drawn.

    Raises:
        AssertionError: with a subject, as a case with what comes out by the new rules.
    """
    program, old = _ready(program), _ready(old)

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
        subject = _found(subjects_of(aimed), fails, examples)
        if subject is not None:
            said = f"the rating was {_rating(old, subject)} and is {_rating(program, subject)}"
            _fail(said, case_text("lower than before", subject, _outcome(program, subject)))
    if not compared:
        raise AssertionError("no subject that was drawn is valid by both rulebooks: nothing was compared")


# -- what they share ------------------------------------------------------------------------------


def _ready(program: Program) -> Program:
    """The rules, where they rate one subject by itself."""
    if program.is_compared:
        raise ValueError(
            "the rules compare members of a cohort, so no subject is rated by itself: draw `cohorts(program)` and "
            "give them to `assess_cohort`"
        )
    return program.settled()


def _having(program: Program, input: str) -> list[Aim]:
    """The variants and editions that have an input."""
    if input in (program.variant_by, program.edition_by):
        raise ValueError(f"`{input}` tells by which rules a subject is rated: compare those of one `program.part`")
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


def _found(strategy: st.SearchStrategy[Drawn], fails: Callable[[Drawn], bool], examples: int) -> Drawn | None:
    """The plainest of what is drawn for which something happens, or None."""
    # Nothing is remembered from run to run, nor told of slow draws: a test depends on no run before it.
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
    """The same without whatever may be left out of a subject, or of both alike."""
    subjects_: tuple[Subject, ...] = drawn[:2] if isinstance(drawn, tuple) else (drawn,)
    for id_ in subjects_[0]:
        if any(id_ not in one or one[id_] != subjects_[0][id_] for one in subjects_):
            continue
        fewer = tuple({name: value for name, value in one.items() if name != id_} for one in subjects_)
        following: Any = (*fewer, *drawn[2:]) if isinstance(drawn, tuple) else fewer[0]
        with suppress(SubjectError):
            if fails(following):
                drawn, subjects_ = following, fewer
    return drawn


def _fail(said: str, *cases: str) -> None:
    raise AssertionError("\n".join([said, "", "cases:", *cases]))


def _need(compared: int, input: str) -> None:
    if not compared:
        raise AssertionError(f"no two valid subjects were drawn that differ in `{input}` alone: nothing was compared")


def _outcome(program: Program, subject: Subject) -> Outcome:
    """The assessment, or the fault of the rules."""
    try:
        return assess(program, subject)
    except FaultError as fault:
        return fault


def _two(program: Program, name: str, first: Subject, other: str, second: Subject) -> tuple[str, str]:
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
    """The exact score and the band; what has none of them is neither higher nor lower than anything."""
    if isinstance(outcome, Assessment):
        return outcome.exact_score, outcome.band
    if isinstance(outcome, Decision) and not outcome.is_early:
        return outcome.number("exact_score"), outcome.band("band")
    return None, None


@frozen
class _Scale:
    """What is better than what under one rulebook.

    Args:
        ranks: bands by how good they are.
        sign: 1 where a higher score is better, -1 where a lower one is, 0 where the list of bands alone tells.
    """

    ranks: Mapping[str, int]
    sign: int


def _scale(program: Program) -> _Scale:
    rulebook = program.rulebook
    ranks = {} if rulebook.bands is None else {id_: rank for rank, id_ in enumerate(reversed(rulebook.bands.ids))}
    is_of_score = rulebook.bands is None or rulebook.bands.measure is None
    sign = {"lower": -1, "listed": 0}.get(rulebook.better if is_of_score else "", 1)
    return _Scale(ranks, sign)


def _is_lower(outcome: Outcome | Answer, than: Outcome | Answer, scale: _Scale) -> bool:
    """Whether a rating is worse by its score or by its band."""
    (score, band), (old_score, old_band) = _standing(outcome), _standing(than)
    if score is not None and old_score is not None and score * scale.sign < old_score * scale.sign:
        return True
    one, other = (scale.ranks.get(each or "") for each in (band, old_band))
    return one is not None and other is not None and one < other


def _rating(program: Program, subject: Subject) -> str:
    outcome = _outcome(program, subject)
    if isinstance(outcome, KpirulesError):
        return f"no answer ({outcome.report.errors[0].code})"
    parts = [outcome.band or outcome.status]
    exact = outcome.exact_score
    if outcome.score is not None:
        beside = "" if exact is None or exact == Fraction(outcome.score) else f", exactly {to_text(exact)}"
        parts.append(f"({_shown(outcome.score)}{beside})")
    return " ".join(parts)


def _shown(number: Fraction | Decimal | None) -> str:
    return "any" if number is None else to_text(Fraction(number))


def _order(program: Program, way: str) -> Callable[[Any], Any]:
    """By what the values of an input are ordered."""
    place, field = input_place(program, way)
    variable = program.plan.inputs[place]
    if field is not None:
        variable = program.plan.records[variable.id].fields[field]
    match variable.domain:
        case NumberDomain() | BooleanDomain() | DateDomain():
            return lambda value: value
        case ChoiceDomain(options=options, order=order) if order is not None:
            ranked = options if order == "worst_first" else options[::-1]
            return ranked.index
    raise ValueError(f"the values of `{way}` have no order")


def _ordered(pair: Pair[Drawn] | None, order: Callable[[Any], Any]) -> tuple[Drawn | None, Drawn | None]:
    """The subject with less and the one with more; none where one of the values is absent."""
    if pair is None:
        return None, None
    one, other, old, new = pair
    if old is None or new is None:
        return None, None
    return (one, other) if order(old) < order(new) else (other, one)
