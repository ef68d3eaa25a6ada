"""What several rulebooks have, for tables whose rows are rated by different ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

from attrs import evolve

from ..language.model import Bands, Cohort, Criterion, Group, Input, ListDomain, Rulebook, Version

__all__ = ["gathered"]

T = TypeVar("T")


def gathered(rulebooks: Sequence[Rulebook]) -> Rulebook:
    """The first of some rulebooks, with every input, criterion, named value, band, quota and output of the others.

    It tells what a table may have; nobody is rated by it.

    Args:
        rulebooks: at least one.
    """
    first = rulebooks[0]
    if len(rulebooks) == 1:
        return first
    editions, variants = {one.edition for one in rulebooks}, {one.version.variant for one in rulebooks}
    roots = [one.root for one in rulebooks if one.root is not None]
    return evolve(
        first,
        edition=first.edition if len(editions) == 1 else "",
        version=Version(first.version.variant if len(variants) == 1 else ""),
        inputs=_inputs(declared for one in rulebooks for declared in one.inputs),
        let=_by_id(named for one in rulebooks for named in one.let),
        outputs=_by_id(named for one in rulebooks for named in one.outputs),
        exemptions=_by_id(each for one in rulebooks for each in one.exemptions),
        overrides=_by_id(each for one in rulebooks for each in one.overrides),
        score_limits=_by_id(each for one in rulebooks for each in one.score_limits),
        cohort=_cohort([one.cohort for one in rulebooks if one.cohort is not None]),
        root=_criterion(roots) if roots else None,
        bands=_bands([one.bands for one in rulebooks if one.bands is not None]),
    )


def _cohort(cohorts: Sequence[Cohort]) -> Cohort | None:
    if not cohorts:
        return None
    return evolve(cohorts[0], quotas=_by_id(quota for one in cohorts for quota in one.quotas))


def _by_id(parts: Iterable[T]) -> tuple[T, ...]:
    """The first of those that have the same id."""
    found: dict[str, T] = {}
    for part in parts:
        found.setdefault(part.id, part)  # type: ignore[attr-defined]
    return tuple(found.values())


def _inputs(declared: Iterable[Input]) -> tuple[Input, ...]:
    """The inputs, each list with the fields of all."""
    found: dict[str, Input] = {}
    for one in declared:
        known = found.setdefault(one.id, one)
        if isinstance(known.domain, ListDomain) and isinstance(one.domain, ListDomain) and known is not one:
            fields = _inputs((*known.domain.fields, *one.domain.fields))
            found[one.id] = evolve(known, domain=evolve(known.domain, fields=fields))
    return tuple(found.values())


def _criterion(alike: Sequence[Criterion]) -> Criterion:
    """A criterion with the children that it has anywhere."""
    groups = [one for one in alike if isinstance(one.body, Group)]
    if not groups:
        return alike[0]
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
