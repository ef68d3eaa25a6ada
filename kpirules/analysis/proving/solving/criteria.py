"""Criteria over unknowns: whether they apply, their points, and how groups combine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

from attrs import define, evolve, field, frozen

from ....plan.steps import Applies, Combination, Combined, Judge
from .linear import ONE, ZERO, Lin, constant
from .nonlinear import product, quotient
from .operations import Operations
from .terms import Bit, Terms
from .values import OPEN, Stop, Value, bit_of, number_of

__all__ = ["Asked", "Criteria"]


@frozen
class Asked:
    """Whether a criterion applies: exactly one of four conditions holds.

    Args:
        yes, no, absent, open: it applies, it does not, its condition is absent, or a row leaves it undefined.
    """

    yes: Bit = True
    no: Bit = False
    absent: Bit = False
    open: Bit = False


@define(eq=False)
class Criteria:
    """The judging of the criteria of a subject.

    Args:
        operations: evaluates operations, and stores points by name.
        applies: the conditions, by criterion.
        excluded, lacking: by criterion, the conditions under which it has no points.
        insufficient, undefined: the conditions that a needed value is absent, or left undefined by a row.
    """

    operations: Operations
    applies: dict[str, Asked] = field(factory=dict)
    excluded: dict[str, Bit] = field(factory=dict)
    lacking: dict[str, Bit] = field(factory=dict)
    insufficient: Bit = False
    undefined: Bit = False

    @property
    def terms(self) -> Terms:
        return self.operations.terms

    def ask(self, step: Applies) -> Mapping[Stop, Bit]:
        """Translate whether a criterion applies, with its stops."""
        terms = self.terms
        above = self.applies[step.above] if step.above else Asked()
        if above.yes is False:
            self.applies[step.id] = above
            return {}
        found = self.operations.at(step.path, step.when, above.yes)
        held = bit_of(found.payload)
        here = terms.all([above.yes, found.there])
        self.applies[step.id] = Asked(
            terms.all([here, held]),
            terms.any([above.no, terms.all([here, terms.opposite(held)])]),
            terms.any([above.absent, terms.all([above.yes, self.operations.is_absent(found)])]),
            terms.any([above.open, terms.all([above.yes, found.stops.get(OPEN, False)])]),
        )
        return self.operations.under(above.yes, found.stops)

    # -- one criterion ----------------------------------------------------------------------------------

    def judge(self, step: Judge) -> Mapping[Stop, Bit]:
        """Translate a criterion, and store its points."""
        terms, operations = self.terms, self.operations
        guard = self.applies[step.guard].yes if step.guard else True
        asked = self.applies[step.id] if step.is_asked else Asked(guard)
        body, body_lacks = self._body(step, asked.yes)
        absent = terms.any(
            [terms.all([asked.yes, self._without(body, body_lacks)]), terms.all([guard, asked.absent])]
        )
        is_open = terms.any([terms.all([asked.yes, body.stops.get(OPEN, False)]), terms.all([guard, asked.open])])
        lacks = terms.any([is_open, terms.all([asked.yes, body_lacks])])
        self.undefined = terms.any([self.undefined, is_open])
        scored = terms.all([asked.yes, body.there])
        out = terms.opposite(terms.any([asked.yes, terms.all([guard, asked.absent]), terms.all([guard, asked.open])]))
        cases = [(scored, number_of(body.payload))]
        if step.missing == "exclude" and step.id != "score":
            out = terms.any([out, absent])
        elif step.missing in ("zero", "full"):
            most = ZERO if step.missing == "zero" or step.max is None else constant(step.max)
            cases.append((absent, most))
            scored = terms.any([scored, absent])
        else:
            lacks = terms.any([lacks, absent])
            self.insufficient = terms.any([self.insufficient, absent])
        payload = cases[0][1] if len(cases) == 1 else terms.chosen(absent, cases[1][1], cases[0][1])
        points = Value(payload, scored)
        self.excluded[step.id], self.lacking[step.id] = out, lacks
        operations.names[f"points.{step.id}"] = points
        if step.max:
            operations.names[f"share.{step.id}"] = evolve(points, payload=payload.times(1 / step.max))
        return operations.under(asked.yes, body.stops)

    def _without(self, body: Value, lacks: Bit) -> Bit:
        """Return the condition that a body gives no points for a reason other than a fault or a missing child."""
        return self.terms.all([self.operations.is_absent(body), self.terms.opposite(lacks)])

    def _body(self, step: Judge, applies: Bit) -> tuple[Value, Bit]:
        """Return the points of a criterion that applies, and whether a child lacks points."""
        terms, operations = self.terms, self.operations
        group = step.body
        if not isinstance(group, Combination):
            return self._scored(step, operations.at(step.key, group, applies)), False
        lacking = terms.any(self.lacking[child.id] for child in group.children)
        too_little = terms.any(self._too_little(group))
        going = terms.opposite(terms.any([lacking, too_little]))
        if going is False:
            return Value(ZERO, False), lacking
        if group.points is not None:
            found = self._scored(step, operations.at(step.key, group.points, terms.all([applies, going])))
        else:
            found = self._scored(step, self._combined(step, group))
        return Value(found.payload, terms.all([going, found.there]), operations.under(going, found.stops)), lacking

    def _scored(self, step: Judge, found: Value) -> Value:
        """Return points within their limits, then rounded."""
        terms, points = self.terms, number_of(found.payload)
        if step.is_clamped:
            points = points if step.low is None else terms.greatest(points, constant(step.low))
            points = points if step.high is None else terms.least(points, constant(step.high))
        else:
            ends = [(step.low, "<"), (step.high, ">")]
            beyond = terms.any(terms.compare(sign, points, constant(end)) for end, sign in ends if end is not None)
            stop = terms.all([found.there, beyond])
            if stop is not False:
                found = Value(
                    points,
                    terms.all([found.there, terms.opposite(beyond)]),
                    self.operations.joined(found.stops, {(step.path, "points"): stop}),
                )
        if step.round is not None:
            points = self.operations.rounded(step.round, points)
        return evolve(found, payload=points)

    # -- groups -----------------------------------------------------------------------------------------

    def _too_little(self, group: Combination) -> Iterable[Bit]:
        """Return the conditions under which a group itself is missing."""
        terms = self.terms
        if all(self.excluded[child.id] is False for child in group.children):
            return
        yield terms.all(self.excluded[child.id] for child in group.essential)
        whole = sum((child.amount for child in group.children), Fraction(0))
        if group.require_share is not None and whole:
            rest = self._remaining(group.children, [child.amount for child in group.children])
            yield terms.compare("<", rest, constant(group.require_share * whole))

    def _remaining(self, children: Iterable[Combined], amounts: Iterable[Fraction]) -> Lin:
        """Return the sum of the amounts of the remaining children."""
        found = ZERO
        for child, amount in zip(children, amounts, strict=True):
            found = found.plus(self._stays(child).times(amount))
        return found

    def _stays(self, child: Combined) -> Lin:
        """Return 1 if a child remains, else 0."""
        return ONE.minus(self.terms.indicator(self.excluded[child.id]))

    def _added(self, children: Iterable[Combined], factors: Iterable[Fraction]) -> Lin:
        """Return the sum of the points of remaining children, each times a factor."""
        found = ZERO
        for child, factor in zip(children, factors, strict=True):
            points = number_of(self.operations.read(f"points.{child.id}").payload)
            found = found.plus(self.terms.chosen(self.excluded[child.id], ZERO, points).times(factor))
        return found

    def _combined(self, step: Judge, group: Combination) -> Value:
        terms, children = self.terms, group.children
        if group.function == "sum":
            return Value(self._sum(group))
        most = step.max or Fraction(0)
        if group.function == "mean":
            total = self._added(children, [child.weight / (child.max or 1) * most for child in children])
            return Value(quotient(terms, total, self._remaining(children, [child.weight for child in children])))
        shares = {child.id: number_of(self.operations.read(f"share.{child.id}").payload) for child in children}
        match group.function:
            case "min" | "max":
                return Value(self._extreme(group, shares).times(most))
            case "product":
                found = ONE
                for child in children:
                    share = terms.chosen(self.excluded[child.id], ONE, shares[child.id])
                    found = product(terms, found, share)
                return Value(found.times(most))
        # Other means are only known to be between their shares.
        ranges = [terms.range(share) for share in shares.values()]
        low, high = (None if None in ends else ends for ends in zip(*ranges, strict=True))
        weights = [child.weight for child in children]
        key = (group.function, *shares.values(), *weights, *(self.excluded[child.id] for child in children))
        share = terms.number(
            key,
            None,
            None if low is None else min([Fraction(0), *(end for end in low if end is not None)]),
            None if high is None else max(end for end in high if end is not None),
        )
        for number, _ in share.terms:
            others = (group.function, *weights, *(self.excluded[child.id] for child in children))
            terms.unknowns[number].grows = others, tuple((one, 1) for one in shares.values())
        if group.function != "geometric_mean":
            return Value(share.times(most))
        fault = terms.bit((*key, "fault"))
        is_negative = terms.any(terms.compare("<", share, ZERO) for share in shares.values())
        fault = terms.all([fault, is_negative])
        return Value(share.times(most), terms.opposite(fault), {(step.path, "domain"): fault})

    def _extreme(self, group: Combination, shares: Mapping[str, Lin]) -> Lin:
        terms = self.terms
        result, some = ZERO, False
        known: Bit = some
        for child in group.children:
            share, stays = shares[child.id], terms.opposite(self.excluded[child.id])
            better = terms.least(result, share) if group.function == "min" else terms.greatest(result, share)
            best = share if known is False else terms.chosen(known, better, share)
            result = terms.chosen(stays, best, result)
            known = terms.any([known, stays])
        return result

    def _sum(self, group: Combination) -> Lin:
        children = group.children
        total = self._added(children, [Fraction(1)] * len(children))
        if not group.rescale:
            return total
        regular = [child for child in children if child.is_regular]
        maxima = [child.max or Fraction(0) for child in regular]
        whole = sum(maxima, Fraction(0))
        rest = self._remaining(regular, maxima)
        if rest == constant(whole):
            return total
        earned = self._added(regular, [Fraction(1)] * len(regular))
        return total.minus(earned).plus(quotient(self.terms, earned.times(whole), rest))
