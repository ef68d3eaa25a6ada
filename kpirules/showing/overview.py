"""A rulebook at a glance: its inputs, criteria, bands and outputs."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from ..diagnostics import Report
from ..diagnostics.render import summary
from ..kernel.calendars import period_in_words
from ..kernel.cards import Card, Table
from ..kernel.exact import approximate_text, to_text
from ..language.model import (
    Band,
    Cases,
    ChoiceDomain,
    Criterion,
    Entered,
    Group,
    Input,
    ListDomain,
    Measure,
    Met,
    Points,
    Quota,
    Rate,
    Rulebook,
    Words,
    allowed,
    count,
)
from ..language.wording import beside

__all__ = ["overview"]

SEVERAL = "variants or editions may differ: each line is taken from the first one that has it"
"""A note on what the card of several variants or editions can't show."""


def overview(
    rulebook: Rulebook,
    report: Report,
    variants: tuple[str, ...] = (),
    measured: tuple[Fraction, ...] = (),
    editions: tuple[str, ...] = (),
) -> Card:
    """Return the inputs, criteria, bands and outputs of a rulebook, with a summary of its check.

    Args:
        rulebook: the rules, or what several variants share.
        report: the result of its check.
        variants: the names of the variants.
        measured: the measurability of each variant and edition that has one.
        editions: the first day of each edition, empty for the one before all amendments.
    """
    words = rulebook.words
    return Card(
        rulebook.id,
        _label(words),
        " · ".join(filter(None, (f"edition {rulebook.edition}" if rulebook.edition else "", _source(words)))),
        "",
        "good" if report.is_clean else "bad",
        (
            *_facts(rulebook, report),
            *_measured(measured),
            *([f"variants: {', '.join(variants)}"] if variants else []),
            *_editions(editions),
            *([SEVERAL] if max(len(variants), len(editions)) > 1 else []),
        ),
        tuple(_tables(rulebook)),
    )


def _tables(rulebook: Rulebook) -> Iterator[Table]:
    criteria = [] if rulebook.root is None else list(_below(rulebook.root, 0))
    if criteria:
        depths = tuple(depth for depth, _ in criteria)
        yield Table.of("criteria", [_criterion(criterion) for _, criterion in criteria], numbers=(2,), depths=depths)
    if rulebook.bands is not None:
        yield Table.of("bands", [_band(band) for band in rulebook.bands.levels])
    # What assessors enter stands among the criteria.
    given = [(depth, input_) for depth, input_ in _inputs(rulebook.inputs, 0) if input_.entered_for is None]
    if given:
        yield Table.of("inputs", [_input(input_) for _, input_ in given], depths=tuple(depth for depth, _ in given))
    if rulebook.quotas:
        within = () if rulebook.cohort is None else rulebook.cohort.within
        yield Table.of("quotas", [_quota(quota, within) for quota in rulebook.quotas])
    if rulebook.outputs:
        yield Table.of(
            "outputs",
            [(output.id, _label(output.words, output.id), str(output.value)) for output in rulebook.outputs],
        )


def _facts(rulebook: Rulebook, report: Report) -> Iterator[str]:
    first, end = rulebook.effective_from, rulebook.effective_until
    if first or end:
        yield f"in force {period_in_words(first, end)}"
    yield f"check: {summary(report)}"
    for kind, ids in (
        ("exempt", [exemption.id for exemption in rulebook.exemptions]),
        ("limits of the score", [limit.id for limit in rulebook.score_limits]),
        ("better", [rulebook.better] if rulebook.better else []),
        ("outranks the score", [override.id for override in rulebook.overrides]),
    ):
        if ids:
            yield f"{kind}: {', '.join(ids)}"
    if rulebook.quotas:
        yield "ratings depend on the other members: quotas decide who keeps a band"


def _measured(shares: tuple[Fraction, ...]) -> Iterator[str]:
    if shares:
        ends = dict.fromkeys(f"{approximate_text(share * 100, 2)} %" for share in (min(shares), max(shares)))
        rest = "" if min(shares) == 1 else "; assessors enter the rest"
        yield f"measured: {' to '.join(ends)} of the attainable points{rest}"


