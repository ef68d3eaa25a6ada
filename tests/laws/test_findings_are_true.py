"""Findings are true of every subject, by trying all of them.

The rulebooks are small enough for that: two booleans, a choice of three options and a number of three values.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from copy import deepcopy
from decimal import Decimal
from fractions import Fraction
from itertools import product
from typing import Any

from hypothesis import given, reject, settings
from hypothesis import strategies as st

from kpirules import Assessment, Diagnostic, FaultError, Program, RulebookError, SubjectError, assess, check, load
from tests.budget import examples

Book = dict[str, Any]
Subject = Mapping[str, Any]

INPUTS: Book = {
    "n": {"type": "boolean"},
    "m": {"type": "boolean"},
    "c": {"type": "choice", "options": ["x", "y", "z"]},
    "k": {"type": "integer", "min": 0, "max": 2},
}
SUBJECTS: list[Subject] = [
    {"n": n, "m": m, "c": c, "k": k} for n, m, c, k in product((False, True), (False, True), "xyz", range(3))
]
ALLOW = {"KR242": "not every rulebook reads every input", "KR301": "maxima are drawn"}
REFUSED = {"KR309", "KR313", "KR320", "KR308", "KR311"}
"""What the check may refuse of a drawn rulebook."""

ATOMS = (
    "n", "m", "not n", "not m", 'c == "x"', 'c == "y"', 'c in ("y", "z")', 'c != "x"', "k == 0", "k > 0", "k >= 2",
    "k < 2", "k + 1 > 0", "3 < 5", "k <= 2", "n or not n",
)  # fmt: skip

conditions = st.one_of(
    st.sampled_from(ATOMS),
    st.builds("({}) {} ({})".format, st.sampled_from(ATOMS), st.sampled_from(("and", "or")), st.sampled_from(ATOMS)),
)
chances = st.sampled_from((False, False, True))


@st.composite
def leaves(draw: st.DrawFn, low: int = -4) -> Book:
    """Return a leaf criterion that reads the inputs."""
    most = draw(st.sampled_from((4, 6, 10, 0)))
    if most == 0:
        leaf: Book = {"min": low, "max": 0, "points": f"{low} if {draw(conditions)} else 0"}
    else:
        one, other = draw(st.integers(0, most)), draw(st.integers(0, most))
        leaf = {"max": most, "points": f"{one} if {draw(conditions)} else ({other} if {draw(conditions)} else k)"}
        if draw(chances):
            leaf["extra"] = True
    if draw(chances):
        leaf["applies"] = draw(conditions)
    return leaf


@st.composite
def groups(draw: st.DrawFn) -> Book:
    """Return a group of such criteria."""
    prefix = draw(st.sampled_from(("a", "b")))
    children = {f"{prefix}{index}": draw(leaves()) for index in range(draw(st.integers(1, 3)))}
    group: Book = {"criteria": children, "round": {"places": 2}}
    if draw(chances):
        group["combine"] = draw(st.sampled_from(("mean", "min", "max")))
        for child in children.values():
            child.pop("extra", None)
            if child["max"] == 0:
                child["max"] = 4
    else:
        if draw(chances):
            group["rescale"] = draw(st.booleans())
        if draw(chances):
            is_earned = any(child["max"] > 0 and "extra" not in child for child in children.values())
            group["min"] = draw(st.sampled_from((-4, 0, 1) if is_earned else (-4, 0)))
        if draw(chances):
            group["max"] = draw(st.sampled_from((6, 10, 20)))
    if any("applies" in child for child in children.values()):
        if "combine" not in group:
            group.setdefault("rescale", draw(st.booleans()))
        if draw(chances):
            group["missing"] = draw(st.sampled_from(("zero", "unrated")))
    if draw(chances):
        group["require_share"] = draw(st.sampled_from((0.25, 0.5, 0.9)))
    return group


@st.composite
def rulebooks(draw: st.DrawFn) -> Book:
    """Return a rulebook over the inputs."""
    book: Book = {"kpirules": 1, "inputs": deepcopy(INPUTS), "allow": ALLOW}
    criteria: Book = {"own": draw(leaves())}
    if draw(st.booleans()):
        criteria["group"] = draw(groups())
    if "applies" in criteria["own"]:
        del criteria["own"]["applies"]
    book["criteria"] = criteria
    book["score"] = {"round": {"places": draw(st.sampled_from((0, 2)))}, "band_on": "rounded", "better": "listed"}
    if draw(chances):
        book["score"]["min"] = draw(st.sampled_from((-4, 0)))
    if draw(chances):
        book["score"]["limits"] = {
            f"l{index}": {"when": draw(conditions), "at_most": draw(st.sampled_from((2, 3.5, 7.4, 12, 40)))}
            for index in range(draw(st.integers(1, 2)))
        }
    ends = draw(st.sampled_from(([5, 0], [8, 3, -50], [])))
    bands: Book = {f"p{index}": {"from": end} for index, end in enumerate(ends)} or {"q0": {}, "q1": {}, "q2": {}}
    for name in list(bands):
        if draw(st.booleans()):
            bands[name]["requires"] = draw(st.one_of(conditions, st.sampled_from(("score < 4", "points.own > 3"))))
        if draw(chances):
            bands[f"{name}_too"] = {**bands[name], "requires": draw(conditions)}
    book["bands"] = {"levels": bands}
    if draw(chances):
        book["bands"]["fall"] = "next"
    if draw(chances):
        book["validations"] = {f"v{index}": {"that": draw(conditions)} for index in range(draw(st.integers(1, 3)))}
    return book


def rated(program: Program, subject: Subject) -> Assessment | str:
    """Return the assessment of a subject, the code and place of its fault, or `invalid`."""
    try:
        return assess(program, subject)
    except SubjectError:
        return "invalid"
    except FaultError as fault:
        (one,) = fault.report
        return f"{one.code} {one.path}"


def outcome(program: Program, subject: Subject) -> object:
    """Return the result of a subject, without texts."""
    found = rated(program, subject)
    return found if isinstance(found, str) else (found.status, found.exact_score, found.score, found.band)


def without(book: Book, *path: str) -> Program:
    """Return the program of a rulebook without one of its parts."""
    changed = deepcopy(book)
    there = changed
    for key in path[:-1]:
        there = there[key]
    del there[path[-1]]
    return load(changed)


@settings(max_examples=examples(50), deadline=None)
@given(rulebooks())
def test_findings_are_true_of_all_subjects(book: Book) -> None:
    try:
        program = load(book)
    except RulebookError as refused:
        if not {one.code for one in refused.report.errors} <= REFUSED:
            raise
        reject()
    found = {subject_key(subject): rated(program, subject) for subject in SUBJECTS}
    if all(one == "invalid" for one in found.values()):
        reject()
    told = list(program.report)
    for one in told:
        # What is allowed is true as well.
        is_true(book, program, one, list(found.values()))
    nothing_is_missed(book, told, list(found.values()))


def subject_key(subject: Subject) -> str:
    return json.dumps(subject)


def is_true(book: Book, program: Program, one: Diagnostic, found: list[Assessment | str]) -> None:
    """Return whether a finding holds for all subjects, or is shown by one of them."""
    assessed = [each for each in found if isinstance(each, Assessment)]
    if one.evidence == "shown":
        assert confirms(book, one, rated(program, json.loads(one.witness, parse_float=Decimal))), one
    match one.code:
        case "KR332":
            band = one.path.rpartition(".")[2]
            assert all(each.band != band for each in assessed), one
        case "KR341" if "imply" in one.message:
            freed = without(book, "validations", one.path.split(".")[1])
            assert [rated(freed, subject) == "invalid" for subject in SUBJECTS] == [one == "invalid" for one in found]
        case "KR341" if "where it is evaluated" not in one.message:
            assert one.span is not None
            condition = one.message.split("`")[1] if "`" in one.message else json.loads(one.span.text)
            probing = deepcopy(book)
            for key in ("criteria", "score", "bands"):
                probing.pop(key, None)
            probing["outputs"] = {"asked": condition}
            if "score" not in condition and "points" not in condition:
                results = {
                    each.outputs["asked"]
                    for subject in SUBJECTS
                    if isinstance(each := rated(load(probing), subject), Assessment)
                }
                assert results <= {"true" in one.message}, (one, results)
        case "KR306" if one.path.endswith("rescale"):
            other = deepcopy(book)
            group = other["criteria"]["group"] if "group" in one.path else other["score"]
            group["rescale"] = not group["rescale"]
            same_outcomes(program, load(other))
        case "KR306" if one.path.endswith("require_share"):
            same_outcomes(program, without(book, "criteria", "group", "require_share"))
        case "KR336":
            same_outcomes(program, without(book, "score", "limits", one.path.rpartition(".")[2]))


def same_outcomes(one: Program, other: Program) -> None:
    for subject in SUBJECTS:
        assert outcome(one, subject) == outcome(other, subject), subject


def confirms(book: Book, one: Diagnostic, found: Assessment | str) -> bool:
    """Return whether the result of a subject confirms a finding about it."""
    match one.code:
        case "KR312" | "KR352":
            return found == f"KR625 {one.path}"
        case "KR322":
            limit = book["score"]["limits"][one.path.rpartition(".")[2]]
            return isinstance(found, Assessment) and steps_over(limit, found)
        case "KR337":
            return isinstance(found, Assessment) and lacks(found, one.path.rpartition(".")[2])
        case "KR330" | "KR331" | "KR334":
            return isinstance(found, Assessment) and found.status == "undefined"
        case _:
            return True


def steps_over(limit: Mapping[str, Any], found: Assessment) -> bool:
    most = Fraction(str(limit["at_most"]))
    return found.exact_score is not None and found.exact_score <= most < Fraction(str(found.score))


def lacks(found: Assessment, group: str) -> bool:
    return found.outcomes[group].why in ("nothing_remains", "too_little_remains")


def nothing_is_missed(book: Book, told: list[Diagnostic], found: list[Assessment | str]) -> None:
    """Return whether every event is reported as the pages of the codes promise."""
    by_code: dict[str, set[str]] = {}
    for one in told:
        by_code.setdefault(one.code, set()).add(one.path)
    leaving = by_code.get("KR312", set()) | by_code.get("KR352", set())
    for each in found:
        if isinstance(each, str):
            assert not each.startswith("KR625") or each.removeprefix("KR625 ") in leaving, each
            continue
        if each.status == "undefined":
            assert by_code.keys() & {"KR330", "KR331", "KR334"}, each.because
        if "group" in each.outcomes and "missing" not in book["criteria"]["group"] and lacks(each, "group"):
            assert "KR337" in by_code
        for path in (f"score.limits.{id_}" for id_ in ids_of_limits_in_force(book, each)):
            assert path in by_code.get("KR322", set()), path


def ids_of_limits_in_force(book: Book, found: Assessment) -> list[str]:
    """Return the limits that hold for a subject and are below its published score."""
    limits = book["score"].get("limits", {})
    return [one.id for one in found.limits if found.score is not None and steps_over(limits[one.id], found)]


def test_the_check_of_a_drawn_rulebook_is_that_of_its_text() -> None:
    """The check accepts the rulebooks of these laws."""
    book = {"kpirules": 1, "inputs": INPUTS, "allow": ALLOW, "criteria": {"own": {"max": 4, "points": "k"}}}
    assert not check(book).errors
