"""Checks that means do not mix numbers of different scales."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from ...diagnostics import Diagnostic
from ...diagnostics.codes import At, scoring
from ...kernel.exact import to_text
from ...language.model import Group
from ...plan.ops import Arithmetic, Const, Op, Read
from ..checking.facts import Facts
from .faults import nearest, spans_of
from .prover import Prover, proved

__all__ = ["check_scales"]


def check_scales(facts: Facts, prover: Prover) -> Iterator[Diagnostic]:
    """Check that children of a mean reach their implied max, and that terms of a mean have one scale."""
    yield from _implied(facts, prover)
    spans = spans_of(facts)
    for path, op in prover.plan.operations():
        terms = _mean(op)
        if terms is None:
            continue
        bounds = [prover.bounds.names.get(name) for name in terms]
        ends = [None if bound is None or bound.kind != "number" else bound.high for bound in bounds]
        if None not in ends and len(set(ends)) > 1:
            terms_in_words = [
                f"`{name}` up to {to_text(end)}" for name, end in zip(terms, ends, strict=True) if end is not None
            ]
            yield proved(scoring.mean_of_scales(At(nearest(spans, path), path), terms_in_words))


def _implied(facts: Facts, prover: Prover) -> Iterator[Diagnostic]:
    """Report children in a group of shares whose points stay below their implied max."""
    for group in facts.rulebook.groups():
        assert isinstance(group.body, Group)
        combine = group.body.combine
        for child in group.children if combine not in (None, "sum") else ():
            most = prover.bounds.criteria[child.id].points.high
            if child.written_max is not None or child.children or child.max is None or most is None:
                continue
            if 0 < most < child.max:
                at, ends = At(child.words.span, child.words.path), (to_text(most), to_text(child.max))
                yield proved(scoring.max_out_of_reach(at, child.id, *ends, f"{combine}"))


def _mean(op: Op) -> list[str] | None:
    """Return the names whose mean or weighted mean a formula is; None for any other formula."""
    terms: dict[str, Fraction] = {}
    waiting = [(op, Fraction(1))]
    while waiting:
        part, factor = waiting.pop()
        match part:
            case Arithmetic(operator="+", left=left, right=right):
                waiting += [(right, factor), (left, factor)]
            case (
                Arithmetic(operator="*", left=Const(value=Fraction() as by), right=one)
                | Arithmetic(operator="*", left=one, right=Const(value=Fraction() as by))
            ):
                waiting.append((one, factor * by))
            case Arithmetic(operator="/", left=one, right=Const(value=Fraction() as by)) if by:
                waiting.append((one, factor / by))
            case Read(name=name) if factor > 0:
                terms[name] = terms.get(name, Fraction(0)) + factor
            case _:
                return None
    return list(terms) if len(terms) > 1 and sum(terms.values()) == 1 else None
