"""The claims about any rulebook: faults, the range of the score, bands, vetoes, and its own invariants."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from functools import partial
from typing import Any

from attrs import evolve

from ...analysis.bounds import bounds
from ...analysis.checking.parts import parts
from ...analysis.proving import of_its_subjects
from ...analysis.proving.goals import Answer, Arguments, Goal
from ...analysis.proving.solving.asking import Answered
from ...analysis.proving.solving.linear import Lin, constant
from ...analysis.proving.solving.rating import Rating
from ...analysis.proving.solving.terms import Bit
from ...engines.scalar import Decision, Fault
from ...kernel.exact import to_text
from ...language.model import Override, Rulebook, Words, with_formulas_of_quotas
from ...plan import plan as plan_of
from ...plan.steps import Banding, Holds
from .asking import NEEDS_OTHERS, Asker, reasoned
from .claims import Claim

__all__ = ["accepting", "statements"]

CODES = {
    "no_fault": ("KR314", "KR317", "KR350", "KR351", "KR352", "KR362", "KR364"),
    "range": ("KR352",),
    "gap": ("KR330", "KR334"),
    "overlap": ("KR331",),
    "band": ("KR332",),
    "reached": ("KR315", "KR316", "KR336", "KR341", "KR363", "KR401", "KR402"),
}
"""The findings of `check` by which a rulebook may accept that a claim is refuted."""

MOST_FAULTS = 60
"""The most faults that are reported one by one."""

Conditions = Callable[[Rating], Iterable[Bit]]


def accepting(rulebook: Rulebook, claim: Claim) -> Claim:
    """Return a refuted claim with the reason by which the rulebook accepts it, if any."""
    if claim.answer != "refuted":
        return claim
    nodes = [part for part in parts(rulebook) if isinstance(part, Words)]
    reasons = [
        accepted.reason
        for words in nodes
        for accepted in words.allow
        if accepted.code in CODES.get(claim.kind, ()) and _is_near(words.path, claim.path)
    ]
    return (
        Claim(claim.kind, claim.path, claim.says, "refuted", claim.subjects, claim.ratings, allowed=reasons[0])
        if reasons
        else claim
    )


def _is_near(one: str, other: str) -> bool:
    """Return whether a part contains the other, or is in it."""
    shorter, longer = sorted((one, other), key=len)
    return not shorter or longer == shorter or longer.startswith((f"{shorter}.", f"{shorter}["))


def statements(asker: Asker) -> Iterator[Claim]:
    """Yield the claims about all subjects, with their answers.

    Args:
        asker: answers questions about one variant and edition.
    """
    rulebook = asker.program.rulebook
    yield from _no_faults(asker)
    yield from _in_range(asker)
    if rulebook.bands is not None:
        yield from _bands(asker)
    for override in rulebook.overrides:
        if override.kind != "band_at_least":
            yield _dominates(asker, override)
    for invariant in rulebook.invariants:
        text = " ".join(invariant.that.text.split())
        claim = Claim("invariant", invariant.words.path, f"the invariant `{invariant.id}` holds: {text}", "")
        ops = [step.that for step in asker.plan.steps if isinstance(step, Holds) and step.id == invariant.id]
        goal = Goal(_breaks(invariant.id), outcomes=tuple((op, False) for op in ops))
        yield never(asker, claim, goal.reached, partial(_broken, invariant.id), goal)


def never(
    asker: Asker,
    claim: Claim,
    reached: Callable[[Answer], bool],
    conditions: Conditions,
    goal: Goal | None = None,
) -> Claim:
    """Return the claim that something never happens, with its answer.

    Args:
        asker: answers questions.
        claim: the statement.
        reached: whether it happened, by the scalar engine.
        conditions: the same as conditions.
        goal: what a downhill search moves towards.
    """
    return _answered(asker, claim, asker.find(reached, conditions, goal=goal), ("refuted", "proved"))


def some(
    asker: Asker,
    claim: Claim,
    reached: Callable[[Answer], bool],
    conditions: Conditions,
    confirms: Callable[[Mapping[str, Any]], bool] | None = None,
    goal: Goal | None = None,
) -> Claim:
    """Return the claim that something happens to some subject, with its answer.

    Args:
        asker: answers questions.
        claim: the statement.
        reached: whether it happened, by the scalar engine.
        conditions: the same as conditions.
        confirms: a further condition on the given values of a subject; then the search is not asked first.
        goal: what a downhill search moves towards.
    """
    return _answered(asker, claim, asker.find(reached, conditions, confirms, goal), ("proved", "refuted"))


def _answered(asker: Asker, claim: Claim, found: Answered[Arguments], answers: tuple[str, str]) -> Claim:
    if found.status == "shown":
        assert found.shown is not None
        return accepting(asker.program.rulebook, asker.shown_by(claim, answers[0], [found.shown]))
    if found.status == "impossible":
        return accepting(asker.program.rulebook, Claim(claim.kind, claim.path, claim.says, answers[1]))
    return reasoned(claim, found.reason)


# -- faults and the range of the score ------------------------------------------------------------


def _no_faults(asker: Asker) -> Iterator[Claim]:
    claim = Claim("no_fault", "", "no valid subject faults", "")
    if asker.plan.cohort or asker.plan.moves:
        # The bounds hold for members of any cohort, also after quotas, and for the formulas of quotas.
        rulebook = asker.program.rulebook
        compared = of_its_subjects(plan_of(with_formulas_of_quotas(rulebook)), rulebook)
        yield reasoned(claim, NEEDS_OTHERS) if bounds(compared).faults else evolve(claim, answer="proved")
        return
    # The bounds rule out most faults by intervals; z3 is asked about the others.
    possible = {(fault.path, fault.kind) for fault in bounds(asker.plan).faults}

    def conditions(rating: Rating) -> Iterator[Bit]:
        yield rating.terms.any(bit for stop, bit in rating.faults.items() if stop in possible)

    found = never(asker, claim, lambda answer: isinstance(answer, Fault), conditions)
    if found.answer == "proved":
        yield found
        return
    rating = asker.forms.rating(asker.forms.loosest)
    stops = [] if rating is None else [stop for stop in rating.faults if stop in possible]
    if rating is None or len(stops) > MOST_FAULTS:
        yield found
        return
    left = []
    for path, kind in stops:
        claim = Claim("no_fault", path, f"no valid subject has a fault at `{path}` ({kind})", "")
        left.append(never(asker, claim, partial(_has_fault, path, kind), partial(_faults, path, kind)))
    open_ = [one for one in left if one.answer != "proved"]
    yield from open_ or [Claim(found.kind, found.path, found.says, "proved")]


def _has_fault(path: str, kind: str, answer: Answer) -> bool:
    return answer == Fault(path, kind)


def _faults(path: str, kind: str, rating: Rating) -> Iterator[Bit]:
    yield rating.faults.get((path, kind), False)


def _in_range(asker: Asker) -> Iterator[Claim]:
    root = asker.program.rulebook.root
    low, high = (None, None) if root is None else (root.min, root.max)
    if low is None and high is None:
        return
    least = [] if low is None else [f"at least {to_text(low)}"]
    words = least if high is None else [*least, f"at most {to_text(high)}"]
    ends = [(end, sign) for end, sign in ((low, "<"), (high, ">")) if end is not None]

    def is_outside(number: Fraction | None) -> bool:
        return number is not None and any(number < end if sign == "<" else number > end for end, sign in ends)

    def reached(answer: Answer) -> bool:
        if not isinstance(answer, Decision) or answer.is_early:
            return False
        return any(is_outside(answer.number(name)) for name in ("score", "exact_score"))

    def conditions(rating: Rating) -> Iterator[Bit]:
        yield rating.going
        outside: list[Bit] = []
        for name in ("score", "exact_score"):
            value = rating.operations.read(name)
            form = value.payload
            assert isinstance(form, Lin)
            beyond = [rating.terms.compare(sign, form, constant(end)) for end, sign in ends]
            outside.append(rating.terms.all([value.there, rating.terms.any(beyond)]))
        yield rating.terms.any(outside)

    yield never(asker, Claim("range", "score", f"the score is {' and '.join(words)}", ""), reached, conditions)


# -- bands ----------------------------------------------------------------------------------------


def _bands(asker: Asker) -> Iterator[Claim]:
    rulebook = asker.program.rulebook
    assert rulebook.bands is not None
    banding = next(step for step in asker.plan.steps if isinstance(step, Banding))
    levels = {level.id: level for level in banding.levels}
    for level in rulebook.bands.levels:
        claim = Claim("band", level.words.path, f"some subject gets `{level.id}`", "")
        requires = levels[level.id].requires
        outcomes = tuple((one.that, True) for one in requires)
        goal = Goal(_gets(level.id), "banded_on", levels[level.id].interval, outcomes)
        yield some(asker, claim, goal.reached, partial(_has_band, level.id), goal=goal)
    path = "bands" if not rulebook.bands.levels else rulebook.bands.levels[0].words.path.rpartition(".")[0]
    for kind, says in (("gap", "every score has a band"), ("overlap", "no score has two bands")):
        yield never(asker, Claim(kind, path, says, ""), _is_left(kind), partial(_left, kind))


def _has_band(id_: str, rating: Rating) -> Iterator[Bit]:
    yield rating.going
    yield rating.after[id_]


def _gets(band: str) -> Callable[[Answer], bool]:
    return lambda answer: isinstance(answer, Decision) and not answer.is_early and answer.band("band") == band


def _is_left(kind: str) -> Callable[[Answer], bool]:
    """Return a predicate: whether a score has no band, or more than one if an overlap is asked for."""

    def reached(answer: Answer) -> bool:
        if not isinstance(answer, Decision) or answer.is_early or answer.status != "undefined":
            return False
        is_placed = answer.number("banded_on") is not None or not answer.has("banded_on")
        return is_placed and answer.band("before") is None and (answer.applying > 1) == (kind == "overlap")

    return reached


def _left(kind: str, rating: Rating) -> Iterator[Bit]:
    terms = rating.terms
    yield rating.going
    yield rating.gap if kind == "gap" else rating.overlap
    yield from map(terms.opposite, (*rating.after.values(), rating.unrated))


# -- vetoes and invariants ------------------------------------------------------------------------


def _dominates(asker: Asker, override: Override) -> Claim:
    rulebook, id_ = asker.program.rulebook, override.id
    bands = () if rulebook.bands is None else rulebook.bands.ids
    target = override.target if isinstance(override.target, str) else override.target.text
    says = f"nobody under `{id_}` is rated better than `{target}`"
    if override.kind == "unrated":
        says = f"nobody under `{id_}` is rated"

    def reached(answer: Answer) -> bool:
        if not isinstance(answer, Decision) or answer.is_early:
            return False
        for fired in answer.fired():
            band = answer.band("band")
            if fired.id == id_ and override.kind == "unrated":
                return answer.status == "rated"
            if fired.id == id_ and band is not None:
                return isinstance(fired.target, int) and bands.index(band) < fired.target
        return False

    def conditions(rating: Rating) -> Iterator[Bit]:
        terms = rating.terms
        yield rating.going
        ways = []
        for target, fires in rating.targets[id_].items():
            above = bands if override.kind == "unrated" else bands[: bands.index(target)]
            ways.append(terms.all([fires, terms.any(rating.after.get(band, False) for band in above)]))
        yield terms.any(ways)

    return never(asker, Claim("veto", override.words.path, says, ""), reached, conditions)


def _broken(id_: str, rating: Rating) -> Iterator[Bit]:
    yield rating.going
    yield rating.terms.opposite(rating.held[id_])


def _breaks(id_: str) -> Callable[[Answer], bool]:
    def reached(answer: Answer) -> bool:
        is_evaluated = isinstance(answer, Decision) and not answer.is_early and answer.has(f"held.{id_}")
        return is_evaluated and isinstance(answer, Decision) and not answer.part(f"held.{id_}")

    return reached
