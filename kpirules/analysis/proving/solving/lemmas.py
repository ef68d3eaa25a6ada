"""Facts that z3 proves step by step: which values of one subject or rulebook never exceed those of another.

A question about two ratings at once is often too hard where each step towards it is easy: no points fall, so no sum
of points falls, so the score does not.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Hashable, Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import islice

from attrs import define, field

from .linear import Lin, constant
from .printing import SMALL_RLIMIT, Question
from .rating import Rating
from .terms import Bit, Terms
from .totals import add_totals
from .values import Value

__all__ = ["Lemmas"]

Forms = tuple[Lin, Lin]
"""The value of one subject and that of the other."""

TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "=="}


@define(eq=False)
class Lemmas:
    """Proofs that values of one subject never exceed those of another.

    Args:
        less, more: the ratings of both, over the same terms.
        records: the list in whose first record they differ; empty for none.
        ordered: returns the conditions on what they differ in.
        can_be_equal: whether values may always be equal although their forms differ, as under two rulebooks.
    """

    less: Rating
    more: Rating
    records: str
    ordered: Callable[[], Iterable[Bit]]
    can_be_equal: bool = False
    _signs: dict[Forms, tuple[Bit, tuple[str, ...]]] = field(factory=dict)
    _known: set[int] = field(factory=set)

    @property
    def terms(self) -> Terms:
        return self.less.terms

    def about(self, question: Question) -> list[Bit]:
        """Return the facts proved about the values that a question reaches, in the order of their computation."""
        less, more = (dict(self._values(rating)) for rating in (self.less, self.more))
        for name, value in less.items():
            upper = more.get(name)
            if upper is None or not isinstance(value.payload, Lin) or not isinstance(upper.payload, Lin):
                continue
            forms = value.payload, upper.payload
            is_new = forms not in self._signs and not self._known.issuperset(_numbers(forms))
            if is_new and _are_compared(question, forms):
                given = [*self.ordered(), value.there, upper.there]
                self._signs[forms] = self.terms.all(given), self._proved(given, forms)
            self._known |= {number for form in forms if len(form.terms) == 1 for number, _ in form.terms}
        return list(self._facts(question))

    def rule_out(self, conditions: Iterable[Bit]) -> bool:
        """Return whether the lemmas alone contradict conditions, with the definitions of the values left out."""
        return self._question(conditions, self._known).check(most=SMALL_RLIMIT) == "unsat"

    def _values(self, rating: Rating) -> Iterator[tuple[Hashable, Value]]:
        records = rating.operations.records.get(self.records)
        if records is not None and records.each:
            yield from (((self.records, name), value) for name, value in records.each[0][1].items())
        yield from ((name, value) for name, value in rating.operations.names.items() if isinstance(value, Value))

    def _proved(self, given: Sequence[Bit], forms: Forms) -> tuple[str, ...]:
        """Return the comparisons of two forms that z3 proves, from earlier lemmas alone if possible."""
        for opaque in (self._known, ()):
            question = self._question(given, opaque, forms)
            signs = (("<=", ">"), (">=", "<"))
            proved = (sign for sign, opposite in signs if question.proves(self.terms.compare(opposite, *forms)))
            if found := tuple(proved if self.can_be_equal else islice(proved, 1)):
                return found
        return ()

    def _facts(self, question: Question) -> Iterator[Bit]:
        """Yield the lemmas about the values that a question reaches."""
        terms = self.terms
        for forms, (given, signs) in self._signs.items():
            for sign in signs if _are_compared(question, forms) else ():
                lower, upper = forms if sign == "<=" else forms[::-1]
                for bit in (terms.compare("<=", lower, upper), *self._links(lower, upper)):
                    yield terms.implies(given, bit)

    def _links(self, lower: Lin, upper: Lin) -> Iterator[Bit]:
        """Yield implications: if the lower form exceeds a number that rules mention, so does the upper form."""
        terms, ends = self.terms, dict[tuple[str, Fraction], None]()
        for form in (lower, upper):
            if len(form.terms) == 1:
                ((number, coefficient),) = form.terms
                for sign, value in terms.unknowns[number].pushed:
                    ends[sign if coefficient > 0 else TURNED[sign], coefficient * value + form.constant] = None
        for sign, value in ends:
            one, other = (terms.compare(sign, form, constant(value)) for form in (lower, upper))
            if sign in (">", ">="):
                yield terms.implies(one, other)
            elif sign in ("<", "<="):
                yield terms.implies(other, one)

    def _question(self, conditions: Iterable[Bit], opaque: Container[int], forms: Sequence[Lin] = ()) -> Question:
        question = Question(self.terms, opaque)
        question.add(conditions)
        for form in forms:
            question.number(form)
        question.add(())
        add_totals(self.terms, question, has_copies=True)
        question.add(self._facts(question))
        return question


def _numbers(forms: Iterable[Lin]) -> set[int]:
    """Return the numbers of all unknowns of some forms."""
    return {number for form in forms for number, _ in form.terms}


def _are_compared(question: Question, forms: Forms) -> bool:
    """Return whether a question reaches two forms that differ."""
    return forms[0].terms != forms[1].terms and _numbers(forms) <= question.unknowns.keys()
