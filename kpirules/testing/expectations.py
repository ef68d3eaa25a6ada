"""Checks the expectations of cases, alone and against the rulebook."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction

from attrs import evolve

from ..diagnostics import Diagnostic, Report, Span
from ..diagnostics.codes import CATALOGUE, At, cases
from ..errors import RulebookError
from ..kernel.exact import parse_text
from ..kernel.exact.grammar import DECIMAL
from ..language.model import Rulebook
from ..rating.program import Program
from .cases import Case, shown, visible

__all__ = ["EXPECTED", "check_cases", "chosen", "number", "unknown_names", "unusable_expectations"]

EXPECTED = ("score", "band", "status", "points", "share", "let", "outputs", "overrides", "error", "members")
"""The keys of `expect`."""

BY_ID = ("points", "share", "let", "outputs")
"""Keys whose values are mappings by id."""

STATUSES = ("rated", "undefined", "insufficient")
"""Statuses that every rulebook can give."""

_NUMBERS = 'write a number, a quotient such as "385/6", or `null` for none'

_CODE = re.compile(r"KR[0-9]{0,3}")
_PERCENT = re.compile(rf"({DECIMAL})%")


def number(value: object) -> Fraction | None:
    """Return the expected number, which may be the text of a decimal, quotient or percentage.

    >>> number("385/6"), number("60%"), number("good")
    (Fraction(385, 6), Fraction(3, 5), None)
    """
    if isinstance(value, Fraction):
        return value
    if not isinstance(value, str):
        return None
    percent = _PERCENT.fullmatch(value)
    try:
        return parse_text(percent[1]) / 100 if percent else parse_text(value)
    except ValueError:
        return None


def unusable_expectations(expect: Mapping[str, object], at: At, spans: Mapping[str, Span]) -> Iterator[Diagnostic]:
    """Yield expectations that can't be compared under any rulebook.

    Args:
        expect: the expectations by key; every key exists.
        at: their place as a whole.
        spans: the place of each, by path.
    """

    def place(path: str) -> At:
        return At(spans.get(f"expect.{path}", at.span), f"{at.path}.{path}")

    if not expect or all(part == {} for part in expect.values()):
        remedy = "write the expected results: `score`, `status`, …"
        yield cases.nothing_comparable(at, "nothing is expected", remedy)
    if "error" in expect:
        yield from _error(expect, place("error"))
    if "members" in expect:
        yield from _members(expect, at, spans)
    for key in expect:
        for path, part in _parts(expect, key):
            problem = _unusable(key, path, part)
            if problem:
                yield cases.nothing_comparable(place(path), *problem)


def _members(expect: Mapping[str, object], at: At, spans: Mapping[str, Span]) -> Iterator[Diagnostic]:
    """Yield expectations of members that can't be compared."""
    path, found = f"{at.path}.members", expect["members"]
    place = At(spans.get("expect.members", at.span), path)
    if others := [key for key in expect if key not in ("members", "error")]:
        remedy = f"write `{others[0]}` under the name of a member"
        yield cases.nothing_comparable(place, "each member has its own rating", remedy)
    if not isinstance(found, Mapping) or not all(isinstance(part, Mapping) for part in found.values()):
        remedy = "write `members: {name: {status: …}}`"
        yield cases.nothing_comparable(place, "`members` must have the expectations of each member by name", remedy)
        return
    for name, part in found.items():
        member_path = f"expect.members.{name}"
        inside = {
            f"expect{path_[len(member_path) :]}": span
            for path_, span in spans.items()
            if path_.startswith(member_path)
        }
        at_member = At(spans.get(member_path, place.span), f"{path}.{name}")
        known = tuple(key for key in EXPECTED if key not in ("members", "error"))
        for key in part:
            if key not in known:
                key_at = At(inside.get(f"expect.{key}:key", at_member.span), f"{at_member.path}.{key}")
                yield cases.unknown_case_key(key_at, key, "the expectations of a member", known)
        usable = {key: value for key, value in part.items() if key in known}
        yield from unusable_expectations(usable, at_member, inside)


def _parts(expect: Mapping[str, object], key: str) -> list[tuple[str, object]]:
    """Return the single expectations under a key, each with its path."""
    part = expect[key]
    if key in BY_ID and isinstance(part, Mapping):
        return [(f"{key}.{id_}", value) for id_, value in part.items()]
    return [(key, part)]


def _unusable(key: str, path: str, part: object) -> tuple[str, str] | None:
    """Return the mistake in one expectation and the help, or None."""
    if key in BY_ID and path == key:
        return f"`{key}` must be a mapping of ids to values, not `{shown(part)}`", f"write `{key}: {{id: value}}`"
    if key in ("points", "share", "score") and part is not None and number(part) is None:
        found = "a mapping" if isinstance(part, Mapping) else f"`{shown(part)}`"
        return f"{found} is not a number", _NUMBERS
    if key in ("let", "outputs") and isinstance(part, tuple | Mapping):
        return f"`{path}` is compared with one value", "write it alone"
    if key in ("band", "status") and not (isinstance(part, str) or (part is None and key == "band")):
        return f"`{key}` must be a name, not `{shown(part)}`", "write its name"
    if key == "overrides" and not (isinstance(part, tuple) and all(isinstance(name, str) for name in part)):
        return "`overrides` must be the list of overrides that fire, in order", "write `[a, b]`, or `[]` for none"
    return None


