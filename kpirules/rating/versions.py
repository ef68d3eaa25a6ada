"""From documents to one program: the rulebook of each variant and edition, each checked completely.

The file is long since problems of variants and of editions are found, named and merged in the same way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date

from attrs import evolve, frozen

from ..analysis.checking.parts import parts
from ..diagnostics import Diagnostic, Report
from ..diagnostics.codes import At, comparing, overlays, quotas, structure
from ..documents import Composed, Composition, Document, Scalar, build, compose
from ..errors import RulebookError
from ..kernel.calendars import period_in_words
from ..kernel.mappings import FrozenMap
from ..language.model import (
    Accepted,
    ChoiceDomain,
    ComparingRules,
    DateDomain,
    Input,
    ListDomain,
    Rulebook,
    Version,
    Words,
    compared,
    comparing_rules,
)
from ..plan import quota_rules
from .program import Program, compile, not_in_force

__all__ = ["Requested", "assembled", "composed", "proved", "reported"]

ONLY_HERE = {"KR242", "KR243"}
"""Findings about unused parts; in a rulebook with variants, another variant may use them."""


@frozen
class Requested:
    """The requested part of a rulebook.

    Args:
        variant: the requested variant, or None for all.
        on: the day of the requested edition, or None for all.
    """

    variant: str | None = None
    on: date | None = None


@frozen
class Part:
    """One variant and edition."""

    version: Version
    rulebook: Rulebook | None
    found: tuple[Diagnostic, ...]
    root: Document


def composed(
    documents: Sequence[Document], requested: Requested, found: Sequence[Diagnostic] = ()
) -> tuple[list[Part], Report]:
    """Return the requested rulebooks, and the diagnostics before checking.

    Args:
        documents: the requested one, then the one that it extends, and so on.
        requested: the requested variants and editions.
        found: diagnostics from reading them.
    """
    whole = compose(documents)
    problems = [*found, *whole.found]
    chosen = _chosen(whole, requested, problems)
    made = [_built(composition, tuple(problems)) for composition in chosen]
    if requested.on is not None:
        made = _in_force(made, requested.on, problems)
    choosing = [*problems, *_unusable_choosers(made, whole.variants)]
    if len(choosing) > len(problems):
        made = [evolve(part, found=(*part.found, *choosing[len(problems) :])) for part in made]
    return made, Report.of(choosing)


def assembled(made: Sequence[Part], early: Report, requested: Requested) -> Program:
    """Return the program of the requested variants and editions.

    Args:
        made: from `composed`.
        early: earlier diagnostics.
        requested: the requested variants and editions.

    Raises:
        RulebookError: with the whole report, if one of them has errors.
    """
    compiled: dict[Version, Program] = {}

    def compiling(rulebook: Rulebook, found: tuple[Diagnostic, ...]) -> Report:
        try:
            compiled[rulebook.version] = compile(rulebook, found=found)
        except RulebookError as mistaken:
            return mistaken.report
        return compiled[rulebook.version].report

    report = _merged_report([part.rulebook for part in made], _reports_by_version(made, compiling)) if made else early
    if len(compiled) < len(made) or not made or report.errors:
        raise RulebookError(report)
    programs = [compiled[part.version] for part in made]
    first = programs[0]
    variant_by = "" if requested.variant is not None or not first.variants else first.rulebook.variant_by
    edition_by = "" if requested.on is not None else first.rulebook.edition_by
    if len(programs) == 1 and not variant_by and not edition_by:
        return first
    by = {(program.rulebook.version.variant, program.rulebook.version.from_): program for program in programs}
    return Program(first.rulebook, report, FrozenMap(by), variant_by, edition_by)


def reported(made: Sequence[Part], early: Report, *, does_prove: bool = False) -> Report:
    """Check the requested variants and editions.

    Args:
        made: from `composed`.
        early: earlier diagnostics.
        does_prove: whether to use z3 too.
    """
    from .program import examined

    def examining(rulebook: Rulebook, found: tuple[Diagnostic, ...]) -> Report:
        return examined(rulebook, found, does_prove=does_prove)[0]

    return _merged_report([part.rulebook for part in made], _reports_by_version(made, examining)) if made else early


def proved(program: Program) -> Report:
    """Return the report of a program, checked with z3.

    Args:
        program: a program of one or several variants and editions.
    """
    reports = [(part.rulebook.version, _proved(part)) for part in program.whole]
    return _merged_report([part.rulebook for part in program.whole], reports)


def _proved(part: Program) -> Report:
    from .program import examined

    # Diagnostics from reading the document are not found again in the rulebook.
    known = set(examined(part.rulebook)[0])
    found = tuple(diagnostic for diagnostic in part.report if diagnostic not in known)
    return examined(part.rulebook, found, does_prove=True)[0]


def _reports_by_version(
    made: Sequence[Part], check: Callable[[Rulebook, tuple[Diagnostic, ...]], Report]
) -> list[tuple[Version, Report]]:
    """Return the report of every variant and edition, with the findings about cohorts that they can't share."""

    def of(part: Part, more: Sequence[Diagnostic] = ()) -> Report:
        return Report.of(part.found) if part.rulebook is None else check(part.rulebook, (*part.found, *more))

    reports = [(part.version, of(part)) for part in made]
    if any(report.errors for _, report in reports):
        return reports
    rulebooks = [part.rulebook for part in made if part.rulebook is not None]
    found: dict[Version, list[Diagnostic]] = {}
    for version, diagnostic in (
        *_incompatible_variants(rulebooks),
        *_incomparable_versions(rulebooks),
        *_columns_taken(rulebooks),
    ):
        found.setdefault(version, []).append(diagnostic)
    return [
        (version, of(part, found[version]) if version in found else report)
        for part, (version, report) in zip(made, reports, strict=True)
    ]


