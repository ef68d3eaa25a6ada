"""What a case may expect, by itself and of its rulebook."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction

from attrs import evolve

from ..diagnostics import Diagnostic, Report, Span
from ..diagnostics.codes import CATALOGUE, At, cases
from ..errors import RulebookError
from ..kernel.exact import parse_text
from ..language.model import Rulebook
from ..rating.program import Program
from .cases import Case, shown, visible

__all__ = ["EXPECTED", "check_cases", "chosen", "number", "unknown_names", "unusable_expectations"]

EXPECTED = ("score", "band", "status", "points", "share", "let", "outputs", "overrides", "error", "members")
"""The keys of `expect`."""

BY_ID = ("points", "share", "let", "outputs")
"""Keys under which stand values by id."""

STATUSES = ("rated", "undefined", "insufficient")
"""Those that every rulebook can give."""

_NUMBERS = 'write a number, a quotient such as "385/6", or `null` for none'

_CODE = re.compile(r"KR[0-9]{0,3}")
_PERCENT = re.compile(r"(-?[0-9]+(?:\.[0-9]+)?)%")


def number(value: object) -> Fraction | None:
    """The number that is expected: as such, or as the text of a decimal, quotient or percentage.

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
    """What makes expectations impossible to compare, whatever the rulebook.

    Args:
        expect: what the case names, by keys that exist.
        at: where they stand as a whole.
        spans: where each stands, by the way to it.
    """

    def place(way: str) -> At:
        return At(spans.get(f"expect.{way}", at.span), f"{at.path}.{way}")

    if not expect or all(part == {} for part in expect.values()):
        way_out = "write what must come out: `score`, `status`, …"
        yield cases.nothing_comparable(at, "nothing is expected", way_out)
    if "error" in expect:
        yield from _error(expect, place("error"))
    if "members" in expect:
        yield from _members(expect, at, spans)
    for key in expect:
        for way, part in _parts(expect, key):
            problem = _unusable(key, way, part)
            if problem:
                yield cases.nothing_comparable(place(way), *problem)


def _members(expect: Mapping[str, object], at: At, spans: Mapping[str, Span]) -> Iterator[Diagnostic]:
    """What makes the expectations of members impossible to compare."""
    path, found = f"{at.path}.members", expect["members"]
    place = At(spans.get("expect.members", at.span), path)
    if others := [key for key in expect if key not in ("members", "error")]:
        way_out = f"write `{others[0]}` under the name of a member"
        yield cases.nothing_comparable(place, "members are rated each by itself", way_out)
    if not isinstance(found, Mapping) or not all(isinstance(part, Mapping) for part in found.values()):
        way_out = "write `members: {name: {status: …}}`"
        yield cases.nothing_comparable(place, "`members` has what is expected of each by name", way_out)
        return
    for name, part in found.items():
        own = f"expect.members.{name}"
        inside = {f"expect{way[len(own) :]}": span for way, span in spans.items() if way.startswith(own)}
        of_it = At(spans.get(own, place.span), f"{path}.{name}")
        known = tuple(key for key in EXPECTED if key not in ("members", "error"))
        for key in part:
            if key not in known:
                key_at = At(inside.get(f"expect.{key}:key", of_it.span), f"{of_it.path}.{key}")
                yield cases.unknown_case_key(key_at, key, "what is expected of a member", known)
        usable = {key: each for key, each in part.items() if key in known}
        yield from unusable_expectations(usable, of_it, inside)


def _parts(expect: Mapping[str, object], key: str) -> list[tuple[str, object]]:
    """The single expectations under a key, each with the way to it."""
    part = expect[key]
    if key in BY_ID and isinstance(part, Mapping):
        return [(f"{key}.{id_}", each) for id_, each in part.items()]
    return [(key, part)]


def _unusable(key: str, way: str, part: object) -> tuple[str, str] | None:
    """What is wrong with one expectation, and the way out."""
    if key in BY_ID and way == key:
        return f"`{key}` has values by id, and this is `{shown(part)}`", f"write `{key}: {{id: value}}`"
    if key in ("points", "share", "score") and part is not None and number(part) is None:
        found = "a mapping" if isinstance(part, Mapping) else f"`{shown(part)}`"
        return f"{found} is no number", _NUMBERS
    if key in ("let", "outputs") and isinstance(part, tuple | Mapping):
        return f"`{way}` is compared with one value", "write it alone"
    if key in ("band", "status") and not (isinstance(part, str) or (part is None and key == "band")):
        return f"`{key}` is the name of one, and this is `{shown(part)}`", "write its name"
    if key == "overrides" and not (isinstance(part, tuple) and all(isinstance(each, str) for each in part)):
        return "`overrides` is the list of those that fire, in order", "write `[a, b]`, or `[]` for none"
    return None


