"""The words of a rulebook in its assessments, so that each assessment explains itself."""

from __future__ import annotations

from collections.abc import Iterator

from ..kernel.mappings import FrozenMap
from ..language.expressions import Expression
from ..language.model import (
    Cases,
    ChoiceDomain,
    Criterion,
    Group,
    Input,
    ListDomain,
    Lookup,
    Measure,
    Met,
    Points,
    Quota,
    Rate,
    Rulebook,
    Steps,
    Words,
)
from ..record import Entry, Legend

__all__ = ["legend"]


def legend(rulebook: Rulebook) -> Legend:
    """Return the legend of a rulebook's assessments."""
    root, bands = rulebook.root, rulebook.bands
    band_on = "exact" if rulebook.bands_on_exact else "rounded"
    return Legend(
        rulebook.words.label,
        rulebook.words.source,
        FrozenMap(_entries(rulebook)),
        bands.ids if bands is not None else (),
        root.round.describe() if root is not None and root.round is not None else "",
        "measure" if bands is not None and bands.measure is not None else band_on,
        FrozenMap(_names(rulebook)),
    )


def _entries(rulebook: Rulebook) -> Iterator[tuple[str, Entry]]:
    if rulebook.root is not None:
        for criterion in rulebook.root.walk():
            yield f"criteria.{criterion.id}", _entry(criterion.words, _formula(criterion))
    for input_ in rulebook.inputs:
        yield from _input(input_, input_.id)
    for kind, named in (("let", rulebook.let), ("outputs", rulebook.outputs)):
        for entry in named:
            yield f"{kind}.{entry.id}", _entry(entry.words, entry.value)
    if rulebook.bands is not None:
        for band in rulebook.bands.levels:
            yield f"bands.{band.id}", _entry(band.words, str(band.interval))
            for requirement in band.requires:
                key = f"requires.{band.id}.{requirement.id}"
                yield key, _entry(requirement.words, requirement.that)
    for exemption in rulebook.exemptions:
        yield f"exemptions.{exemption.id}", _entry(exemption.words, exemption.when)
    for limit in rulebook.score_limits:
        yield f"limits.{limit.id}", _entry(limit.words, limit.at_most)
    for override in rulebook.overrides:
        yield f"overrides.{override.id}", _entry(override.words, override.when)
    for quota in rulebook.quotas:
        yield f"quotas.{quota.id}", _entry(quota.words, quota.at_most)
        for policy, words in _policies(quota, () if rulebook.cohort is None else rulebook.cohort.within):
            if words:
                yield f"quotas.{quota.id}: {policy}", Entry(formula=words)
    yield from _undefined_rows(rulebook)
    for invariant in rulebook.invariants:
        yield f"invariants.{invariant.id}", _entry(invariant.words, invariant.that)


def _names(rulebook: Rulebook) -> Iterator[tuple[str, Entry]]:
    """Yield every parameter with its value, and the functions, tables and calendars that have words."""
    for parameter in rulebook.parameters:
        yield f"parameters.{parameter.id}", _entry(parameter.words, parameter.formula)
    kinds = (("functions", rulebook.functions), ("tables", rulebook.tables), ("calendars", rulebook.calendars))
    for kind, named in kinds:
        yield from ((f"{kind}.{one.id}", _entry(one.words)) for one in named if one.words.label or one.words.source)


def _input(declared: Input, name: str) -> Iterator[tuple[str, Entry]]:
    """Yield the entries of an input or field: its own, its labelled options, and the fields of its records."""
    yield f"inputs.{name}", _entry(declared.words)
    match declared.domain:
        case ChoiceDomain(labels=labels):
            for option, label in labels.items():
                yield f"options.{name}: {option}", Entry(label)
        case ListDomain() as domain:
            for field in domain.fields:
                yield from _input(field, f"{name}.{field.id}")
            for entry in domain.let:
                yield f"inputs.{name}.{entry.id}", _entry(entry.words, entry.value)
        case _:
            pass


def _entry(words: Words, formula: Expression | str | None = None) -> Entry:
    return Entry(words.label, words.note, words.source, words.unit, "" if formula is None else str(formula))


def _policies(quota: Quota, within: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Yield the policies of a quota, as written."""
    yield "band", quota.band
    yield "of", "all" if quota.of is None else ", ".join(quota.of)
    yield "base", quota.base
    yield "round", quota.round
    yield "minimum", str(quota.minimum)
    yield "order", ", ".join(map(str, quota.order))
    yield "ties", quota.ties
    yield "demote_to", quota.demote_to
    yield "within", ", ".join(dict.fromkeys((*within, *quota.within)))
    yield "when", "" if quota.when is None else str(quota.when)


def _undefined_rows(rulebook: Rulebook) -> Iterator[tuple[str, Entry]]:
    """Yield the words about `undefined` rows."""
    shapes = {f"tables.{table.id}": table.shape for table in rulebook.tables}
    for criterion in rulebook.criteria():
        if isinstance(criterion.body, Cases):
            shapes[f"criteria.{criterion.id}"] = criterion.body
        elif isinstance(criterion.body, Measure):
            shapes[f"criteria.{criterion.id}"] = criterion.body.shape
    for place, shape in shapes.items():
        match shape:
            case Cases(rows=cases):
                rows = [(case.in_words, case.words) for case in cases if case.is_undefined]
            case Steps(rows=found) | Lookup(rows=found):
                rows = [(row.condition, row.words) for row in found if row.is_undefined]
            case _:
                rows = []
        yield from ((f"rows.{place}: {condition}", _entry(words)) for condition, words in rows)


def _formula(criterion: Criterion) -> Expression | str | None:
    """Return the formula of a criterion's points; for a group, how it combines its children."""
    match criterion.body:
        case Points(value=expression) | Rate(value=expression):
            return expression
        case Met(condition=expression) | Measure(measure=expression):
            return expression
        case Group(points=points, combine=combine):
            return points or ("" if combine == "sum" else combine)
        case _:
            return None
