"""Whether rows, overrides, limits and branches ever act: some subject reaches them, or none does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from itertools import islice
from typing import Any

from attrs import frozen

from ...analysis.proving.costs import cost_of
from ...analysis.proving.goals import Answer
from ...analysis.proving.solving.deciding import decides
from ...analysis.proving.solving.rating import Rating
from ...analysis.proving.solving.terms import Bit
from ...engines.scalar import Decision as Decided
from ...language.expressions import tree
from ...language.model import Cases, Criterion, Lookup, Steps
from ...plan import ops
from ...plan.ops import Op, is_closed, walk
from ...plan.steps import Judge
from ..decisions import Decision, Point, decisions
from ..watching import Watcher
from .asking import Asker
from .claims import Claim
from .statements import some

__all__ = ["reached"]

MOST_COST, MOST_SUBJECTS = 400_000, 250
"""The most that subjects may cost whose decisions are watched, in operations, and the most of them."""

EARLY = ("exemptions.", "validations.", "invariants.")
"""Conditions that are evaluated for subjects who are not rated, or that should never fail."""

CASES = ".cases["
"""The conditions of a decision table: its rows are asked about."""

Conditions = Callable[[Rating], Iterable[Bit]]


def reached(asker: Asker) -> Iterator[Claim]:
    """Yield a claim for each row, override, limit and branch that no tried subject reaches, and one for all others.

    Args:
        asker: answers questions about one variant and edition.
    """
    if asker.plan.cohort:
        return
    yield from _Reaching(asker).claims()


@frozen(slots=False, eq=False)
class _Reaching:
    """Watches which decision points subjects reach, and asks about the others.

    Args:
        asker: answers questions.
    """

    asker: Asker

    @cached_property
    def _watcher(self) -> Watcher:
        return Watcher(self.asker.program)

    def claims(self) -> Iterator[Claim]:
        points = [point for one in decisions(self.asker.program.rulebook) for point in one.points]
        asked = {point: conditions for point in points if (conditions := self._conditions(point)) is not None}
        seen = self._watched(asked)
        count = 0
        for point, conditions in asked.items():
            if point in seen:
                count += 1
                continue
            found = self._claim(point, conditions)
            if found.answer == "proved":
                count += 1
            else:
                yield found
        if count:
            says = f"{count} of {len(asked)} rows, overrides, limits and branches act for some subject"
            yield Claim("reached", "", says, "proved")

    def _watched(self, asked: Iterable[Point]) -> set[Point]:
        """Return the points that subjects of the search reach."""
        asker, left, seen = self.asker, set(asked), set[Point]()
        rated = [one for one, answer in asker.search.subjects() if isinstance(answer, Decided)]
        most = min(MOST_SUBJECTS, MOST_COST // max(cost_of(asker.plan), 1))
        step = max(1, len(rated) // max(most, 1))
        for arguments in islice(rated, 0, None, step):
            if not left:
                break
            found = self._watcher.covered(asker.program, asker.given(arguments))
            seen |= found
            left -= found
        return seen

    def _claim(self, point: Point, conditions: Conditions) -> Claim:
        asker, decision = self.asker, point.decision
        says = f"{_event_in_words(decision, point.outcome)} for some subject"

        def reaches(answer: Answer) -> bool:
            return isinstance(answer, Decided)

        def confirms(given: Mapping[str, Any]) -> bool:
            return point in self._watcher.covered(asker.program, given)

        kind = "condition" if decision.kind == "condition" else "reached"
        return some(asker, Claim(kind, decision.path, says, ""), reaches, conditions, confirms)

    # -- what to ask ------------------------------------------------------------------------------------

    def _conditions(self, point: Point) -> Conditions | None:
        """Return the conditions under which a point is reached; None for one that is not asked about."""
        decision, outcome = point.decision, point.outcome
        match decision.kind:
            case "override" if outcome == "decided":
                return lambda rating: (rating.going, decides(rating, decision.about))
            case "limit" if outcome == "decided":
                return lambda rating: (rating.going, rating.lowers[decision.path])
            case "row":
                return self._of_row(decision)
            case "condition" if not decision.path.startswith(EARLY) and CASES not in decision.path:
                return self._of_condition(decision.about, is_true=outcome == "true")
            case _:
                return None

    def _of_row(self, decision: Decision) -> Conditions | None:
        about, shape, row = decision.about
        if not isinstance(about, Criterion):
            return None
        match shape:
            case Steps(rows=rows) | Cases(rows=rows):
                place = [id(other) for other in rows].index(id(row))
            case Lookup(rows=rows):
                named = [id(other) for other in rows if not other.is_rest]
                place = named.index(id(row)) if id(row) in named else len(named)
            case _:
                return None
        step = next(step for step in self.asker.plan.steps if isinstance(step, Judge) and step.id == about.id)
        found = (
            None
            if not isinstance(step.body, Op)
            else next((part for part in walk(step.body) if isinstance(part, ops.Cases)), None)
        )
        if found is None:
            return None
        cases = found.cases

        def conditions(rating: Rating) -> Iterator[Bit]:
            yield rating.going
            yield rating.criteria.applies[step.guard].yes if step.guard else True
            if step.is_asked:
                yield rating.criteria.applies[step.id].yes
            taken = rating.operations.taken.get(id(cases), [])
            yield taken[place] if place < len(taken) else False

        return conditions

    def _of_condition(self, node: tree.Node, *, is_true: bool) -> Conditions | None:
        found = self._lowered.get(id(node), [])
        if not found or not all(map(is_closed, found)):
            return None

        def conditions(rating: Rating) -> Iterator[Bit]:
            yield rating.going
            ways, read_when = [], rating.operations.read_when()
            for under, value, name in (one for op in found for one in rating.operations.evaluated.get(id(op), ())):
                holds = rating.operations.is_true(value)
                result = holds if is_true else rating.terms.all([value.there, rating.terms.opposite(holds)])
                ways.append(rating.terms.all([under, read_when[name], result]))
            yield rating.terms.any(ways)

        return conditions

    @cached_property
    def _lowered(self) -> dict[int, list[Op]]:
        """The operations that a node of a formula was lowered to, by the identity of the node."""
        found: dict[int, list[Op]] = {}
        for op, node in self.asker.program.plan.origins.values():
            found.setdefault(id(node), []).append(op)
        return found


def _event_in_words(decision: Decision, outcome: str) -> str:
    """Return an outcome of a decision in words."""
    match decision.kind:
        case "override":
            return f"the override `{decision.about}` decides"
        case "limit":
            return f"the limit `{decision.about}` lowers the score"
        case "row":
            return f"the row `{decision.text}` of `{decision.path}` is reached"
        case _:
            return f"`{decision.text}` in `{decision.path}` is {outcome}"
