"""Criteria over variables: whether they apply, what they come to, and how groups come together."""

from __future__ import annotations

from fractions import Fraction

from attrs import define, evolve, field, frozen

from ..exact import DomainError, TooWide
from ..exact.irrational import geometric_mean
from ..plan.steps import Applies, Combination, Combined, Judge
from . import linear_functions
from .linear_conditions import compared
from .linear_forms import ONE, ZERO, Demand, Form, Payload, Quotient, Value, constant, need, summed
from .linear_ops import Evaluator

__all__ = ["Asked", "Criteria"]


@frozen
class Asked:
    """Whether a criterion applies: one of four bits.

    Args:
        yes, no, absent, open: it does, it does not, that is absent, or a row leaves it undefined.
    """

    yes: Form
    no: Form
    absent: Form
    open: Form


@define(eq=False)
class Criteria:
    """The judging of criteria in one attempt.

    Args:
        to: evaluates operations and takes what comes out.
        needs_score: whether nothing may be lacking.
        applies: by criterion.
        excluded: by criterion.
        lacking: by criterion.
    """

    to: Evaluator
    needs_score: bool
    applies: dict[str, Asked] = field(factory=dict)
    excluded: dict[str, Form] = field(factory=dict)
    lacking: dict[str, Form] = field(factory=dict)

    def ask(self, step: Applies) -> Value:
        model = self.to.model
        above = self.applies[step.above] if step.above else Asked(ONE, ZERO, ZERO, ZERO)
        if above.yes.is_constant and not above.yes.constant:
            self.applies[step.id] = above
            return Value(ZERO)
        found = self.to.value(step.when)
        held = need(found.payload)
        closed = model.opposite(found.open)
        here = model.all([above.yes, closed, found.there])
        no = model.all([here, model.opposite(held)])
        absent = model.all([above.yes, closed, model.opposite(found.there)])
        self.applies[step.id] = Asked(
            model.all([here, held]),
            no.plus(above.no),
            absent.plus(above.absent),
            model.both(above.yes, found.open).plus(above.open),
        )
        return self.to.effects([], found.closed, above.yes)

    # -- one criterion ----------------------------------------------------------------------------------

    def judge(self, step: Judge) -> Value:
        """What comes of a criterion; its points get their name."""
        model = self.to.model
        guard = self.applies[step.guard].yes if step.guard else ONE
        asked = self.applies[step.id] if step.is_asked else Asked(guard, ZERO, ZERO, ZERO)
        body, body_absent, body_lacking = self._body(step, asked.yes)
        absent_here, open_here = model.both(guard, asked.absent), model.both(guard, asked.open)
        # These exclude each other.
        out = ONE.minus(asked.yes).minus(absent_here).minus(open_here)
        absent = model.both(asked.yes, body_absent).plus(absent_here)
        lacks = model.both(asked.yes, body_lacking).plus(open_here)
        settled: Form | None = None
        if step.missing == "exclude" and step.id != "score":
            out = out.plus(absent)
        elif step.missing in ("zero", "full"):
            settled = absent
        else:
            lacks = lacks.plus(absent)
        if self.needs_score:
            model.fails(lacks)
            lacks = ZERO
        payload = body.payload
        if settled is not None:
            most = constant(step.max) if step.missing == "full" and step.max is not None else ZERO
            payload = self.to.mixed_payloads([(settled, most), (model.opposite(settled), payload)])
            if settled.is_constant:
                payload = most if settled.constant else body.payload
        there = model.all([model.opposite(out), model.opposite(lacks)])
        points = Value(payload, there)
        self.excluded[step.id], self.lacking[step.id] = out, lacks
        self.to.names[f"points.{step.id}"] = points
        if step.max:
            self.to.names[f"share.{step.id}"] = evolve(points, payload=self.to.scaled(payload, 1 / step.max))
        return self.to.effects([], body.closed, asked.yes)

    def _body(self, step: Judge, yes: Form) -> tuple[Value, Form, Form]:
        """Points with their effects, and whether they are absent or lacking."""
        model = self.to.model
        if yes.is_constant and not yes.constant:
            return Value(ZERO), ZERO, ZERO
        if not isinstance(step.body, Combination):
            found = self.to.value(step.body)
            absent = model.both(model.opposite(found.open), model.opposite(found.there))
            return self._scored(step, found, yes), absent, found.open
        lacking = model.any(self.lacking[child.id] for child in step.body.children)
        absent = model.any(self._too_little(step.body))
        go_on = model.all([model.opposite(lacking), model.opposite(absent)])
        absent = model.both(model.opposite(lacking), absent)
        if go_on.is_constant and not go_on.constant:
            return Value(ZERO), absent, lacking
        if step.body.points is not None:
            found = self.to.value(step.body.points)
            missing = model.all([go_on, model.opposite(found.open), model.opposite(found.there)])
            absent = model.any([absent, missing])
            lacking = model.any([lacking, model.both(go_on, found.open)])
        else:
            found = self._combined(step, step.body)
        found = self._scored(step, found, model.both(yes, go_on))
        return self.to.effects([], found, go_on), absent, lacking

    def _scored(self, step: Judge, found: Value, reached: Form) -> Value:
        """Points within their limits, then rounded."""
        model, payload = self.to.model, found.payload
        if found.there.is_constant and not found.there.constant:
            return found
        if step.is_clamped:
            if step.low is not None or step.high is not None:
                payload = linear_functions.clamped(self.to, payload, step.low, step.high)
        else:
            there = model.all([found.there, model.opposite(found.open), model.opposite(found.hit)])
            sure = model.both(reached, there)
            beyond = []
            for end, sign in ((step.low, "<"), (step.high, ">")):
                if end is None:
                    continue
                if sure.is_constant and sure.constant and not self.to.is_hitting:
                    # Beyond there is a fault, and none may happen here.
                    self._inside(payload, end, sign)
                else:
                    beyond.append(compared(self.to, sign, payload, constant(end)))
            if beyond:
                found = evolve(found, fault=model.any([found.fault, model.both(there, model.any(beyond))]))
        if step.round is not None:
            payload = self.to.rounded(payload, *step.round)
        return found if payload is found.payload else evolve(found, payload=payload)

    def _inside(self, payload: Payload, end: Fraction, sign: str) -> None:
        difference = self.to.subtracted(payload, constant(end))
        form = difference.over if isinstance(difference, Quotient) else need(difference)
        self.to.model.ordered(form, ">=" if sign == "<" else "<=")

    # -- groups -----------------------------------------------------------------------------------------

    def _too_little(self, group: Combination) -> list[Form]:
        """Conditions under which a group itself is missing."""
        model = self.to.model
        leaving = [child for child in group.children if self.excluded[child.id] is not ZERO]
        if not leaving:
            return []
        found = []
        found.append(model.all(self.excluded[child.id] for child in group.essential))
        if group.require_share is not None:
            whole = sum((child.amount for child in group.children), Fraction(0))
            if whole:
                rest = self._remaining([(child, child.amount) for child in group.children])
                found.append(model.compare(rest.minus(constant(group.require_share * whole)), "<"))
            elif group.require_share > 1:
                found.append(ONE)
        return found

    def _remaining(self, amounts: list[tuple[Combined, Fraction]]) -> Form:
        """The sum of the amounts of the children that remain."""
        return summed([self.to.model.opposite(self.excluded[child.id]).times(amount) for child, amount in amounts])

    def _added(self, children: list[Combined], factors: list[Fraction]) -> Payload:
        """The sum of the points that are there, each times a factor."""
        to = self.to
        forms: list[Form] = []
        others: Payload = ZERO
        for child, factor in zip(children, factors, strict=True):
            points = to.read(f"points.{child.id}")
            payload = points.payload
            if not points.there.is_constant:
                if isinstance(payload, Form):
                    payload = to.model.product(points.there, payload)
                else:
                    payload = to.mixed_payloads([(points.there, payload), (to.model.opposite(points.there), ZERO)])
            elif not points.there.constant:
                continue
            scaled = to.scaled(payload, factor)
            if isinstance(scaled, Form):
                forms.append(scaled)
            else:
                others = to.added(others, scaled)
        return to.added(summed(forms), others)

    def _combined(self, step: Judge, group: Combination) -> Value:
        children = list(group.children)
        if group.function == "sum":
            return Value(self._sum(group, children))
        assert step.max is not None
        if group.function == "mean":
            factors = [child.weight / child.max * step.max for child in children if child.max is not None]
            total = self._added(children, factors)
            weights = self._remaining([(child, child.weight) for child in children])
            if weights.is_constant:
                return Value(self.to.scaled(total, 1 / weights.value) if weights.constant else ZERO)
            return Value(self.to.quotient(total, weights))
        return self._by_definition(step, group, children)

    def _sum(self, group: Combination, children: list[Combined]) -> Payload:
        to = self.to
        total = self._added(children, [Fraction(1)] * len(children))
        if not group.rescale:
            return total
        regular = [child for child in children if child.is_regular]
        maxima = [child.max or Fraction(0) for child in regular]
        whole = sum(maxima, Fraction(0))
        rest = self._remaining(list(zip(regular, maxima, strict=True)))
        if rest.is_constant and (not rest.constant or rest.value == whole):
            return total
        earned = self._added(regular, [Fraction(1)] * len(regular))
        scaled = to.scaled(earned, whole)
        scaled = to.scaled(scaled, 1 / rest.value) if rest.is_constant else to.quotient(scaled, rest)
        if len(regular) == len(children):
            return scaled
        return to.added(to.subtracted(total, earned), scaled)

    def _by_definition(self, step: Judge, group: Combination, children: list[Combined]) -> Value:
        """The other means, products and extremes."""
        to, most = self.to, step.max
        assert most is not None
        shares = [(child, to.read(f"share.{child.id}")) for child in children]
        for _, share in shares:
            if not share.there.is_constant:
                raise Demand(tuple(share.there.terms))
        remaining = [(share.payload, child.weight) for child, share in shares if share.there.constant]
        if group.function in ("min", "max"):
            sign = "<=" if group.function == "min" else ">="
            return Value(to.scaled(linear_functions.extreme(to, [one for one, _ in remaining], sign), most))
        if group.function == "product":
            result: Payload = ONE
            for payload, _ in remaining:
                result = to.multiplied(result, payload)
            return Value(to.scaled(result, most))
        constants = []
        for payload, weight in remaining:
            form = need(payload)
            if not form.is_constant:
                raise Demand(tuple(form.terms))
            constants.append((form.value, weight))
        if group.function == "geometric_mean":
            try:
                return Value(constant(geometric_mean(constants) * most))
            except (DomainError, TooWide):
                return Value(ZERO, fault=ONE)
        if not all(share for share, _ in constants):
            return Value(ZERO)
        mean = sum((weight for _, weight in constants), Fraction(0)) / sum(
            (weight / share for share, weight in constants), Fraction(0)
        )
        return Value(constant(mean * most))