def _columns_taken(rulebooks: Sequence[Rulebook]) -> Iterator[tuple[Version, Diagnostic]]:
    """Yield columns that are the id or the column of another input in another variant or edition."""
    seen: dict[tuple[str, str], tuple[str, Input]] = {}
    for rulebook in rulebooks:
        for level, input_ in _inputs_and_fields(rulebook):
            seen.setdefault((level, input_.id), ("field" if level else "input", input_))
    for rulebook in rulebooks:
        for level, input_ in _inputs_and_fields(rulebook):
            kind, owner = (
                seen.setdefault((level, input_.column), ("column", input_)) if input_.column else ("", input_)
            )
            if owner.id != input_.id and owner.words.span is not None:
                at, line = At(input_.words.span, f"{input_.words.path}.column"), owner.words.span.line
                yield rulebook.version, structure.name_taken(at, input_.column, "column", kind, line)


def _inputs_and_fields(rulebook: Rulebook) -> Iterator[tuple[str, Input]]:
    """Yield every input, and every field of a list, with the id of its list (empty for inputs)."""
    for input_ in rulebook.inputs:
        yield "", input_
        if isinstance(input_.domain, ListDomain):
            yield from ((input_.id, column) for column in input_.domain.fields)


def _incomparable_versions(rulebooks: Sequence[Rulebook]) -> Iterator[tuple[Version, Diagnostic]]:
    """Yield variants and editions that may share a cohort but compare members by different meanings."""
    if len(rulebooks) < 2 or not any(map(compared, rulebooks)):
        return
    rules = [(rulebook, comparing_rules(rulebook)) for rulebook in rulebooks]
    for place, (rulebook, own_rules) in enumerate(rules):
        other = next(
            (
                other
                for other, other_rules in rules[:place]
                if other_rules != own_rules and _may_meet(rulebook, other)
            ),
            None,
        )
        if other is not None:
            what = _difference(own_rules, comparing_rules(other))
            at = At(rulebook.words.span if rulebook.cohort is None else rulebook.cohort.words.span, "cohort")
            all_versions = [other_rulebook.version for other_rulebook in rulebooks]
            names = [_named([pair_member.version], all_versions) for pair_member in (other, rulebook)]
            version_names = [name if name.startswith("`") else f"the edition {_edition(name)}" for name in names]
            yield rulebook.version, comparing.compared_differently(at, version_names[0], version_names[1], what)


def _edition(period: str) -> str:
    return f"that ends on {period.removeprefix('to ')}" if period.startswith("to ") else period


def _may_meet(one: Rulebook, other: Rulebook) -> bool:
    """Return whether members of two variants or editions may be in one cohort."""
    within = [set() if rulebook.cohort is None else set(rulebook.cohort.within) for rulebook in (one, other)]
    pairs = (
        (one.version.variant != other.version.variant, one.variant_by, other.variant_by),
        (one.version.from_ != other.version.from_, one.edition_by, other.edition_by),
    )
    for differ, value, other_value in pairs:
        is_same_choice = value and value == other_value
        if differ and (not is_same_choice or all(value in names for names in within)):
            return False
    return True


