"""A record contains its subject, so that the subject can be assessed again from the record alone."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

import kpirules as kr
from tests.rules import program

RULES = """
inputs:
  tasks:
    type: list
    optional: true
    fields:
      hours: {type: number, min: 0, max: 99, decimals: 1}
      kind: {type: choice, options: {a: First, b: Second}, default: a}
      remark: {type: text, optional: true}
  unread: {type: date, optional: true}
  done: {type: integer, min: 0, max: 7, default: 2}
criteria: {work: {max: 7, points: "done + (count(tasks) if given(tasks) else 0)", outside: clamp}}
exemptions: {none: {when: done == 7, status: exempt}}
"""

SUBJECTS: tuple[dict[str, Any], ...] = (
    {},
    {"tasks": [], "done": 3},
    {"tasks": [{"hours": 1.5}, {"hours": 2, "kind": "b", "remark": "late"}], "unread": "2026-05-01"},
    {"done": 7, "tasks": [{"hours": 0}]},
)


@pytest.mark.parametrize("engine", ["scalar", "reference"])
@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_subject_is_assessed_again_from_its_record(subject: dict[str, Any], engine: str) -> None:
    rules = program(RULES)
    record = kr.assess(rules, subject, engine=engine)
    stored = kr.Assessment.from_json(record.to_json())
    assert stored == record
    assert kr.assess(rules, stored.subject) == record


def test_inputs_that_nothing_reads_defaults_and_absent_values_are_in_the_record() -> None:
    record = kr.assess(program(RULES), SUBJECTS[2])
    assert record.given == {"unread": date(2026, 5, 1), "done": 2}
    assert record.records["tasks"] == (
        {"hours": Fraction(3, 2), "kind": "a", "remark": None},
        {"hours": 2, "kind": "b", "remark": "late"},
    )
    assert record.subject["tasks"][0] == {"hours": Fraction(3, 2)}
    assert kr.assess(program(RULES), {}).records == {}


def test_labels_of_fields_and_options_are_in_the_legend() -> None:
    entries = kr.assess(program(RULES), {}).legend.entries
    label = entries["options.tasks.kind: b"].label
    assert label is not None
    assert label.text() == "Second"
    assert "inputs.tasks.hours" in entries


def test_the_hash_of_a_subject_may_replace_it() -> None:
    rules = program(RULES)
    record, other = kr.assess(rules, SUBJECTS[2]), kr.assess(rules, SUBJECTS[1])
    data = record.to_data(inputs=False)
    assert (data["given"], data["records"], len(data["given_hash"])) == ({}, {}, 64)
    assert record.to_data()["given_hash"] == ""
    stored = kr.Assessment.from_json(record.to_json(inputs=False, formulas=False))
    assert stored.hash_of_subject() == record.hash_of_subject() != other.hash_of_subject()
    assert stored.subject == {}
    assert kr.assess(rules, record.subject).hash_of_subject() == record.hash_of_subject()
    assert kr.assess(rules, SUBJECTS[2], engine="reference").hash_of_subject() == record.hash_of_subject()
