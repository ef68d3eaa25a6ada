"""Merges the parts of several rulebooks, for tables whose rows they rate."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

from attrs import evolve

from ..language.model import Bands, Cohort, Criterion, Group, Input, ListDomain, Rulebook, Version

__all__ = ["gathered"]

T = TypeVar("T")


def gathered(rulebooks: Sequence[Rulebook]) -> Rulebook:
    """Return the first rulebook with every input, criterion, named value, band, quota and output of the others.

    It describes the columns of a table; it rates no subject.

    Args:
        rulebooks: at least one.
    """
    first = rulebooks[0]
    if len(rulebooks) == 1:
        return first
    editions, variants = (
        {rulebook.edition for rulebook in rulebooks},
        {rulebook.version.variant for rulebook in rulebooks},
    )
    roots = [rulebook.root for rulebook in rulebooks if rulebook.root is not None]
    return evolve(
        first,
        edition=first.edition if len(editions) == 1 else "",
        version=Version(first.version.variant if len(variants) == 1 else ""),
        inputs=_inputs(declared for rulebook in rulebooks for declared in rulebook.inputs),
        let=_by_id(named for rulebook in rulebooks for named in rulebook.let),
        outputs=_by_id(named for rulebook in rulebooks for named in rulebook.outputs),
        exemptions=_by_id(exemption for rulebook in rulebooks for exemption in rulebook.exemptions),
        overrides=_by_id(override for rulebook in rulebooks for override in rulebook.overrides),
        score_limits=_by_id(limit for rulebook in rulebooks for limit in rulebook.score_limits),
        cohort=_cohort([rulebook.cohort for rulebook in rulebooks if rulebook.cohort is not None]),
        root=_criterion(roots) if roots else None,
        bands=_bands([rulebook.bands for rulebook in rulebooks if rulebook.bands is not None]),
    )


def _cohort(cohorts: Sequence[Cohort]) -> Cohort | None:
    if not cohorts:
        return None
    return evolve(cohorts[0], quotas=_by_id(quota for cohort in cohorts for quota in cohort.quotas))


def _by_id(parts: Iterable[T]) -> tuple[T, ...]:
    """Return the parts without those whose id occurred before."""
    found: dict[str, T] = {}
    for part in parts:
        found.setdefault(part.id, part)  # type: ignore[attr-defined]
    return tuple(found.values())


def _inputs(declared: Iterable[Input]) -> tuple[Input, ...]:
    """Return the inputs, each list with the fields of all."""
    found: dict[str, Input] = {}
    for input_ in declared:
        known = found.setdefault(input_.id, input_)
        if isinstance(known.domain, ListDomain) and isinstance(input_.domain, ListDomain) and known is not input_:
            fields = _inputs((*known.domain.fields, *input_.domain.fields))
            found[input_.id] = evolve(known, domain=evolve(known.domain, fields=fields))
    return tuple(found.values())


def _criterion(versions: Sequence[Criterion]) -> Criterion:
    """Return a criterion with all children that it has in any rulebook."""
    groups = [criterion for criterion in versions if isinstance(criterion.body, Group)]
    if not groups:
        return versions[0]
    by_id: dict[str, list[Criterion]] = {}
    for group in groups:
        for child in group.children:
            by_id.setdefault(child.id, []).append(child)
    children = tuple(map(_criterion, by_id.values()))
    assert isinstance(groups[0].body, Group), "only groups are here"
    return evolve(groups[0], body=evolve(groups[0].body, children=children))


def _bands(all_: Sequence[Bands]) -> Bands | None:
    if not all_:
        return None
    return evolve(all_[0], levels=_by_id(band for bands in all_ for band in bands.levels))