def _difference(rules: ComparingRules, other_rules: ComparingRules) -> str:
    """Return how two ways of comparing members differ, in words."""
    if rules.separating != other_rules.separating:
        return "their cohorts have different `within`"
    for body, read in rules.definitions.items():
        text = body.part.text if body.part is not None else "what is compared"
        if body not in other_rules.definitions:
            return f"only one of them compares `{text}`"
        if read != other_rules.definitions[body]:
            other = other_rules.definitions[body]
            names = [name for name in {**read, **other} if read.get(name) != other.get(name)]
            if names[0] == text:
                return f"`{text}` has different definitions in them"
            return f"`{text}` has different meanings in them, because `{names[0]}` has different definitions"
    missing = next(body for body in other_rules.definitions if body not in rules.definitions)
    return f"only one of them compares `{missing.part.text if missing.part is not None else 'something'}`"


def _incompatible_variants(rulebooks: Sequence[Rulebook]) -> Iterator[tuple[Version, Diagnostic]]:
    """Yield variants of one edition that can't share places: the first one, and each that differs from it."""
    for day in dict.fromkeys(rulebook.version.from_ for rulebook in rulebooks):
        first, *others = [rulebook for rulebook in rulebooks if rulebook.version.from_ == day]
        rules = quota_rules(first) if others else ()
        found = [rulebook for rulebook in others if first.variant_by and quota_rules(rulebook) != rules]
        for rulebook, other in zip((first, *found), (*found[:1], *found), strict=False):
            at = At(rulebook.words.span if rulebook.cohort is None else rulebook.cohort.words.span, "cohort")
            yield rulebook.version, quotas.variants_share_no_places(at, first.version.variant, other.version.variant)


def _chosen(whole: Composed, requested: Requested, problems: list[Diagnostic]) -> list[Composition]:
    """Return the compositions of the requested variant, or all."""
    if requested.variant is None:
        return list(whole.compositions)
    if requested.variant not in whole.variants:
        at = At(whole.variants_span, "variants")
        problems.append(overlays.unknown_variant(at, requested.variant, whole.variants))
    return [composition for composition in whole.compositions if composition.version.variant == requested.variant]


def _in_force(made: list[Part], on: date, problems: list[Diagnostic]) -> list[Part]:
    """Return the edition of each variant in force on a day; report variants without one."""
    kept = [part for part in made if _is_kept(part, on)]
    for variant in dict.fromkeys(part.version.variant for part in made):
        if not any(part.version.variant == variant for part in kept):
            editions = [
                part.rulebook for part in made if part.version.variant == variant and part.rulebook is not None
            ]
            problems.append(not_in_force(At(editions[0].words.span, "effective"), on, editions))
    return kept if len(problems) == 0 else [evolve(part, found=(*part.found, *problems)) for part in kept]


def _is_kept(part: Part, on: date) -> bool:
    """Return whether an edition is in force on a day; the period of one with mistakes may be unread."""
    if part.rulebook is None or any(diagnostic.is_error for diagnostic in part.found):
        return part.version.holds(on)
    return part.rulebook.is_in_force(on)


def _built(composition: Composition, found: tuple[Diagnostic, ...]) -> Part:
    rulebook, problems = build(composition.document)
    if rulebook is not None:
        rulebook = evolve(rulebook, version=composition.version)
    return Part(composition.version, rulebook, (*found, *composition.found, *problems), composition.document)


# -- `variant_by` and `edition_by` ----------------------------------------------------------------


def _unusable_choosers(made: Sequence[Part], variants: Sequence[str]) -> Iterator[Diagnostic]:
    """Yield the mistakes of `variant_by` and `edition_by`, each once with its variants and editions."""
    first = next((part.rulebook for part in made if part.rulebook is not None), None)
    versions_by_mistake: dict[Diagnostic, list[Version]] = {}
    for part in made:
        if part.rulebook is not None and first is not None:
            for diagnostic in (*_of_variant(part, part.rulebook, first, variants), *_of_edition(part, part.rulebook)):
                versions_by_mistake.setdefault(diagnostic, []).append(part.version)
    all_versions = [part.version for part in made]
    yield from (
        _with_versions(diagnostic, versions, all_versions) for diagnostic, versions in versions_by_mistake.items()
    )


