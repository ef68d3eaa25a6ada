"""Overrides that fire for everybody."""

from __future__ import annotations

from collections.abc import Iterator

from ..diagnostics import Diagnostic
from ..diagnostics.codes import At, deciding
from ..model import Override
from .facts import Facts

__all__ = ["check_overrides"]


def check_overrides(facts: Facts) -> Iterator[Diagnostic]:
    """Overrides without a condition, by what they leave of the rating."""
    bands = facts.rulebook.bands
    ids = bands.ids if bands is not None else ()
    for override in facts.rulebook.overrides:
        if override.when is not None and override.when.constant is not True:
            continue
        effect = _effect(override, ids)
        if effect:
            yield deciding.always_fires(At(override.words.span, override.words.path), override.id, effect)


def _effect(override: Override, ids: tuple[str, ...]) -> str:
    """What is lost by an override that always fires, in words; empty for nothing that is sure."""
    target = override.target
    if override.kind == "unrated":
        return "nobody is ever rated"
    if not isinstance(target, str) or target not in ids:
        return ""
    if override.kind == "band":
        return f"the criteria never decide the band: a forced one is never above `{target}`"
    place = ids.index(target)
    lost = ids[:place] if override.kind == "band_at_most" else ids[place + 1 :]
    reach = "above" if override.kind == "band_at_most" else "below"
    return f"no band {reach} `{target}` is ever given" if lost else ""
