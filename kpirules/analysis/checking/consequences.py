"""Removes findings that only follow from a mistake already reported: one mistake gives one error."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from attrs import evolve

from ...diagnostics import Diagnostic
from .direction import is_worse
from .facts import Facts
from .unresolved import Unresolved

__all__ = [
    "is_loss",
    "rests_on_loss",
    "without_consequences",
    "without_consequences_of_band_order",
    "without_type",
]

UNKNOWN_KEY = "KR103"
UNKNOWN_NAME = "KR201"
OF_FORMULAS = "KR2"
FIRST_OF_FORM = "KR120"

OUT_OF_ORDER = "KR333"
NOT_LOWER = "KR421"

NO_MEANING = "KR305"
ABSENCE = "KR230"
OF_SUMS = frozenset({"KR301", "KR309"})

OF_LEAF = re.compile(
    r"criteria\.(?:\w+\.criteria\.)*\w+\.(?:points|rate|met|measure|steps|scale|thresholds|lookup|cases|unique|round)\b"
)
"""Paths of what a criterion earns within its limits: its group does not depend on them."""

OF_ROWS = frozenset({"KR314", "KR315", "KR316", "KR317"})
"""Rows that do not cover the values of a measure, or are never reached."""

NAMES = frozenset({UNKNOWN_NAME, "KR210", "KR240"})
"""The codes of names that can't be read."""

WHOLE = frozenset({"KR309", "KR320", "KR333", "KR335", "KR338"})
"""Findings that a section under an unknown key would settle."""

NAMING = ("inputs", "parameters", "tables", "functions", "calendars", "let", "criteria")
"""Sections whose entries are names in expressions."""


def without_consequences(diagnostics: Iterable[Diagnostic], findings: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Return findings without those that an unknown key explains, and each unknown name once.

    Args:
        diagnostics: the diagnostics of reading.
        findings: the findings of checks.
    """
    diagnostics = list(diagnostics)
    keys = (diagnostic.path for diagnostic in diagnostics if diagnostic.code == UNKNOWN_KEY)
    # A mapping with an unknown key may lack the key that was meant.
    lacking = tuple({path[: max(path.rfind("."), 0)] for path in keys})
    lost = tuple({one.path for one in filter(is_loss, diagnostics)})
    groups_without_meaning = frozenset().union(
        *(_group_of(one.path) for one in diagnostics if one.code == NO_MEANING)
    )
    findings = list(findings)
    # A sum with weights was probably meant as a mean, so its findings as a sum are dropped.
    no_sums = frozenset().union(*(_group_of(finding.path) for finding in findings if finding.code == NO_MEANING))
    return list(
        _without_repeated_names(
            finding
            for finding in findings
            if not (
                finding.is_error
                and (
                    _follows(finding, lacking)
                    or _follows_loss(finding, lost)
                    or (finding.code in OF_SUMS and finding.path in no_sums)
                    or (finding.code == NO_MEANING and not groups_without_meaning.isdisjoint(_group_of(finding.path)))
                )
            )
        )
    )


def without_consequences_of_band_order(
    facts: Facts, diagnostics: Iterable[Diagnostic], findings: Iterable[Diagnostic]
) -> list[Diagnostic]:
    """Return the diagnostics of reading, without quotas that move down once the bands are listed best first.

    Args:
        facts: the facts of the rulebook.
        diagnostics: the diagnostics of reading.
        findings: the findings of checks.
    """
    diagnostics = list(diagnostics)
    if not any(finding.code == OUT_OF_ORDER for finding in findings):
        return diagnostics
    paths = {
        f"{quota.words.path}.demote_to"
        for quota in facts.rulebook.quotas
        if is_worse(facts, quota.demote_to, quota.band)
    }
    return [
        diagnostic for diagnostic in diagnostics if not (diagnostic.code == NOT_LOWER and diagnostic.path in paths)
    ]


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


def is_loss(diagnostic: Diagnostic) -> bool:
    """Return whether an error of reading leaves out a part, other than a formula."""
    code = diagnostic.code
    return diagnostic.is_error and code >= FIRST_OF_FORM and not code.startswith(OF_FORMULAS)


def without_type(facts: Facts, found: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """Yield the errors of reading that leave out a part, so that its type or presence is unknown."""
    kept = {f"inputs.{error.id}" for error in facts.rulebook.inputs}
    for error in filter(is_loss, found):
        if not OF_LEAF.match(error.path) and ".".join(error.path.split(".")[:2]) not in kept:
            yield error


def rests_on_loss(finding: Diagnostic, left: Unresolved, without_types: Unresolved) -> bool:
    """Return whether an error of a formula, or of rows, may be due to a part that could not be read.

    Args:
        finding: the error.
        left: what all these parts leave unresolved.
        without_types: what those leave unresolved that lack a type.
    """
    if finding.code in OF_ROWS:
        around = (finding.path, finding.path.rpartition(".")[0])
        return any(f"{path}.measure" in left.paths for path in around)
    is_of_types = finding.code.startswith(OF_FORMULAS) and finding.code not in (UNKNOWN_NAME, "KR210")
    return finding.is_error and is_of_types and finding.path in without_types.paths


def _follows_loss(finding: Diagnostic, lost: tuple[str, ...]) -> bool:
    """Return whether a finding may be due to a part that could not be read."""
    path = finding.path
    for place in lost:
        section = place.partition(".")[0]
        if (
            section in NAMING
            and finding.code in NAMES
            and any(name in finding.message for name in _quoted_names(place))
        ):
            return True
        if (section == "bands" or place.endswith(".better")) and finding.code == OUT_OF_ORDER:
            return True
        if place == "score" and finding.code in (OUT_OF_ORDER, NO_MEANING, *OF_SUMS):
            return True
        if OF_LEAF.match(place):
            continue
        # A key of a criterion may be wrong because of another one.
        around = place.rpartition(".")[0] if place.count(".") > 1 and section == "criteria" else place
        is_inside = path == around or path.startswith((f"{around}.", f"{around}["))
        is_around = place.startswith(f"{path}.") or (path == "score" and section in ("criteria", "score"))
        if (is_inside or is_around) and finding.code.startswith("KR3"):
            return True
        # The policy that could not be read settles what is absent.
        if place.endswith(".missing") and finding.code == ABSENCE and path.rpartition(".")[0] == around:
            return True
    return False


def _quoted_names(place: str) -> Iterator[str]:
    """Yield the names of formulas for a part and for the groups around it, as messages quote them."""
    section, _, rest = place.partition(".")
    if section != "criteria":
        yield from (f"`{name}`" for name in re.split(r"[.\[]", rest)[:1] if name)
        return
    for part in filter(None, rest.split(".criteria.")):
        id_ = re.split(r"[.\[]", part)[0]
        yield from (f"`{kind}{id_}`" for kind in ("", "points.", "share.", "max.", "children."))


def _without_repeated_names(findings: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    kept: list[Diagnostic] = []
    first: dict[tuple[str, str], int] = {}
    places: dict[int, int] = {}
    for finding in findings:
        key = finding.message, finding.label
        if finding.code != UNKNOWN_NAME or key not in first:
            first.setdefault(key, len(kept))
            kept.append(finding)
        else:
            places[first[key]] = places.get(first[key], 0) + 1
    for index, finding in enumerate(kept):
        more = places.get(index, 0)
        others = f"in {more:,} more place{'' if more == 1 else 's'}"
        yield evolve(finding, notes=(*finding.notes, f"it is read {others}")) if more else finding