def _editions(first_days: tuple[str, ...]) -> Iterator[str]:
    if len(first_days) > 1:
        yield f"editions: {', '.join(f'from {day}' if day else 'before all amendments' for day in first_days)}"


def _below(criterion: Criterion, depth: int) -> Iterator[tuple[int, Criterion]]:
    """Yield every criterion below one, with its depth."""
    for child in criterion.children:
        yield depth, child
        yield from _below(child, depth + 1)


def _inputs(inputs: tuple[Input, ...], depth: int) -> Iterator[tuple[int, Input]]:
    """Yield inputs with their depth, each list before its fields."""
    for input_ in inputs:
        yield depth, input_
        if isinstance(input_.domain, ListDomain):
            yield from _inputs(input_.domain.fields, depth + 1)


def _criterion(criterion: Criterion) -> tuple[str, ...]:
    least, most, weight = criterion.min, criterion.max, criterion.weight
    ends = "" if most is None else (f"{to_text(least)} to {to_text(most)}" if least else to_text(most))
    weighs = f"weight {to_text(weight.value)}" if weight is not None else ""
    return (
        criterion.id,
        _label(criterion.words, criterion.id),
        ends,
        weighs,
        _points_in_words(criterion),
        _source(criterion.words),
    )


def _points_in_words(criterion: Criterion) -> str:
    """Return in words how a criterion earns points."""
    match criterion.body:
        case Entered():
            return "entered by an assessor"
        case Points(value=formula) | Rate(value=formula) | Met(condition=formula) | Measure(measure=formula):
            return str(formula)
        case Cases(rows=rows):
            counted = f"{len(rows)} case{'s' * (len(rows) > 1)}"
            names = dict.fromkeys(name for row in rows for condition in row.conditions for name in condition.names)
            return f"{counted} of {', '.join(names)}" if names else counted
        case group:
            assert isinstance(group, Group), "there is no other body"
            return str(group.points) if group.points is not None else (group.combine or "sum").replace("_", " ")


def _band(band: Band) -> tuple[str, ...]:
    requires = "; ".join(str(condition.that) for condition in band.requires)
    return (band.id, _label(band.words, band.id), str(band.interval), requires)


def _quota(quota: Quota, within: tuple[str, ...]) -> tuple[str, ...]:
    """Return the policies of a quota in words."""
    of = "all rated members" if quota.of is None else f"those rated {', '.join(quota.of)}"
    least = str(quota.minimum)
    groups = ", ".join(dict.fromkeys((*within, *quota.within)))
    equals = {
        "undecided": "people decide",
        "demote": f"all move to {quota.demote_to}",
        "keep": f"all keep {quota.band}",
    }
    return (
        quota.id,
        _label(quota.words, quota.id),
        f"{quota.band}: at most {quota.at_most}",
        f"of {of}, rounded ({quota.round})" + (f", never fewer than {least}" if least != "0" else ""),
        f"counted {quota.base} the surplus moves to {quota.demote_to}",
        f"greater comes first: {', '.join(map(str, quota.order))}",
        f"ties at the limit: {equals[quota.ties]}",
        f"for each {groups}" if groups else "",
        f"where {quota.when}" if quota.when else "",
    )


def _input(input_: Input) -> tuple[str, ...]:
    domain = input_.domain
    match domain:
        case ListDomain():
            values = count(domain)
        case ChoiceDomain(options=options):
            values = ", ".join(options)
        case _:
            values = allowed(domain)
    presence = "may be absent" if input_.may_be_absent else "has a default" if input_.default is not None else ""
    return (
        input_.id,
        _label(input_.words, input_.id),
        values + (f" ({input_.words.unit})" if input_.words.unit else ""),
        presence,
    )


def _label(words: Words, id_: str = "") -> str:
    return "" if words.label is None else beside(id_, words.label.text())


def _source(words: Words) -> str:
    return "" if words.source is None else str(words.source)
