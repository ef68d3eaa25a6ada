"""The parts of several rulebooks together."""

from __future__ import annotations

import kpirules as kr
from kpirules.documents.gathering import gathered
from kpirules.language.model import ListDomain, Rulebook


def book(text: str) -> Rulebook:
    return kr.loads(f"kpirules: 1\n{text}").rulebook


def test_one_rulebook_is_itself() -> None:
    one = book("outputs: {a: 1}")
    assert gathered([one]) is one


def test_inputs_fields_criteria_bands_and_names_of_all_are_there_once() -> None:
    first = book("""
inputs: {tasks: {type: list, fields: {a: {type: boolean}}}, x: {type: number, min: 0, max: 1}}
let: {n: count(tasks)}
criteria: {g: {criteria: {one: {max: 10, rate: x}}}, leaf: {max: 5, rate: x}}
score: {band_on: exact}
bands: {good: {from: 5}, poor: {from: 0}}
overrides: {o: {when: x > 0.5, band: good}}
""")
    second = book("""
inputs: {tasks: {type: list, fields: {b: {type: boolean}}}, y: {type: number, min: 0, max: 1}}
let: {m: count(tasks)}
exemptions: {e: {when: y > 0.5, status: away}}
criteria: {g: {criteria: {two: {max: 10, rate: y}}}, leaf: {criteria: {deeper: {max: 5, rate: y}}}}
score: {band_on: exact}
bands: {best: {from: 5}, poor: {from: 0}}
outputs: {pay: score}
""")
    third = book("outputs: {free: 1}")
    whole = gathered([first, second, third])
    assert [one.id for one in whole.inputs] == ["tasks", "x", "y"]
    tasks = whole.inputs[0].domain
    assert isinstance(tasks, ListDomain)
    assert [one.id for one in tasks.fields] == ["a", "b"]
    assert [one.id for one in whole.criteria()] == ["g", "one", "two", "leaf", "deeper"]
    assert whole.bands is not None
    assert whole.bands.ids == ("good", "poor", "best")
    assert [one.id for one in (*whole.let, *whole.outputs, *whole.exemptions, *whole.overrides)] == [
        "n",
        "m",
        "pay",
        "free",
        "e",
        "o",
    ]


def test_rulebooks_without_criteria_and_bands_have_none_together() -> None:
    whole = gathered([book("outputs: {a: 1}"), book("outputs: {b: 1}")])
    assert (whole.root, whole.bands) == (None, None)
