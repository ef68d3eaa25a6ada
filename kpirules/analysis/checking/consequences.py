"""Removes findings that only follow from a mistake already reported: one mistake gives one error."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from attrs import evolve

from ...diagnostics import Diagnostic
from .direction import is_worse
from .facts import Facts

__all__ = ["without_consequences", "without_what_the_order_explains"]

UNKNOWN_KEY = "KR103"
UNKNOWN_NAME = "KR201"

OUT_OF_ORDER = "KR333"
NOT_LOWER = "KR421"

NO_MEANING = "KR305"
OF_SUMS = frozenset({"KR301", "KR309"})

NAMES = frozenset({UNKNOWN_NAME, "KR210", "KR240"})
"""The codes of names that can't be read."""

WHOLE = frozenset({"KR309", "KR320", "KR333", "KR335", "KR338"})
"""Findings that a section under an unknown key would settle."""

NAMING = ("inputs", "parameters", "tables", "functions", "calendars", "let", "criteria")
"""Sections whose entries are names in expressions."""


def without_consequences(found: Iterable[Diagnostic], findings: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Return findings without those that an unknown key explains; a name that is unknown in many places once.

    Args:
        found: the diagnostics of reading.
        findings: the findings of checks.
    """
    keys = (one.path for one in found if one.code == UNKNOWN_KEY)
    # A mapping with an unknown key may lack the key that was meant.
    lacking = tuple({path[: max(path.rfind("."), 0)] for path in keys})
    findings = list(findings)
    # A sum with weights was probably meant as a mean, so its findings as a sum are dropped.
    no_sums = frozenset().union(*(_group_of(one.path) for one in findings if one.code == NO_MEANING))
    return list(
        _each_name_once(
            one
            for one in findings
            if not (one.is_error and (_follows(one, lacking) or (one.code in OF_SUMS and one.path in no_sums)))
        )
    )


def without_what_the_order_explains(
    facts: Facts, found: Iterable[Diagnostic], findings: Iterable[Diagnostic]
) -> list[Diagnostic]:
    """Return the diagnostics of reading, without quotas that move down once the bands are listed best first.

    Args:
        facts: the facts of the rulebook.
        found: the diagnostics of reading.
        findings: the findings of checks.
    """
    found = list(found)
    if not any(one.code == OUT_OF_ORDER for one in findings):
        return found
    paths = {
        f"{quota.words.path}.demote_to"
        for quota in facts.rulebook.quotas
        if is_worse(facts, quota.demote_to, quota.band)
    }
    return [one for one in found if not (one.code == NOT_LOWER and one.path in paths)]


def _group_of(path: str) -> frozenset[str]:
    """Return the paths of the group of a child's key; the score has a section of its own, or none."""
    group = path.rpartition(".criteria.")[0]
    return frozenset({group}) if group else frozenset({"score", "criteria"})


def _follows(finding: Diagnostic, lacking: tuple[str, ...]) -> bool:
    """Return whether a finding may be due to a key that a mapping lacks."""
    path = finding.path
    for place in lacking:
        if finding.code == "KR333" and place.startswith("bands"):
            return True
        if finding.code in NAMES and (not place or place.split(".")[0] in NAMING):
            return True
        if not place:
            if finding.code in WHOLE:
                return True
            continue
        is_inside = path == place or path.startswith((f"{place}.", f"{place}["))
        # Findings of groups about their children, and of the score about everything.
        is_around = place.startswith(f"{path}.") or path == "score"
        if is_inside or (is_around and finding.code.startswith("KR3")):
            return True
    return False


def _each_name_once(findings: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    kept: list[Diagnostic] = []
    first: dict[tuple[str, str], int] = {}
    places: dict[int, int] = {}
    for one in findings:
        key = one.message, one.label
        if one.code != UNKNOWN_NAME or key not in first:
            first.setdefault(key, len(kept))
            kept.append(one)
        else:
            places[first[key]] = places.get(first[key], 0) + 1
    for index, one in enumerate(kept):
        more = places.get(index, 0)
        others = f"in {more:,} more place{'' if more == 1 else 's'}"
        yield evolve(one, notes=(*one.notes, f"it is read {others}")) if more else one
