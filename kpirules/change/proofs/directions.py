"""The direction of every input: whether a greater value alone may lower, or raise, score and band."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property, partial

from attrs import define, evolve, field, frozen

from ...analysis.proving.solving.asking import Answered, Asking, Numbers
from ...analysis.proving.solving.attempts import Attempt, first_settled
from ...analysis.proving.solving.pairs import Pair
from ...analysis.proving.solving.terms import Bit
from ...analysis.proving.varying import CHANGES, LOWERS, RAISES, RATES, Two, Varied, varied_inputs
from ...language.model import Direction, Rulebook
from ...plan.steps import Variable
from .asking import CHOOSES, COMPARED, Asker, reasoned
from .claims import Claim, InputDirection

__all__ = ["Directions"]


@define(eq=False, slots=False)
class Directions:
    """The directions of the inputs of one variant and edition, each asked once.

    Args:
        asker: answers questions about it.
    """

    asker: Asker
    _found: dict[str, InputDirection] = field(factory=dict)

    @cached_property
    def variables(self) -> dict[str, Variable]:
        """The inputs, and the fields of lists as `list.field`, whose values may have an effect."""
        return varied_inputs(self.asker.plan, self.asker.program.rulebook)

    @property
    def _choosing(self) -> tuple[str | None, str | None]:
        """The inputs that choose the variant and the edition."""
        rulebook = self.asker.program.rulebook
        return rulebook.variant_by, rulebook.edition_by

    def all(self) -> Iterator[InputDirection]:
        """Yield the direction of every input."""
        for id_ in self.variables:
            yield self.of(id_)

    def of(self, id_: str) -> InputDirection:
        """Return the direction of one input, or `list.field`."""
        if id_ not in self._found:
            self._found[id_] = _Input(self.asker, id_, self.variables[id_]).direction()
        return self._found[id_]

    def demanded(self) -> Iterator[Claim]:
        """Yield the claims that invariants of the rulebook make about directions."""
        for direction in self.asker.program.rulebook.directions:
            for ids, says in ((direction.never_lowers, "never_lowers"), (direction.never_raises, "never_raises")):
                for id_ in ids:
                    yield self._demanded(direction, id_, says)

    def _demanded(self, direction: Direction, id_: str, says: str) -> Claim:
        way = _in_words(self.asker.program.rulebook, LOWERS if says == "never_lowers" else RAISES)
        text = f"the invariant `{direction.id}` holds: more of `{id_}` never {way}"
        claim = Claim("invariant", direction.words.path, text, "proved")
        if id_ in self._choosing:
            return reasoned(claim, CHOOSES)
        if id_ not in self.variables:
            return claim  # nothing reads it
        answered: Claim = getattr(self.of(id_), says)
        return evolve(answered, kind=claim.kind, path=claim.path, says=claim.says)


def _in_words(rulebook: Rulebook, way: str) -> str:
    """Return in words how a greater value of an input changes the rating; a lower score may be a better rating."""
    if rulebook.better in ("", "higher"):
        return f"{way} score or band"
    return f"makes the rating {'worse' if way == LOWERS else 'better'}"


@frozen(slots=False, eq=False)
class _Input:
    """Asks about one input.

    Args:
        asker: answers questions.
        id: of the input, or `list.field`.
        variable: its declaration.
    """

    asker: Asker
    id: str
    variable: Variable
    _translated: dict[int | None, Pair] = field(factory=dict)

    @cached_property
    def varied(self) -> Varied:
        return Varied(self.asker.search, self.asker.program.rulebook, self.id, self.variable)

    def direction(self) -> InputDirection:
        more, is_ordered = f"more of `{self.id}`", self.varied.order is not None
        if is_ordered:
            found = {way: self._found(way) for way in (LOWERS, RAISES)}
            rulebook = self.asker.program.rulebook
            claims = [self._claim(f"{more} never {_in_words(rulebook, way)}", found[way]) for way in (LOWERS, RAISES)]
        else:
            more = f"another `{self.id}`"
            found = {CHANGES: self._found(CHANGES)}
            claims = [self._claim(f"{more} never changes score or band", found[CHANGES])] * 2
        matters = None
        if all(one.status == "impossible" for one in found.values()):
            matters = self._claim(f"{more} never changes whether there is a rating", self._found(RATES))
        return InputDirection(self.id, is_ordered, claims[0], claims[1], matters)

    def _claim(self, says: str, found: Answered[Two]) -> Claim:
        claim = Claim("direction", f"inputs.{self.id.replace('.', '.fields.')}", says, "proved")
        if found.status == "shown":
            assert found.shown is not None
            return self.asker.shown_by(claim, "refuted", found.shown)
        return claim if found.status == "impossible" else reasoned(claim, found.reason)

    def _found(self, way: str) -> Answered[Two]:
        if self.asker.plan.cohort:
            return Answered("unknown", reason=COMPARED)
        if not self.asker.search.has_subjects:
            return Answered("impossible")
        pair = self.varied.tried.get(way)
        if pair is None:
            found = self._asked(way)
            if found.shown is None:
                return found
            pair = found.shown
        return Answered("shown", self.varied.plainer(way, pair))

    # -- z3 ---------------------------------------------------------------------------------------------

    def _asked(self, way: str) -> Answered[Two]:
        return first_settled(self.asker.sizes, partial(self._attempt, way), self.asker.untranslated)

    def _attempt(self, way: str, most: int | None) -> Attempt[Two]:
        if most not in self._translated:
            self._translated[most] = Pair(self.asker.plan, self.id, self.variable, most)
        pair = self._translated[most]
        is_whole = pair.less.inputs.is_whole
        lemmas = pair.lemmas if is_whole else None
        asking = Asking(
            pair.terms, partial(_both, pair), partial(self.varied.shows, way), has_copies=True, lemmas=lemmas
        )
        return Attempt(asking, partial(self._conditions, way, pair), is_whole)

    def _conditions(self, way: str, pair: Pair) -> Iterator[Bit]:
        yield from pair.ordered
        if way == RATES:
            yield from pair.status_changes()
            return
        yield from pair.rated
        ways: list[Bit] = []
        if way in (LOWERS, CHANGES):
            ways += [pair.score_falls(self.varied.sign), pair.band_falls()]
        if way in (RAISES, CHANGES):
            ways += [pair.score_falls(-self.varied.sign), pair.band_falls(is_raised=True)]
        yield pair.terms.any(ways)


def _both(pair: Pair, numbers: Numbers) -> Two:
    return pair.less.inputs.arguments(numbers), pair.more.inputs.arguments(numbers)
