"""The sections about the rating: bands, exemptions, limits, overrides, quotas and further results."""

from __future__ import annotations

from collections.abc import Iterator

from ..kernel.markup import Html, element, joined
from ..language.expressions import Expression
from ..language.model import Band, Bands, Override, Quota, Words
from .reader import NOTHING, Cell, Reader, Section, table

__all__ = [
    "bands_section",
    "exemptions_section",
    "invariants_section",
    "limits_section",
    "outputs_section",
    "overrides_section",
    "quotas_section",
]


def bands_section(reader: Reader) -> Section:
    """Return the bands with what each requires, and what decides between them."""
    bands = reader.rulebook.bands
    if bands is None:
        return reader.section("bands")
    heads = ("band", "reach", "requires", "source")
    rows = [_band(band, reader) for band in bands.levels]
    measure = NOTHING if bands.measure is None else reader.formula(bands.measure)
    rules = [element("p", rule) for rule in _rules_of(bands, reader)]
    tabled = table([reader.say(f"head_{head}") for head in heads], rows)
    parts = (measure, tabled, *rules, reader.note(bands.words))
    return reader.section("bands", *parts)


def _band(band: Band, reader: Reader) -> tuple[Cell, ...]:
    requires = joined(element("li", reader.condition(condition)) for condition in band.requires)
    return (
        joined((reader.title("bands", band.id), reader.note(band.words))),
        reader.voice.row(str(band.interval)),
        element("ul", requires) if requires else "",
        reader.source(band.words),
    )


def _rules_of(bands: Bands, reader: Reader) -> Iterator[str]:
    if bands.measure is not None:
        yield reader.say("banded_number", number=reader.words(bands.measure))
    if any(band.requires for band in bands.levels):
        yield reader.say("bands_fall" if bands.falls_to_next else "bands_no_fall")
    if bands.overlap is not None:
        yield reader.say(f"overlap_{bands.overlap}")


def exemptions_section(reader: Reader) -> Section:
    """Return who is not rated."""
    rows = [
        (
            _named(reader.title("exemptions", exemption.id), exemption.words, reader),
            reader.words(exemption.when),
            _status(exemption.status),
            reader.source(exemption.words),
        )
        for exemption in reader.rulebook.exemptions
    ]
    return reader.section("exemptions", table(_effects(reader), rows))


def limits_section(reader: Reader) -> Section:
    """Return the caps on the score."""
    rows = [
        (
            _named(reader.title("limits", limit.id), limit.words, reader),
            reader.say("always") if limit.when is None else reader.words(limit.when),
            reader.voice.say("at_most", formula=reader.words(limit.at_most)),
            reader.source(limit.words),
        )
        for limit in reader.rulebook.score_limits
    ]
    return reader.section("limits", table(_effects(reader), rows))


def overrides_section(reader: Reader) -> Section:
    """Return what outranks the score: vetoes, ceilings and floors."""
    rows = [
        (
            _named(reader.title("overrides", override.id), override.words, reader),
            reader.say("always") if override.when is None else reader.words(override.when),
            reader.voice.say(f"override_{override.kind}", target=_target(override, reader)),
            reader.source(override.words),
        )
        for override in reader.rulebook.overrides
    ]
    return reader.section("overrides", table(_effects(reader), rows))


def _target(override: Override, reader: Reader) -> str:
    if isinstance(override.target, Expression):
        return reader.words(override.target)
    return _status(override.target) if override.kind == "unrated" else reader.voice.name("bands", override.target)


def _status(status: str) -> str:
    """Return a status in words; a rulebook has no labels for them."""
    return f"«{status.replace('_', ' ')}»"


def _named(title: Cell, words: Words, reader: Reader) -> Html:
    return joined((title, reader.note(words)))


def _effects(reader: Reader) -> list[str]:
    return [reader.say(f"head_{head}") for head in ("name", "when", "effect", "source")]


def quotas_section(reader: Reader) -> Section:
    """Return the quotas with their policies."""
    cohort = reader.rulebook.cohort
    if cohort is None:
        return reader.section("quotas")
    within = reader.inputs(cohort.within)
    content = element("p", reader.say("cohort", within=within)) if within else NOTHING
    blocks = (
        reader.block(reader.title("quotas", quota.id), quota.words, _policies(quota, reader))
        for quota in cohort.quotas
    )
    return reader.section("quotas", content, *blocks)


def _policies(quota: Quota, reader: Reader) -> Html:
    """Return the policies of a quota, in the words of explanations."""
    voice = reader.voice
    band, target = voice.name("bands", quota.band), voice.name("bands", quota.demote_to)
    least = reader.words(quota.minimum)
    terms = voice.say(
        "quota_terms" if least == "0" else "quota_terms_minimum",
        share=reader.words(quota.at_most),
        of=voice.say("quota_of_all") if quota.of is None else voice.names("bands", quota.of),
        mode=reader.say(f"mode_{quota.round}"),
        minimum=least,
    )
    said = [
        f"{band}: {terms}",
        reader.say("quota_demote", target=target),
        voice.say(f"quota_{quota.base}"),
        voice.say("quota_order", order="; ".join(map(reader.words, quota.order))),
        voice.say(f"quota_ties_{quota.ties}", band=band, target=target),
    ]
    said += [voice.say("quota_within", said=reader.inputs(quota.within))] if quota.within else []
    said += [voice.say("quota_when", said=reader.words(quota.when))] if quota.when is not None else []
    return element("ul", *(element("li", sentence) for sentence in said))


def outputs_section(reader: Reader) -> Section:
    """Return the further results with their formulas."""
    blocks = (
        reader.block(
            reader.title_with_unit("outputs", output.id, output.words), output.words, reader.formula(output.value)
        )
        for output in reader.rulebook.outputs
    )
    return reader.section("outputs", *blocks)


def invariants_section(reader: Reader) -> Section:
    """Return what holds for every subject."""
    conditions = [reader.condition(invariant) for invariant in reader.rulebook.invariants]
    directions = [
        (reader.say(f"never_{way}", names=reader.inputs(names)), direction)
        for direction in reader.rulebook.directions
        for way, names in (("lowers", direction.never_lowers), ("raises", direction.never_raises))
        if names
    ]
    of_directions = [joined((said, reader.source(direction.words)), " ") for said, direction in directions]
    listed = [element("li", line, classes="item") for line in (*conditions, *of_directions)]
    return reader.section("invariants", element("ul", *listed) if listed else "")
