"""What only follows from a mistake that is reported already: one mistake gives one error."""

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
"""Names that can't be read."""

WHOLE = frozenset({"KR309", "KR320", "KR333", "KR335", "KR338"})
"""What a section that stands under an unknown key would settle."""

NAMING = ("inputs", "parameters", "tables", "functions", "calendars", "let", "criteria")
"""Sections whose entries are names of expressions."""


def without_consequences(found: Iterable[Diagnostic], findings: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The findings of checks without those that an unknown key explains; a name that is unknown in many places once.

    Args:
        found: what reading has reported.
        findings: what checks have found.
    """
    keys = (one.path for one in found if one.code == UNKNOWN_KEY)
    # The mapping in which an unknown key stands may lack what the key was to say.
    lacking = tuple({path[: max(path.rfind("."), 0)] for path in keys})
    findings = list(findings)
    # A group that adds up what has weights is no sum, so what it lacks as one is no news.
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
    """What reading has reported, without quotas that move down once the bands are listed best first.

    Args:
        facts: of the rulebook.
        found: what reading has reported.
        findings: what checks have found.
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
    """The ways to the group of a child's key; the score stands in its own section, or nowhere."""
    group = path.rpartition(".criteria.")[0]
    return frozenset({group}) if group else frozenset({"score", "criteria"})


def _follows(finding: Diagnostic, lacking: tuple[str, ...]) -> bool:
    """Whether a finding may be due to what a mapping lacks."""
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
        # What groups say of their children, and the score of everything.
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
