"""Checks of overrides that fire for every subject."""

from __future__ import annotations

from collections.abc import Iterator

from ...diagnostics import Diagnostic
from ...diagnostics.codes import At, deciding
from ...language.model import Override
from .facts import Facts

__all__ = ["check_overrides"]


def check_overrides(facts: Facts) -> Iterator[Diagnostic]:
    """Report overrides without a condition, with their effect on the rating."""
    bands = facts.rulebook.bands
    ids = bands.ids if bands is not None else ()
    for override in facts.rulebook.overrides:
        if override.when is not None and override.when.constant is not True:
            continue
        effect = _effect(override, facts.rulebook.overrides, ids)
        if effect:
            yield deciding.always_fires(At(override.words.span, override.words.path), override.id, effect)


def _effect(override: Override, others: tuple[Override, ...], ids: tuple[str, ...]) -> str:
    """Return the effect of an override that always fires, in words; empty if no effect is certain."""
    target = override.target
    if override.kind == "unrated":
        return "nobody is ever rated"
    if not isinstance(target, str) or target not in ids:
        return ""
    if override.kind == "band":
        return f"the criteria never decide the band: a forced one is never above `{target}`"
    if override.kind == "band_at_most":
        return f"no band above `{target}` is ever given" if target != ids[0] else ""
    # Forced bands and ceilings can go below a floor.
    is_last = target == ids[-1] or any(other.kind in ("band", "band_at_most") for other in others)
    return "" if is_last else f"no band below `{target}` is ever given"
