"""A schema of subjects accepts what `assess` accepts, except where several values decide together."""

from __future__ import annotations

import json
from collections.abc import Iterable
from decimal import Decimal
from functools import cache
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

import kpirules as kr
from kpirules.kernel.exact import from_value, to_text
from kpirules.testing import Case as Written
from kpirules.testing import examples_of, read_cases
from tests.budget import examples
from tests.laws.test_phrases_of_explanations import CASE_FILES, EXAMPLES, RULEBOOKS
from tests.shipped import shipped
from tests.strategies import Case, cases

TOGETHER = {"KR605", "KR606", "KR607", "KR640"}
"""Problems of several values: a validation, an entered value beside `applies`, equal records, a cohort."""

ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.integers(-5, 105),
    st.decimals(-10, 110, places=3),
    st.sampled_from([10**18, -(10**18), 10**18 - 1, Decimal("0.5"), Decimal("1E-18"), Decimal("0.1")]),
    st.sampled_from(
        ["", "a", "2026-02-28", "2026-02-30", "2026-2-3", "20260203", "9999-12-31", "x" * 201, "x" * 200]
    ),
    st.dates().map(lambda day: day.isoformat()),
    st.lists(st.just({}), max_size=2),
    st.just({}),
)


def exact(value: Any) -> Any:
    """Return a value as JSON with exact numbers is read."""
    if isinstance(value, dict):
        return {name: exact(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [exact(part) for part in value]
    if isinstance(value, str | bool | None):
        return value
    if hasattr(value, "isoformat"):
        return value.isoformat()
    found = from_value(value)
    if found is None:
        return {}  # no JSON has such a value
    number = Decimal(to_text(found))
    return int(number) if found.denominator == 1 else number


def validator(program: kr.Program) -> Draft202012Validator:
    schema = json.loads(json.dumps(program.subject_schema()), parse_float=Decimal)
    return Draft202012Validator(schema, format_checker=FormatChecker(["date"]))


def agree(program: kr.Program, subject: dict[str, Any]) -> None:
    """Compare the schema with `assess`."""
    held_against(validator(program), program, subject)


def held_against(schema: Draft202012Validator, program: kr.Program, subject: dict[str, Any]) -> None:
    accepted = schema.is_valid(subject)
    try:
        record = kr.assess(program, subject)
    except kr.SubjectError as refused:
        # A schema does not count the digits of a number whose rulebook does not.
        codes = {
            one.code for one in refused.report if not one.message.endswith("more than 18 digits after the point")
        }
        is_entered = all(one.entered_for for one in program.gathered.inputs if one.id in missing(refused))
        assert not accepted or codes <= TOGETHER or (codes <= {"KR602", *TOGETHER} and is_entered), codes
    except kr.FaultError:
        assert accepted
    else:
        assert accepted or record.exemption is not None or record.status == "undefined"


def missing(refused: kr.SubjectError) -> set[str]:
    return {problem.path for problem in refused.report if problem.code == "KR602"}


@settings(max_examples=examples(100), suppress_health_check=list(HealthCheck), deadline=None)
@given(cases(), st.data())
def test_a_schema_accepts_what_is_assessed_and_nothing_else(case: Case, data: st.DataObject) -> None:
    subject = exact(dict(case.subject))
    agree(case.program, subject)
    if data.draw(st.booleans(), label="several"):
        subject.pop(data.draw(st.sampled_from(sorted(subject) or [""])), None)
    names = [*(one.id for one in case.program.gathered.inputs), "none_such"]
    changed = subject
    name = data.draw(st.sampled_from(names))
    if isinstance(subject.get(name), list) and subject[name] and data.draw(st.booleans(), label="in a record"):
        subject[name] = [dict(record) for record in subject[name]]
        changed = data.draw(st.sampled_from(subject[name]))
        name = data.draw(st.sampled_from([*changed, "none_such"]))
    changed[name] = exact(data.draw(ODD))
    agree(case.program, subject)


@cache
def loaded() -> list[tuple[kr.Program, list[dict[str, Any]]]]:
    """Return the program of each variant and day, with the subjects of its cases."""
    found: dict[int, tuple[kr.Program, list[dict[str, Any]]]] = {}

    def add(program: kr.Program, cases: Iterable[Written]) -> None:
        for case in cases:
            if not case.members:
                part = program.narrowed(case.variant, case.on)
                found.setdefault(id(part), (part, []))[1].append(exact(dict(case.given)))

    for path in RULEBOOKS:
        program = shipped(path)
        add(program, examples_of(program))
    for path in CASE_FILES:
        file = read_cases(path, root=EXAMPLES)
        add(shipped(file.rulebook), file.cases[:10])
    return [*found.values()]


def test_every_case_is_accepted_by_the_schema_of_its_rulebook() -> None:
    assert sum(len(subjects) for _, subjects in loaded()) > 100
    for program, subjects in loaded():
        try:
            program.settled()
        except kr.RulebookError:
            continue
        schema = validator(program)
        for subject in subjects:
            held_against(schema, program, subject)