def _of_variant(part: Part, rulebook: Rulebook, first: Rulebook, variants: Sequence[str]) -> Iterator[Diagnostic]:
    name, at = rulebook.variant_by, _at(part.root, "variant_by")
    if not name:
        return
    if not variants:
        yield overlays.unusable_variant_by(at, "the rulebook has no variants", "write `variants`")
        return
    declared = {input_.id: input_ for input_ in rulebook.inputs}.get(name)
    domain = None if declared is None else declared.domain
    if declared is None or not isinstance(domain, ChoiceDomain):
        what = "is not an input" if declared is None else "is not a choice input"
        remedy = f"declare it: `{name}: {{type: choice, options: [{', '.join(variants)}]}}`"
        yield overlays.unusable_variant_by(at, f"`{name}` {what}", remedy)
        return
    if declared.is_optional:
        yield overlays.unusable_variant_by(at, f"`{name}` is optional", "a subject without it has no rules")
    for option in domain.options:
        if option not in variants:
            problem, remedy = f"the option `{option}` of `{name}` is not a variant", f"write the variant `{option}`"
            yield overlays.unusable_variant_by(at, problem, f"{remedy}, even without changes: `{{}}`")
    other = {input_.id: input_.domain for input_ in first.inputs}.get(name)
    if isinstance(other, ChoiceDomain) and set(other.options) != set(domain.options):
        problem = f"`{name}` has different options than in the variant `{first.version.variant}`"
        yield overlays.unusable_variant_by(at, problem, "declare it once, for all variants")


def _of_edition(part: Part, rulebook: Rulebook) -> Iterator[Diagnostic]:
    name, at = rulebook.edition_by, _at(part.root, "edition_by")
    declared = {input_.id: input_ for input_ in rulebook.inputs}.get(name)
    if name and declared is None:
        yield overlays.unusable_edition_by(at, name, "it is not an input")
    elif declared is not None and not isinstance(declared.domain, DateDomain):
        yield overlays.unusable_edition_by(at, name, "it is not a date")
    elif declared is not None and declared.is_optional:
        yield overlays.unusable_edition_by(at, name, "it is optional")


def _at(document: Document, key: str) -> At:
    node = document.root.get(key)
    return At(node.span if isinstance(node, Scalar) else None, key)


# -- one report -----------------------------------------------------------------------------------


def _merged_report(rulebooks: Sequence[Rulebook | None], reports: Sequence[tuple[Version, Report]]) -> Report:
    """Merge the reports of all variants and editions: each finding once, with those that it concerns."""
    if len(reports) == 1:
        return reports[0][1]
    first: dict[Diagnostic, Diagnostic] = {}
    versions_by_mistake: dict[Diagnostic, list[Version]] = {}
    for version, report in reports:
        for diagnostic in report:
            plain_diagnostic = evolve(diagnostic, notes=(), witness="", evidence="")
            first.setdefault(plain_diagnostic, diagnostic)
            versions_by_mistake.setdefault(plain_diagnostic, []).append(version)
    spans = [_places(rulebook) for rulebook in rulebooks]
    all_versions = [version for version, _ in reports]
    found = []
    for plain_diagnostic, versions in versions_by_mistake.items():
        holding = (
            sum(plain_diagnostic.span in there for there in spans) if _is_of_one_version(plain_diagnostic) else 0
        )
        if len(set(versions)) >= holding:
            found.append(_with_versions(first[plain_diagnostic], versions, all_versions))
    return Report.of(found)


def _is_of_one_version(diagnostic: Diagnostic) -> bool:
    # An unused input must still be given, so it is reported for each variant.
    return diagnostic.code in ONLY_HERE and not diagnostic.path.startswith("inputs.")


def _places(rulebook: Rulebook | None) -> set[object]:
    if rulebook is None:
        return set()
    return {part.span for part in parts(rulebook) if isinstance(part, Words | Accepted)}


def _with_versions(
    diagnostic: Diagnostic, versions: Sequence[Version], all_versions: Sequence[Version]
) -> Diagnostic:
    if len(set(versions)) == len(all_versions):
        return diagnostic
    return evolve(diagnostic, notes=(*diagnostic.notes, f"concerns {_named(versions, all_versions)}"))


def _named(versions: Sequence[Version], all_versions: Sequence[Version]) -> str:
    """Return variants and editions in words; only the variant if all its editions are meant."""
    words = []
    for variant in dict.fromkeys(version.variant for version in versions):
        own_versions = [version for version in dict.fromkeys(versions) if version.variant == variant]
        days = [period_in_words(version.from_, None if version.from_ else version.until) for version in own_versions]
        is_whole = len(own_versions) == sum(version.variant == variant for version in all_versions)
        name = f"`{variant}`" if variant else ""
        words.append(" ".join(filter(None, (name, "" if is_whole else " and ".join(days)))))
    return ", ".join(words)
