"""Cohorts, and quotas."""

from __future__ import annotations

from collections.abc import Mapping

from ...diagnostics.codes import quotas as say
from ...diagnostics.codes import structure
from ...language.model import DEFAULT_MAX_MEMBERS, Cohort, Input, ListDomain, Quota
from .draft import Draft, repeated
from .fields import Fields

__all__ = ["build_cohort"]


def build_cohort(draft: Draft, fields: Fields | None, inputs: tuple[Input, ...]) -> Cohort | None:
    """Return the cohort, or None if none is written.

    Args:
        draft: the rulebook built so far.
        fields: the cohort as written.
        inputs: the inputs of the rulebook, including those of `entered` criteria.
    """
    if fields is None:
        return None
    by_id = {declared.id: declared for declared in inputs}
    return Cohort(
        _grouping(draft, fields, "within", by_id),
        fields.whole("max_members") or DEFAULT_MAX_MEMBERS,
        tuple(_quota(draft, id_, entry, by_id) for id_, entry in fields.entries("quotas").items()),
        fields.words,
    )


def _grouping(draft: Draft, fields: Fields, key: str, inputs: Mapping[str, Input]) -> tuple[str, ...]:
    """Return the inputs that define groups; each must be a single value that is never absent."""
    names: tuple[str, ...] = fields.items(key)
    for index, name in enumerate(names):
        declared = inputs.get(name)
        why = ""
        if declared is None and (draft.has_unread_inputs or name in draft.unread_inputs):
            draft.decoding.is_broken = True
        elif declared is None:
            why = "no input has this name"
        elif isinstance(declared.domain, ListDomain):
            why = "a list is not a single value"
        elif declared.type.is_optional or declared.entered_for is not None:
            why = "it may be absent"
        if why:
            draft.report(say.no_group_by(fields.at_value(key, index), key, name, why, draft.some(inputs)))
    for index in repeated(names):
        draft.report(structure.named_twice(fields.at_value(key, index), "input", names[index]))
    return names


def _quota(draft: Draft, id_: str, fields: Fields, inputs: Mapping[str, Input]) -> Quota:
    band, demote_to = _band(draft, fields, "band"), _band(draft, fields, "demote_to")
    of = _base_bands(draft, fields)
    rank = {name: place for place, name in enumerate(draft.bands)}
    if band in rank and demote_to in rank and rank[band] >= rank[demote_to]:
        draft.report(say.not_lower(fields.at_value("demote_to"), id_, demote_to, band))
    if fields.text("base") == "after" and of and demote_to in rank and demote_to not in of:
        draft.report(say.base_without_surplus(fields.at_value("of"), id_, demote_to))
    return Quota(
        id_,
        band,
        draft.expression(fields.written("at_most")),
        of,
        fields.text("base") or "before",
        fields.text("round") or "down",
        draft.expression(fields.written("minimum")),
        tuple(draft.expression(written) for written in fields.items("order")),
        fields.text("ties") or "undecided",
        demote_to,
        _grouping(draft, fields, "within", inputs),
        _grouping(draft, fields, "uniform", inputs),
        draft.optional(fields, "when"),
        fields.words,
    )


def _band(draft: Draft, fields: Fields, key: str) -> str:
    name = fields.text(key) or ""
    if name and name not in draft.bands:
        draft.unknown_band(fields.at_value(key), name)
    return name


def _base_bands(draft: Draft, fields: Fields) -> tuple[str, ...] | None:
    """Return the bands of the base, best first; None for all."""
    if fields.values.get("of") == "all":
        return None
    names: tuple[str, ...] = fields.items("of")
    for index, name in enumerate(names):
        if name not in draft.bands:
            at = fields.at_value("of", index)
            draft.unknown_band(at, name)
    for index in repeated(names):
        draft.report(structure.named_twice(fields.at_value("of", index), "band", names[index]))
    return tuple(band for band in draft.bands if band in names)