def _error(expect: Mapping[str, object], at: At) -> Iterator[Diagnostic]:
    others = [key for key in expect if key != "error"]
    if others:
        problem = f"an error leaves nothing else to compare, but `{others[0]}` is expected too"
        yield cases.nothing_comparable(at, problem, "remove one of them")
    code = expect["error"]
    if not isinstance(code, str) or not _CODE.fullmatch(code):
        remedy = "write a code such as `KR604`, or its beginning, such as `KR6`"
        yield cases.nothing_comparable(at, f"`{shown(code)}` is not an error code", remedy)
    elif not any(known.startswith(code) for known in CATALOGUE):
        remedy = "the codes of inputs and assessments begin with `KR6`"
        yield cases.nothing_comparable(at, f"no error has the code `{code}`", remedy)


def chosen(program: Program, case: Case) -> Program:
    """Return the program that runs a case.

    Args:
        program: the program with all variants and editions.
        case: a case that may name its variant and day.

    Raises:
        RulebookError: if there is no such variant, or it is not in force on that day.
    """
    if case.variant is None and case.on is None:
        return program
    try:
        return program.narrowed(case.variant, case.on)
    except RulebookError as refusal:
        part = "variant" if refusal.report.errors[0].code == "KR530" else "on"
        at = case.at(part)
        raise RulebookError(
            Report.of(evolve(diagnostic, span=at.span, path=at.path) for diagnostic in refusal.report)
        ) from None


def unknown_names(rulebook: Rulebook, case: Case) -> Iterator[Diagnostic]:
    """Yield expectations of names that the rulebook does not have.

    Args:
        rulebook: the rulebook that runs the case.
        case: the case.
    """
    yield from _unknown_members(rulebook, case)
    criteria = tuple(criterion.id for criterion in rulebook.criteria())
    known: dict[str, tuple[str, Iterable[str]]] = {
        "points": ("criterion", criteria),
        "share": ("criterion", criteria),
        "let": ("`let`", [let.id for let in rulebook.let]),
        "outputs": ("output", [output.id for output in rulebook.outputs]),
        "overrides": ("override", [override.id for override in rulebook.overrides]),
        "band": ("band", rulebook.bands.ids if rulebook.bands else ()),
        "status": ("status", _statuses(rulebook)),
    }
    for key, (kind, names) in known.items():
        for path, name in _named(key, case.expect.get(key)):
            if name not in names:
                at = case.at_key if isinstance(case.expect[key], Mapping) else case.at
                yield cases.unknown_expectation(at(f"expect.{path}"), kind, visible(name), names)


def _unknown_members(rulebook: Rulebook, case: Case) -> Iterator[Diagnostic]:
    expected = case.expect.get("members", {})
    if not isinstance(expected, Mapping):
        raise TypeError("`unusable_expectations` refuses other expectations of members")
    for name in expected:
        if name in case.members:
            yield from unknown_names(rulebook, case.of_member(name))
        else:
            at = case.at_key(f"expect.members.{name}")
            yield cases.unknown_expectation(at, "member", name, case.members, "case")
    if case.members:
        for key in case.expect:
            if key not in ("members", "error"):
                at, remedy = case.at_key(f"expect.{key}"), "write it under `members` and the name of a member"
                yield cases.nothing_comparable(at, "each member has its own rating", remedy)


def _named(key: str, part: object) -> list[tuple[str, str]]:
    """Return the names in an expectation, each with its path."""
    if isinstance(part, str):
        return [(key, part)]
    if isinstance(part, tuple):
        return [(f"{key}[{index}]", str(name)) for index, name in enumerate(part)]
    return [(f"{key}.{name}", str(name)) for name in part] if isinstance(part, Mapping) else []


def _statuses(rulebook: Rulebook) -> tuple[str, ...]:
    member_path = [exemption.status for exemption in rulebook.exemptions]
    member_path += [str(override.target) for override in rulebook.overrides if override.kind == "unrated"]
    member_path += ["undecided"] if rulebook.cohort is not None and rulebook.cohort.quotas else []
    return tuple(dict.fromkeys((*STATUSES, *member_path)))


def check_cases(program: Program, cases_: Iterable[Case]) -> Report:
    """Check cases without running them.

    Args:
        program: the program that would run them.
        cases_: the cases to check.
    """
    found: list[Diagnostic] = []
    for case in cases_:
        try:
            found += unknown_names(chosen(program, case).gathered, case)
        except RulebookError as refusal:
            found += refusal.report
    return Report.of(found)