def _error(expect: Mapping[str, object], at: At) -> Iterator[Diagnostic]:
    others = [key for key in expect if key != "error"]
    if others:
        problem = f"an error leaves nothing else to compare, and `{others[0]}` is expected too"
        yield cases.nothing_comparable(at, problem, "remove one of them")
    code = expect["error"]
    if not isinstance(code, str) or not _CODE.fullmatch(code):
        way_out = "write a code such as `KR604`, or its beginning, such as `KR6`"
        yield cases.nothing_comparable(at, f"`{shown(code)}` is no code of an error", way_out)
    elif not any(known.startswith(code) for known in CATALOGUE):
        way_out = "the codes of inputs and assessments begin with `KR6`"
        yield cases.nothing_comparable(at, f"no error has the code `{code}`", way_out)


def chosen(program: Program, case: Case) -> Program:
    """The program by which a case is run.

    Args:
        program: of all variants and editions.
        case: which may say its own.

    Raises:
        RulebookError: where there is no such variant, or it is not in force on that day.
    """
    if case.variant is None and case.on is None:
        return program
    try:
        return program.narrowed(case.variant, case.on)
    except RulebookError as refusal:
        part = "variant" if refusal.report.errors[0].code == "KR530" else "on"
        at = case.at(part)
        raise RulebookError(Report.of(evolve(one, span=at.span, path=at.path) for one in refusal.report)) from None


def unknown_names(rulebook: Rulebook, case: Case) -> Iterator[Diagnostic]:
    """Expectations of what the rulebook does not have.

    Args:
        rulebook: by which the case is run.
        case: what is expected of it.
    """
    yield from _unknown_members(rulebook, case)
    criteria = tuple(criterion.id for criterion in rulebook.criteria())
    known: dict[str, tuple[str, Iterable[str]]] = {
        "points": ("criterion", criteria),
        "share": ("criterion", criteria),
        "let": ("`let`", [one.id for one in rulebook.let]),
        "outputs": ("output", [one.id for one in rulebook.outputs]),
        "overrides": ("override", [one.id for one in rulebook.overrides]),
        "band": ("band", rulebook.bands.ids if rulebook.bands else ()),
        "status": ("status", _statuses(rulebook)),
    }
    for key, (kind, names) in known.items():
        for way, name in _named(key, case.expect.get(key)):
            if name not in names:
                at = case.at_key if isinstance(case.expect[key], Mapping) else case.at
                yield cases.unknown_expectation(at(f"expect.{way}"), kind, visible(name), names)


def _unknown_members(rulebook: Rulebook, case: Case) -> Iterator[Diagnostic]:
    expected = case.expect.get("members", {})
    if not isinstance(expected, Mapping):
        raise TypeError("other expectations of members were refused when they were read")
    for name in expected:
        if name in case.members:
            yield from unknown_names(rulebook, case.of_member(name))
        else:
            at = case.at_key(f"expect.members.{name}")
            yield cases.unknown_expectation(at, "member", name, case.members, "case")
    if case.members:
        for key in case.expect:
            if key not in ("members", "error"):
                at, way_out = case.at_key(f"expect.{key}"), "write it under `members` and the name of a member"
                yield cases.nothing_comparable(at, "members are rated each by itself", way_out)


def _named(key: str, part: object) -> list[tuple[str, str]]:
    """The names that an expectation speaks of, each with the way to it."""
    if isinstance(part, str):
        return [(key, part)]
    if isinstance(part, tuple):
        return [(f"{key}[{index}]", str(name)) for index, name in enumerate(part)]
    return [(f"{key}.{name}", str(name)) for name in part] if isinstance(part, Mapping) else []


def _statuses(rulebook: Rulebook) -> tuple[str, ...]:
    own = [exemption.status for exemption in rulebook.exemptions]
    own += [str(override.target) for override in rulebook.overrides if override.kind == "unrated"]
    own += ["undecided"] if rulebook.cohort is not None and rulebook.cohort.quotas else []
    return tuple(dict.fromkeys((*STATUSES, *own)))


def check_cases(program: Program, cases_: Iterable[Case]) -> Report:
    """What can be said of cases without running them.

    Args:
        program: by which they would be run.
        cases_: to be looked at.
    """
    found: list[Diagnostic] = []
    for case in cases_:
        try:
            found += unknown_names(chosen(program, case).gathered, case)
        except RulebookError as refusal:
            found += refusal.report
    return Report.of(found)
